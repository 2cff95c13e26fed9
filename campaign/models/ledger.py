"""The ledger: the count of a petition is the sum of its entries, and nothing else.

Entries are only ever appended; triggers on both databases refuse UPDATE and DELETE. No entry holds a
name, an address, a country or a hash of one, so that erasing a person needs no change here.
"""

import enum
from typing import cast

from sqlalchemy import ForeignKey, LargeBinary, String, Table
from sqlalchemy.orm import Mapped, mapped_column

from campaign.database import Base, append_only, word


class EntryKind(enum.StrEnum):
    SIGNED = "signed"
    WITHDRAWN = "withdrawn"
    REMOVED = "removed"
    RESTORED = "restored"
    PAPER = "paper"
    CORRECTION = "correction"


class LedgerEntry(Base):
    __tablename__ = "ledger_entry"

    petition_id: Mapped[int] = mapped_column(ForeignKey("petition.id"), primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[EntryKind] = mapped_column(word(EntryKind))
    delta: Mapped[int]
    number: Mapped[int | None]
    day: Mapped[str] = mapped_column(String(10))
    leaf: Mapped[bytes] = mapped_column(LargeBinary(32))


append_only(cast(Table, LedgerEntry.__table__))
