"""Accounting: totals by campaign and month, and the books as a table, one line for each movement of money.

No person is in either: a line says an amount, its fee, its receipt and its payout. Whoever must see a name opens the
receipt.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import case, func, select

from campaign.database import db
from campaign.domain.giving import money
from campaign.models.campaign import Campaign
from campaign.models.donation import Fund, Gift, Issuer, Plan, PlanState, Receipt, ReceiptKind
from campaign.models.movement import Movement, MovementKind

COLUMNS = (
    "date", "kind", "campaign", "fund", "issuer", "receipt", "given", "given_currency", "amount", "fee", "net",
    "currency", "available", "payout", "monthly", "line",
)  # fmt: skip


@dataclass(frozen=True)
class Month:
    """What moved for a campaign in one month, in smallest units of one currency of the account."""

    month: str
    currency: str
    came: int
    went: int  # refunds and disputes, as a positive number
    fees: int
    number: int  # gifts

    @property
    def kept(self) -> int:
        return self.came - self.went - self.fees


@dataclass(frozen=True)
class Sums:
    """One campaign, or all of them, in one currency."""

    title: str
    slug: str
    currency: str
    months: tuple[Month, ...]

    def total(self, of: str) -> int:
        return sum(getattr(month, of) for month in self.months)


def sums(*, campaign_id: int | None = None) -> list[Sums]:
    """By campaign and currency, the months in order; campaigns by title."""
    month = _month_of(Movement.dated)
    is_gift = Movement.kind == MovementKind.GIFT
    rows: Any = db.session.execute(
        select(
            Campaign.title,
            Campaign.slug,
            Movement.currency,
            month,
            func.sum(case((is_gift, Movement.amount), else_=0)),
            func.sum(case((is_gift, 0), else_=-Movement.amount)),
            func.sum(Movement.fee),
            func.sum(case((is_gift, 1), else_=0)),
        )
        .join(Campaign, Campaign.id == Movement.campaign_id)
        .where(Movement.campaign_id == campaign_id if campaign_id is not None else Movement.campaign_id.is_not(None))
        .group_by(Campaign.title, Campaign.slug, Movement.currency, month)
        .order_by(Campaign.title, Campaign.slug, Movement.currency, month)
    )
    found: dict[tuple[str, str, str], list[Month]] = {}
    for title, slug, currency, when, came, went, fees, number in rows:
        months = found.setdefault((title, slug, currency), [])
        months.append(Month(when, currency, int(came), int(went), int(fees), int(number)))
    return [Sums(title, slug, currency, _without_gaps(months)) for (title, slug, currency), months in found.items()]


def added(one: Month, other: Month) -> Month:
    """Two campaigns in the same month."""
    return Month(
        one.month,
        one.currency,
        one.came + other.came,
        one.went + other.went,
        one.fees + other.fees,
        one.number + other.number,
    )


def _without_gaps(months: list[Month]) -> tuple[Month, ...]:
    known = {month.month: month for month in months}
    year, number = (int(part) for part in months[0].month.split("-"))
    every = []
    while f"{year}-{number:02}" <= months[-1].month:
        name = f"{year}-{number:02}"
        every.append(known.get(name) or Month(name, months[0].currency, 0, 0, 0, 0))
        year, number = (year, number + 1) if number < 12 else (year + 1, 1)
    return tuple(every)


def monthly_gifts(*, campaign_id: int | None = None) -> list[tuple[str, int, int]]:
    """Of monthly gifts that run: currency, how many, and how much a month."""
    query = select(Plan.currency, func.count(), func.sum(Plan.amount)).where(Plan.state != PlanState.ENDED)
    if campaign_id is not None:
        query = query.where(Plan.campaign_id == campaign_id)
    rows = db.session.execute(query.group_by(Plan.currency).order_by(Plan.currency))
    return [(currency, number, int(amount)) for currency, number, amount in rows]


def years() -> list[int]:
    first, last = db.session.execute(select(func.min(Movement.dated), func.max(Movement.dated))).one()
    return list(range(last.year, first.year - 1, -1)) if first else []


def table(year: int) -> Iterator[Sequence[str]]:
    """The movements of a year, the columns' names first. Amounts as 12.50, minus where money leaves."""
    yield COLUMNS
    rows: Any = db.session.execute(
        select(Movement, Gift, Campaign.reference, Fund.code, Receipt, Issuer.name)
        .outerjoin(Gift, Gift.id == Movement.gift_id)
        .outerjoin(Campaign, Campaign.id == Movement.campaign_id)
        .outerjoin(Fund, Fund.campaign_id == Movement.campaign_id)
        .outerjoin(Receipt, (Receipt.gift_id == Gift.id) & (Receipt.kind == ReceiptKind.RECEIPT))
        .outerjoin(Issuer, Issuer.id == Receipt.issuer_id)
        .where(Movement.dated.between(date(year, 1, 1), date(year, 12, 31)))
        .order_by(Movement.dated, Movement.id)
    )
    for line, gift, reference, code, receipt, issuer in rows:
        yield _told(line, gift, reference or "", code or "", receipt, issuer or "")


def _told(
    line: Movement, gift: Gift | None, reference: str, code: str, receipt: Receipt | None, issuer: str
) -> Sequence[str]:
    def plain(amount: int) -> str:
        return money.plain(amount, line.currency)

    given = (money.plain(gift.amount, gift.currency), gift.currency) if gift else ("", "")
    return (
        line.dated.isoformat(), line.kind.value, reference, code, _safe(issuer), receipt.reference if receipt else "",
        *given, plain(line.amount), plain(line.fee), plain(line.net), line.currency, line.available_on.isoformat(),
        line.payout or "", "yes" if gift and gift.plan_id else "no", line.txn,
    )  # fmt: skip


def _safe(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def gifts(*, slug: str | None = None) -> Iterator[dict[str, Any]]:
    """Every gift, oldest first, without anybody's name."""
    query = select(Gift, Campaign.slug).join(Campaign, Campaign.id == Gift.campaign_id).order_by(Gift.id)
    for gift, of in db.session.execute(query.where(Campaign.slug == slug) if slug else query):
        yield {
            "id": gift.public_id.hex(),
            "campaign": of,
            "given_on": gift.given_on.isoformat(),
            "amount": gift.amount,
            "currency": gift.currency,
            "refunded": gift.refunded,
            "state": gift.state.value,
            "monthly": gift.plan_id is not None,
            "charge": gift.charge,
            "receipts": [receipt.reference for receipt in gift.receipts],
        }


def _month_of(column: Any) -> Any:
    if db.session.get_bind().dialect.name == "sqlite":
        return func.strftime("%Y-%m", column)
    return func.to_char(column, "YYYY-MM")
