"""Once a day, what has become available in a currency goes to the bank."""

from collections.abc import Callable, Iterator
from typing import Any

from tests.stripe_double import paying
from tests.stripe_double.double import DAY, Double


def _waiting(d: Double, live: bool) -> list[dict[str, Any]]:
    """Movements that no payout has carried away."""
    every = d.of_kind("balance_transaction")
    return [each for each in every if d.is_live(each) == live and "payout" not in d.hidden[each["id"]]]


def run(d: Double, live: bool = False) -> list[dict[str, Any]]:
    """A payout for each currency in which there is something to pay."""
    now, made = d.now(), []
    ready = [each for each in _waiting(d, live) if each["available_on"] <= now]
    for each in ready:
        each["status"] = "available"
    for currency in sorted({each["currency"] for each in ready}):
        rows = [each for each in ready if each["currency"] == currency]
        total = sum(each["net"] for each in rows)
        if total > 0:
            made.append(_pay_out(d, live, currency, total, rows))
    return made


def _pay_out(d: Double, live: bool, currency: str, total: int, rows: list[dict[str, Any]]) -> dict[str, Any]:
    payout = d.add(
        "payout", live, amount=total, arrival_date=d.now() + DAY, automatic=True, currency=currency, method="standard",
        description="STRIPE PAYOUT", destination="ba_1Double", source_type="card", status="in_transit", metadata={},
        type="bank_account", reconciliation_status="in_progress",
    )  # fmt: skip
    moved = paying.move(d, payout, "payout", -total, currency, about="STRIPE PAYOUT")
    payout["balance_transaction"] = moved["id"]
    for each in [*rows, moved]:
        d.hidden[each["id"]]["payout"] = payout["id"]
    d.emit("payout.created", payout)
    with d.changing("payout.updated", payout):
        payout["reconciliation_status"] = "completed"
    d.emit("payout.reconciliation_completed", payout)
    payout["status"] = "paid"
    d.emit("payout.paid", payout)
    return payout


def dues(d: Double) -> Iterator[tuple[int, Callable[[], Any]]]:
    """The first midnight at which something would be paid."""
    for live in (False, True):
        rows = _waiting(d, live)
        days = [at for at in sorted({_midnight(each["available_on"]) for each in rows}) if _pays_on(rows, at)]
        if days:
            yield days[0], lambda live=live: run(d, live)


def _midnight(at: int) -> int:
    return -(-at // DAY) * DAY


def _pays_on(rows: list[dict[str, Any]], at: int) -> bool:
    totals: dict[str, int] = {}
    for each in rows:
        if each["available_on"] <= at:
            totals[each["currency"]] = totals.get(each["currency"], 0) + each["net"]
    return any(total > 0 for total in totals.values())
