"""Telling a case: the record of each person with numbered sources, the conflicts, and what happened when.

Every fact says where it was read, for what date it holds and who looked last. Confidential facts are nowhere in
here; facts about health are told only with a recorded consent.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from campaign.database import db
from campaign.domain import pausing
from campaign.domain.cases import casework, enclosing, showing
from campaign.domain.cases.casework import Held, Shelf, SourceTold
from campaign.domain.cases.enclosing import FileTold
from campaign.domain.cases.showing import Person
from campaign.domain.signatures import tallying
from campaign.models.campaign import PUBLIC_STATES, Campaign, State
from campaign.models.petition import Petition
from campaign.models.prisoner import (
    Confidence,
    Conflict,
    Decision,
    Fact,
    Prisoner,
    Question,
    Status,
    Topic,
)


@dataclass(frozen=True)
class FactTold:
    topic: Topic
    value: str
    happened: str | None
    as_of: str
    confidence: Confidence
    checked_on: date
    sources: tuple[int, ...]
    days_held: int | None  # on the day it happened, where both days are known


@dataclass(frozen=True)
class ConflictTold:
    """Sources that disagree, printed both with where each was read."""

    about: str
    reason: str
    sides: tuple[FactTold, ...]


@dataclass(frozen=True)
class CaseTold:
    person: Person
    variants: tuple[str, ...]
    role: str
    summary: str
    country: str
    status: Status
    status_as_of: str
    status_note: str
    checked_on: date
    held: Held | None
    died: str | None  # the partial date of a recorded death
    record: tuple[FactTold, ...]
    conflicts: tuple[ConflictTold, ...]
    timeline: tuple[FactTold, ...]


@dataclass(frozen=True)
class LetterTold:
    slug: str
    title: str
    state: State
    addressed_to: tuple[str, ...]
    signature_count: int
    goal: int


@dataclass(frozen=True)
class PeopleTold:
    """How many people signed one or more of a campaign's own letters; `unmatched` signatures may be of the same."""

    number: int
    letters: int
    unmatched: int
    joined_on: date
    until: date | None
    on_paper: int = 0  # signatures of these letters on paper, which nobody can match and which are not in the number


@dataclass(frozen=True)
class CampaignTold:
    slug: str
    reference: str
    title: str
    summary: str
    body: str  # Markdown, as its authors wrote it
    country: str
    is_demonstration: bool
    facts_as_of: str
    cases: tuple[CaseTold, ...]
    letters: tuple[LetterTold, ...]
    people: PeopleTold | None
    sources: tuple[SourceTold, ...]
    elsewhere: tuple[tuple[str, str], ...]  # (person's slug, slug of the campaign for this person alone)
    files: tuple[FileTold, ...]  # images and documents


def campaign(slug: str) -> CampaignTold | None:
    """The campaign under that address, or None where nothing is published there."""
    published = Campaign.state.in_(PUBLIC_STATES), pausing.running()
    row = db.session.scalar(select(Campaign).where(Campaign.slug == slug, *published))
    if row is None:
        return None
    shelf = Shelf()
    named = [p for p in row.prisoners if showing.may_be_named(p)]
    elsewhere = _elsewhere(row, named) if len(named) > 1 else ()
    # Whose whole record stands on a page of their own is told here in short, and needs no numbers of sources here.
    apart = dict(elsewhere)
    cases = tuple(_case(p, Shelf() if p.slug in apart else shelf) for p in named)
    return CampaignTold(
        slug=row.slug,
        reference=row.reference,
        title=row.title,
        summary=row.summary,
        body=row.body,
        country=row.country,
        is_demonstration=row.is_demonstration,
        facts_as_of=row.facts_as_of,
        cases=cases,
        letters=tuple(_letter(p) for p in _letters(row, named)),
        people=_people(row),
        sources=tuple(shelf.told),
        elsewhere=elsewhere,
        files=enclosing.shown(row),
    )


def _case(prisoner: Prisoner, shelf: Shelf) -> CaseTold:
    held = casework.held(prisoner)
    told = [(fact, _fact(fact, held, shelf)) for fact in prisoner.facts if may_be_told(fact, prisoner)]
    conflicts = [c for c in prisoner.conflicts if c.decision is Decision.BOTH]
    return CaseTold(
        person=showing.person(prisoner),
        variants=tuple(prisoner.variants),
        role=prisoner.role,
        summary=prisoner.summary,
        country=prisoner.country,
        status=prisoner.status,
        status_as_of=prisoner.status_as_of,
        status_note=prisoner.status_note,
        checked_on=prisoner.last_checked_on,
        held=held,
        died=died_on(prisoner),
        record=tuple(t for fact, t in told if fact.conflict is None or fact.conflict.decision is not Decision.BOTH),
        conflicts=tuple(_conflict(c, told) for c in conflicts),
        timeline=tuple(
            sorted((t for _, t in told if t.happened), key=lambda t: casework.in_order(t.happened or "0001"))
        ),
    )


def died_on(prisoner: Prisoner) -> str | None:
    """The partial date of a death that the record does not doubt."""
    if prisoner.status is not Status.DIED:
        return None
    deaths = [f for f in prisoner.facts if f.topic is Topic.DEATH and may_be_told(f, prisoner)]
    return next((f.happened for f in deaths if f.conflict is None or f.conflict.decision is Decision.ONE), None)


def may_be_told(fact: Fact, prisoner: Prisoner) -> bool:
    """Whether a page may show the fact: never what is confidential, health only with a recorded consent."""
    if not fact.is_printable:
        return False
    return fact.topic is not Topic.HEALTH or showing.answered(prisoner, Question.HEALTH) in showing.SAID_YES


def _fact(fact: Fact, held: Held | None, shelf: Shelf) -> FactTold:
    return FactTold(
        topic=fact.topic,
        value=fact.value,
        happened=fact.happened,
        as_of=fact.as_of,
        confidence=fact.confidence,
        checked_on=fact.last_checked_on,
        sources=shelf.numbers(fact.sources),
        days_held=casework.days_between(held.since, fact.happened) if held else None,
    )


def _conflict(conflict: Conflict, told: list[tuple[Fact, FactTold]]) -> ConflictTold:
    sides = tuple(t for fact, t in told if fact.conflict_id == conflict.id)
    return ConflictTold(conflict.about, conflict.reason, sides)


def _letters(row: Campaign, named: list[Prisoner]) -> list[Petition]:
    """The campaign's own letters first, then those of joint campaigns for the same people."""
    ids = [p.id for p in named]
    query = (
        select(Petition)
        .join(Campaign)
        .where(
            Campaign.state.in_(PUBLIC_STATES),
            Petition.state.in_([*PUBLIC_STATES, State.PAUSED]),
            pausing.running(),
            (Petition.campaign_id == row.id) | Campaign.prisoners.any(Prisoner.id.in_(ids)),
        )
        .order_by(Petition.campaign_id != row.id, Campaign.position, Petition.id)
    )
    return list(db.session.scalars(query))


def _letter(row: Petition) -> LetterTold:
    return LetterTold(
        slug=row.slug,
        title=row.text.title,
        state=row.state,
        addressed_to=tuple(a.addressee.title for a in row.addressees),
        signature_count=row.signature_count,
        goal=tallying.next_goal(row.signature_count, row.goal),
    )


def _people(row: Campaign) -> PeopleTold | None:
    """Only where every letter that was signed can be seen on the page: the number speaks of all of them."""
    seen = [p for p in row.petitions if p.state.is_public or p.state is State.PAUSED]
    hidden = any(p.signature_count for p in row.petitions if p not in seen)
    if row.joined_at is None or row.people_since is None or hidden or len(seen) < 2:
        return None
    until = row.people_until.date() if row.people_until else None
    on_paper = sum(p.paper_count for p in seen)
    return PeopleTold(row.people_count, len(seen), row.people_unmatched, row.joined_at.date(), until, on_paper)


def _elsewhere(row: Campaign, named: list[Prisoner]) -> tuple[tuple[str, str], ...]:
    """For people of a joint campaign, the published campaign that is theirs alone."""
    found = []
    for prisoner in named:
        others = db.session.scalars(
            select(Campaign)
            .where(Campaign.id != row.id, Campaign.state.in_(PUBLIC_STATES), Campaign.prisoners.any(id=prisoner.id))
            .order_by(Campaign.position)
        )
        alone = next((other for other in others if len(other.prisoners) == 1), None)
        if alone:
            found.append((prisoner.slug, alone.slug))
    return tuple(found)
