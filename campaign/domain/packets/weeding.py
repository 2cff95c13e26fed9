"""Weeding: before a packet is sealed staff strike single names from its sheets, with a reason, and may put them back.

The number of the line, or its place on a paper sheet, stays and says why nothing stands beside it; the signature stays
in the count, as nobody here may make somebody's voice disappear by striking a name. Whoever takes a signature out of
the count removes it (vetting.py) or voids its line on the sheet (keying.py); who withdraws after the seal is struck by
an addendum (striking.py). What was struck is looked at by a second person: a packet that was checked is a draft again.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, CursorResult, delete, func, select, tuple_

from campaign.database import db
from campaign.domain.errors import Refused
from campaign.domain.packets.packing import OPEN_STATES, AlreadySealed
from campaign.models.account import Account
from campaign.models.packet import Level, Packet, PacketState
from campaign.models.paper import LineState, PaperLine, PaperSheet
from campaign.models.signature import Signature, SignatureState
from campaign.models.weeded import WeededLine, WeededPaperLine, WeedingReason

MOST = 500  # names at once
_PART = re.compile(r"(?:(\d{1,9})\s*/\s*)?(\d{1,9})(?:\s*[-–]\s*(\d{1,9}))?")


class NoNames(Refused):
    """This packet gives totals only, so there is no name to strike."""


class NumbersUnclear(Refused):
    """Write the numbers of lines as they are on the sheets, such as 17, 23, 40–44, on paper sheet and line, such as
    3/12; at most 500 at once."""


class NotThere(Refused):
    """One of these lines is none of this petition, or its signature is not counted, so that no name stands there."""


class StruckYourself(Refused):
    """You struck names from this packet, so somebody else has to check it. Whoever drafted it may strike names, too."""


@dataclass(frozen=True)
class Lines:
    """Numbers of those who signed online, and sheet and line of those who signed on paper; in order."""

    numbers: Sequence[int] = ()
    places: Sequence[tuple[int, int]] = ()


def lines_in(typed: str) -> Lines:
    """17, 23, 40–44, 3/12 as lines. Raises NumbersUnclear."""
    found: set[tuple[int, int]] = set()  # sheet and line; the sheet of a number is 0
    for part in filter(None, (each.strip() for each in re.split(r"[,;\n]", typed))):
        match = _PART.fullmatch(part)
        if match is None:
            raise NumbersUnclear
        first, last = int(match[2]), int(match[3] or match[2])
        if not 0 < first <= last or last - first >= MOST or (match[1] and not int(match[1])):
            raise NumbersUnclear
        found.update((int(match[1] or 0), n) for n in range(first, last + 1))
    if not 0 < len(found) <= MOST:
        raise NumbersUnclear
    ordered = sorted(found)
    return Lines([line for sheet, line in ordered if not sheet], [place for place in ordered if place[0]])


def strike(packet: Packet, lines: Lines, reason: WeedingReason, *, by: Account, at: datetime) -> int:
    """Strike these names from the sheets of this packet; how many are new. Raises AlreadySealed, NoNames, NotThere."""
    _open(packet)
    if packet.level is Level.TOTALS:
        raise NoNames
    if not (_are_signed(packet, lines.numbers) and _are_on_paper(packet, lines.places)):
        raise NotThere
    before, on_paper_before = {row.number for row in of(packet)}, {(row.sheet, row.line) for row in on_paper(packet)}
    about = {"packet_id": packet.id, "reason": reason, "at": at, "by_id": by.id}
    new = [WeededLine(number=number, **about) for number in lines.numbers if number not in before]
    new_on_paper = [
        WeededPaperLine(sheet=sheet, line=line, **about)
        for sheet, line in lines.places
        if (sheet, line) not in on_paper_before
    ]
    db.session.add_all([*new, *new_on_paper])
    _check_anew(packet)
    return len(new) + len(new_on_paper)


def _are_signed(packet: Packet, numbers: Collection[int]) -> bool:
    known = db.session.scalar(
        select(func.count()).where(
            Signature.petition_id == packet.petition_id,
            Signature.number.in_(numbers),
            Signature.state == SignatureState.CONFIRMED,
        )
    )
    return known == len(set(numbers))


def _are_on_paper(packet: Packet, places: Collection[tuple[int, int]]) -> bool:
    known = db.session.scalar(
        select(func.count())
        .select_from(PaperLine)
        .join(PaperSheet, PaperSheet.id == PaperLine.sheet_id)
        .where(
            PaperLine.petition_id == packet.petition_id,
            PaperLine.state == LineState.SIGNED,
            tuple_(PaperSheet.number, PaperLine.line).in_(places),
        )
    )
    return known == len(set(places))


def put_back(packet: Packet, number: int) -> bool:
    """The name stands on the sheet again, if it was struck. Raises AlreadySealed."""
    return _put_back(packet, WeededLine, WeededLine.number == number)


def put_back_on_paper(packet: Packet, sheet: int, line: int) -> bool:
    """The same for a line of a paper sheet. Raises AlreadySealed."""
    return _put_back(packet, WeededPaperLine, WeededPaperLine.sheet == sheet, WeededPaperLine.line == line)


def _put_back(packet: Packet, kind: type[WeededLine | WeededPaperLine], *where: ColumnElement[bool]) -> bool:
    _open(packet)
    done = db.session.execute(delete(kind).where(kind.packet_id == packet.id, *where))
    if not isinstance(done, CursorResult) or not done.rowcount:
        return False
    _check_anew(packet)
    return True


def of(packet: Packet) -> Sequence[WeededLine]:
    """In the order of their numbers."""
    found = select(WeededLine).where(WeededLine.packet_id == packet.id).order_by(WeededLine.number)
    return db.session.scalars(found).all()


def on_paper(packet: Packet) -> Sequence[WeededPaperLine]:
    """In the order of sheets and lines."""
    mine = select(WeededPaperLine).where(WeededPaperLine.packet_id == packet.id)
    return db.session.scalars(mine.order_by(WeededPaperLine.sheet, WeededPaperLine.line)).all()


def count(packet: Packet) -> int:
    """Of all names struck from it."""
    return len(of(packet)) + len(on_paper(packet))


def check_not_own(packet: Packet, *, by: Account) -> None:
    """Whoever struck a name does not check the packet. Raises StruckYourself."""
    if by.id in {row.by_id for row in of(packet)} | {row.by_id for row in on_paper(packet)}:
        raise StruckYourself


def signatures_of(packet: Packet) -> dict[int, int]:
    """Number → signature of what was struck, for the links of the page."""
    rows = db.session.execute(
        select(Signature.number, Signature.id)
        .join(WeededLine, WeededLine.number == Signature.number)
        .where(WeededLine.packet_id == packet.id, Signature.petition_id == packet.petition_id)
    )
    return {number: id for number, id in rows if number is not None}


def _open(packet: Packet) -> None:
    """Nobody seals it meanwhile."""
    db.session.refresh(packet, with_for_update={"key_share": True})
    if packet.state not in OPEN_STATES:
        raise AlreadySealed


def _check_anew(packet: Packet) -> None:
    packet.state, packet.checked_by, packet.checked_at = PacketState.DRAFT, None, None
    packet.seal_asked_at = None
    db.session.flush()
