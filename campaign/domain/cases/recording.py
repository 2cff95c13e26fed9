"""Recording: staff write down who somebody is and what is known, and each change keeps what stood there before.

A record that is silently rewritten cannot be trusted by those who quoted it yesterday. So every change is a
`Revision` with the words before and after, the journal names its id, and what was public is corrected in public.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from campaign.database import db
from campaign.domain import journalling
from campaign.domain.cases import casework, overtaking, showing, telling
from campaign.domain.errors import Refused
from campaign.domain.names import accepted
from campaign.domain.spellings import spelling_key
from campaign.models.campaign import PUBLIC_STATES, Campaign
from campaign.models.prisoner import (
    Confidence,
    Conflict,
    Decision,
    Fact,
    NameKind,
    Prisoner,
    PrisonerName,
    Source,
    Status,
    Topic,
)
from campaign.models.revision import About, Revision, Said


class SpellingKnown(Refused):
    """This spelling stands in the record already."""


class ChosenNameNeeded(Refused):
    """One Latin form has to be printed. Choose another spelling first, and this one becomes a variant."""


class SourceNeeded(Refused):
    """A fact needs at least one source: where can it be read?"""


class DayNotYet(Refused):
    """This day has not come yet."""


class TwoFactsNeeded(Refused):
    """Choose at least two facts that contradict each other and are in no other contradiction."""


@dataclass(frozen=True)
class Hand:
    """Who writes, and when."""

    account_id: int | None
    name: str
    at: datetime

    @property
    def today(self) -> date:
        return self.at.date()


@dataclass(frozen=True)
class Spelling:
    text: str
    kind: NameKind
    lang: str = ""
    source: str = ""


@dataclass(frozen=True)
class Person:
    country: str
    role: str
    summary: str = ""
    name_order: str = "given-first"
    spelling_chosen_by: str = ""
    held_since: str | None = None


@dataclass(frozen=True)
class Standing:
    """A status with the day it holds for."""

    status: Status
    as_of: str
    note: str = ""


@dataclass(frozen=True)
class SourceWritten:
    title: str
    publisher: str = ""
    url: str = ""
    published: str = ""
    note: str = ""


@dataclass(frozen=True)
class Statement:
    """A fact as it is to stand in the record; it counts as compared with its sources by whoever writes it."""

    topic: Topic
    value: str
    as_of: str
    happened: str | None = None
    confidence: Confidence = Confidence.REPORTED
    confidential: bool = False
    answers: str = ""  # which question of the mandates' forms, where the topic does not say so
    sources: Sequence[Source] = ()


def begin(name: str, person: Person, standing: Standing, hand: Hand) -> Prisoner:
    """Open the record of somebody new. Raises NameRefused, DayNotYet. Nothing of it is public."""
    _not_in_future(standing.as_of, hand)
    row = Prisoner(
        slug=_free_slug(name),
        status=standing.status,
        status_as_of=standing.as_of,
        status_note=standing.note,
        last_checked_on=hand.today,
        last_checked_by=hand.name,
        **vars(person),
    )
    db.session.add(row)
    db.session.flush()
    put_name(row, Spelling(name, NameKind.CHOSEN), hand)
    _note("record opened", row, hand)
    return row


def describe(prisoner: Prisoner, person: Person, hand: Hand) -> None:
    """Change role, summary, order of the name and the like; only what differs is a revision."""
    before = {key: getattr(prisoner, key) for key in vars(person)}
    changed = {key for key, value in vars(person).items() if before[key] != value}
    if not changed:
        return
    for key in changed:
        setattr(prisoner, key, getattr(person, key))
    said = [{key: where[key] for key in sorted(changed)} for where in (before, vars(person))]
    public = is_public(prisoner)
    _revise("person changed", prisoner, hand, About.PERSON, None, said[0], said[1], public, public)


def set_status(prisoner: Prisoner, standing: Standing, hand: Hand) -> None:
    """What has become of the person, with the day it holds for; letters follow it (overtaking.py). Raises DayNotYet."""
    _not_in_future(standing.as_of, hand)
    was = _standing(prisoner)
    prisoner.status, prisoner.status_as_of, prisoner.status_note = standing.status, standing.as_of, standing.note
    now = _standing(prisoner)
    if was != now:
        public = is_public(prisoner)
        _revise("status changed", prisoner, hand, About.STATUS, None, was, now, public, public)
        _date_pages(prisoner)
        overtaking.follow(prisoner, account_id=hand.account_id, at=hand.at)


def _date_pages(prisoner: Prisoner) -> None:
    """The pages that the person is on speak for another day now."""
    theirs = select(Campaign).where(Campaign.prisoners.any(Prisoner.id == prisoner.id)).order_by(Campaign.id)
    for campaign in db.session.scalars(theirs):
        named = [p for p in campaign.prisoners if showing.may_be_named(p)]
        campaign.facts_as_of = casework.facts_as_of(named or campaign.prisoners) or campaign.facts_as_of


def put_name(prisoner: Prisoner, spelling: Spelling, hand: Hand, *, name_id: int | None = None) -> PrisonerName:
    """Add a spelling, or change that one. A new chosen form makes the old one a variant: it stays findable.

    Raises NameRefused, SpellingKnown, ChosenNameNeeded.
    """
    text = accepted(spelling.text)
    row = next((n for n in prisoner.names if n.id == name_id), None) if name_id else None
    if any(n is not row and n.text == text for n in prisoner.names):
        raise SpellingKnown
    if row is not None and row.kind is NameKind.CHOSEN and spelling.kind is not NameKind.CHOSEN:
        raise ChosenNameNeeded
    if spelling.kind is NameKind.CHOSEN:
        for other in prisoner.names:
            if other is not row and other.kind is NameKind.CHOSEN:
                other.kind = NameKind.VARIANT
    was = _spelled(row) if row else {}
    if row is None:
        row = PrisonerName(position=1 + max((n.position for n in prisoner.names), default=-1))
        prisoner.names.append(row)
    row.text, row.kind, row.key = text, spelling.kind, spelling_key(text)
    row.lang, row.source = spelling.lang, spelling.source
    db.session.flush()
    _revise("name written", prisoner, hand, About.NAME, row.id, was, _spelled(row), False, False)
    return row


def remove_name(prisoner: Prisoner, name: PrisonerName, hand: Hand) -> None:
    """Take a spelling away. Raises ChosenNameNeeded."""
    if name.kind is NameKind.CHOSEN:
        raise ChosenNameNeeded
    was, name_id = _spelled(name), name.id
    prisoner.names.remove(name)
    _revise("name taken away", prisoner, hand, About.NAME, name_id, was, {}, False, False)


def add_source(prisoner: Prisoner, written: SourceWritten, hand: Hand) -> Source:
    source = Source(**vars(written))
    db.session.add(source)
    db.session.flush()
    _revise("source written", prisoner, hand, About.SOURCE, source.id, {}, dict(vars(written)), False, False)
    return source


def change_source(prisoner: Prisoner, source: Source, written: SourceWritten, hand: Hand) -> None:
    """Another title or address of what was read; it changes wherever the source is named."""
    was: Said = {key: getattr(source, key) for key in vars(written)}
    for key, value in vars(written).items():
        setattr(source, key, value)
    _revise("source written", prisoner, hand, About.SOURCE, source.id, was, dict(vars(written)), False, False)


def put_fact(
    prisoner: Prisoner, statement: Statement, hand: Hand, *, fact: Fact | None = None, may_be_repeated: bool = True
) -> Fact:
    """Add a fact, or change that one. Raises SourceNeeded, DayNotYet.

    `may_be_repeated` is no where the old words would do harm again on the page of corrections.
    """
    if not statement.sources:
        raise SourceNeeded
    _not_in_future(statement.as_of, hand)
    was, was_public = (_stated(fact), is_told(fact)) if fact else ({}, False)
    if fact is None:
        fact = Fact(position=1 + max((f.position for f in prisoner.facts), default=-1))
        prisoner.facts.append(fact)
    fact.topic, fact.value, fact.as_of = statement.topic, statement.value, statement.as_of
    fact.happened, fact.confidence = statement.happened, statement.confidence
    fact.answers = statement.answers
    fact.confidential, fact.sources = statement.confidential, list(statement.sources)
    check_fact(fact, hand, act=None)
    db.session.flush()
    _revise(
        "fact written", prisoner, hand, About.FACT, fact.id, was, _stated(fact), was_public, is_told(fact),
        may_be_repeated=may_be_repeated,
    )  # fmt: skip
    return fact


def remove_fact(fact: Fact, hand: Hand, *, may_be_repeated: bool = True) -> None:
    """Take a fact back; a contradiction of which fewer than two sides are left ends with it."""
    prisoner, conflict = fact.prisoner, fact.conflict
    was, was_public, fact_id = _stated(fact), is_told(fact), fact.id
    fact.conflict = None
    prisoner.facts.remove(fact)
    db.session.flush()
    if conflict is not None and len(conflict.facts) < 2:
        for left in list(conflict.facts):
            left.conflict = None
        prisoner.conflicts.remove(conflict)
    _revise(
        "fact taken away", prisoner, hand, About.FACT, fact_id, was, {}, was_public, False,
        may_be_repeated=may_be_repeated,
    )  # fmt: skip


def check_fact(fact: Fact, hand: Hand, *, act: str | None = "fact checked") -> None:
    """Somebody compared this one fact with its sources today."""
    fact.last_checked_on, fact.last_checked_by = hand.today, hand.name
    if act:
        _note(act, fact.prisoner, hand, fact=fact.id)


def contradict(prisoner: Prisoner, fact_ids: Sequence[int], about: str, hand: Hand) -> Conflict:
    """Put facts side by side that cannot all be true; until staff decide, it stops packets. Raises TwoFactsNeeded."""
    facts = [f for f in prisoner.facts if f.id in fact_ids and f.conflict_id is None]
    if len(facts) < 2:
        raise TwoFactsNeeded
    conflict = Conflict(about=about, decision=Decision.OPEN)
    prisoner.conflicts.append(conflict)
    conflict.facts = facts
    db.session.flush()
    _note("conflict opened", prisoner, hand, conflict=conflict.id, facts=len(facts))
    return conflict


def is_public(prisoner: Prisoner) -> bool:
    """Whether anybody may read of this person now."""
    published = select(Campaign.id).where(
        Campaign.state.in_(PUBLIC_STATES), Campaign.prisoners.any(Prisoner.id == prisoner.id)
    )
    return showing.may_be_named(prisoner) and db.session.scalar(published.limit(1)) is not None


def is_told(fact: Fact) -> bool:
    """Whether anybody may read this fact now."""
    return telling.may_be_told(fact, fact.prisoner) and is_public(fact.prisoner)


def _revise(
    act: str,
    prisoner: Prisoner,
    hand: Hand,
    about: About,
    thing_id: int | None,
    was: Said,
    now: Said,
    was_public: bool,
    is_public: bool,
    *,
    may_be_repeated: bool = True,
) -> None:
    row = Revision(
        prisoner_id=prisoner.id,
        account_id=hand.account_id,
        at=hand.at,
        about=about,
        thing_id=thing_id,
        was=was,
        now=now,
        was_public=was_public,
        is_public=is_public,
        may_be_repeated=may_be_repeated,
    )
    db.session.add(row)
    db.session.flush()
    _note(act, prisoner, hand, revision=row.id, **({about.value: thing_id} if thing_id else {}))


def _note(act: str, prisoner: Prisoner, hand: Hand, **ids: int) -> None:
    journalling.note(act, "prisoner", prisoner.slug, account_id=hand.account_id, at=hand.at, **ids)


def _stated(fact: Fact) -> Said:
    return {"topic": fact.topic.value, "value": fact.value, "happened": fact.happened, "as_of": fact.as_of}


def _standing(prisoner: Prisoner) -> Said:
    return {"status": prisoner.status.value, "as_of": prisoner.status_as_of, "note": prisoner.status_note}


def _spelled(name: PrisonerName) -> Said:
    return {"text": name.text, "kind": name.kind.value, "lang": name.lang, "source": name.source}


def _not_in_future(partial: str, hand: Hand) -> None:
    if casework.first_day(partial) > hand.today:
        raise DayNotYet


def _free_slug(name: str) -> str:
    """An address out of the Latin letters of the name; with a number where it is taken."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:70].strip("-") or "person"
    taken = set(db.session.scalars(select(Prisoner.slug).where(Prisoner.slug.startswith(slug, autoescape=True))))
    return next(s for s in (slug, *(f"{slug}-{n}" for n in range(2, len(taken) + 3))) if s not in taken)
