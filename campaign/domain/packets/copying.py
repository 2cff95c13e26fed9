"""Copying: every copy of a packet has a number and a mark, so that one that is found tells which one it is.

Numbers run on over paper and files. The mark of a paper copy is written on its custody log; that of a file stands on
each page of it. Which copy went to whom is in the custody log, which nobody can change.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from campaign.database import db
from campaign.domain.errors import Refused
from campaign.models.delivery import Copy, CopyKind
from campaign.models.packet import Packet

MOST = 50  # copies at once
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that is read as another when it is written by hand


class TooManyCopies(Refused):
    """Between 1 and 50 copies can be numbered at once."""


def number(
    packet: Packet, kind: CopyKind, *, copies: int = 1, meant_for: str = "", by: str, at: datetime
) -> list[Copy]:
    """Give the next numbers and a mark to each. Raises TooManyCopies."""
    if not 1 <= copies <= MOST:
        raise TooManyCopies
    db.session.execute(select(Packet.id).where(Packet.id == packet.id).with_for_update(key_share=True))  # one at a time
    last = db.session.scalar(select(func.max(Copy.number)).where(Copy.packet_id == packet.id)) or 0
    made = [
        Copy(
            packet_id=packet.id,
            number=last + n,
            mark=new_mark(),
            kind=kind,
            meant_for=meant_for.strip(),
            made_at=at,
            made_by=by,
        )
        for n in range(1, copies + 1)
    ]
    db.session.add_all(made)
    db.session.flush()
    return made


def of(packet: Packet) -> Sequence[Copy]:
    return db.session.scalars(select(Copy).where(Copy.packet_id == packet.id).order_by(Copy.number)).all()


def new_mark() -> str:
    """Eight signs that nobody guesses, in two groups for the hand: 7KQ2-M9XD."""
    signs = "".join(secrets.choice(LETTERS) for _ in range(8))
    return f"{signs[:4]}-{signs[4:]}"


def told(copies: Sequence[Copy]) -> str:
    """How the custody log names them: 1: 7KQ2-M9XD, 2: …"""
    return ", ".join(f"{copy.number}: {copy.mark}" for copy in copies)
