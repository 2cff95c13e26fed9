"""Collecting: a sheet comes back, its scan is kept encrypted, and what never comes back is written off.

The hands and names of signers are on a scan, so it is more than a receipt: it is encrypted under a key of its own,
and that key is sealed to the key of names. Ninety days after a sheet is settled, when somebody on it withdraws, or with
the names of its petition, the key is deleted, which leaves nothing to be read; the file follows.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, delete, select, update

from campaign.database import db
from campaign.domain import frozen, sealing
from campaign.domain.errors import Refused
from campaign.domain.packets.receipting import MOST_BYTES, Scanner, ScanTooHeavy
from campaign.domain.paper import issuing
from campaign.domain.printing import Store
from campaign.domain.sealing import Opener, Seal
from campaign.models.account import Account
from campaign.models.paper import PaperKeying, PaperLine, PaperReading, PaperScan, PaperSheet, SheetEnd, SheetState
from campaign.models.petition import Petition

SCANS_LAST = timedelta(days=90)
BATCH = 200


class ReturnedAlready(Refused):
    """This sheet was recorded already, or written off. One sheet is counted once; nothing was changed."""


class TooManyLines(Refused):
    """This sheet has fewer lines than that. Lines somebody added below or behind are not counted; nothing was
    recorded."""


class NotWrittenOff(Refused):
    """Only a sheet that has not been settled can be written off. Void its lines one by one instead."""


class NoScan(Refused):
    """There is no scan of this sheet any more: its time was over, or a line on it was withdrawn."""


@dataclass(frozen=True)
class Cabinet:
    """What a scan is kept with."""

    scanner: Scanner
    store: Store
    seal: Seal


@dataclass(frozen=True)
class Arrival:
    """What came: the code as typed, how many lines bear a signature, counted by eye, and the scan."""

    code: str
    seen: int
    scan: bytes


def receive(petition: Petition, came: Arrival, *, by: Account, at: datetime, cabinet: Cabinet) -> PaperSheet:
    """Record a sheet that came back. Everything is looked at before anything is kept.

    Raises the refusals of a code (issuing.py) and of a scan, ReturnedAlready, TooManyLines, NamesForgotten, StoreFull.
    """
    issuing.check_open(petition)
    sheet = issuing.of_code(petition, came.code)
    db.session.refresh(sheet, with_for_update={"key_share": True})
    if sheet.state is not SheetState.ISSUED:
        raise ReturnedAlready
    if came.seen > sheet.lines:
        raise TooManyLines
    keep_scan(sheet, came.scan, by=by, at=at, cabinet=cabinet)
    sheet.state, sheet.seen = SheetState.RETURNED, came.seen
    sheet.returned_at, sheet.returned_by_id = at, by.id
    db.session.flush()
    return sheet


def keep_scan(sheet: PaperSheet, upload: bytes, *, by: Account, at: datetime, cabinet: Cabinet) -> PaperScan:
    """Written anew as every scan, then encrypted. Raises ScanRefused, StoreFull."""
    if len(upload) > MOST_BYTES:
        raise ScanTooHeavy
    end, content = cabinet.scanner.rewrite(upload)
    key, closed = sealing.enclose(content)
    public_id = secrets.token_bytes(16)
    row = PaperScan(
        sheet=sheet,
        public_id=public_id,
        key_box=cabinet.seal.name_box(key.hex(), public_id),
        name=f"{secrets.token_hex(16)}.box",
        is_pdf=end == "pdf",
        kept_sha256=frozen.digest(content),
        kept_at=at,
        kept_by_id=by.id,
    )
    cabinet.store.write(path(row.name), closed)
    db.session.add(row)
    db.session.flush()
    return row


def open_scan(row: PaperScan, *, store: Store, opener: Opener) -> bytes:
    """The picture or PDF. Whoever calls this has written the journal first. Raises NoScan, SealBroken."""
    if row.key_box is None or not store.holds(path(row.name)):
        raise NoScan
    return sealing.disclose(store.read(path(row.name)), bytes.fromhex(opener.open(row.key_box, row.public_id)))


def scan_of(sheet: PaperSheet) -> PaperScan | None:
    """The latest that can still be read."""
    return next((row for row in reversed(sheet.scans) if row.key_box is not None), None)


def write_off(sheet: PaperSheet, why: SheetEnd, *, at: datetime) -> None:
    """It will not be counted; its number stays taken, and what was typed of it is deleted. Raises NotWrittenOff."""
    db.session.refresh(sheet, with_for_update={"key_share": True})
    if sheet.state not in {SheetState.ISSUED, SheetState.RETURNED}:
        raise NotWrittenOff
    db.session.execute(delete(PaperReading).where(PaperReading.sheet_id == sheet.id))
    close_scans(sheet)
    sheet.state, sheet.written_off, sheet.ended_at = SheetState.WRITTEN_OFF, why, at
    db.session.flush()


def close_scans(sheet: PaperSheet) -> None:
    """Nobody can read them from here on."""
    for row in sheet.scans:
        row.key_box = None


def path(name: str) -> str:
    return f"sheets/{name}"


# ---- forgetting ------------------------------------------------------------------------------------


def forget_scans(*, at: datetime) -> int:
    """Make scans of sheets unreadable that were settled ninety days ago; how many."""
    old = select(PaperSheet.id).where(PaperSheet.settled_at < at - SCANS_LAST)
    done: CursorResult[Any] = db.session.execute(  # type: ignore[assignment]
        update(PaperScan)
        .where(PaperScan.key_box.is_not(None), PaperScan.sheet_id.in_(old))
        .values(key_box=None)
        .execution_options(synchronize_session=False)
    )
    return done.rowcount


def sweep(*, store: Store, limit: int = BATCH) -> int:
    """Delete the files nobody can read any more, bytes first, and their rows; how many. Call until it is 0."""
    rows: Sequence[PaperScan] = db.session.scalars(
        select(PaperScan).where(PaperScan.key_box.is_(None)).order_by(PaperScan.id).limit(limit)
    ).all()
    for row in rows:
        store.remove(path(row.name))
        db.session.delete(row)
    db.session.flush()
    return len(rows)


def forget_people(petition_id: int) -> None:
    """With the names of a petition go those on paper, what was typed of them, and every scan."""
    ids = select(PaperSheet.id).where(PaperSheet.petition_id == petition_id)
    for gone in (
        delete(PaperReading).where(PaperReading.sheet_id.in_(ids)),
        update(PaperScan).where(PaperScan.sheet_id.in_(ids)).values(key_box=None),
        update(PaperLine).where(PaperLine.petition_id == petition_id).values(name_box=None, name_key=None),
    ):
        db.session.execute(gone.execution_options(synchronize_session=False))


def keyed_by(sheet: PaperSheet, account_id: int) -> PaperKeying | None:
    return next((keying for keying in sheet.keyings if keying.account_id == account_id), None)
