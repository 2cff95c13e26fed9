"""Acknowledging a gift: a receipt for each payment, a credit note for whatever went back, numbered without a gap.

The number is taken in the transaction that writes the document, under the issuer's own row, so that a rollback gives
it back and two at once wait for each other. What the document says is frozen with it. It never names a prisoner or a
campaign: a receipt lies with accountants, banks and tax offices, and in a mailbox that others may read.
"""

import json
import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, update

from campaign.database import db
from campaign.domain.giving import funding
from campaign.domain.giving.paying import DonorSeen
from campaign.domain.sealing import Opener, Seal
from campaign.models.donation import Donor, Fund, Gift, Issuer, Receipt, ReceiptKind


@dataclass(frozen=True)
class Books:
    """What booking needs of the site: its locks, and who issues where nobody else does."""

    seal: Seal
    operator: str
    address: str


@dataclass(frozen=True)
class Person:
    """Whom a receipt is made out to."""

    email: str
    name: str
    address: tuple[str, ...]


def packed(donor: DonorSeen) -> str:
    return json.dumps({"email": donor.email, "name": donor.name, "address": list(donor.address)}, ensure_ascii=False)


def unpacked(text: str) -> Person:
    said = json.loads(text)
    return Person(said["email"], said["name"], tuple(said["address"]))


def receipt(gift: Gift, donor: DonorSeen, books: Books, *, at: datetime) -> Receipt | None:
    """The receipt of a payment; None if it has one."""
    return _issue(gift, ReceiptKind.RECEIPT, gift.charge, gift.amount, donor, books, at=at)


def credit(gift: Gift, cause: str, amount: int, donor: DonorSeen, books: Books, *, at: datetime) -> Receipt | None:
    """The credit note for one refund or lost dispute; None if there is one."""
    return _issue(gift, ReceiptKind.CREDIT_NOTE, cause, amount, donor, books, at=at)


def reinstate(gift: Gift, cause: str, donor: DonorSeen, books: Books, *, at: datetime) -> Receipt | None:
    """A refund did not arrive and its money came back: its credit note is void, which is a document too."""
    note = _by_cause(cause)
    if note is None or note.kind is not ReceiptKind.CREDIT_NOTE:
        return None
    return _issue(gift, ReceiptKind.REINSTATED, f"{cause}:back", note.amount, donor, books, at=at, of=note)


def _issue(
    gift: Gift,
    kind: ReceiptKind,
    cause: str,
    amount: int,
    donor: DonorSeen,
    books: Books,
    *,
    at: datetime,
    of: Receipt | None = None,
) -> Receipt | None:
    if _by_cause(cause) is not None:
        return None
    first = _by_cause(gift.charge)
    before = of or first
    fund = db.session.get_one(Fund, gift.campaign_id)
    issuer = _issuer_of(first) or funding.issuer_of(fund, operator=books.operator, address=books.address)
    public_id = secrets.token_bytes(16)
    row = Receipt(
        public_id=public_id,
        issuer_id=issuer.id,
        number=_next(issuer),
        kind=kind,
        gift_id=gift.id,
        of_id=before.id if before else None,
        cause=cause,
        amount=amount,
        currency=gift.currency,
        issued_on=at.date(),
        said=_said(issuer, gift),
        name_box=books.seal.address_box(packed(donor), public_id),
    )
    db.session.add(row)
    db.session.flush()
    return row


def _issuer_of(first: Receipt | None) -> Issuer | None:
    """A credit note comes from whoever gave the receipt, also when the campaign has another issuer by now."""
    return db.session.get(Issuer, first.issuer_id) if first else None


def _next(issuer: Issuer) -> int:
    raised = update(Issuer).where(Issuer.id == issuer.id).values(last_number=Issuer.last_number + 1)
    number = db.session.scalar(raised.returning(Issuer.last_number).execution_options(synchronize_session=False))
    db.session.expire(issuer, ["last_number"])
    return int(number or 0)


def _said(issuer: Issuer, gift: Gift) -> dict[str, Any]:
    return {
        "code": issuer.code,
        "issuer": issuer.name,
        "address": [line.strip() for line in issuer.address.splitlines() if line.strip()],
        "tax_line": issuer.tax_line,
        "wording": issuer.wording,
        "given_on": gift.given_on.isoformat(),
        "monthly": gift.plan_id is not None,
    }


def _by_cause(cause: str) -> Receipt | None:
    return db.session.scalar(select(Receipt).where(Receipt.cause == cause))


def made_out_to(row: Receipt, opener: Opener) -> Person | None:
    """None once the time is over for which accounting must keep it. Raises SealBroken."""
    return unpacked(opener.open(row.name_box, row.public_id)) if row.name_box else None


def gaps(issuer: Issuer) -> list[int]:
    """Numbers that no document has; always none, and looked at all the same."""
    numbers = set(db.session.scalars(select(Receipt.number).where(Receipt.issuer_id == issuer.id)))
    return [n for n in range(1, issuer.last_number + 1) if n not in numbers]


@dataclass(frozen=True)
class Year:
    """What somebody gave to one campaign in one year, by issuer and currency: given less given back."""

    year: int
    documents: tuple[Receipt, ...]

    @property
    def sums(self) -> list[tuple[str, str, int]]:
        found: dict[tuple[str, str], int] = {}
        for row in self.documents:
            sign = -1 if row.kind is ReceiptKind.CREDIT_NOTE else 1
            key = (row.said["issuer"], row.currency)
            found[key] = found.get(key, 0) + sign * row.amount
        return [(issuer, currency, amount) for (issuer, currency), amount in sorted(found.items())]


def year(donor: Donor, number: int) -> Year:
    """The documents of one year, by the day on which they were issued."""
    first, last = date(number, 1, 1), date(number, 12, 31)
    rows = db.session.scalars(
        select(Receipt)
        .join(Gift, Gift.id == Receipt.gift_id)
        .where(Gift.donor_id == donor.id, Receipt.issued_on.between(first, last))
        .order_by(Receipt.issuer_id, Receipt.number)
    )
    return Year(number, tuple(rows))


def count(issuer: Issuer) -> int:
    return db.session.scalar(select(func.count()).where(Receipt.issuer_id == issuer.id)) or 0
