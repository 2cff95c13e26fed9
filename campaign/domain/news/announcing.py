"""Announcing: updates that have begun, as the public reads them: a page, a list beside the case, entries of a feed.

What was sent stays readable, also when sending was ended early; what is being written is nowhere. A campaign that
rests or was taken down shows none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, selectinload

from campaign.database import db
from campaign.domain import pausing
from campaign.domain.cases import translating
from campaign.domain.news import filling, noticing, updating
from campaign.models.campaign import PUBLIC_STATES, Campaign
from campaign.models.update import Update

LATEST = 50


@dataclass(frozen=True)
class NewsShown:
    """One update in one of its languages, its values put in."""

    code: str
    lang: str
    direction: str
    languages: tuple[str, ...]
    title: str
    body: str
    at: datetime
    campaign_slug: str
    campaign_title: str
    is_demonstration: bool
    is_below: bool = False  # it tells of a number that its letter does not have any more


def news(code: str, lang: str = "") -> NewsShown | None:
    """The update of that address, in that language or its first; None where nothing is published there."""
    row = db.session.scalar(_published().where(Update.code == code))
    return _shown(row, lang) if row is not None else None


def latest(slug: str = "") -> Sequence[NewsShown]:
    """Those of one campaign, or of all, the latest first."""
    query = _published().order_by(Update.begun_at.desc(), Update.id.desc()).limit(LATEST)
    query = query.options(contains_eager(Update.campaign), selectinload(Update.texts))
    if slug:
        query = query.where(Campaign.slug == slug)
    return [shown for row in db.session.scalars(query) if (shown := _shown(row, "")) is not None]


def codes() -> Sequence[str]:
    """Every public one, for the map of the site."""
    return db.session.scalars(_published().with_only_columns(Update.code).order_by(Update.id)).all()


def _published() -> Select[Update]:
    return (
        select(Update)
        .join(Campaign, Campaign.id == Update.campaign_id)
        .where(Update.begun_at.is_not(None), Campaign.state.in_(PUBLIC_STATES), pausing.running())
    )


def _shown(row: Update, lang: str) -> NewsShown | None:
    there = {text.lang: text for text in row.texts if text.title and text.body}
    words = there.get(lang) if lang else updating.words(row, "")
    if words is None or row.begun_at is None:
        return None
    return NewsShown(
        code=row.code,
        lang=words.lang,
        direction=translating.locale_of(words.lang).text_direction,
        languages=tuple(there),
        title=filling.fill(words.title, row.filled, words.lang),
        body=filling.fill(words.body, row.filled, words.lang),
        at=row.begun_at,
        campaign_slug=row.campaign.slug,
        campaign_title=row.campaign.title,
        is_demonstration=row.campaign.is_demonstration,
        is_below=noticing.is_below(row),
    )
