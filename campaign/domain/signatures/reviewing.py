"""Reviewing names: what looks unusual is withheld from print and pages until a person has decided, one by one.

Only where the key of names is can a name be looked at. A machine looks at each counted name once, in the order of
the numbers, and marks those that `names.hold_reasons` flags; it keeps the mark, never the name. A person then opens
one of them at a time. The count is not touched by any of this.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update

from campaign.database import db
from campaign.domain import journalling, names
from campaign.domain.errors import Refused, SealBroken
from campaign.domain.sealing import Opener
from campaign.domain.signatures.unveiling import hide
from campaign.models.petition import Petition
from campaign.models.signature import NameReview, Signature, SignatureState, Visibility

BATCH = 5000
OPENED_A_DAY = 100  # by one account; whoever needs more at once asks a second person for a table
LISTED = 200


class NoNamesKey(Refused):
    """This machine holds no key that opens names. Look at names where that key is."""


class NothingToOpen(Refused):
    """There is no name to open: it was never given, or it has been deleted."""


class ManyOpened(Refused):
    """You have opened a hundred names within a day, as many as one person may. Names in bulk take two people."""


@dataclass(frozen=True)
class Waiting:
    """A name that waits for a person, without the name."""

    id: int
    number: int
    country: str
    visibility: Visibility


def prisoners_of(petition: Petition) -> tuple[str, ...]:
    """Names that nobody may be shown or printed with unseen: those of the people it is for."""
    return tuple(name.text for prisoner in petition.campaign.prisoners for name in prisoner.names)


def look(petition: Petition, opener: Opener, *, limit: int = BATCH) -> int:
    """Look at the next names and mark the unusual ones; how many numbers were passed. The caller commits.

    Raises NoNamesKey. Names of people who are only counted are not opened.
    """
    if not opener.key_ids:
        raise NoNamesKey
    db.session.refresh(petition, with_for_update={"key_share": True})
    last = min(petition.names_looked_to + limit, petition.last_number)
    passed = last - petition.names_looked_to
    if not passed:
        return 0
    prisoners = prisoners_of(petition)
    rows = db.session.execute(_unseen(petition, last)).all()
    flagged = [row.id for row in rows if _is_unusual(row, opener, prisoners)]
    if flagged:
        db.session.execute(
            update(Signature).where(Signature.id.in_(flagged)).values(name_review=NameReview.WAITING),
            execution_options={"synchronize_session": False},
        )
        db.session.expire_all()
    petition.names_looked_to = last
    db.session.flush()
    return passed


def behind() -> list[int]:
    """Ids of petitions with numbers whose names nobody has looked at yet."""
    return list(db.session.scalars(select(Petition.id).where(Petition.names_looked_to < Petition.last_number)))


def waiting(petition: Petition) -> list[Waiting]:
    """The names that wait for a person, the first numbers first, at most two hundred."""
    rows = db.session.execute(
        select(Signature.id, Signature.number, Signature.country, Signature.visibility)
        .where(*_waits(petition))
        .order_by(Signature.number)
        .limit(LISTED)
    )
    return [Waiting(id, number or 0, country, visibility) for id, number, country, visibility in rows]


def how_many_wait(petition: Petition) -> int:
    return db.session.scalar(select(func.count()).select_from(Signature).where(*_waits(petition))) or 0


def with_waiting() -> Sequence[Petition]:
    """Petitions with names that wait for a person."""
    waits = select(Signature.petition_id).where(
        Signature.name_review == NameReview.WAITING,
        Signature.state == SignatureState.CONFIRMED,
        Signature.number.is_not(None),
    )
    return db.session.scalars(select(Petition).where(Petition.id.in_(waits)).order_by(Petition.id)).all()


def next_after(petition: Petition, number: int) -> int | None:
    """The id of the next name that waits."""
    query = select(Signature.id).where(*_waits(petition)).order_by(Signature.number <= number, Signature.number)
    return db.session.scalar(query.limit(1))


def may_open(row: Signature, opener: Opener) -> None:
    """Whether there is a name, and a key that fits, before anything is written down. Raises the refusals of those."""
    if row.name_box is None or not row.has_name:
        raise NothingToOpen
    if not opener.key_ids:
        raise NoNamesKey


def refuse_many(account_id: int, *, at: datetime) -> None:
    """One by one must not become all by patience. Raises ManyOpened."""
    if journalling.how_often("name opened", account_id, since=at - timedelta(days=1)) >= OPENED_A_DAY:
        raise ManyOpened


def open_one(row: Signature, opener: Opener) -> str:
    """The name of one signer. Whoever calls this has written the journal first. Raises NoNamesKey, NothingToOpen."""
    may_open(row, opener)
    assert row.name_box is not None  # noqa: S101 - may_open has looked
    try:
        name = opener.open(row.name_box, row.public_id)
    except SealBroken:
        raise NoNamesKey from None
    if not name:
        raise NothingToOpen
    return name


def decide(row: Signature, review: NameReview) -> None:
    """Accept the name for print and pages, refuse it, or set it back to waiting. The count stays as it is."""
    row.name_review = review
    if review is not NameReview.ACCEPTED:
        hide([row.id])
    db.session.flush()


def _waits(petition: Petition) -> Sequence[Any]:
    return (
        Signature.petition_id == petition.id,
        Signature.name_review == NameReview.WAITING,
        Signature.state == SignatureState.CONFIRMED,
        Signature.number.is_not(None),
    )


def _unseen(petition: Petition, last: int) -> Any:
    return select(Signature.id, Signature.public_id, Signature.name_box).where(
        Signature.petition_id == petition.id,
        Signature.number > petition.names_looked_to,
        Signature.number <= last,
        Signature.has_name,
        Signature.name_box.is_not(None),
        Signature.visibility != Visibility.COUNTED,
        Signature.name_review.is_(None),
    )


def _is_unusual(row: Any, opener: Opener, prisoners: tuple[str, ...]) -> bool:
    """A box that does not open here is for a person to find out about."""
    try:
        return bool(names.hold_reasons(opener.open(row.name_box, row.public_id), prisoners))
    except SealBroken:
        return True
