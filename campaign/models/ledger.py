"""The ledger: the count of a petition is the sum of its entries, and nothing else.

Entries are only ever appended; triggers on both databases refuse UPDATE and DELETE. No entry holds a
name, an address, a country or a hash of one, so that erasing a person needs no change here.
"""

import enum

from sqlalchemy import DDL, ForeignKey, LargeBinary, String, event
from sqlalchemy.orm import Mapped, mapped_column

from campaign.database import Base, word


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


SQLITE_GUARDS = [
    f"""CREATE TRIGGER ledger_entry_no_{act.lower()} BEFORE {act} ON ledger_entry
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"""
    for act in ("UPDATE", "DELETE")
]
POSTGRES_GUARDS = [
    """CREATE FUNCTION ledger_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$""",
    """CREATE TRIGGER ledger_entry_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_refuse()""",
]
POSTGRES_UNGUARD = "DROP FUNCTION IF EXISTS ledger_entry_refuse() CASCADE"

for _dialect, _statements in (("sqlite", SQLITE_GUARDS), ("postgresql", POSTGRES_GUARDS)):
    for _statement in _statements:
        event.listen(
            LedgerEntry.__table__,
            "after_create",
            DDL(_statement.replace("%", "%%")).execute_if(dialect=_dialect),
        )
