"""Clearing: what stands between a communication and its seal, each with a code that leads to its cure.

A communication reaches the Government, so two questions must have been asked of the victim or those who may speak
for the victim, and the first must have been answered with yes. A specimen, which nobody can send, is printed with
"not recorded" and warned; a no, an expired consent, a contradiction or a language that the channel does not take
stops a specimen, too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from campaign.database import db
from campaign.domain.cases import casework, showing
from campaign.domain.communications import channels, dossier, filing, restating
from campaign.domain.communications.channels import Fit
from campaign.domain.packets.preflight import Code, Finding
from campaign.models.addressee import Addressee
from campaign.models.communication import Approach, Channel, Communication
from campaign.models.ledger import LedgerEntry
from campaign.models.packet import Packet
from campaign.models.prisoner import Capacity, Consent, Decision, Question

SOON = 30  # days before a consent ends in which staff are told


@dataclass(frozen=True)
class Length:
    """How long the communication is. Pages None: it could not be printed, and something else says why."""

    pages: int | None
    words: int


def look(words: Communication, mandates: Sequence[Addressee], length: Length, *, at: datetime) -> list[Finding]:
    """Everything that blocks sealing or is worth knowing, the blocking first."""
    today = at.date()
    found = [
        *_person(words, today),
        *_consents(words, today),
        *_mandates(words, mandates, today),
        *_written(words),
        *_length(words, length),
        *_filed(words),
        *_count(words.packet),
    ]
    return sorted(found, key=lambda f: not f.blocks)


def _person(words: Communication, today: date) -> Iterator[Finding]:
    prisoner, specimen = words.prisoner, words.packet.is_specimen

    def finding(code: Code, *, blocks: bool = True) -> Finding:
        return Finding(code, blocks, about=prisoner.name, slug=prisoner.slug)

    if any(c.decision is Decision.OPEN for c in prisoner.conflicts):
        yield finding(Code.CONFLICT_OPEN)
    if prisoner.is_paused:
        yield finding(Code.PERSON_PAUSED)
    if specimen and not showing.may_be_named(prisoner):
        yield finding(Code.CONSENT_MISSING)  # whoever sees a specimen has no other reason to know of the case
    if casework.is_stale(prisoner.last_checked_on, today):
        yield finding(Code.FACTS_STALE, blocks=not specimen)
    if words.channel is Channel.WGAD and not prisoner.status.in_custody:
        yield finding(Code.NOT_HELD, blocks=False)


def _consents(words: Communication, today: date) -> Iterator[Finding]:
    prisoner, specimen = words.prisoner, words.packet.is_specimen

    def finding(code: Code, *, blocks: bool, when: str = "") -> Finding:
        return Finding(code, blocks, about=prisoner.name, slug=prisoner.slug, when=when)

    to_government = dossier.answered(prisoner, Question.TO_GOVERNMENT)
    if to_government is None:
        yield finding(Code.TO_GOVERNMENT_UNANSWERED, blocks=not specimen)
    elif not to_government:
        yield finding(Code.TO_GOVERNMENT_REFUSED, blocks=True)
    if dossier.answered(prisoner, Question.UN_REPORTS) is None:
        yield finding(Code.UN_REPORTS_UNANSWERED, blocks=not specimen)
    given = [c for q in dossier.QUESTIONS if (c := dossier.consent_to(prisoner, q)) and dossier.answered(prisoner, q)]
    for day, code in sorted({_ends(c, today) for c in given} - {None}, key=str):  # type: ignore[misc]
        yield finding(code, blocks=code is Code.UN_CONSENT_EXPIRED, when=day)
    if any(c.capacity is None for c in given):
        yield finding(Code.CONSENT_FROM_WHOM, blocks=not specimen)
    elif words.channel is Channel.WGEID and given and all(c.capacity is not Capacity.RELATIVE for c in given):
        yield finding(Code.RELATIVES_MUST_AGREE, blocks=True)


def _ends(consent: Consent, today: date) -> tuple[str, Code] | None:
    end = consent.expires_on
    if end is None:
        return None
    if end < today:
        return end.isoformat(), Code.UN_CONSENT_EXPIRED
    return (end.isoformat(), Code.UN_CONSENT_ENDS) if (end - today).days <= SOON else None


def _mandates(words: Communication, mandates: Sequence[Addressee], today: date) -> Iterator[Finding]:
    rule, lang = channels.RULES[words.channel], words.lang
    if not mandates:
        yield Finding(Code.NO_MANDATE, True)
    if rule.languages and lang not in rule.languages:
        yield Finding(Code.LANGUAGE_NOT_TAKEN, True, about=dossier.CHANNELS[words.channel])
    for office in mandates:
        if not office.is_confirmed(today):
            unconfirmed = Code.ADDRESSEE_UNCONFIRMED
            yield Finding(unconfirmed, not words.packet.is_specimen, about=office.title, office=office.id)
        if office.languages and lang not in office.languages and lang in (rule.languages or (lang,)):
            yield Finding(Code.LANGUAGE_NOT_TAKEN, True, about=office.title, office=office.id)
    if missing := restating.missing(words):
        yield Finding(Code.FACTS_NOT_TRANSLATED, False, about=words.prisoner.name, count=missing)
    if lang not in channels.THREE:
        yield Finding(Code.NO_FIXED_WORDS, True, about=dossier.LANGUAGES[lang])


def _written(words: Communication) -> Iterator[Finding]:
    specimen = words.packet.is_specimen
    length = channels.count_words(words.summary)
    if not length:
        yield Finding(Code.SUMMARY_MISSING, True)
    if length > channels.SUMMARY_WORDS:
        yield Finding(Code.SUMMARY_TOO_LONG, True, count=length)
    if words.channel is Channel.WGAD and not words.categories:
        yield Finding(Code.NO_CATEGORY, not specimen)
    for number, ticked in words.categories.items():
        if not ticked["why"].strip():
            yield Finding(Code.CATEGORY_WITHOUT_REASON, True, about=number)
    if not dossier.requests(words):
        yield Finding(Code.NO_REQUEST, not specimen)
    if words.approach is Approach.URGENT_APPEAL and not words.urgent_why.strip():
        yield Finding(Code.URGENCY_WITHOUT_REASON, True)


def _length(words: Communication, length: Length) -> Iterator[Finding]:
    meter = channels.meter(words.channel, length.pages, length.words)
    told = f"{length.pages or '–'} p., {length.words} w."
    if meter.fit is Fit.TOO_LONG:
        yield Finding(Code.TOO_LONG, True, about=told)
    if meter.fit is Fit.LONG:
        yield Finding(Code.RATHER_LONG, False, about=told)


def _filed(words: Communication) -> Iterator[Finding]:
    before = [f for f in filing.of(words.prisoner) if f.packet_id != words.packet_id]
    if known := channels.in_the_way(words.channel, before):
        told = "; ".join(
            " ".join(filter(None, (f.channel.value.replace("_", " "), f.filed_on, f.reference))) for f in known
        )
        yield Finding(Code.DOUBLE_FILING, False, about=words.prisoner.name, slug=words.prisoner.slug, when=told)


def _count(packet: Packet) -> Iterator[Finding]:
    """The one page of the petition prints a total, so the total must add up."""
    petition = packet.petition
    summed = db.session.scalar(
        select(func.coalesce(func.sum(LedgerEntry.delta), 0)).where(LedgerEntry.petition_id == petition.id)
    )
    if summed != petition.signature_count:
        yield Finding(Code.COUNT_DISAGREES, True)
