"""Preparing: the encrypted copy of a large packet is made by a worker, and its page says how far it is.

Looking through a million lines and encrypting them takes longer than a browser waits. So the right code only asks
for the copy; a worker looks through the lines, numbers the copy and encrypts it to the compared key; then whoever may
fetch it fetches it, with a code, under the same rules as a small one (releasing.py, entrusting.py). If anybody of the
petition withdraws or comes to show less meanwhile, the copy is thrown away and the lines are looked through again.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from campaign.database import after_commit, db
from campaign.domain.packets import copying, entrusting, releasing
from campaign.domain.packets.lining import AT_ONCE
from campaign.domain.signatures import unveiling
from campaign.models.delivery import CopyKind
from campaign.models.packet import Packet
from campaign.models.release import Release, Way


def is_large(packet: Packet) -> bool:
    return releasing.shows_signers(packet) and (packet.frozen or {}).get("last_number", 0) > AT_ONCE


def is_ready(row: Release) -> bool:
    """Prepared, and nobody has come to show less since the lines were looked at."""
    return row.prepared_at is not None and row.seen_lowered == unveiling.times_lowered(row.packet.petition_id)


def awaits_worker(row: Release) -> bool:
    return row.wanted_at is not None and row.prepared_at is None and not row.fault


def ask(row: Release, *, at: datetime) -> None:
    """Let a worker prepare it, or prepare it anew."""
    row.wanted_at, row.prepared_at, row.fault = row.wanted_at or at, None, ""
    db.session.flush()
    after_commit("copies")


def due(*, at: datetime) -> list[int]:
    """What waits for a worker and may still be fetched."""
    waiting = select(Release).where(Release.wanted_at.is_not(None), Release.prepared_at.is_(None), Release.fault == "")
    return [row.id for row in db.session.scalars(waiting.order_by(Release.id)) if may_be_fetched(row, at=at)]


def look(row: Release, *, at: datetime) -> None:
    """Look through the lines and number the copy. Raises LinesChanged. The caller encrypts and calls `done`."""
    db.session.refresh(row, with_for_update=True)  # of two workers, one gives the number
    row.seen_lowered = unveiling.times_lowered(
        row.packet.petition_id
    )  # before the lines, so that nothing slips through
    releasing.check_lines(row.packet)
    if row.copy is None:
        by = row.organisation or row.asked_by.printed_name
        whom = row.organisation or (row.key.holder if row.key else "")
        row.copy = copying.number(row.packet, CopyKind.DIGITAL, meant_for=whom, by=by, at=at)[0]
    db.session.flush()


def done(row: Release, *, at: datetime) -> None:
    row.prepared_at = at
    db.session.flush()


def failed(row: Release, fault: str) -> None:
    row.fault = fault[:300]
    db.session.flush()


def path(row: Release) -> str:
    """Where the encrypted copy lies in the store."""
    return f"copies/{row.public_id.hex()}.age"


def may_be_fetched(row: Release, *, at: datetime) -> bool:
    return releasing.can_be_fetched(row, at=at) if row.way is Way.STAFF else entrusting.is_open(row, at=at)


def kept(*, at: datetime) -> set[str]:
    """The copies, prepared or on the way, that somebody may still fetch; every other one is deleted."""
    rows: Sequence[Release] = db.session.scalars(
        select(Release).where(Release.wanted_at.is_not(None)).order_by(Release.id)
    ).all()
    return {path(row) for row in rows if may_be_fetched(row, at=at)}
