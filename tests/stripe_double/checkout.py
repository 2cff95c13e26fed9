"""Checkout Sessions: opened by the site, refused where Stripe refuses, expired by time or by call."""

import re
from typing import Any
from urllib.parse import urlsplit

from tests.stripe_double import amounts
from tests.stripe_double.double import DAY, Double
from tests.stripe_double.refusals import Refused, exclusive, not_built, required
from tests.stripe_double.shapes import shape

ECHOED = {  # kept as given
    "adaptive_pricing", "allow_promotion_codes", "allowed_payment_method_types", "billing_address_collection",
    "cancel_url", "client_reference_id", "consent_collection", "custom_text", "customer_creation", "customer_email",
    "excluded_payment_method_types", "integration_identifier", "locale", "name_collection", "origin_context",
    "payment_method_collection", "payment_method_options", "phone_number_collection",
    "saved_payment_method_options", "submit_type", "success_url", "wallet_options", "branding_settings",
}  # fmt: skip
ACTED_ON = ECHOED | {
    "mode", "line_items", "metadata", "payment_intent_data", "subscription_data", "customer", "expires_at", "expand",
    "ui_mode", "currency", "invoice_creation", "automatic_tax",
}  # fmt: skip
INTENT_DATA = {"description", "metadata", "receipt_email", "statement_descriptor_suffix", "statement_descriptor"}
SUBSCRIPTION_DATA = {"description", "metadata"}
BRANDING = {"background_color": "#ffffff", "border_style": "rounded", "button_color": "#0074d4"}
DESCRIPTOR = re.compile(r"(?=.*[A-Za-z])[^<>\\'\"*]{1,22}")


def create(d: Double, live: bool, params: dict[str, Any]) -> dict[str, Any]:
    _judge(d, live, params)
    mode = params["mode"]
    lines = [_line(d, live, mode, line, n) for n, line in enumerate(params["line_items"])]
    currency = _one_currency(lines, params)
    total = sum(line["amount_total"] for line in lines)
    amounts.check(total, currency, "line_items")
    now = d.now(params.get("customer"))
    kept = {name: value for name, value in params.items() if name in ECHOED}
    if "branding_settings" in kept:
        kept["branding_settings"] = (
            {"display_name": "Campaign fund", "font_family": "default"} | BRANDING | (kept["branding_settings"])
        )
    if mode == "payment":
        kept.setdefault("customer_creation", None if params.get("customer") else "if_required")
    key = d.key("checkout.session", live)
    session = d.add(
        "checkout.session", live, id=key, **kept, url=f"{d.base}/c/pay/{key}", mode=mode, status="open",
        payment_status="unpaid", ui_mode="hosted_page", currency=currency, amount_total=total, amount_subtotal=total,
        created=now, expires_at=params.get("expires_at", now + DAY), customer=params.get("customer"),
        metadata=dict(params.get("metadata", {})), payment_method_types=methods(params),
        total_details={"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
    )  # fmt: skip
    email = params.get("customer_email") or d.objects.get(params.get("customer", ""), {}).get("email")
    session["customer_details"] = details(email) if email else None
    data = params.get("payment_intent_data") or params.get("subscription_data") or {}
    d.hidden[key] |= {"items": [line["id"] for line in lines], "data": data}
    return session


def details(email: str | None, name: str | None = None, country: str | None = None) -> dict[str, Any]:
    """What is known of the donor: her address at first, what she typed when she has paid."""
    address = dict.fromkeys(("city", "line1", "line2", "postal_code", "state"))
    told = {"address": address | {"country": country} if country else None, "email": email, "name": name}
    return told | dict.fromkeys(("business_name", "individual_name", "phone")) | {"tax_exempt": "none", "tax_ids": []}


def methods(params: dict[str, Any]) -> list[str]:
    """Cards, and a bank debit that is paid or refused some days later."""
    offered = ["card", "sepa_debit"]
    allowed = params.get("allowed_payment_method_types", offered)
    return [each for each in offered if each in allowed and each not in params.get("excluded_payment_method_types", [])]


def _judge(d: Double, live: bool, params: dict[str, Any]) -> None:
    """What no type says."""
    if "mode" not in params:
        raise required("mode")
    _judge_built(params)
    for name in ("success_url", "line_items"):
        if not params.get(name):
            raise required(name)
    _judge_by_mode(params["mode"], params)
    _judge_texts(params)
    if "customer" in params:
        for name in {"customer_email", "customer_creation"} & params.keys():
            raise exclusive("customer", name)
        d.find("customer", params["customer"], live, "customer")
    left = params.get("expires_at", d.now() + DAY) - d.now()
    if not 1800 - 60 <= left <= DAY + 60 and not (params.get("customer") and "expires_at" not in params):
        raise Refused(
            "The `expires_at` timestamp must be between 30 minutes and 24 hours from now.", param="expires_at"
        )
    if not methods(params):
        raise Refused("No valid payment method types for this Checkout Session.", param="allowed_payment_method_types")


def _judge_built(params: dict[str, Any]) -> None:
    if params["mode"] == "setup":
        raise not_built("mode=setup")
    if params.get("ui_mode", "hosted_page") != "hosted_page":
        raise not_built("other ui_modes than hosted_page")
    for name in params.keys() - ACTED_ON:
        raise not_built(name)
    for name in ("invoice_creation", "automatic_tax"):
        if params.get(name, {}).get("enabled"):
            raise not_built(f"{name}[enabled]=true")


def _judge_by_mode(mode: str, params: dict[str, Any]) -> None:
    wrong = {
        "payment": ["subscription_data", "payment_method_collection"],
        "subscription": ["payment_intent_data", "customer_creation", "invoice_creation"],
    }[mode]
    for name in wrong:
        if name in params:
            raise Refused(f"You can not pass `{name}` in `{mode}` mode.", param=name)
    inner, known = (
        ("payment_intent_data", INTENT_DATA) if mode == "payment" else ("subscription_data", SUBSCRIPTION_DATA)
    )
    for name in params.get(inner, {}).keys() - known:
        raise not_built(f"{inner}[{name}]")
    if len(params["line_items"]) > (100 if mode == "payment" else 20):
        raise Refused(f"Too many line items for mode {mode}", param="line_items")


def _judge_texts(params: dict[str, Any]) -> None:
    for name in ("success_url", "cancel_url"):
        there = urlsplit(params.get(name, "http://x"))
        if there.scheme not in ("http", "https") or not there.netloc:
            raise Refused("Not a valid URL", code="url_invalid", param=name)
    if len(params.get("client_reference_id", "")) > 200:
        raise Refused(
            "Invalid string: client_reference_id; must be at most 200 characters", param="client_reference_id"
        )
    for place in ("customer_email", "payment_intent_data.receipt_email"):
        head, _, inner = place.partition(".")
        address = (params.get(head) or {}).get(inner) if inner else params.get(head)
        if address and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", address):
            raise Refused(f"Invalid email address: {address}", code="email_invalid", param=head)
    for name in ("statement_descriptor", "statement_descriptor_suffix"):
        text = params.get("payment_intent_data", {}).get(name)
        if text is not None and not DESCRIPTOR.fullmatch(text):
            raise Refused(f"Invalid {name}: at most 22 characters, none of < > \\ ' \" *, with a letter", param=name)
    if "statement_descriptor" in params.get("payment_intent_data", {}) and "card" in methods(params):
        told = "For card charges, set `statement_descriptor_suffix` instead of `statement_descriptor`."
        raise Refused(told, param="payment_intent_data[statement_descriptor]")


def _line(d: Double, live: bool, mode: str, line: dict[str, Any], n: int) -> dict[str, Any]:
    param = f"line_items[{n}]"
    if ("price" in line) == ("price_data" in line):
        raise exclusive(f"{param}[price]", f"{param}[price_data]") if "price" in line else required(f"{param}[price]")
    for name in line.keys() - {"price", "price_data", "quantity", "metadata"}:
        raise not_built(f"{param}[{name}]")
    quantity = line.get("quantity")
    if quantity is None or quantity < 1:
        raise (
            required(f"{param}[quantity]")
            if quantity is None
            else Refused(
                "This value must be greater than or equal to 1.",
                code="parameter_invalid_integer",
                param=f"{param}[quantity]",
            )
        )
    if "price" in line:
        price = d.find("price", line["price"], live, f"{param}[price]")
    else:
        price = new_price(d, live, line["price_data"], f"{param}[price_data]")
    if mode == "payment" and price["recurring"]:
        raise Refused("You must use `subscription` mode with recurring prices.", param=f"{param}[price]")
    if mode == "subscription" and not price["recurring"]:
        raise not_built("one-time prices in subscription mode")
    amount = price["unit_amount"] * quantity
    name = d.objects[price["product"]]["name"]
    return d.add(
        "item", live, price=price, quantity=quantity, currency=price["currency"], description=name,
        metadata=line.get("metadata", {}), amount_total=amount, amount_subtotal=amount, amount_tax=0, amount_discount=0,
    )  # fmt: skip


def new_price(d: Double, live: bool, data: dict[str, Any], param: str) -> dict[str, Any]:
    """A price given inline, or by its own call, and its product."""
    currency = amounts.known(data["currency"], f"{param}[currency]")
    if "unit_amount_decimal" in data:
        raise not_built("unit_amount_decimal")
    if "unit_amount" not in data:
        raise required(f"{param}[unit_amount]")
    if data["unit_amount"] < 0:
        raise Refused("Invalid non-negative integer", code="parameter_invalid_integer", param=f"{param}[unit_amount]")
    if ("product" in data) == ("product_data" in data):
        raise (
            required(f"{param}[product]")
            if "product" not in data
            else exclusive(f"{param}[product]", f"{param}[product_data]")
        )
    if "product" in data:
        product = d.find("product", data["product"], live, f"{param}[product]")
    else:
        inner = {name: data["product_data"][name] for name in data["product_data"].keys() - {"tax_details"}}
        product = d.add("product", live, active=False, type="service", updated=d.now(), **inner)
    recurring = data.get("recurring")
    if recurring:
        recurring = {"interval_count": 1, "usage_type": "licensed"} | recurring
    return d.add(
        "price", live, active="product" in data, billing_scheme="per_unit", currency=currency, product=product["id"],
        recurring=recurring, type="recurring" if recurring else "one_time", unit_amount=data["unit_amount"],
        unit_amount_decimal=str(data["unit_amount"]), tax_behavior=data.get("tax_behavior", "unspecified"),
        metadata=data.get("metadata", {}), nickname=data.get("nickname"), lookup_key=data.get("lookup_key"),
    )  # fmt: skip


def _one_currency(lines: list[dict[str, Any]], params: dict[str, Any]) -> str:
    currencies = {line["currency"] for line in lines} | ({params["currency"]} if "currency" in params else set())
    if len(currencies) != 1:
        raise Refused("All line items must have the same currency.", param="line_items")
    return str(currencies.pop())


def expire(d: Double, session: dict[str, Any]) -> dict[str, Any]:
    if session["status"] != "open" or d.hidden[session["id"]].get("paying"):
        told = f'Only Checkout Sessions with a status in ["open"] can be expired. This one is {session["status"]}.'
        raise Refused(told, code="checkout_session_not_open")
    return lapse(d, session)


def lapse(d: Double, session: dict[str, Any]) -> dict[str, Any]:
    """Its time is over, wherever the donor may be."""
    session |= {"status": "expired", "url": None}
    d.emit("checkout.session.expired", session)
    return session


def customer(d: Double, live: bool, **given: Any) -> dict[str, Any]:
    """A new customer, with what Stripe gives each."""
    known = {"balance": 0, "delinquent": False, "invoice_prefix": d.key("customer", live)[-8:].upper()}
    settings = {"invoice_settings": {}, "tax_exempt": "none", "next_invoice_sequence": 1, "preferred_locales": []}
    clock = given.get("test_clock")
    created = d.objects[clock]["frozen_time"] if clock else d.now()
    made = d.add("customer", live, **(known | settings | {"created": created} | given))
    d.emit("customer.created", made)
    return made


def plan_of(price: dict[str, Any]) -> dict[str, Any]:
    """The older view of a recurring price, which subscriptions still carry."""
    recurring = price["recurring"]
    return shape(
        "plan", id=price["id"], active=price["active"], amount=price["unit_amount"], livemode=price["livemode"],
        amount_decimal=price["unit_amount_decimal"], billing_scheme="per_unit", created=price["created"],
        currency=price["currency"], interval=recurring["interval"], interval_count=recurring["interval_count"],
        metadata=price["metadata"], product=price["product"], usage_type="licensed",
    )  # fmt: skip
