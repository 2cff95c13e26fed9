"""The billing portal: a session opened by the site, in which a donor cancels, goes on, or changes her card."""

from typing import Any
from urllib.parse import urlsplit

from tests.stripe_double import paying, subscribing
from tests.stripe_double.double import Double
from tests.stripe_double.refusals import Refused, not_built, required

LASTS = 300  # seconds until somebody opens it
FLOWS = ("payment_method_update", "subscription_cancel")


def create(d: Double, live: bool, params: dict[str, Any]) -> dict[str, Any]:
    for name in params.keys() - {"customer", "return_url", "flow_data", "locale", "configuration"}:
        raise not_built(f"billing portal sessions with {name}")
    if "customer" not in params:
        raise required("customer")
    customer = d.find("customer", params["customer"], live, "customer")
    back = params.get("return_url")
    if back and urlsplit(back).scheme not in ("http", "https"):
        raise Refused("Not a valid URL", code="url_invalid", param="return_url")
    flow = params.get("flow_data")
    if flow and flow["type"] not in FLOWS:
        raise not_built(f"flow_data[type]={flow['type']}")
    if flow and flow["type"] == "subscription_cancel":
        if "subscription_cancel" not in flow:
            raise required("flow_data[subscription_cancel]")
        d.find("subscription", flow["subscription_cancel"]["subscription"], live, "flow_data[subscription_cancel]")
    if flow:
        flow.setdefault("after_completion", {"type": "portal_homepage"})
    key = d.key("billing_portal.session", live)
    return d.add(
        "billing_portal.session", live, id=key, configuration=params.get("configuration", "bpc_1Double"), flow=flow,
        customer=customer["id"], return_url=back, url=f"{d.base}/p/session/{key}", locale=params.get("locale"),
    )  # fmt: skip


def is_open(d: Double, session: dict[str, Any]) -> bool:
    return d.now() - session["created"] <= LASTS or bool(d.hidden[session["id"]].get("seen"))


def subscriptions(d: Double, session: dict[str, Any]) -> list[dict[str, Any]]:
    every = d.of_kind("subscription")
    return [each for each in every if each["customer"] == session["customer"] and each["status"] != "canceled"]


def end(d: Double, session: dict[str, Any], key: str, ends: bool) -> None:
    """At the end of the period that is paid, as the portal does unless it is set otherwise."""
    for sub in subscriptions(d, session):
        if sub["id"] == key:
            subscribing.update(d, sub, {"cancel_at_period_end": ends})


def change_card(d: Double, session: dict[str, Any], number: str) -> str:
    """Empty, or why the card was not taken."""
    customer = d.objects[session["customer"]]
    pm = paying.method(d, d.is_live(session), number, customer["email"], customer["name"], customer["id"])
    if pm is None:
        return "Your card number is invalid."
    if paying.means(d, pm["id"]).refuses:
        return "Your card was declined."
    d.emit("payment_method.attached", pm)
    with d.changing("customer.updated", customer):
        customer["invoice_settings"] = (customer["invoice_settings"] or {}) | {"default_payment_method": pm["id"]}
    for sub in subscriptions(d, session):
        with d.changing("customer.subscription.updated", sub):
            sub["default_payment_method"] = pm["id"]
    return ""
