"""From the data files to case records: names under every spelling, facts with sources, conflicts decided.

Nobody was asked for this demonstration, and no consent is invented: the names stand in a letter that was
published on 9 June 2017, and every other question is unknown, which means not published.
"""

from datetime import date

from sqlalchemy import select

from campaign.database import db
from campaign.demo import reading
from campaign.demo.reading import DataWrong
from campaign.demo.records import FactRecord, PersonRecord, Spelling
from campaign.domain.spellings import spelling_key
from campaign.models.prisoner import (
    Answer,
    Conflict,
    Consent,
    Decision,
    Fact,
    NameKind,
    Prisoner,
    PrisonerName,
    Question,
    Source,
)

COUNTRY = "TJ"
CHECKED_ON = date(2026, 11, 23)
EDITORS = "the demonstration’s editors, from published sources"
CHOSEN_BY = "the demonstration’s editors: the spelling of the joint letter of 9 June 2017"
BASIS = "named in the published joint letter of 9 June 2017"
NOT_NOTED = "seen in a published source; which one was not noted"


def load() -> None:
    """Add the people who are not there yet, with the sources their records rest on."""
    sources = _sources()
    known = set(db.session.scalars(select(Prisoner.slug)))
    for record in reading.people():
        if record.slug not in known:
            _add(record, sources)
    db.session.flush()


def _sources() -> dict[str, Source]:
    """Sources by the id that the data files use; in the database a title and address is one source."""
    there = {(s.title, s.url): s for s in db.session.scalars(select(Source))}
    found = {}
    for record in reading.sources():
        source = there.get((record.title, record.url))
        if source is None:
            fields = {key: value for key, value in vars(record).items() if key != "id"}
            source = Source(**fields)
            db.session.add(source)
        found[record.id] = source
    db.session.flush()
    return found


def _add(record: PersonRecord, sources: dict[str, Source]) -> None:
    prisoner = Prisoner(
        slug=record.slug,
        country=COUNTRY,
        role=record.role,
        summary=record.summary,
        spelling_chosen_by=CHOSEN_BY,
        status=record.status,
        status_as_of=record.status_as_of,
        status_note=record.status_note,
        held_since=record.held_since,
        last_checked_on=CHECKED_ON,
        last_checked_by=EDITORS,
    )
    prisoner.names = _names(record, sources)
    facts = [_fact(fact, n, record, sources) for n, fact in enumerate(record.facts)]
    prisoner.facts = facts
    prisoner.conflicts = _conflicts(record, facts)
    prisoner.consents = [_consent(question) for question in Question]
    db.session.add(prisoner)


def _names(record: PersonRecord, sources: dict[str, Source]) -> list[PrisonerName]:
    names = record.names
    spellings = [(NameKind.CHOSEN, Spelling(names.chosen, "", "letter"))]
    if names.native:
        spellings.append((NameKind.NATIVE, names.native))
    spellings += [(NameKind.VARIANT, variant) for variant in names.variants]
    return [
        PrisonerName(
            kind=kind,
            text=spelling.text,
            lang=spelling.lang,
            key=spelling_key(spelling.text),
            source=_source(spelling.source, record, sources).title if spelling.source else NOT_NOTED,
            position=n,
        )
        for n, (kind, spelling) in enumerate(spellings)
    ]


def _fact(fact: FactRecord, position: int, record: PersonRecord, sources: dict[str, Source]) -> Fact:
    if not fact.sources:
        raise DataWrong(f'people.json: a fact about "{record.slug}" names no source: {fact.value}')
    return Fact(
        topic=fact.topic,
        happened=fact.happened,
        value=fact.value,
        as_of=fact.as_of,
        confidence=fact.confidence,
        last_checked_on=CHECKED_ON,
        last_checked_by=EDITORS,
        position=position,
        sources=[_source(each, record, sources) for each in fact.sources],
    )


def _conflicts(record: PersonRecord, facts: list[Fact]) -> list[Conflict]:
    """Each one decided the same way: both are shown, with their sources."""
    by_id = {each.id: fact for each, fact in zip(record.facts, facts, strict=True) if each.id}
    conflicts = []
    for each in record.conflicts:
        missing = [fact for fact in each.facts if fact not in by_id]
        if missing or len(each.facts) < 2:
            raise DataWrong(f'people.json: a conflict of "{record.slug}" needs two facts that are there: {each.about}')
        conflicts.append(
            Conflict(
                about=each.about,
                decision=Decision.BOTH,
                decided_by=EDITORS,
                decided_on=CHECKED_ON,
                reason=each.reason,
                facts=[by_id[fact] for fact in each.facts],
            )
        )
    return conflicts


def _consent(question: Question) -> Consent:
    if question is Question.PUBLISH_NAME:
        return Consent(question=question, answer=Answer.ALREADY_PUBLIC, proof=BASIS)
    return Consent(question=question, answer=Answer.UNKNOWN)


def _source(name: str, record: PersonRecord, sources: dict[str, Source]) -> Source:
    if name not in sources:
        raise DataWrong(f'people.json: "{record.slug}" names an unknown source "{name}"')
    return sources[name]
