"""The register of campaigns on the home page: one line each, with what may be said of it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from campaign.database import db
from campaign.domain import pausing
from campaign.domain.cases import casework, showing
from campaign.domain.cases.casework import Held
from campaign.domain.cases.showing import Person
from campaign.domain.signatures import tallying
from campaign.models.campaign import PUBLIC_STATES, Campaign, State
from campaign.models.petition import Petition
from campaign.models.prisoner import Prisoner, Status


@dataclass(frozen=True)
class Entry:
    slug: str
    title: str
    summary: str
    country: str
    facts_as_of: str
    is_demonstration: bool
    people: tuple[Person, ...]
    role: str  # of the one person, where the campaign is for one
    status: Status | None  # of the one person, where the campaign is for one
    held: Held | None
    letter: str | None  # slug of the letter that stands under this campaign or that names its people
    letter_is_joint: bool
    letter_state: State | None
    signature_count: int
    goal: int


def entries(campaigns: Sequence[Campaign]) -> tuple[Entry, ...]:
    """The lines of these campaigns, in their order."""
    return tuple(_entry(campaign) for campaign in campaigns)


def countries() -> list[tuple[str, int]]:
    """Countries of published campaigns and how many there are of each, by code."""
    rows = db.session.scalars(select(Campaign.country).where(Campaign.state.in_(PUBLIC_STATES), pausing.running()))
    return sorted(Counter(rows).items())


def _entry(campaign: Campaign) -> Entry:
    named = [p for p in campaign.prisoners if showing.may_be_named(p)]
    alone = named[0] if len(named) == 1 else None
    own = _own_letter(campaign)
    letter = own or _joint_letter(campaign)
    return Entry(
        slug=campaign.slug,
        title=campaign.title,
        summary=campaign.summary,
        country=campaign.country,
        facts_as_of=campaign.facts_as_of,
        is_demonstration=campaign.is_demonstration,
        people=tuple(showing.person(p) for p in named),
        role=alone.role if alone else "",
        status=alone.status if alone else None,
        held=casework.held(alone) if alone else None,
        letter=letter.slug if letter else None,
        letter_is_joint=letter is not None and own is None,
        letter_state=letter.state if letter else None,
        signature_count=letter.signature_count if letter else 0,
        goal=tallying.next_goal(letter.signature_count, letter.goal) if letter else 0,
    )


def _own_letter(campaign: Campaign) -> Petition | None:
    return next((p for p in campaign.petitions if p.state.is_public), None)


def _joint_letter(campaign: Campaign) -> Petition | None:
    ids = [p.id for p in campaign.prisoners if not p.is_paused]
    return db.session.scalar(
        select(Petition)
        .join(Campaign)
        .where(
            Campaign.state.in_(PUBLIC_STATES),
            Petition.state.in_(PUBLIC_STATES),
            Campaign.prisoners.any(Prisoner.id.in_(ids)),
            pausing.running(),
        )
        .order_by(Campaign.position, Petition.id)
        .limit(1)
    )
