"""The journal: who did what, append-only. It holds ids and counts, never a signer's name or address."""

from datetime import datetime
from typing import cast

from sqlalchemy import JSON, ForeignKey, Index, String, Table
from sqlalchemy.orm import Mapped, mapped_column

from campaign.database import Base, Moment, append_only


class JournalEntry(Base):
    __tablename__ = "journal_entry"
    __table_args__ = (Index("ix_journal_entry_subject", "subject_kind", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # None: the command line or the worker
    act: Mapped[str] = mapped_column(String(60))  # "packet sealed"
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(80))
    details: Mapped[dict[str, str | int]] = mapped_column(JSON, default=dict)


append_only(cast(Table, JournalEntry.__table__))
