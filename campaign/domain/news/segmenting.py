"""Segmenting: to whom of those who asked for news an update goes.

What is known of a subscription is its language, its moments, and the signature that asked for it, whose country and
petition can be asked for as long as that signature's data are kept. A chosen part of fewer than ten people is refused:
it would be a way to find out who stands where, one after the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import aliased

from campaign.database import db
from campaign.domain.errors import Refused
from campaign.models.campaign import Campaign
from campaign.models.signature import Signature, SignatureState
from campaign.models.supporter import Subscription, SubscriptionState

FEWEST = 10
_STANDING = (SignatureState.CONFIRMED, SignatureState.HELD)


class SegmentWrong(Refused):
    """This choice of people cannot be read: a country, a language, a letter or a day in it is none of this campaign."""


@dataclass(frozen=True)
class Segment:
    """Everything that is filled in must be true of a subscription; nothing filled in is everybody."""

    country: str = ""
    lang: str = ""
    petition: int | None = None
    since: str = ""  # asked for news on that day or later, written 2017-06-09

    @property
    def is_all(self) -> bool:
        return not self.as_json()

    def as_json(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if value}


def read(stored: Mapping[str, Any]) -> Segment:
    return Segment(**{name: stored[name] for name in ("country", "lang", "petition", "since") if stored.get(name)})


def checked(segment: Segment, campaign: Campaign) -> Segment:
    """The segment, if it can be meant. Raises SegmentWrong."""
    if segment.petition is not None and segment.petition not in {p.id for p in campaign.petitions}:
        raise SegmentWrong
    if segment.country and not (len(segment.country) == 2 and segment.country.isascii() and segment.country.isupper()):
        raise SegmentWrong
    try:
        _ = segment.since and date.fromisoformat(segment.since)
    except ValueError as fault:
        raise SegmentWrong from fault
    return segment


def conditions(campaign_id: int, segment: Segment, *, before: datetime) -> list[ColumnElement[bool]]:
    """Which subscriptions are meant: those alive that were confirmed before that moment."""
    found: list[ColumnElement[bool]] = [
        Subscription.campaign_id == campaign_id,
        Subscription.state == SubscriptionState.ACTIVE,
        Subscription.confirmed_at < before,
    ]
    if segment.lang:
        found.append(Subscription.lang == segment.lang)
    if segment.since:
        day = date.fromisoformat(segment.since)
        found.append(Subscription.asked_at >= datetime(day.year, day.month, day.day, tzinfo=UTC))
    if segment.country:
        found.append(
            exists().where(Signature.public_id == Subscription.public_id, Signature.country == segment.country)
        )
    if segment.petition is not None:
        asked, other = aliased(Signature), aliased(Signature)
        same = or_(other.id == asked.id, other.person_key == asked.person_key)
        signed = exists().where(
            asked.public_id == Subscription.public_id,
            same,
            other.petition_id == segment.petition,
            other.state.in_(_STANDING),
        )
        found.append(signed)
    return found


def count(campaign_id: int, segment: Segment, *, at: datetime) -> int:
    """How many are meant at that moment."""
    query = select(func.count()).select_from(Subscription).where(*conditions(campaign_id, segment, before=at))
    return db.session.scalar(query) or 0
