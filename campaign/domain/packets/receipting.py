"""Receipting: the signed receipt is kept as a picture of itself, with its hash in the custody log, and never public.

It bears the name and the hand of an official, so that only staff see it, and looking at it is in the journal. What is
kept is never the file that came: a photograph is developed anew, of a PDF only the pages are taken over.

It is needed as long as an answer may have to be asked for. Ninety days after the delivery is answered or closed, and
twenty-one months after it came at the longest, it goes; its hash stays in the custody log for ever, so that the sheet
of paper in somebody's drawer can still be told from another.
"""

import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Protocol

from sqlalchemy import select

from campaign.database import db
from campaign.domain import days, frozen
from campaign.domain.errors import Refused
from campaign.domain.packets import delivering
from campaign.domain.printing import Store
from campaign.models.delivery import Delivery, ReceiptScan

SCAN = "receipt_scan"  # a step of the custody
MOST_BYTES = 15 * 1024 * 1024
AFTER_THE_END = timedelta(days=90)
LONGEST = 21  # months
BATCH = 200


class ScanRefused(Refused):
    """This file cannot be kept as a receipt. Save it anew as JPEG, PNG or PDF and try again."""


class ScanTooHeavy(ScanRefused):
    """This file is larger than 15 megabytes. Save it smaller and try again."""


class ScanDoesMore(ScanRefused):
    """This PDF holds more than pages: a program, a form, another file or a lock. Print it into a new PDF and try
    again."""


class Scanner(Protocol):
    def rewrite(self, upload: bytes) -> tuple[str, bytes]:
        """What is kept, and how its name ends: `jpg` or `pdf`. Raises ScanRefused."""


def keep(delivery: Delivery, upload: bytes, *, by: str, at: datetime, scanner: Scanner, store: Store) -> ReceiptScan:
    """Raises ScanRefused, StoreFull, and OutOfOrder before it was handed over."""
    if delivery.state not in delivering.DELIVERED:
        raise delivering.OutOfOrder
    if len(upload) > MOST_BYTES:
        raise ScanTooHeavy
    end, content = scanner.rewrite(upload)
    row = ReceiptScan(
        delivery_id=delivery.id,
        name=f"{secrets.token_hex(16)}.{end}",
        sent_sha256=frozen.digest(upload),
        kept_sha256=frozen.digest(content),
        kept_at=at,
        kept_by=by,
    )
    store.write(path(delivery, row), content)
    db.session.add(row)
    db.session.flush()
    words = f"SHA-256 {row.kept_sha256}; as it came {row.sent_sha256}"
    delivering.pass_on(delivery, SCAN, words=words, by=by, at=at)
    return row


def of(delivery: Delivery) -> Sequence[ReceiptScan]:
    """Those that can be looked at."""
    mine = select(ReceiptScan).where(ReceiptScan.delivery_id == delivery.id, ReceiptScan.ended_at.is_(None))
    return db.session.scalars(mine.order_by(ReceiptScan.id)).all()


def found(delivery: Delivery, id: int) -> ReceiptScan | None:
    return next((row for row in of(delivery) if row.id == id), None)


def path(delivery: Delivery, row: ReceiptScan) -> str:
    return f"receipts/{delivery.packet.reference}/{row.name}"


def until(row: ReceiptScan) -> date:
    """The day on which it goes, as things stand today."""
    longest = days.months_after(row.kept_at.date(), LONGEST)
    ends = [delivering.when(row.delivery.packet, step) for step in (delivering.ANSWERED, delivering.CLOSED)]
    return min([longest, *(max(end, row.kept_at).date() + AFTER_THE_END for end in ends if end)])


def forget(*, at: datetime) -> int:
    """Nobody can look at a receipt whose time is over; how many. `sweep` deletes the files."""
    kept = select(ReceiptScan).where(ReceiptScan.ended_at.is_(None)).order_by(ReceiptScan.id)
    over = [row for row in db.session.scalars(kept) if until(row) <= at.date()]
    for row in over:
        row.ended_at = at
    db.session.flush()
    return len(over)


def sweep(*, store: Store, limit: int = BATCH) -> int:
    """Delete the files whose time is over, bytes first, and their rows; how many. Call until it is 0."""
    ended = select(ReceiptScan).where(ReceiptScan.ended_at.is_not(None)).order_by(ReceiptScan.id).limit(limit)
    rows = db.session.scalars(ended).all()
    for row in rows:
        store.remove(path(row.delivery, row))
        db.session.delete(row)
    db.session.flush()
    return len(rows)
