"""Which call does what: each with the library's type of its parameters."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from tests.stripe_double import checkout, clock, disputes, listing, portal, subscribing
from tests.stripe_double.double import DAY, Double
from tests.stripe_double.refusals import Refused, missing, not_built

Does = Callable[..., dict[str, Any]]


@dataclass(frozen=True)
class Call:
    method: str
    pattern: re.Pattern[str]
    params: type
    does: Does


def _typed(name: str) -> type:
    """`checkout.SessionCreateParams` of the installed library."""
    place, _, cls = name.rpartition(".")
    found: type = getattr(import_module(f"stripe.params.{place}".rstrip(".")), cls)
    return found


def _call(method: str, path: str, params: str, does: Does) -> Call:
    pattern = re.compile("/v1" + re.sub(r"\{\w+\}", "([^/]+)", path))
    return Call(method, pattern, _typed(params), does)


def _retrieve(kind: str) -> Does:
    return lambda d, live, _params, key: d.find(kind, key, live)


def _list(kind: str, url: str) -> Does:
    return lambda d, live, params: listing.page(d, kind, live, params, url)


def _readable(path: str, kind: str, params: str) -> list[Call]:
    """Retrieve and list, as nearly every kind of object has them."""
    return [
        _call("GET", path, f"{params}ListParams", _list(kind, f"/v1{path}")),
        _call("GET", path + "/{id}", f"{params}RetrieveParams", _retrieve(kind)),
    ]


def _metadata(kind: str, event: str = "", more: frozenset[str] = frozenset()) -> Does:
    """Updates metadata, and the plain fields named."""

    def does(d: Double, live: bool, params: dict[str, Any], key: str) -> dict[str, Any]:
        thing = d.find(kind, key, live)
        for name in params.keys() - {"metadata"} - more:
            raise not_built(f"an update of {kind} with {name}")
        before = dict(thing)
        thing["metadata"] = subscribing.merged(thing["metadata"] or {}, params.get("metadata", {}))
        for name in params.keys() & more:
            thing[name] = params[name] or None
        if event and before != thing:
            d.emit(event, thing, before)
        return thing

    return does


def _line_items(d: Double, live: bool, params: dict[str, Any], key: str) -> dict[str, Any]:
    session = d.find("checkout.session", key, live)
    rows = [d.objects[each] for each in reversed(d.hidden[key]["items"])]
    return listing.page(d, "item", live, params, f"/v1/checkout/sessions/{session['id']}/line_items", rows)


def _create_customer(d: Double, live: bool, params: dict[str, Any]) -> dict[str, Any]:
    for name in params.keys() - {
        "email",
        "name",
        "description",
        "metadata",
        "preferred_locales",
        "test_clock",
        "phone",
    }:
        raise not_built(f"customers with {name}")
    if "test_clock" in params:
        d.find("test_helpers.test_clock", params["test_clock"], live, "test_clock")
    return checkout.customer(d, live, **params)


def _delete_customer(d: Double, live: bool, _params: dict[str, Any], key: str) -> dict[str, Any]:
    thing = d.find("customer", key, live)
    for sub in d.of_kind("subscription"):
        if sub["customer"] == key and sub["status"] != "canceled":
            subscribing.cancel(d, sub, "cancellation_requested")
    d.emit("customer.deleted", thing)
    for name in ("email", "name", "phone", "description", "address", "shipping"):
        thing[name] = None
    thing["deleted"] = True
    return {"id": key, "object": "customer", "deleted": True}


def _create_product(d: Double, live: bool, params: dict[str, Any]) -> dict[str, Any]:
    for name in params.keys() - {"name", "description", "metadata", "active", "images", "statement_descriptor"}:
        raise not_built(f"products with {name}")
    made = d.add("product", live, **({"active": True, "type": "service", "updated": d.now()} | params))
    d.emit("product.created", made)
    return made


def _create_price(d: Double, live: bool, params: dict[str, Any]) -> dict[str, Any]:
    known = {"currency", "product", "product_data", "recurring", "unit_amount", "metadata", "nickname", "lookup_key"}
    for name in params.keys() - known - {"tax_behavior"}:
        raise not_built(f"prices with {name}")
    made = checkout.new_price(d, live, params, "").copy()
    d.objects[made["id"]]["active"] = made["active"] = True
    d.emit("price.created", made)
    return d.objects[made["id"]]


def _cancel(d: Double, live: bool, params: dict[str, Any], key: str) -> dict[str, Any]:
    if params.get("invoice_now") or params.get("prorate"):
        raise not_built("prorations")
    sub = d.find("subscription", key, live)
    return subscribing.cancel(d, sub, "cancellation_requested", params.get("cancellation_details"))


def _pay(d: Double, live: bool, params: dict[str, Any], key: str) -> dict[str, Any]:
    """The site asks for an open invoice to be tried at once."""
    for name in params:
        raise not_built(f"invoices.pay with {name}")
    invoice = d.find("invoice", key, live)
    if invoice["status"] != "open":
        raise Refused(f"Invoice is {invoice['status']}", code="invoice_not_editable")
    subscribing.collect(d, invoice)
    if invoice["status"] != "paid":
        raise Refused("Your card was declined.", status=402, kind="card_error", code="card_declined")
    return invoice


def _advance(d: Double, live: bool, params: dict[str, Any], key: str) -> dict[str, Any]:
    return clock.advance_clock(d, d.find("test_helpers.test_clock", key, live), params["frozen_time"])


def _list_events(d: Double, live: bool, params: dict[str, Any]) -> dict[str, Any]:
    kept = [each for each in d.of_kind("event") if each["created"] > d.now() - EVENTS_LAST]
    return listing.page(d, "event", live, params, "/v1/events", kept)


def _retrieve_event(d: Double, live: bool, _params: dict[str, Any], key: str) -> dict[str, Any]:
    event = d.find("event", key, live)
    if event["created"] <= d.now() - EVENTS_LAST:
        raise missing("event", key, "id")
    return event


def _balance(d: Double, live: bool, _params: dict[str, Any]) -> dict[str, Any]:
    sums: dict[str, dict[str, int]] = {"available": {}, "pending": {}}
    for each in d.of_kind("balance_transaction"):
        if d.is_live(each) == live:
            side = sums["available" if each["available_on"] <= d.now() else "pending"]
            side[each["currency"]] = side.get(each["currency"], 0) + each["net"]
    told = {
        name: [
            {"amount": amount, "currency": currency, "source_types": {"card": amount}}
            for currency, amount in side.items()
        ]
        for name, side in sums.items()
    }
    return {"object": "balance", "livemode": live, **told}


EVENTS_LAST = 30 * DAY  # the API knows no older ones
CUSTOMER_FIELDS = frozenset({"email", "name", "description", "phone"})
CALLS: list[Call] = [
    _call("POST", "/checkout/sessions", "checkout.SessionCreateParams", checkout.create),
    *_readable("/checkout/sessions", "checkout.session", "checkout.Session"),
    _call("POST", "/checkout/sessions/{id}", "checkout.SessionUpdateParams", _metadata("checkout.session")),
    _call(
        "POST", "/checkout/sessions/{id}/expire", "checkout.SessionExpireParams",
        lambda d, live, _, key: checkout.expire(d, d.find("checkout.session", key, live)),
    ),
    _call("GET", "/checkout/sessions/{id}/line_items", "checkout.SessionLineItemListParams", _line_items),
    _call("POST", "/customers", "CustomerCreateParams", _create_customer),
    *_readable("/customers", "customer", "Customer"),
    _call(
        "POST", "/customers/{id}", "CustomerUpdateParams", _metadata("customer", "customer.updated", CUSTOMER_FIELDS)
    ),
    _call("DELETE", "/customers/{id}", "CustomerDeleteParams", _delete_customer),
    _call("POST", "/products", "ProductCreateParams", _create_product),
    *_readable("/products", "product", "Product"),
    _call("POST", "/prices", "PriceCreateParams", _create_price),
    *_readable("/prices", "price", "Price"),
    *_readable("/payment_intents", "payment_intent", "PaymentIntent"),
    *_readable("/charges", "charge", "Charge"),
    *_readable("/balance_transactions", "balance_transaction", "BalanceTransaction"),
    _call("GET", "/balance", "BalanceRetrieveParams", _balance),
    _call("POST", "/refunds", "RefundCreateParams", disputes.refund),
    *_readable("/refunds", "refund", "Refund"),
    *_readable("/disputes", "dispute", "Dispute"),
    *_readable("/subscriptions", "subscription", "Subscription"),
    _call(
        "POST", "/subscriptions/{id}", "SubscriptionUpdateParams",
        lambda d, live, params, key: subscribing.update(d, d.find("subscription", key, live), params),
    ),
    _call("DELETE", "/subscriptions/{id}", "SubscriptionCancelParams", _cancel),
    *_readable("/invoices", "invoice", "Invoice"),
    _call("POST", "/invoices/{id}/pay", "InvoicePayParams", _pay),
    *_readable("/invoice_payments", "invoice_payment", "InvoicePayment"),
    _call("GET", "/events", "EventListParams", _list_events),
    _call("GET", "/events/{id}", "EventRetrieveParams", _retrieve_event),
    *_readable("/payouts", "payout", "Payout"),
    _call("GET", "/payment_methods/{id}", "PaymentMethodRetrieveParams", _retrieve("payment_method")),
    _call("POST", "/billing_portal/sessions", "billing_portal.SessionCreateParams", portal.create),
    _call("POST", "/test_helpers/test_clocks", "test_helpers.TestClockCreateParams", clock.create),
    *_readable("/test_helpers/test_clocks", "test_helpers.test_clock", "test_helpers.TestClock"),
    _call("POST", "/test_helpers/test_clocks/{id}/advance", "test_helpers.TestClockAdvanceParams", _advance),
]  # fmt: skip
