"""Packing: from a choice of petition, addressee and level to a seal that nobody can quietly change.

A packet is drafted, looked over, and sealed. Sealing settles the count, decides every line, freezes words
and totals, and hashes all of it before anything is typeset; the seal is then printed on every page. After
that a packet is built or superseded, never edited: whoever withdraws later is in the next one.
Signers go on signing meanwhile on PostgreSQL; on SQLite they wait for the pass over the names.
"""

import re
import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, func, select, union

from campaign.database import db, insert_columns
from campaign.domain import frozen, journalling, pairing
from campaign.domain.cases import showing
from campaign.domain.errors import Refused
from campaign.domain.packets import arranging, contents, galleys, lining, preflight, standing, transcribing
from campaign.domain.packets.contents import Sender
from campaign.domain.packets.preflight import Finding
from campaign.domain.printing import Printer, Signer
from campaign.domain.sealing import Lock, Opener
from campaign.domain.signatures import counting
from campaign.models.account import Account
from campaign.models.addressee import Addressee
from campaign.models.communication import Communication
from campaign.models.joint_letter import JointLetter
from campaign.models.packet import Arranged, Level, Packet, PacketLine, PacketState, Paper, PrintedAs, Turned
from campaign.models.petition import Petition

COMMAND_LINE = "command line"
DRAFTED = "packet drafted"  # acts of the journal, which knows accounts; names can be changed
WRITTEN = (
    "joint letter written",
    "communication written",
    "communication translated",
    "annex attached",
    "annex removed",
)
OPEN_STATES = {PacketState.DRAFT, PacketState.CHECKED}


@dataclass(frozen=True)
class Desk:
    """What packing is done with. Without `opener` only totals can be packed; without `signer` nothing is signed."""

    printer: Printer
    opener: Opener | None
    sender: Sender
    signer: Signer | None = None
    lock: Lock | None = None  # for the names key; without it no galley is kept, and names are opened twice


@dataclass(frozen=True)
class Sheets:
    """How the signature sheets are laid out."""

    arranged: Arranged = Arranged.NUMBER
    turned: Turned = Turned.PORTRAIT


class NotReady(Refused):
    """The packet cannot be sealed yet. The list says what must be mended first."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("; ".join(f.sentence for f in findings if f.blocks))
        self.findings = findings


class AlreadySealed(Refused):
    """This packet is sealed. What has changed since then goes into a new one."""


class CheckYourself(Refused):
    """A packet is checked by a second person: not by the one who drafted it, nor by whoever changed it last."""


class OtherKind(Refused):
    """This is a communication or a joint letter, not a packet of signatures. It has a page of its own."""


class NotChecked(Refused):
    """A second person has to read this packet before it is sealed."""


def draft(
    petition: Petition,
    addressee: Addressee,
    level: Level,
    *,
    paper: Paper | None = None,
    sheets: Sheets | None = None,
    by: str,
    at: datetime,
) -> Packet:
    """Open a packet under the next free reference. What belongs to a demonstration is always a specimen."""
    packet = Packet(
        reference=_next_reference(petition),
        petition=petition,
        addressee=addressee,
        level=level,
        paper=paper or (Paper.US_LETTER if addressee.country == "US" else Paper.A4),
        arranged=(sheets or Sheets()).arranged,
        turned=(sheets or Sheets()).turned,
        state=PacketState.DRAFT,
        is_specimen=petition.campaign.is_demonstration,
        created_at=at,
        created_by=by,
    )
    db.session.add(packet)
    db.session.flush()
    return packet


def look_over(packet: Packet, desk: Desk, *, at: datetime) -> list[Finding]:
    """Everything that blocks sealing or is worth knowing. Changes nothing."""
    return _survey(packet, desk, at=at, salt=secrets.token_bytes(32)).findings


def authors(packet: Packet) -> set[int]:
    """The accounts of those who do not check it: who drafted it, and who changed its words last."""
    drafted = journalling.who_did(DRAFTED, "packet", packet.reference)
    written = journalling.who_did_last(WRITTEN, "packet", packet.reference)
    return {id for id in (drafted, written) if id is not None}


def check_second(packet: Packet, by: Account, *, at: datetime) -> None:
    """Has somebody else written what this account is about to check? Raises CheckYourself, NotTwoPeople."""
    wrote = authors(packet)
    if by.id in wrote:
        raise CheckYourself
    if pairing.hands(by, at=at) & wrote:
        raise pairing.NotTwoPeople


def check(packet: Packet, *, by: str, at: datetime) -> None:
    """A second person has read the draft. Raises CheckYourself, AlreadySealed."""
    if packet.state not in OPEN_STATES:
        raise AlreadySealed
    if by == packet.created_by:
        raise CheckYourself
    packet.state, packet.checked_by, packet.checked_at = PacketState.CHECKED, by, at
    db.session.flush()


def seal(packet: Packet, desk: Desk, *, by: str, at: datetime) -> list[Finding]:
    """Freeze the packet and hash it; what is worth knowing all the same. Raises NotReady, AlreadySealed."""
    db.session.refresh(packet, with_for_update={"key_share": True})  # nobody strikes a name meanwhile
    if packet.state not in OPEN_STATES:
        raise AlreadySealed
    if any(db.session.get(kind, packet.id) is not None for kind in (Communication, JointLetter)):
        raise OtherKind
    while counting.count(packet.petition_id, at=at):
        pass
    salt = secrets.token_bytes(32)
    survey = _survey(packet, desk, at=at, salt=salt, keep=True)
    if any(f.blocks for f in survey.findings):
        raise NotReady(survey.findings)
    transcribing.keep(packet, survey.on_paper, salt)
    for volume in survey.volumes:
        insert_columns(cast(Table, PacketLine.__table__), volume.columns(), packet_id=packet.id)
    packet.salt, packet.contents = salt, survey.contents
    packet.cut_off = packet.sealed_at = at
    packet.sealed_by = by
    packet.frozen = _record(packet, survey, at)
    packet.seal = frozen.seal_of(packet.frozen)
    packet.state = PacketState.SEALED
    db.session.flush()
    return survey.findings


def ask_to_seal(packet: Packet, *, by: Account, at: datetime) -> None:
    """Let a worker seal it: looking through very many names takes longer than a browser waits. Raises NotChecked."""
    db.session.refresh(packet, with_for_update={"key_share": True})
    if packet.state is not PacketState.CHECKED:
        raise NotChecked if packet.state is PacketState.DRAFT else AlreadySealed
    packet.seal_asked_at, packet.seal_asked_by_id, packet.fault = at, by.id, None
    db.session.flush()


def seals_due(*, with_names: bool = True) -> list[str]:
    """References of packets that wait for a worker to seal them; without the names key, only those of totals."""
    levels = list(Level) if with_names else [Level.TOTALS]
    waiting = select(Packet.reference).where(
        Packet.seal_asked_at.is_not(None), Packet.state == PacketState.CHECKED, Packet.level.in_(levels)
    )
    return list(db.session.scalars(waiting.order_by(Packet.id)))


def seal_as_asked(reference: str, desk: Desk, *, at: datetime) -> tuple[Packet, int | None]:
    """What was asked for, by a worker; the packet and the account that asked. Raises NotReady, AlreadySealed."""
    packet = db.session.scalars(select(Packet).where(Packet.reference == reference)).one()
    by = db.session.get(Account, packet.seal_asked_by_id) if packet.seal_asked_by_id else None
    if packet.state is PacketState.DRAFT:
        raise NotChecked
    seal(packet, desk, by=by.printed_name if by else "", at=at)
    return packet, packet.seal_asked_by_id


def give_up_sealing(reference: str, fault: str) -> None:
    """It stays unsealed and says why; staff mend it and ask again."""
    packet = db.session.scalars(select(Packet).where(Packet.reference == reference)).one()
    packet.seal_asked_at, packet.fault = None, fault
    db.session.flush()


def agree_to_script_gaps(packet: Packet, *, by: str) -> None:
    """Print number and country where no font here can show a name, and say so on the sheet. Raises AlreadySealed."""
    if packet.state not in OPEN_STATES:
        raise AlreadySealed
    packet.script_gaps_agreed_by = by
    db.session.flush()


def try_again(packet: Packet) -> None:
    """Let a worker build a sealed packet whose last build stopped; it goes on where that one was."""
    if packet.state is PacketState.SEALED:
        packet.fault = None
    db.session.flush()


@dataclass
class _Survey:
    findings: list[Finding]
    contents: dict[str, Any]
    volumes: list[arranging.Bound]
    on_paper: list[transcribing.Line]
    salt: bytes


def _survey(packet: Packet, desk: Desk, *, at: datetime, salt: bytes, keep: bool = False) -> _Survey:
    """One pass over all lines: decide, hash, count, and note what stands in the way. `keep` them for the printer."""
    given = lining.rules(packet, showing.high_risk_countries())
    reader = lining.Reader(packet.petition_id, given, desk.opener)
    forms: Counter[str] = Counter()
    held = arranging.Held()
    place = lining.place_names(packet.petition.text.lang)
    for first, last in lining.batches(packet.petition.last_number):
        lines = reader.lines(first, last, desk.printer if packet.level is not Level.TOTALS else None)
        forms.update(line.form.value for line in lines)
        if packet.level is Level.TOTALS:
            continue
        for line in lines:
            held.add(line, frozen.line_hash(salt, line.number, line.form, printed(line, place)), given)
        if keep and desk.lock is not None and packet.arranged is Arranged.NUMBER:
            galleys.keep(packet, lines, place, desk.lock, salt)
    on_paper = transcribing.lines(packet, given, desk.opener, desk.printer, reader.troubles)
    totals = _totals(packet, given, forms)
    if on_paper:
        totals["paper_shown"] = transcribing.tally(line.form for line in on_paper)
    made = contents.gather(packet, desk.sender, totals, at=at)
    if (joint := standing.enclosed_in(packet)) is not None:  # its organisations signed that letter, and not this one
        made["joint"], made["letter"]["signers"] = joint, [contents.signed_by(desk.sender)]
    gaps = desk.printer.missing(strings_in(made))
    found = preflight.records(packet, at=at) + standing.waiting_beside(packet, at=at)
    found += preflight.names(packet, reader.troubles, has_key=desk.opener is not None, text_gaps=bool(gaps))
    agrees = frozen.reconciles(totals) and (
        not on_paper or totals["paper"] == sum(line.is_counted for line in on_paper)
    )
    if not agrees and not any(f.code is preflight.Code.COUNT_DISAGREES for f in found):
        found.append(Finding(preflight.Code.COUNT_DISAGREES, True))
    codes = [code for code, _, _ in made["totals"]["countries"] if code]
    volumes = list(held.volumes(packet.arranged, codes))
    return _Survey(found, without(made, gaps) if gaps else made, volumes, on_paper, salt)


def printed(line: lining.Line, place: Callable[[str], str]) -> tuple[str, str, str]:
    """The three cells of a line as they will stand on the sheet."""
    return line.shown, place(line.country), line.day


def _totals(packet: Packet, given: lining.Rules, forms: Counter[str]) -> dict[str, Any]:
    why = {
        "counted": forms[PrintedAs.COUNTED_ONLY],
        "addressee": forms[PrintedAs.OTHER_ADDRESSEE],
        "held": forms[PrintedAs.UNDER_REVIEW],
        "glyph": forms[PrintedAs.NO_GLYPH],
        "totals": forms[PrintedAs.TOTALS_ONLY],
        "weeded": forms[PrintedAs.WEEDED],
    }
    return contents.count_totals(packet, given, frozen.tally(forms.elements()), why)


def _record(packet: Packet, survey: _Survey, at: datetime) -> dict[str, Any]:
    """What the seal hashes of a petition packet."""
    texts = enumerate(survey.contents["texts"], 1)
    own: dict[str, Any] = {
        "arranged": packet.arranged.value,
        "turned": packet.turned.value,
        "texts": {text["lang"] + "-" + str(i): text["sha256"] for i, text in texts},
        "volumes": [volume.record() for volume in survey.volumes],
    }
    if survey.on_paper:
        own["paper_lines"] = transcribing.record(survey.on_paper, survey.salt)
    return sealed_record(packet, survey.contents, at) | own


def sealed_record(packet: Packet, made: dict[str, Any], at: datetime) -> dict[str, Any]:
    """What the seal hashes of every packet, whatever its kind; each kind adds what is its own."""
    totals = made["totals"]
    counted = ("counted", "printed_names", "printed_initials", "withheld", "withdrawn", "removed", "paper")
    return {
        "reference": packet.reference,
        "specimen": packet.is_specimen,
        "petition": packet.petition.slug,
        "addressee": packet.addressee_id,
        "level": packet.level.value,
        "paper": packet.paper.value,
        "cut_off": moment(at),
        "sealed_at": moment(at),
        "ledger_size": packet.petition.ledger_size,
        "last_number": packet.petition.last_number,
        "totals": {key: totals[key] for key in counted},
        "withheld_why": totals["why"],
        "parts": {part: frozen.digest(frozen.canonical(data)) for part, data in made.items()},
        "volumes": [],
    }


def moment(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _next_reference(petition: Petition) -> str:
    """TJ-2017-001-A1: the petition's reference, A for a petition packet, and a running number."""
    others = union(select(Communication.packet_id), select(JointLetter.packet_id)).subquery()
    taken = db.session.scalar(
        select(func.count()).where(Packet.petition_id == petition.id, Packet.id.not_in(select(others.c.packet_id)))
    )
    return f"{petition.reference}-A{(taken or 0) + 1}"


def strings_in(data: Any) -> list[str]:
    if isinstance(data, str):
        return [data]
    inner = data.values() if isinstance(data, dict) else data if isinstance(data, list | tuple) else ()
    return [text for item in inner for text in strings_in(item)]


def without(data: Any, missing: set[str]) -> Any:
    """The same words with what no font here can show left out and marked; only a specimen is printed so."""
    if isinstance(data, str):
        return _left_out(data, missing) if missing.intersection(data) else data
    if isinstance(data, list):
        return [without(item, missing) for item in data]
    if isinstance(data, dict):
        return {key: without(value, missing) for key, value in data.items()}
    return data


def _left_out(text: str, missing: set[str]) -> str:
    words = ["[…]" if missing.intersection(word) else word for word in text.split(" ")]
    return re.sub(r"(\[…\] )+(?=\[…\])", "", " ".join(words))
