"""Trending: which letters are signed most within the last hour and the last day.

The counter marks what it appends in steps of ten minutes, the worker looks at the marks once a minute and keeps the
result; no page counts anything. A mark is gone after a day, holds a number and nothing of a person. Fewer than ten
are never said, so that nobody stands alone; what is paused, closed or taken down is never named; and a result that
is not fresh is not shown, as "the last hour" would be untrue.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, delete, func, select
from sqlalchemy.orm import joinedload

from campaign.database import db
from campaign.domain import pausing, switching
from campaign.domain.signatures import tallying
from campaign.models.campaign import PUBLIC_STATES, Campaign, State
from campaign.models.petition import Petition
from campaign.models.site import Switch
from campaign.models.tally import RecentCount, Span, Trend

STEP = timedelta(minutes=10)
SPANS = {Span.HOUR: timedelta(hours=1), Span.DAY: timedelta(days=1)}
PLACES = 3
FRESH = timedelta(minutes=10)  # the worker looks every minute
LASTS = timedelta(hours=25)  # of a mark: the longest span, and the hour until it is swept away


@dataclass(frozen=True)
class Trending:
    """One letter of the list; `signatures` within the span, withdrawn and removed ones taken off."""

    slug: str
    title: str
    lang: str
    signatures: int


def add(petition_id: int, signatures: int, *, at: datetime) -> None:
    """Mark what the counter has appended just now; the counter holds the petition's lock."""
    if not signatures:
        return
    since = _step(at)
    row = db.session.get(RecentCount, (petition_id, since))
    if row is None:
        row = RecentCount(petition_id=petition_id, since=since, signatures=0)
        db.session.add(row)
    row.signatures += signatures


def look(*, at: datetime) -> int:
    """Keep what is signed most now, in place of what was; how many places are filled. None while it is stopped."""
    db.session.execute(delete(Trend))
    if switching.is_stopped(Switch.TRENDING):
        return 0
    found = [
        Trend(span=span, place=place, petition_id=petition_id, signatures=number, seen_at=at)
        for span, lasts in SPANS.items()
        for place, (petition_id, number) in enumerate(_most(at - lasts), start=1)
    ]
    db.session.add_all(found)
    db.session.flush()
    return len(found)


def now(*, at: datetime) -> dict[Span, list[Trending]]:
    """What the home page says, by span; what is not open in this very moment is left out."""
    rows = db.session.scalars(
        select(Trend)
        .join(Petition)
        .join(Campaign)
        .where(Trend.seen_at > at - FRESH, *_may_be_named())
        .order_by(Trend.span, Trend.place)
        .options(joinedload(Trend.petition).selectinload(Petition.texts))
    ).all()
    found: dict[Span, list[Trending]] = {span: [] for span in Span}
    for row in rows:
        words = row.petition.text
        found[row.span].append(Trending(row.petition.slug, words.title, words.lang, row.signatures))
    return found


def forget(*, at: datetime) -> int:
    """Delete marks that no span reaches any more; how many."""
    done: CursorResult[Any] = db.session.execute(  # type: ignore[assignment]
        delete(RecentCount).where(RecentCount.since < at - LASTS)
    )
    return done.rowcount


def _most(since: datetime) -> Sequence[tuple[int, int]]:
    number = func.sum(RecentCount.signatures)
    rows = db.session.execute(
        select(RecentCount.petition_id, number)
        .join(Petition, Petition.id == RecentCount.petition_id)
        .join(Campaign, Campaign.id == Petition.campaign_id)
        .where(RecentCount.since > since, *_may_be_named())
        .group_by(RecentCount.petition_id)
        .having(number >= tallying.LEAST_SHOWN)
        .order_by(number.desc(), RecentCount.petition_id)
        .limit(PLACES)
    )
    return [(petition_id, int(signatures)) for petition_id, signatures in rows]


def _may_be_named() -> tuple[Any, ...]:
    return Petition.state == State.OPEN, Campaign.state.in_(PUBLIC_STATES), pausing.running()


def _step(at: datetime) -> datetime:
    at = at.astimezone(UTC)
    return at.replace(minute=at.minute - at.minute % (STEP.seconds // 60), second=0, microsecond=0)
