"""Weeding: before a packet is sealed staff strike single names from its sheets, with a reason, and may put them back.

The number of the line stays and says why nothing stands beside it; the signature stays in the count, as nobody here
may make somebody's voice disappear by striking a name. Whoever takes a signature out of the count removes it
(vetting.py); who withdraws after the seal is struck by an addendum (striking.py). What was struck is looked at by a
second person: a packet that was checked is a draft again.
"""

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select

from campaign.database import db
from campaign.domain.errors import Refused
from campaign.domain.packets.packing import OPEN_STATES, AlreadySealed
from campaign.models.account import Account
from campaign.models.packet import Level, Packet, PacketState
from campaign.models.signature import Signature, SignatureState
from campaign.models.weeded import WeededLine, WeedingReason

MOST = 500  # names at once
_PART = re.compile(r"(\d{1,9})(?:\s*[-–]\s*(\d{1,9}))?")


class NoNames(Refused):
    """This packet gives totals only, so there is no name to strike."""


class NumbersUnclear(Refused):
    """Write the numbers of lines as they are on the sheets, such as 17, 23, 40–44; at most 500 at once."""


class NotThere(Refused):
    """One of these numbers is none of this petition, or its signature is not counted, so that no name stands there."""


class StruckYourself(Refused):
    """You struck names from this packet, so somebody else has to check it. Whoever drafted it may strike names, too."""


def numbers_in(typed: str) -> list[int]:
    """17, 23, 40–44 as numbers in order. Raises NumbersUnclear."""
    found: set[int] = set()
    for part in filter(None, (each.strip() for each in re.split(r"[,;\n]", typed))):
        match = _PART.fullmatch(part)
        if match is None:
            raise NumbersUnclear
        first, last = int(match[1]), int(match[2] or match[1])
        if not 0 < first <= last or last - first >= MOST:
            raise NumbersUnclear
        found.update(range(first, last + 1))
    if not 0 < len(found) <= MOST:
        raise NumbersUnclear
    return sorted(found)


def strike(packet: Packet, numbers: Sequence[int], reason: WeedingReason, *, by: Account, at: datetime) -> int:
    """Strike these names from the sheets of this packet; how many are new. Raises AlreadySealed, NoNames, NotThere."""
    _open(packet)
    if packet.level is Level.TOTALS:
        raise NoNames
    known = db.session.scalar(
        select(func.count()).where(
            Signature.petition_id == packet.petition_id,
            Signature.number.in_(numbers),
            Signature.state == SignatureState.CONFIRMED,
        )
    )
    if known != len(set(numbers)):
        raise NotThere
    before = {row.number for row in of(packet)}
    new = [number for number in numbers if number not in before]
    db.session.add_all(
        WeededLine(packet_id=packet.id, number=number, reason=reason, at=at, by_id=by.id) for number in new
    )
    _check_anew(packet)
    return len(new)


def put_back(packet: Packet, number: int) -> bool:
    """The name stands on the sheet again, if it was struck. Raises AlreadySealed."""
    _open(packet)
    if number not in {row.number for row in of(packet)}:
        return False
    db.session.execute(delete(WeededLine).where(WeededLine.packet_id == packet.id, WeededLine.number == number))
    _check_anew(packet)
    return True


def of(packet: Packet) -> Sequence[WeededLine]:
    """In the order of their numbers."""
    found = select(WeededLine).where(WeededLine.packet_id == packet.id).order_by(WeededLine.number)
    return db.session.scalars(found).all()


def check_not_own(packet: Packet, *, by: Account) -> None:
    """Whoever struck a name does not check the packet. Raises StruckYourself."""
    if any(row.by_id == by.id for row in of(packet)):
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
