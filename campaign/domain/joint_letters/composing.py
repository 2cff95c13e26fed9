"""Composing: one letter of several organisations for several prisoners, from a draft to a seal.

Staff write the words and choose whom they name; what is said of each person comes from the case record with its dates
and sources. Before organisations are asked all of it is frozen as one version with one hash, and only that is ever
printed: whoever changes a word, or the record of somebody named, has to ask anew (domain/joint_letters/cosigning.py).
Checking, building and handing over are those of every packet. A joint letter shows no signer.
"""

import base64
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from campaign.database import db
from campaign.domain import frozen
from campaign.domain.cases import enclosing, showing
from campaign.domain.communications import communicating
from campaign.domain.errors import Refused
from campaign.domain.packets import contents, packing, preflight, standing
from campaign.domain.packets.contents import Sender
from campaign.domain.packets.packing import OPEN_STATES, AlreadySealed, Desk, NotReady
from campaign.domain.packets.preflight import Code, Finding
from campaign.domain.printing import PrintRefused, Store
from campaign.domain.signatures import counting
from campaign.models.addressee import Addressee
from campaign.models.joint_letter import Invitation, JointLetter, JointText
from campaign.models.packet import Level, Packet, PacketState, Paper
from campaign.models.petition import Petition
from campaign.models.prisoner import Prisoner

PART = "joint-letter"
LOGO = "small.jpg"
NOT_SEALED = "0" * 64


class NobodyNamed(Refused):
    """Choose at least one person of the campaign; a joint letter names those for whom it asks."""


@dataclass(frozen=True)
class Words:
    """What staff write. `dated` is the day that stands on the letter."""

    dated: str
    subject: str
    salutation: str
    paragraphs: tuple[str, ...]
    asks_lead: str
    asks: tuple[str, ...]
    closing: str


def draft(petition: Petition, addressee: Addressee, *, by: str, at: datetime) -> JointLetter:
    """Open a draft with the words of the petition and everybody of its campaign who may be named."""
    text = petition.text
    opening = [text.occasion] if text.occasion else []
    words = Words(
        dated=at.date().isoformat(),
        subject=text.title,
        salutation=addressee.salutation or text.salutation,
        paragraphs=(*opening, *text.paragraphs),
        asks_lead=text.asks_lead,
        asks=tuple(ask["text"] for ask in text.asks),
        closing=text.closing,
    )
    packet = Packet(
        reference=_next_reference(petition),
        petition=petition,
        addressee=addressee,
        level=Level.TOTALS,
        paper=Paper.US_LETTER if addressee.country == "US" else Paper.A4,
        state=PacketState.DRAFT,
        is_specimen=petition.campaign.is_demonstration,
        created_at=at,
        created_by=by,
    )
    named = [p.id for p in petition.campaign.prisoners if showing.may_be_named(p)]
    letter = JointLetter(packet=packet, lang=text.lang, words=_kept(words), people=named)
    db.session.add(letter)
    db.session.flush()
    return letter


def write(letter: JointLetter, words: Words, people: list[int]) -> None:
    """Change the draft; what organisations have approved stays as it was. Raises AlreadySealed, NobodyNamed."""
    known = {p.id for p in letter.packet.petition.campaign.prisoners}
    named = [id for id in people if id in known]
    if not named:
        raise NobodyNamed
    locked(letter)
    letter.words, letter.people = _kept(words), named
    unchecked(letter)


def of(packet: Packet) -> JointLetter | None:
    return db.session.get(JointLetter, packet.id)


def locked(letter: JointLetter) -> None:
    """Hold the letter until the commit, so that nobody decides on a text that changes now. Raises AlreadySealed."""
    db.session.scalars(
        select(Packet)
        .where(Packet.id == letter.packet_id)
        .with_for_update(of=Packet)
        .execution_options(populate_existing=True)
    ).one()
    if letter.packet.state not in OPEN_STATES:
        raise AlreadySealed
    db.session.refresh(letter)
    for row in letter.invitations:
        db.session.refresh(row)


def unchecked(letter: JointLetter) -> None:
    """Something of it changed, so a second person has to read it again."""
    packet = letter.packet
    packet.state, packet.checked_by, packet.checked_at = PacketState.DRAFT, None, None
    db.session.flush()


def gathered(letter: JointLetter, *, at: datetime) -> dict[str, Any]:
    """All that an organisation signs, as things stand: the words, the addressee, and the people with their sources."""
    packet = letter.packet
    return {
        "lang": letter.lang,
        "addressee": contents.addressee_lines(packet, at),
        **letter.words,
        "people": contents.people(named_in(letter), packet.petition.campaign.facts_as_of),
    }


def named_in(letter: JointLetter) -> list[Prisoner]:
    """In the order of the letter; who may not be named any more is left out, which the look over then says."""
    rows = {p.id: p for p in db.session.scalars(select(Prisoner).where(Prisoner.id.in_(letter.people)))}
    return [rows[id] for id in letter.people if id in rows and showing.may_be_named(rows[id])]


def freeze(letter: JointLetter, *, by: str, at: datetime) -> bool:
    """Make the draft the version that organisations decide on; False if it is that already."""
    made = gathered(letter, at=at)
    sha256 = frozen.digest(frozen.canonical(made))
    if letter.text is not None and letter.text.sha256 == sha256:
        return False
    version = letter.text.version + 1 if letter.text else 1
    letter.texts.append(JointText(version=version, contents=made, sha256=sha256, frozen_at=at, frozen_by=by))
    unchecked(letter)
    return True


def look_over(letter: JointLetter, desk: Desk, *, at: datetime) -> list[Finding]:
    """Everything that blocks the seal or is worth knowing, the blocking first. Changes nothing."""
    packet, specimen = letter.packet, letter.packet.is_specimen
    found = preflight.people(packet, _chosen(letter), at=at) + preflight.office(packet, at=at)
    found += _text_findings(letter, at)
    found += standing.waiting_for(letter, at=at)
    if not standing.approvals(letter):
        found.append(Finding(Code.NO_ORGANISATION, True))
    if letter.text and desk.printer.missing(packing.strings_in(letter.text.contents)):
        found.append(Finding(Code.TEXT_WITHOUT_GLYPHS, not specimen))
    return sorted(found, key=lambda f: not f.blocks)


def preview(letter: JointLetter, desk: Desk, store: Store, *, at: datetime) -> bytes:
    """The pages as they would be, marked as a specimen: of the frozen text, or of the draft. Raises PrintRefused."""
    text = letter.text.contents if letter.text else gathered(letter, at=at)
    made = _made(letter, text, desk, store)
    return desk.printer.alone(PART, _page_data(made, _record(letter, made, at), NOT_SEALED, specimen=True)).pdf


def seal(letter: JointLetter, desk: Desk, store: Store, *, by: str, at: datetime) -> list[Finding]:
    """Freeze who signed it and hash it all. Raises NotReady, AlreadySealed, PrintRefused."""
    locked(letter)
    packet, text = letter.packet, letter.text
    while counting.count(packet.petition_id, at=at):
        pass
    findings = look_over(letter, desk, at=at)
    if text is None or any(f.blocks for f in findings):
        raise NotReady(findings)
    made = _made(letter, text.contents, desk, store)
    packet.salt, packet.contents = secrets.token_bytes(32), made
    packet.cut_off = packet.sealed_at = at
    packet.sealed_by = by
    packet.frozen = _record(letter, made, at)
    packet.seal = frozen.seal_of(packet.frozen)
    packet.state = PacketState.SEALED
    db.session.flush()
    return findings


def page_data(packet: Packet) -> dict[str, Any]:
    """Everything the pages need; made of what was sealed, not of today's records."""
    if packet.frozen is None or packet.contents is None or packet.seal is None:
        raise LookupError("the joint letter is not sealed")
    return _page_data(packet.contents, packet.frozen, packet.seal, specimen=packet.is_specimen)


def _page_data(made: dict[str, Any], record: dict[str, Any], seal: str, *, specimen: bool) -> dict[str, Any]:
    return {
        **made,
        "signers": standing.with_logos(made["signers"]),
        "lang": record["lang"],
        "paper": record["paper"],
        "specimen": specimen,
        "seal": seal,
        "glance": {"facts_as_of": made["text"]["people"]["facts_as_of"]},
        "packet": {
            "ref": record["reference"],
            "level": record["level"],
            "cut_off": record["cut_off"],
            "sealed_at": record["sealed_at"],
        },
    }


def _made(letter: JointLetter, text: dict[str, Any], desk: Desk, store: Store) -> dict[str, Any]:
    """What is sealed and printed. Logos are in it, so that a file that changes later changes nothing."""
    gaps = desk.printer.missing(packing.strings_in(text))
    return {
        "sender": _sender(desk.sender),
        "text": packing.without(text, gaps) if gaps else text,
        "text_sha256": letter.text.sha256 if letter.text else "",
        "signers": [_signer(row, store) for row in standing.approvals(letter)],
        "totals": communicating.totals_only(letter.packet),
    }


def _sender(sender: Sender) -> dict[str, Any]:
    return {"name": sender.name, "lines": list(sender.lines)}


def _signer(row: Invitation, store: Store) -> dict[str, Any]:
    return {
        "organisation": row.organisation.name,
        "name": row.signatory,
        "title": row.signatory_title,
        "approved": row.decided_at.date().isoformat() if row.decided_at else "",
        "basis": row.basis,
        "logo": _logo(row, store),
    }


def _logo(row: Invitation, store: Store) -> str:
    path = enclosing.path(row.logo.name, LOGO) if row.logo else ""
    if not path:
        return ""
    if not store.holds(path):
        raise PrintRefused("a logo is not on this machine")
    return base64.b64encode(store.read(path)).decode()


def _record(letter: JointLetter, made: dict[str, Any], at: datetime) -> dict[str, Any]:
    """What the seal hashes of a joint letter."""
    return packing.sealed_record(letter.packet, made, at) | {
        "kind": PART,
        "lang": letter.lang,
        "prisoners": [p.slug for p in named_in(letter)],
        "organisations": [row.organisation.slug for row in standing.approvals(letter)],
        "text": made["text_sha256"],
    }


def _text_findings(letter: JointLetter, at: datetime) -> list[Finding]:
    """Is what the organisations were shown still what staff wrote and what the record says?"""
    if letter.text is None:
        return [Finding(Code.TEXT_NOT_ASKED, True)]
    shown, now = letter.text.contents, gathered(letter, at=at)
    found = []
    if any(shown[key] != now[key] for key in now if key != "people"):
        found.append(Finding(Code.TEXT_CHANGED, True))
    before = {row["name"]: row for row in shown["people"]["rows"]}
    after = {row["name"]: row for row in now["people"]["rows"]}
    changed = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    found += [Finding(Code.RECORD_CHANGED, True, about=name) for name in changed]
    if not changed and shown["people"] != now["people"]:  # their order, a source, the day of the facts
        found.append(Finding(Code.TEXT_CHANGED, True))
    return found


def _chosen(letter: JointLetter) -> list[Prisoner]:
    rows = db.session.scalars(select(Prisoner).where(Prisoner.id.in_(letter.people)).order_by(Prisoner.id))
    return list(rows)


def _kept(words: Words) -> dict[str, Any]:
    return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(words).items()}


def _next_reference(petition: Petition) -> str:
    """TJ-2017-001-J1: the petition's reference, J for a joint letter, and a running number."""
    taken = db.session.scalar(
        select(func.count())
        .select_from(JointLetter)
        .join(Packet, Packet.id == JointLetter.packet_id)
        .where(Packet.petition_id == petition.id)
    )
    return f"{petition.reference}-J{(taken or 0) + 1}"
