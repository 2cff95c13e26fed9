"""Journalling: who did what to what, when. Ids and counts only; a row is never changed.

A row is written in the transaction of its act, so that neither stands without the other. The two exceptions
commit at once: what hands out personal data, before its first byte, and what was refused.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import func, select

from campaign.database import db
from campaign.models.account import Account
from campaign.models.journal import JournalEntry

PAGE = 50


def note(
    act: str, subject_kind: str, subject_id: str, *, account_id: int | None, at: datetime, **details: str | int
) -> None:
    """Write down one act. `account_id` is None for the command line, the worker and strangers at the door."""
    db.session.add(
        JournalEntry(
            at=at,
            account_id=account_id,
            act=act,
            subject_kind=subject_kind,
            subject_id=subject_id,
            details=details,
        )
    )
    db.session.flush()


def who_did(act: str, subject_kind: str, subject_id: str) -> int | None:
    """The account behind the latest such act; None if there is none, or if it was the command line."""
    return who_did_last((act,), subject_kind, subject_id)


def who_did_last(acts: Sequence[str], subject_kind: str, subject_id: str) -> int | None:
    """The same of whichever of these acts was the latest."""
    return db.session.scalar(
        select(JournalEntry.account_id)
        .where(
            JournalEntry.act.in_(acts),
            JournalEntry.subject_kind == subject_kind,
            JournalEntry.subject_id == subject_id,
        )
        .order_by(JournalEntry.id.desc())
        .limit(1)
    )


def how_often(act: str, account_id: int, *, since: datetime) -> int:
    """How many such acts of one account were written down from that moment on."""
    query = select(func.count()).where(
        JournalEntry.act == act, JournalEntry.account_id == account_id, JournalEntry.at > since
    )
    return db.session.scalar(query) or 0


@dataclass(frozen=True)
class Asked:
    """What to look for in the journal; what is empty is not asked about."""

    act: str = ""
    subject_kind: str = ""
    subject_id: str = ""
    account_id: int | None = None
    who: str = ""  # a part of the account's name or address
    since: date | None = None  # both days included, in UTC
    until: date | None = None
    before: int | None = None  # the id of the row before which to go on


def search(asked: Asked) -> Sequence[tuple[JournalEntry, str | None]]:
    """One page of rows, the latest first, each with the name or address of its account."""
    query = (
        select(JournalEntry, Account.email)
        .outerjoin(Account, Account.id == JournalEntry.account_id)
        .order_by(JournalEntry.id.desc())
        .limit(PAGE)
    )
    if asked.act:
        query = query.where(JournalEntry.act == asked.act)
    if asked.subject_kind:
        query = query.where(JournalEntry.subject_kind == asked.subject_kind)
    if asked.subject_id:
        query = query.where(JournalEntry.subject_id == asked.subject_id)
    if asked.account_id is not None:
        query = query.where(JournalEntry.account_id == asked.account_id)
    if asked.who:
        like = f"%{asked.who.replace('!', '!!').replace('%', '!%').replace('_', '!_')}%"
        query = query.where(Account.email.ilike(like, escape="!") | Account.name.ilike(like, escape="!"))
    if asked.since is not None:
        query = query.where(JournalEntry.at >= _midnight(asked.since))
    if asked.until is not None:
        query = query.where(JournalEntry.at < _midnight(asked.until) + timedelta(days=1))
    if asked.before is not None:
        query = query.where(JournalEntry.id < asked.before)
    return [(entry, email) for entry, email in db.session.execute(query)]


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def kinds() -> list[str]:
    """Every kind of thing that something was done to."""
    return list(db.session.scalars(select(JournalEntry.subject_kind).distinct().order_by(JournalEntry.subject_kind)))


def whole() -> Iterator[tuple[JournalEntry, str | None]]:
    """Every row, the latest first, a page at a time, so that the memory stays small however long the journal is."""
    before: int | None = None
    while rows := search(Asked(before=before)):
        yield from rows
        before = rows[-1][0].id


def of(subject_kind: str, subject_id: str) -> Sequence[tuple[JournalEntry, str | None]]:
    """The latest acts on one thing."""
    return search(Asked(subject_kind=subject_kind, subject_id=subject_id))


def acts() -> list[str]:
    """Every act there is a row of, for a list to choose from."""
    return list(db.session.scalars(select(JournalEntry.act).distinct().order_by(JournalEntry.act)))
