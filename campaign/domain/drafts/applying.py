"""Applying a draft: its content becomes people, a campaign and a petition, as one change of the tables.

Used by approval, and by the preview, which looks at the result through the public pages and takes all of it back.
What the draft does not speak of stays: people of a campaign whose names are not public, facts, states and counts.
"""

import re
import secrets
from datetime import date, datetime
from unicodedata import normalize

from babel import Locale
from sqlalchemy import func, select

from campaign.database import db
from campaign.domain import spellings
from campaign.domain.cases import casework, enclosing, showing, translating, verifying, wording
from campaign.domain.cases.proposal import Content, FactProposed, LetterProposed, PersonProposed, SafetyProposed
from campaign.domain.cases.verifying import Given
from campaign.domain.drafts import drafting
from campaign.domain.signatures import grouping
from campaign.models.campaign import Campaign, State
from campaign.models.draft import Draft, OldAddress
from campaign.models.petition import Petition
from campaign.models.prisoner import (
    Answer,
    Confidence,
    Conflict,
    Decision,
    Fact,
    NameKind,
    Prisoner,
    PrisonerName,
    Question,
    Source,
    Status,
    Topic,
)

GOAL = 1000
BOTH_SIDES = "Each is given with its source."


def apply(draft: Draft, content: Content, *, by: str, at: datetime) -> tuple[Campaign, Petition | None]:
    """Write the draft's content into the tables; campaign and letter are open. `by` has looked at the facts."""
    people = [_person(person, content, by=by, at=at) for person in content.people]
    for prisoner in people:
        _consent(prisoner, content.safety)
    campaign = _campaign(draft, content, people, at)
    enclosing.publish(campaign, content.files)
    letter = content.letter
    petition = _petition(draft, campaign, letter, at) if letter.is_begun else None
    if petition is not None:
        translating.reword(petition, letter, content.translations, at=at)
    db.session.flush()
    db.session.expire(campaign, ["petitions", "prisoners"])
    return campaign, petition


def _person(person: PersonProposed, content: Content, *, by: str, at: datetime) -> Prisoner:
    if person.slug:
        return db.session.scalars(select(Prisoner).where(Prisoner.slug == person.slug)).one()
    row = Prisoner(
        slug=_free_slug(Prisoner, person.name, otherwise="person"),
        country=content.campaign.country,
        role=person.role,
        status=Status(person.status or Status.UNKNOWN),
        status_as_of=person.as_of or str(at.year),
        held_since=person.held_since or None,
        last_checked_on=at.date(),
        last_checked_by=by,
    )
    row.names = _names(person)
    sources: dict[tuple[str, str, str], Source] = {}
    row.facts = [_fact(fact, n, sources, by=by, on=at.date()) for n, fact in enumerate(person.facts)]
    row.conflicts = _conflicts(person, row.facts, by=by, on=at.date())
    db.session.add(row)
    db.session.flush()
    return row


def _names(person: PersonProposed) -> list[PrisonerName]:
    """Each spelling once, the chosen one first."""
    spelled = [(NameKind.CHOSEN, person.name or "–", ""), (NameKind.NATIVE, person.native, person.native_lang)]
    spelled += [(NameKind.VARIANT, text, "") for text in person.spellings]
    known: dict[str, PrisonerName] = {}
    for kind, text, lang in spelled:
        if text and text not in known:
            key = spellings.spelling_key(text)[:400]
            known[text] = PrisonerName(kind=kind, text=text, lang=lang, key=key, position=len(known))
    return list(known.values())


def _fact(fact: FactProposed, position: int, sources: dict[tuple[str, str, str], Source], *, by: str, on: date) -> Fact:
    row = Fact(
        topic=Topic(fact.topic or Topic.PRESSURE),
        happened=fact.happened or None,
        value=fact.value,
        as_of=fact.as_of or str(on.year),
        confidence=Confidence.REPORTED,
        last_checked_on=on,
        last_checked_by=by,
        position=position,
    )
    if fact.source:
        key = fact.source, fact.publisher, fact.url
        row.sources = [sources.setdefault(key, Source(title=fact.source, publisher=fact.publisher, url=fact.url))]
    return row


def _conflicts(person: PersonProposed, facts: list[Fact], *, by: str, on: date) -> list[Conflict]:
    """What the draft says its sources differ about. Whoever approves has read both sides and shows both."""
    return [
        Conflict(
            about=person.facts[sides[0]].point.strip(),
            decision=Decision.BOTH,
            decided_by=by,
            decided_on=on,
            reason=BOTH_SIDES,
            facts=[facts[n] for n in sides],
        )
        for sides in person.disputes.values()
        if len(sides) > 1
    ]


def _consent(prisoner: Prisoner, safety: SafetyProposed) -> None:
    """The basis on which the name is public. What is on record as a yes or a no is not written over."""
    if showing.answered(prisoner, Question.PUBLISH_NAME) is not Answer.UNKNOWN:
        return
    given = Given(
        by=safety.given_by,
        on=date.fromisoformat(safety.given_on) if safety.given_on else None,
        channel=safety.channel,
        proof=safety.proof,
    )
    verifying.record_consent(prisoner, Question.PUBLISH_NAME, Answer(safety.basis or Answer.UNKNOWN), given)


def _campaign(draft: Draft, content: Content, people: list[Prisoner], at: datetime) -> Campaign:
    proposed, campaign = content.campaign, draft.campaign
    named = [p.name for p in people if showing.may_be_named(p)]
    if campaign is None:
        campaign = Campaign(
            slug=proposed.slug or _free_slug(Campaign, proposed.title, *named, otherwise=_where(proposed.country, at)),
            reference=_reference(Campaign, proposed.country, at),
            state=State.OPEN,
            opened_at=at,
            hash_secret=secrets.token_bytes(32),
        )
        db.session.add(campaign)
    elif proposed.slug:
        _move("campaign", campaign, proposed.slug, at)
    campaign.title, campaign.summary, campaign.body = proposed.title, proposed.summary, proposed.body
    campaign.country, campaign.facts_as_of = proposed.country, _as_of(campaign, people, at)
    unnamed = [p for p in campaign.prisoners if not showing.may_be_named(p) and p not in people]
    wanted = list(dict.fromkeys([*people, *unnamed]))
    if wanted != list(campaign.prisoners):
        campaign.prisoners = wanted
    db.session.flush()
    return campaign


def _as_of(campaign: Campaign, people: list[Prisoner], at: datetime) -> str:
    if campaign.facts_as_of and not any(p.last_checked_on == at.date() for p in people):
        return campaign.facts_as_of
    return casework.facts_as_of(people) or str(at.year)


def _petition(draft: Draft, campaign: Campaign, letter: LetterProposed, at: datetime) -> Petition:
    petition = draft.petition
    if petition is None:
        petition = Petition(
            campaign_id=campaign.id,
            slug=letter.slug or _free_slug(Petition, letter.title, campaign.title, otherwise=campaign.slug),
            reference=_reference(Petition, campaign.country, at),
            state=State.OPEN,
            opened_at=at,
            hash_secret=secrets.token_bytes(32),
        )
        if campaign.petitions:
            grouping.join(campaign, at=at)
        db.session.add(petition)
    elif letter.slug:
        _move("petition", petition, letter.slug, at)
    petition.goal = int(letter.goal) if letter.goal else petition.goal or GOAL
    wording.reword(petition, letter, at=at)
    return petition


def _move(kind: str, thing: Campaign | Petition, slug: str, at: datetime) -> None:
    """A new address; the old one leads here from now on, as it is on paper and in people's letters."""
    if thing.slug == slug:
        return
    back = select(OldAddress).where(OldAddress.kind == kind, OldAddress.slug == slug, OldAddress.thing_id == thing.id)
    for own in db.session.scalars(back):  # it goes back to an address of its own
        db.session.delete(own)
    db.session.flush()
    db.session.add(OldAddress(kind=kind, slug=thing.slug, thing_id=thing.id, since=at))
    thing.slug = slug


def _reference(table: type[Campaign] | type[Petition], country: str, at: datetime) -> str:
    """The next free number of this country and year, such as TJ-2017-001."""
    head = f"{country or 'XX'}-{at.year}-"
    latest = db.session.scalar(select(func.max(table.reference)).where(table.reference.like(f"{head}___")))
    return f"{head}{int(latest[-3:]) + 1 if latest else 1:03}"


def _where(country: str, at: datetime) -> str:
    """Country and year, such as iran-2026: said of a title in another script, which nobody here may spell in Latin."""
    name = Locale.parse("en").territories.get(country, "")
    return f"{_latin(name) or 'campaign'}-{at.year}"


def _free_slug(table: type[Prisoner] | type[Campaign] | type[Petition], *words: str, otherwise: str) -> str:
    """An address that can be read aloud, from the first of the words in Latin letters; numbered where taken."""
    stem = next(filter(None, map(_latin, words)), otherwise)
    slug, n = stem, 1
    while _is_taken(table, slug):
        n += 1
        slug = f"{stem}-{n}"
    return slug


def _latin(words: str) -> str:
    plain = normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")
    return slug if len(re.findall("[a-z]", slug)) > 2 else ""  # a year or two stray letters of a title say nothing


def _is_taken(table: type[Prisoner] | type[Campaign] | type[Petition], slug: str) -> bool:
    if table is Prisoner:
        return db.session.scalar(select(Prisoner.id).where(Prisoner.slug == slug)) is not None
    return drafting.address_taken("campaign" if table is Campaign else "petition", slug)
