"""Gauging: figures of one campaign for those who write it, and the tally of forms behind one of them.

Signatures come from what the counter keeps beside the ledger. How many forms were sent on a day, and how many of
them were confirmed since, is tallied by the worker once an hour, as the rows of forms that came to nothing are
deleted after a month; a form that was refused in silence, as its mailbox had enough letters, is not one of them.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import case, func, or_, select

from campaign.database import db
from campaign.domain.signatures import tallying
from campaign.domain.signatures.tallying import Countries
from campaign.models.campaign import Campaign
from campaign.models.letter import Letter, LetterState
from campaign.models.petition import Petition
from campaign.models.signature import CountryCount, DayCount, Signature, SignatureState
from campaign.models.supporter import Subscription, SubscriptionState
from campaign.models.tally import FormTally

REACHES = timedelta(days=28)  # rows of unconfirmed forms are there for at least thirty
SHOWN = 28  # days of the drawing


@dataclass(frozen=True)
class Forms:
    """One day: forms sent, and how many of them are confirmed by now."""

    day: str
    sent: int
    confirmed: int


@dataclass(frozen=True)
class Tally:
    """One petition on one day."""

    petition_id: int
    day: str
    forms: int
    confirmed: int


@dataclass(frozen=True)
class Gauge:
    petitions: tuple[Petition, ...]
    signatures: int
    days: tuple[tuple[str, int], ...]
    countries: Countries
    forms: tuple[Forms, ...]  # the last four weeks, every day of them
    letters: dict[LetterState, int]  # to signers, of the last month
    subscribers: int


def campaign(row: Campaign, *, at: datetime) -> Gauge:
    """All figures of a campaign; a handful of statements, however many have signed."""
    ids = [petition.id for petition in row.petitions]
    return Gauge(
        petitions=tuple(row.petitions),
        signatures=sum(petition.signature_count for petition in row.petitions),
        days=_by(DayCount, DayCount.day, ids),
        countries=tallying.by_country(_by(CountryCount, CountryCount.country, ids)),
        forms=_forms(ids, at),
        letters=_letters(ids),
        subscribers=_subscribers(row),
    )


def found(slug: str) -> Campaign | None:
    return db.session.scalar(select(Campaign).where(Campaign.slug == slug))


def count_forms(*, at: datetime) -> list[Tally]:
    """Forms of the last four weeks by petition and day. It looks at many rows, so it is asked before writing begins."""
    day = _day_of(Signature.created_at)
    refused = (Signature.state == SignatureState.EXPIRED) & (Signature.ended_at == Signature.created_at)
    answered = func.sum(case((Signature.confirmed_at.is_not(None), 1), else_=0))
    rows: Any = db.session.execute(
        select(Signature.petition_id, day, func.count(), answered)
        .where(Signature.created_at >= _first(at), or_(Signature.ended_at.is_(None), ~refused))
        .group_by(Signature.petition_id, day)
    )
    return [Tally(petition_id, on, forms, int(confirmed)) for petition_id, on, forms, confirmed in rows]


def keep_tallies(counted: Sequence[Tally], *, at: datetime) -> int:
    """Bring the tally up to date; how many days changed. Twice is the same as once."""
    kept = db.session.scalars(select(FormTally).where(FormTally.day >= _iso(_first(at))))
    known = {(row.petition_id, row.day): row for row in kept}
    changed = 0
    for found in counted:
        row = known.get((found.petition_id, found.day))
        if row is None:
            row = FormTally(petition_id=found.petition_id, day=found.day, forms=0, confirmed=0)
            db.session.add(row)
        elif (row.forms, row.confirmed) == (found.forms, found.confirmed):
            continue
        row.forms, row.confirmed = found.forms, found.confirmed
        changed += 1
    db.session.flush()
    return changed


def _first(at: datetime) -> datetime:
    return (at.astimezone(UTC) - REACHES).replace(hour=0, minute=0, second=0, microsecond=0)


def _by(model: Any, column: Any, ids: Sequence[int]) -> tuple[tuple[str, int], ...]:
    rows: Any = db.session.execute(
        select(column, func.sum(model.signatures)).where(model.petition_id.in_(ids)).group_by(column).order_by(column)
    )
    return tuple((value, int(number)) for value, number in rows)


def _forms(ids: Sequence[int], at: datetime) -> tuple[Forms, ...]:
    days = [_iso(at - timedelta(days=n)) for n in range(SHOWN - 1, -1, -1)]
    rows = db.session.execute(
        select(FormTally.day, func.sum(FormTally.forms), func.sum(FormTally.confirmed))
        .where(FormTally.petition_id.in_(ids), FormTally.day >= days[0])
        .group_by(FormTally.day)
    )
    found = {day: (int(forms), int(confirmed)) for day, forms, confirmed in rows}
    return tuple(Forms(day, *found.get(day, (0, 0))) for day in days) if found else ()


def _letters(ids: Sequence[int]) -> dict[LetterState, int]:
    rows = db.session.execute(
        select(Letter.state, func.count())
        .join(Signature, Signature.id == Letter.signature_id)
        .where(Signature.petition_id.in_(ids))
        .group_by(Letter.state)
    )
    found = Counter({state: number for state, number in rows})
    return {state: found[state] for state in LetterState}


def _subscribers(row: Campaign) -> int:
    active = Subscription.state == SubscriptionState.ACTIVE
    return db.session.scalar(select(func.count()).where(Subscription.campaign_id == row.id, active)) or 0


def _day_of(column: Any) -> Any:
    if db.session.get_bind().dialect.name == "sqlite":
        return func.date(column)
    return func.to_char(func.timezone("UTC", column), "YYYY-MM-DD")


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).date().isoformat()
