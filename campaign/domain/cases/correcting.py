"""Correcting in public: what a published record said, what it says now, and since when.

Whether words may be read is asked again each time the page is made. What has become confidential, what was taken
back because repeating it would do harm, and what was never public is not shown; that something was taken back is.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from campaign.database import db
from campaign.domain.cases import showing, telling
from campaign.domain.cases.showing import Person
from campaign.models.campaign import PUBLIC_STATES, Campaign
from campaign.models.prisoner import Fact, Prisoner, Topic
from campaign.models.revision import About, Revision, Said

TOLD = (About.FACT, About.STATUS, About.PERSON)
SAID_IN_PUBLIC = {"country", "role", "summary", "held_since"}  # of what staff write about the person


@dataclass(frozen=True)
class CorrectionTold:
    """`was` and `now` are empty where their words are not repeated."""

    on: date
    person: Person
    about: About
    was: Said
    now: Said


@dataclass(frozen=True)
class CorrectionsTold:
    slug: str
    title: str
    is_demonstration: bool
    corrections: tuple[CorrectionTold, ...]


def corrections(slug: str) -> CorrectionsTold | None:
    """Every correction to a published campaign's records, the latest first; None where nothing is published."""
    row = db.session.scalar(select(Campaign).where(Campaign.slug == slug, Campaign.state.in_(PUBLIC_STATES)))
    if row is None:
        return None
    named = {p.id: p for p in row.prisoners if showing.may_be_named(p)}
    revisions = db.session.scalars(
        select(Revision)
        .where(Revision.prisoner_id.in_(named), Revision.was_public, Revision.about.in_(TOLD))
        .order_by(Revision.at.desc(), Revision.id.desc())
    )
    told = [_told(revision, named[revision.prisoner_id]) for revision in revisions]
    return CorrectionsTold(row.slug, row.title, row.is_demonstration, tuple(c for c in told if c))


def _told(revision: Revision, prisoner: Prisoner) -> CorrectionTold | None:
    fact = db.session.get(Fact, revision.thing_id) if revision.about is About.FACT else None
    if revision.about is About.FACT and fact is None and revision.now:
        return None  # what was taken back since is told once, where it was taken back
    was, now = _words(revision, fact, prisoner)
    if was == now and was:
        return None  # what changed is nothing that the public reads
    return CorrectionTold(revision.at.date(), showing.person(prisoner), revision.about, was, now)


def _words(revision: Revision, fact: Fact | None, prisoner: Prisoner) -> tuple[Said, Said]:
    was = revision.was if revision.may_be_repeated else {}
    now = revision.now if revision.is_public else {}
    if revision.about is About.FACT and not _may_be_read(revision, fact, prisoner):
        return {}, {}
    if revision.about is About.PERSON:
        return _public_part(was), _public_part(now)
    return was, now


def _may_be_read(revision: Revision, fact: Fact | None, prisoner: Prisoner) -> bool:
    if fact is not None:
        return telling.may_be_told(fact, prisoner)
    return revision.was.get("topic") != Topic.HEALTH


def _public_part(said: Said) -> Said:
    return {key: value for key, value in said.items() if key in SAID_IN_PUBLIC}
