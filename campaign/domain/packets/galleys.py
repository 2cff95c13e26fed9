"""Galleys: the lines of a packet as they were decided, locked for the names key until its volumes are printed.

Opening a name costs more than all else that is done with it, and whoever seals has opened each one already. So what
a line shows is kept for the builder: one box for each volume, which only the names key opens, and beside each line a
mark of the row it was made of. Whatever has changed since is opened anew, as is everything where no galley is left.
Galleys are deleted with the end of the build, and a day after sealing whatever became of it.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, delete, select

from campaign.database import db
from campaign.domain.errors import SealBroken
from campaign.domain.packets.lining import PER_VOLUME, Line
from campaign.domain.sealing import Lock, Opener
from campaign.models.packet import Packet, PacketGalley, PacketState

LAST = timedelta(days=1)

Kept = tuple[str, tuple[str, str, str]]  # the mark of its row, and what the line shows


def keep(packet: Packet, lines: Sequence[Line], place: Callable[[str], str], lock: Lock, salt: bytes) -> None:
    """Put away whole volumes of lines, by number, as they will be printed. `place` names a country."""
    for first in range(0, len(lines), PER_VOLUME):
        its = lines[first : first + PER_VOLUME]
        no = (its[0].number - 1) // PER_VOLUME + 1
        shown = [[line.mark, line.shown, place(line.country), line.day] if line.mark else 0 for line in its]
        text = json.dumps(shown, ensure_ascii=False, separators=(",", ":"))
        db.session.add(PacketGalley(packet_id=packet.id, volume=no, box=lock.seal(text, _about(salt, no))))
    db.session.flush()


def of_volume(packet: Packet, no: int, opener: Opener | None) -> Iterator[Kept | None]:
    """For each line of the volume what was kept of it; nothing at all where there is no galley, or no key to it."""
    box = db.session.scalar(
        select(PacketGalley.box).where(PacketGalley.packet_id == packet.id, PacketGalley.volume == no)
    )
    if box is None or opener is None or packet.salt is None:
        return
    try:
        text = opener.open(box, _about(packet.salt, no))
    except SealBroken:
        return
    for kept in json.loads(text):
        yield (kept[0], (kept[1], kept[2], kept[3])) if kept else None


def clear(reference: str) -> None:
    """Once its volumes stand, or will never be built."""
    whose = select(Packet.id).where(Packet.reference == reference).scalar_subquery()
    db.session.execute(delete(PacketGalley).where(PacketGalley.packet_id == whose))


def forget(*, at: datetime) -> int:
    """Delete what is older than a day, or of packets that are not built any more; how many boxes."""
    over = (Packet.state != PacketState.SEALED) | (Packet.sealed_at < at - LAST)
    done: CursorResult[Any] = db.session.execute(  # type: ignore[assignment]
        delete(PacketGalley).where(PacketGalley.packet_id.in_(select(Packet.id).where(over)))
    )
    return done.rowcount


def _about(salt: bytes, no: int) -> bytes:
    """Sixteen bytes that bind a box to its packet and volume."""
    return hashlib.sha256(salt + no.to_bytes(4, "big")).digest()[:16]
