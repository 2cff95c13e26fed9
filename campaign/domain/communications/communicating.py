"""Communicating: one prisoner's case becomes a packet for the mandates, from a draft to a seal.

Only what the record holds and staff wrote goes into it, at the level of totals whatever anybody chooses: signers'
names never travel where a letter may reach the Government. Checking, sealing, building and superseding are those of
every packet.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from campaign.database import db
from campaign.domain import frozen
from campaign.domain.cases import showing
from campaign.domain.communications import annexing, blocks, channels, choosing, clearing, dossier
from campaign.domain.communications.clearing import Length
from campaign.domain.errors import Refused
from campaign.domain.packets import contents, lining, packing
from campaign.domain.packets.contents import Sender
from campaign.domain.packets.packing import OPEN_STATES, AlreadySealed, Desk, NotReady
from campaign.domain.packets.preflight import Code, Finding
from campaign.domain.phrasing import Phrases
from campaign.domain.printing import PrintRefused, Store
from campaign.domain.signatures import counting
from campaign.models.addressee import Addressee
from campaign.models.communication import Approach, Channel, Communication
from campaign.models.packet import Level, Packet, PacketState, Paper
from campaign.models.petition import Petition
from campaign.models.prisoner import Prisoner
from campaign.models.signature import Signature, SignatureState

NOT_SEALED = "0" * 64
PART = "communication"


class NotThisPerson(Refused):
    """This petition does not name the person, so its total says nothing about the case."""


class NoSuchMandate(Refused):
    """Choose at least one office that is in the directory and takes this channel."""


@dataclass(frozen=True)
class Written:
    """What staff write and tick. Everything else comes from the record."""

    approach: Approach
    lang: str
    mandates: tuple[str, ...]
    urgent_why: str = ""
    confidential: str = ""
    summary: str = ""
    context: str = ""
    remedies: str = ""
    categories: dict[str, dict[str, Any]] | None = None
    requests: tuple[str, ...] = ()
    other_requests: tuple[str, ...] = ()


def draft(
    prisoner: Prisoner, petition: Petition, channel: Channel, *, lang: str, by: str, at: datetime
) -> Communication:
    """Open a draft with what the case proposes: mandates, release, and the record's own summary where it is English.

    Raises NotThisPerson, NoSuchMandate.
    """
    if prisoner not in petition.campaign.prisoners:
        raise NotThisPerson
    proposed = [each.office for each in choosing.propose(prisoner, channel)]
    if not proposed:
        raise NoSuchMandate
    packet = Packet(
        reference=_next_reference(petition),
        petition=petition,
        addressee=proposed[0],
        level=Level.TOTALS,
        paper=Paper.A4,
        state=PacketState.DRAFT,
        is_specimen=petition.campaign.is_demonstration,
        created_at=at,
        created_by=by,
    )
    words = Communication(
        packet=packet,
        prisoner=prisoner,
        channel=channel,
        approach=channels.RULES[channel].approaches[0],
        lang=lang,
        mandates=[office.id for office in proposed],
        summary=prisoner.summary if lang == "en" else "",
        requests=["release"] if prisoner.status.in_custody else [],
        categories={},
        other_requests=[],
        translations={},
    )
    db.session.add(words)
    db.session.flush()
    return words


def write(words: Communication, written: Written) -> None:
    """Change what staff write. The draft has to be checked again. Raises AlreadySealed, NoSuchMandate."""
    packet = words.packet
    if packet.state not in OPEN_STATES:
        raise AlreadySealed
    chosen = _offices(written.mandates)
    if not chosen or any(words.channel.value not in office.channels for office in chosen):
        raise NoSuchMandate
    for name, value in vars(written).items():
        setattr(words, name, list(value) if isinstance(value, tuple) else value)
    words.categories = written.categories or {}
    packet.addressee = chosen[0]
    packet.state, packet.checked_by, packet.checked_at = PacketState.DRAFT, None, None
    db.session.flush()


def of(packet: Packet) -> Communication | None:
    """What the packet carries if it is of the second kind; None for a petition's."""
    return db.session.get(Communication, packet.id)


def mandates(words: Communication) -> list[Addressee]:
    """Whom it is addressed to, in order."""
    return _offices(words.mandates)


def _offices(ids: Sequence[str]) -> list[Addressee]:
    found = {a.id: a for a in db.session.scalars(select(Addressee).where(Addressee.id.in_(ids)))}
    return [found[id] for id in ids if id in found]


@dataclass(frozen=True)
class Survey:
    """What a look over found: the words as they would be frozen, how long they are, what stands in the way."""

    contents: dict[str, Any]
    length: Length
    findings: list[Finding]


def look_over(words: Communication, desk: Desk, phrases: Phrases, store: Store, *, at: datetime) -> Survey:
    """Set the pages once, to count them, and list everything that blocks or is worth knowing. Changes nothing."""
    made = gathered(words, desk.sender, at=at)
    gaps = desk.printer.missing(packing.strings_in(made))
    made = packing.without(made, gaps) if gaps else made
    length = Length(_pages(words, made, desk, at), channels.count_words(blocks.whole(made, phrases)))
    findings = clearing.look(words, mandates(words), length, at=at)
    findings += [Finding(Code.ANNEX_LOST, True, about=str(position)) for position in annexing.lost(words, store)]
    if gaps:
        findings.append(Finding(Code.TEXT_WITHOUT_GLYPHS, not words.packet.is_specimen))
    if not frozen.reconciles(made["totals"]) and not any(f.code is Code.COUNT_DISAGREES for f in findings):
        findings.append(Finding(Code.COUNT_DISAGREES, True))
    return Survey(made, length, sorted(findings, key=lambda f: not f.blocks))


def gathered(words: Communication, sender: Sender, *, at: datetime) -> dict[str, Any]:
    """What it says as things stand."""
    return dossier.gather(words, sender, totals_only(words.packet), mandates=mandates(words), day=at.date())


def preview(words: Communication, desk: Desk, *, at: datetime) -> bytes:
    """The pages of a draft, marked as a specimen, so that nobody takes them for it. Raises PrintRefused."""
    made = gathered(words, desk.sender, at=at)
    gaps = desk.printer.missing(packing.strings_in(made))
    record = {**_record(words, made, at), "specimen": True}
    data = _page_data(packing.without(made, gaps) if gaps else made, record, NOT_SEALED)
    return desk.printer.alone(PART, data).pdf


def seal(words: Communication, desk: Desk, phrases: Phrases, store: Store, *, by: str, at: datetime) -> list[Finding]:
    """Freeze the communication and hash it; what is worth knowing all the same. Raises NotReady, AlreadySealed."""
    packet = words.packet
    if packet.state not in OPEN_STATES:
        raise AlreadySealed
    while counting.count(packet.petition_id, at=at):
        pass
    survey = look_over(words, desk, phrases, store, at=at)
    if any(f.blocks for f in survey.findings):
        raise NotReady(survey.findings)
    packet.salt, packet.contents = secrets.token_bytes(32), survey.contents
    packet.cut_off = packet.sealed_at = at
    packet.sealed_by = by
    packet.frozen = _record(words, survey.contents, at)
    packet.seal = frozen.seal_of(packet.frozen)
    packet.state = PacketState.SEALED
    db.session.flush()
    return survey.findings


def page_data(packet: Packet) -> dict[str, Any]:
    """Everything the pages need; made of what was frozen, not of today's records."""
    if packet.frozen is None or packet.contents is None or packet.seal is None:
        raise LookupError("the communication is not sealed")
    return _page_data(packet.contents, packet.frozen, packet.seal)


def _page_data(made: dict[str, Any], record: dict[str, Any], seal: str) -> dict[str, Any]:
    return {
        **made,
        "lang": record["lang"],
        "paper": record["paper"],
        "specimen": record["specimen"],
        "seal": seal,
        "link": made["petition"]["link"],
        "packet": {
            "ref": record["reference"],
            "level": record["level"],
            "cut_off": record["cut_off"],
            "sealed_at": record["sealed_at"],
        },
    }


def _pages(words: Communication, made: dict[str, Any], desk: Desk, at: datetime) -> int | None:
    record = _record(words, made, at)
    try:
        return desk.printer.alone(PART, _page_data(made, record, NOT_SEALED)).pages
    except PrintRefused:
        return None


def _record(words: Communication, made: dict[str, Any], at: datetime) -> dict[str, Any]:
    """What the seal hashes of a communication."""
    return packing.sealed_record(words.packet, made, at) | {
        "kind": PART,
        "channel": words.channel.value,
        "lang": words.lang,
        "prisoner": words.prisoner.slug,
        "mandates": list(words.mandates),
        "annexes": [{"name": a.file_name, "sha256": a.sha256, "pages": a.pages} for a in words.annexes],
    }


def totals_only(packet: Packet) -> dict[str, Any]:
    """Counted, withdrawn and removed, from the signatures themselves; no box is opened and no line is made."""
    rows = db.session.execute(
        select(Signature.state, func.count())
        .where(Signature.petition_id == packet.petition_id, Signature.number.is_not(None))
        .group_by(Signature.state)
    )
    states = {state: number for state, number in rows}
    counted = db.session.scalar(
        select(func.count()).where(Signature.petition_id == packet.petition_id, Signature.counted)
    )
    forms = {
        "printed_names": 0,
        "printed_initials": 0,
        "withheld": counted or 0,
        "withdrawn": states.get(SignatureState.WITHDRAWN, 0),
        "removed": states.get(SignatureState.REMOVED, 0),
    }
    why = {"counted": 0, "addressee": 0, "held": 0, "glyph": 0, "totals": counted or 0, "weeded": 0}
    return contents.count_totals(packet, lining.rules(packet, showing.high_risk_countries()), forms, why)


def _next_reference(petition: Petition) -> str:
    """TJ-2017-001-B1: the petition's reference, B for a communication, and a running number."""
    taken = db.session.scalar(
        select(func.count())
        .select_from(Communication)
        .join(Packet, Packet.id == Communication.packet_id)
        .where(Packet.petition_id == petition.id)
    )
    return f"{petition.reference}-B{(taken or 0) + 1}"
