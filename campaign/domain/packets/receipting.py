"""Receipting: the signed receipt is kept as a picture of itself, with its hash in the custody log, and never public.

It bears the name and the hand of an official, so that only staff see it, and looking at it is in the journal. What is
kept is never the file that came: a photograph is developed anew, of a PDF only the pages are taken over.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy import select

from campaign.database import db
from campaign.domain import frozen
from campaign.domain.errors import Refused
from campaign.domain.packets import delivering
from campaign.domain.printing import Store
from campaign.models.delivery import Delivery, ReceiptScan

SCAN = "receipt_scan"  # a step of the custody
MOST_BYTES = 15 * 1024 * 1024


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
    return db.session.scalars(
        select(ReceiptScan).where(ReceiptScan.delivery_id == delivery.id).order_by(ReceiptScan.id)
    ).all()


def found(delivery: Delivery, id: int) -> ReceiptScan | None:
    row = db.session.get(ReceiptScan, id)
    return row if row is not None and row.delivery_id == delivery.id else None


def path(delivery: Delivery, row: ReceiptScan) -> str:
    return f"receipts/{delivery.packet.reference}/{row.name}"
