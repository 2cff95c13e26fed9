"""Filling: the values that an update may name, such as `{signatures}`, put in when it begins to be sent.

They are taken once, so that every letter and the public page say the same number. A name that is unknown, or whose
value is not there yet, stops the update before its first letter: nobody is ever sent a pair of empty braces.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date

from babel.numbers import format_decimal
from sqlalchemy import select

from campaign.database import db
from campaign.domain.cases import translating
from campaign.models.campaign import Campaign
from campaign.models.delivery import Delivery, Outcome
from campaign.models.packet import Packet
from campaign.models.petition import Petition

NAMES = ("signatures", "goal", "campaign", "delivered_on")
_PLACE = re.compile(r"\{([^{}\n]{0,60})\}")


def named(texts: Iterable[str]) -> set[str]:
    """Every name that stands in braces."""
    return {match.strip() for text in texts for match in _PLACE.findall(text)}


def values(campaign: Campaign) -> dict[str, str]:
    """What can be said today; a value that is not there yet is left out."""
    letters = campaign.petitions
    found = {"campaign": campaign.title}
    if letters:
        found["signatures"] = str(sum(letter.signature_count for letter in letters))
        found["goal"] = str(sum(letter.goal for letter in letters))
    handed_over = db.session.scalar(
        select(Delivery.handed_over_on)
        .join(Packet, Packet.id == Delivery.packet_id)
        .join(Petition, Petition.id == Packet.petition_id)
        .where(Petition.campaign_id == campaign.id, Delivery.handed_over_on.is_not(None))
        .where(Delivery.outcome.in_([outcome for outcome in Outcome if outcome.is_accepted]))
        .order_by(Delivery.handed_over_on.desc())
        .limit(1)
    )
    if handed_over is not None:
        found["delivered_on"] = handed_over.isoformat()
    return found


def fill(text: str, given: Mapping[str, str], lang: str) -> str:
    """The text with its values as that language writes them. What has no value keeps its braces (see `named`)."""
    locale = translating.locale_of(lang)

    def put(match: re.Match[str]) -> str:
        name = match[1].strip()
        if name not in given:
            return match[0]
        if name in {"signatures", "goal"}:
            return format_decimal(int(given[name]), locale=locale)
        if name == "delivered_on":
            return translating.day_in(date.fromisoformat(given[name]), lang)
        return given[name]

    return _PLACE.sub(put, text)
