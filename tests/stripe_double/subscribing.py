"""Monthly gifts: subscriptions, their invoices, renewals, failed cards and endings."""

import calendar
import copy
from datetime import UTC, datetime
from typing import Any

from tests.stripe_double import paying
from tests.stripe_double.checkout import plan_of
from tests.stripe_double.double import DAY, Double
from tests.stripe_double.refusals import Refused, not_built
from tests.stripe_double.shapes import listed

UPDATED = {"cancel_at_period_end", "cancel_at", "metadata", "default_payment_method", "description", "expand"}
UPDATED |= {"cancellation_details", "proration_behavior", "pause_collection"}
HOUR = 3600  # how long an invoice of a renewal stays a draft


def later(at: int, interval: str, count: int, anchor: int) -> int:
    """The end of a period: months keep the day of the anchor as far as they have it."""
    if interval in ("day", "week"):
        return at + count * DAY * (7 if interval == "week" else 1)
    start, day = datetime.fromtimestamp(at, UTC), datetime.fromtimestamp(anchor, UTC).day
    months = start.month - 1 + count * (12 if interval == "year" else 1)
    year, month = start.year + months // 12, months % 12 + 1
    return int(start.replace(year=year, month=month, day=min(day, calendar.monthrange(year, month)[1])).timestamp())


def start(d: Double, session: dict[str, Any], customer: str, pi: dict[str, Any]) -> dict[str, Any]:
    """The subscription of a session whose first payment was made, or is on its way."""
    live, now, data = d.is_live(session), d.now(customer), d.hidden[session["id"]]["data"]
    key = d.key("subscription", live)
    items = [_item(d, live, key, d.objects[each], now) for each in d.hidden[session["id"]]["items"]]
    sub = d.add(
        "subscription", live, id=key, billing_cycle_anchor=now, billing_mode={"type": "flexible"}, created=now,
        collection_method="charge_automatically", currency=session["currency"], customer=customer, start_date=now,
        default_payment_method=pi["payment_method"], description=data.get("description"), status="active",
        items=listed(items, f"/v1/subscription_items?subscription={key}"), metadata=data.get("metadata", {}),
        invoice_settings={"issuer": {"type": "self"}}, test_clock=d.objects[customer]["test_clock"],
        payment_settings={"save_default_payment_method": "off"}, cancellation_details={},
        trial_settings={"end_behavior": {"missing_payment_method": "create_invoice"}},
    )  # fmt: skip
    d.emit("customer.subscription.created", sub)
    invoice = new_invoice(d, sub, "subscription_create", (now, now))
    finalise(d, invoice)
    _bind(d, invoice, pi)
    if pi["status"] == "succeeded":
        paid(d, invoice)
    return sub


def _item(d: Double, live: bool, key: str, line: dict[str, Any], now: int) -> dict[str, Any]:
    price = line["price"]
    every = price["recurring"]
    return d.add(
        "subscription_item", live, price=price, plan=plan_of(price), quantity=line["quantity"], subscription=key,
        current_period_end=later(now, every["interval"], every["interval_count"], now), current_period_start=now,
        created=now, metadata={},
    )  # fmt: skip


def period(sub: dict[str, Any]) -> tuple[int, int]:
    item = sub["items"]["data"][0]
    return item["current_period_start"], item["current_period_end"]


def new_invoice(d: Double, sub: dict[str, Any], why: str, covers: tuple[int, int]) -> dict[str, Any]:
    """`covers`: the period behind it, which the invoice names; its lines name the period that is paid."""
    live, now, customer = d.is_live(sub), d.now(sub["customer"]), d.objects[sub["customer"]]
    key = d.key("invoice", live)
    lines = [_invoice_line(d, live, key, sub, item) for item in sub["items"]["data"]]
    total = sum(line["amount"] for line in lines)
    details = {"subscription": sub["id"], "metadata": dict(sub["metadata"])}
    parent = {"type": "subscription_details", "subscription_details": details}
    invoice = d.add(
        "invoice", live, id=key, account_country="DE", account_name="Campaign fund", amount_due=total,
        amount_overpaid=0, amount_paid=0, amount_remaining=total, amount_shipping=0, attempt_count=0, attempted=False,
        auto_advance=True, automatic_tax={}, billing_reason=why, collection_method="charge_automatically", created=now,
        subtotal=total, currency=sub["currency"], customer=sub["customer"], customer_email=customer["email"],
        total=total, customer_name=customer["name"], customer_tax_exempt="none", customer_tax_ids=[],
        issuer={"type": "self"}, lines=listed(lines, f"/v1/invoices/{key}/lines"), parent=parent,
        payment_settings={}, period_start=covers[0], period_end=covers[1], subtotal_excluding_tax=total,
        post_payment_credit_notes_amount=0, total_taxes=[],
        pre_payment_credit_notes_amount=0, starting_balance=0, status="draft", total_discount_amounts=[],
        total_excluding_tax=total, test_clock=sub["test_clock"], metadata={}, total_pretax_credit_amounts=[],
        automatically_finalizes_at=now + HOUR if why == "subscription_cycle" and sub["status"] != "unpaid" else None,
    )  # fmt: skip
    sub["latest_invoice"] = key
    d.emit("invoice.created", invoice)
    return invoice


def _invoice_line(d: Double, live: bool, key: str, sub: dict[str, Any], item: dict[str, Any]) -> dict[str, Any]:
    price = item["price"]
    amount = price["unit_amount"] * item["quantity"]
    details = {"subscription": sub["id"], "subscription_item": item["id"], "proration": False}
    parent = {"type": "subscription_item_details", "subscription_item_details": details}
    product = d.objects[price["product"]]["name"]
    pricing = {"type": "price_details", "price_details": {"price": price["id"], "product": price["product"]}}
    return d.add(
        "line_item", live, amount=amount, currency=price["currency"], description=f"{item['quantity']} × {product}",
        discountable=True, invoice=key, metadata=dict(sub["metadata"]), quantity=item["quantity"], subtotal=amount,
        quantity_decimal=str(item["quantity"]), parent=parent, subscription=sub["id"], taxes=[], discount_amounts=[],
        period={"start": item["current_period_start"], "end": item["current_period_end"]}, pretax_credit_amounts=[],
        pricing=pricing | {"unit_amount_decimal": price["unit_amount_decimal"]},
    )  # fmt: skip


def finalise(d: Double, invoice: dict[str, Any]) -> None:
    now = d.now(invoice["customer"])
    d.invoices += 1
    prefix = d.objects[invoice["customer"]]["invoice_prefix"]
    address = f"{d.base}/invoices/{invoice['id']}"
    invoice |= {"status": "open", "number": f"{prefix}-{d.invoices:04d}", "effective_at": now, "ending_balance": 0}
    invoice |= {"automatically_finalizes_at": None, "hosted_invoice_url": address, "invoice_pdf": f"{address}/pdf"}
    invoice["status_transitions"]["finalized_at"] = now
    d.emit("invoice.finalized", invoice)


def _bind(d: Double, invoice: dict[str, Any], pi: dict[str, Any]) -> None:
    """Says which payment pays which invoice: in this version neither object holds the other."""
    payment = {"type": "payment_intent", "payment_intent": pi["id"]}
    d.add(
        "invoice_payment", d.is_live(invoice), amount_requested=invoice["amount_due"], currency=invoice["currency"],
        invoice=invoice["id"], is_default=True, payment=payment, status="open", created=d.now(invoice["customer"]),
    )  # fmt: skip
    d.hidden[pi["id"]]["invoice"] = invoice["id"]
    d.hidden[invoice["id"]]["intent"] = pi["id"]


def payment_of(d: Double, invoice: dict[str, Any]) -> dict[str, Any]:
    return next(each for each in d.of_kind("invoice_payment") if each["invoice"] == invoice["id"])


def subscription_of(d: Double, invoice: dict[str, Any]) -> dict[str, Any]:
    return d.objects[invoice["parent"]["subscription_details"]["subscription"]]


def paid(d: Double, invoice: dict[str, Any]) -> None:
    now, payment = d.now(invoice["customer"]), payment_of(d, invoice)
    before = copy.deepcopy(invoice)
    invoice |= {"status": "paid", "amount_paid": invoice["amount_due"], "amount_remaining": 0, "attempted": True}
    invoice |= {"attempt_count": invoice["attempt_count"] + 1, "next_payment_attempt": None, "auto_advance": False}
    invoice["status_transitions"]["paid_at"] = now
    payment |= {"status": "paid", "amount_paid": invoice["amount_due"]}
    payment["status_transitions"]["paid_at"] = now
    d.emit("invoice.updated", invoice, before)
    d.emit("invoice.paid", invoice)
    d.emit("invoice.payment_succeeded", invoice)
    d.emit("invoice_payment.paid", payment)
    sub = subscription_of(d, invoice)
    if sub["status"] in ("past_due", "unpaid"):
        with d.changing("customer.subscription.updated", sub):
            sub["status"] = "active"


def failed(d: Double, invoice: dict[str, Any]) -> None:
    """A payment of an invoice was refused: it is tried again some days later, as often as the settings say."""
    now, sub, days = d.now(invoice["customer"]), subscription_of(d, invoice), d.settings["retry_days"]
    before = copy.deepcopy(invoice)
    tried = invoice["attempt_count"] + 1
    again = now + days[tried - 1] * DAY if tried <= len(days) and sub["status"] != "canceled" else None
    invoice |= {"attempt_count": tried, "attempted": True, "next_payment_attempt": again}
    d.emit("invoice.updated", invoice, before)
    d.emit("invoice.payment_failed", invoice)
    if sub["status"] == "active":
        with d.changing("customer.subscription.updated", sub):
            sub["status"] = "past_due"
    if again is None and sub["status"] != "canceled":
        _give_up(d, sub)


def _give_up(d: Double, sub: dict[str, Any]) -> None:
    if d.settings["after_retries"] == "cancel":
        cancel(d, sub, "payment_failed")
    elif d.settings["after_retries"] == "unpaid":
        with d.changing("customer.subscription.updated", sub):
            sub["status"] = "unpaid"


def collect(d: Double, invoice: dict[str, Any]) -> None:
    """Charges what the subscription is paid with, the donor being absent."""
    sub = subscription_of(d, invoice)
    settings = d.objects[sub["customer"]]["invoice_settings"] or {}
    pm = d.objects[sub["default_payment_method"] or settings.get("default_payment_method")]
    pi = d.objects.get(d.hidden[invoice["id"]].get("intent", ""))
    if pi is None:
        said = "Subscription update"
        due, currency = invoice["amount_due"], invoice["currency"]
        pi = paying.intent(d, d.is_live(sub), due, currency, sub["customer"], description=said)
        _bind(d, invoice, pi)
    invoice["next_payment_attempt"] = None
    status = paying.attempt(d, pi, pm, present=False)
    if status == "succeeded":
        paid(d, invoice)
        paying.fees(d, d.objects[pi["latest_charge"]])
    elif status == "requires_payment_method":
        failed(d, invoice)


def renew(d: Double, sub: dict[str, Any]) -> None:
    """A period has ended: the next begins with a draft of its invoice, or the subscription ends."""
    began, end = period(sub)
    if sub["cancel_at_period_end"]:
        cancel(d, sub, "cancellation_requested")
        return
    with d.changing("customer.subscription.updated", sub):
        for item in sub["items"]["data"]:
            every = item["price"]["recurring"]
            item["current_period_start"] = end
            anchor = sub["billing_cycle_anchor"]
            item["current_period_end"] = later(end, every["interval"], every["interval_count"], anchor)
            d.objects[item["id"]] = item
        if not sub["pause_collection"]:
            new_invoice(d, sub, "subscription_cycle", (began, end))


def cancel(d: Double, sub: dict[str, Any], reason: str, details: dict[str, Any] | None = None) -> dict[str, Any]:
    """At once."""
    if sub["status"] == "canceled":
        raise Refused(f"No such subscription: '{sub['id']}'", status=404, code="resource_missing", param="id")
    now = d.now(sub["customer"])
    sub |= {"status": "canceled", "canceled_at": sub["canceled_at"] or now, "ended_at": now}
    sub["cancellation_details"] |= {"reason": reason, **(details or {})}
    d.emit("customer.subscription.deleted", sub)
    for invoice in d.of_kind("invoice"):
        if invoice["status"] in ("draft", "open") and subscription_of(d, invoice) is sub:
            invoice |= {"auto_advance": False, "next_payment_attempt": None}
    return sub


def update(d: Double, sub: dict[str, Any], params: dict[str, Any]) -> dict[str, Any]:
    for name in params.keys() - UPDATED:
        raise not_built(f"subscriptions.update with {name}")
    if sub["status"] == "canceled":
        told = "A canceled subscription can only update its cancellation_details and metadata."
        raise Refused(told, code="invalid_canceled_subscription_fields")
    now = d.now(sub["customer"])
    with d.changing("customer.subscription.updated", sub):
        if "cancel_at_period_end" in params:
            ends = params["cancel_at_period_end"]
            sub |= {"cancel_at_period_end": ends, "cancel_at": period(sub)[1] if ends else None}
            sub["canceled_at"] = now if ends else None
            sub["cancellation_details"]["reason"] = "cancellation_requested" if ends else None
        if "cancel_at" in params:
            at = period(sub)[1] if str(params["cancel_at"]).endswith("period_end") else params["cancel_at"]
            sub |= {"cancel_at": at or None, "canceled_at": now if at else None}
        if params.get("default_payment_method"):
            d.find("payment_method", params["default_payment_method"], d.is_live(sub), "default_payment_method")
        sub["cancellation_details"] |= params.get("cancellation_details", {})
        for name in {"default_payment_method", "description", "pause_collection"} & params.keys():
            sub[name] = params[name] or None
        sub["metadata"] = merged(sub["metadata"], params.get("metadata", {}))
    return sub


def merged(known: dict[str, str], given: Any) -> dict[str, str]:
    """Metadata after an update: an empty value takes a key away, an empty string takes all."""
    return {} if given == "" else {name: value for name, value in (known | given).items() if value != ""}
