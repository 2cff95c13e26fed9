"""Lists and expansion: pages by cursor, filters, and fields filled with the objects that they name."""

import copy
from collections.abc import Callable
from typing import Any

from tests.stripe_double.double import Double
from tests.stripe_double.refusals import Refused, exclusive, missing_here, not_built
from tests.stripe_double.shapes import expandable, listed

PAGING = {"limit", "starting_after", "ending_before", "expand"}
TIMES = {"created", "arrival_date", "due_date", "current_period_end", "current_period_start"}
DEEPEST = 4
Test = Callable[[Double, dict[str, Any], Any], bool]


def page(d: Double, kind: str, live: bool, params: dict[str, Any], url: str, start: Any = None) -> dict[str, Any]:
    """One page, the newest first."""
    tests = {name: value for name, value in params.items() if name not in PAGING}
    if "types" in tests and "type" in tests:
        raise exclusive("type", "types")
    every = d.of_kind(kind) if start is None else start
    rows = [each for each in reversed(every) if d.is_live(each) == live and _passes(d, each, tests)]
    rows, more = _cut(rows, params)
    return listed(rows, url, more=more)


def _cut(rows: list[dict[str, Any]], params: dict[str, Any]) -> tuple[list[dict[str, Any]], bool]:
    limit = params.get("limit", 10)
    if not 1 <= limit <= 100:
        raise Refused("Invalid integer: limit must be between 1 and 100", param="limit")
    after, before = params.get("starting_after"), params.get("ending_before")
    if after and before:
        raise exclusive("starting_after", "ending_before")
    ids = [each["id"] for each in rows]
    for name, key in (("starting_after", after), ("ending_before", before)):
        if key and key not in ids:
            raise missing_here("object", key, name)
    if before:
        rows = rows[: ids.index(before)]
        return rows[-limit:], len(rows) > limit
    if after:
        rows = rows[ids.index(after) + 1 :]
    return rows[:limit], len(rows) > limit


def _passes(d: Double, thing: dict[str, Any], tests: dict[str, Any]) -> bool:
    if thing["object"] == "subscription" and "status" not in tests and thing["status"] == "canceled":
        return False
    on_clock = thing["object"] in ("customer", "subscription") and thing["test_clock"]
    if on_clock and not {"test_clock", "customer"} & set(tests):
        return False
    return all(_one(d, thing, name, wanted) for name, wanted in tests.items())


def _one(d: Double, thing: dict[str, Any], name: str, wanted: Any) -> bool:
    special = SPECIAL.get((thing["object"], name)) or SPECIAL.get(("", name))
    if special:
        return special(d, thing, wanted)
    if name in TIMES:
        return _within(_when(thing, name), wanted)
    if name not in thing or isinstance(wanted, dict | list):
        raise not_built(f"a list of {thing['object']} by {name}")
    return bool(thing[name] == wanted)


def _when(thing: dict[str, Any], name: str) -> Any:
    if name.startswith("current_period"):
        return min(each[name] for each in thing["items"]["data"])
    return thing[name]


def _within(value: Any, wanted: Any) -> bool:
    if value is None:
        return False
    if isinstance(wanted, int):
        return bool(value == wanted)
    told = {"gt": value > wanted.get("gt", value - 1), "gte": value >= wanted.get("gte", value)}
    told |= {"lt": value < wanted.get("lt", value + 1), "lte": value <= wanted.get("lte", value)}
    return all(told.values())


def _of_type(_d: Double, thing: dict[str, Any], wanted: str) -> bool:
    if wanted.endswith("*"):
        return bool(thing["type"].startswith(wanted[:-1]))
    return bool(thing["type"] == wanted)


def _of_subscription(_d: Double, thing: dict[str, Any], wanted: str) -> bool:
    parent = (thing["parent"] or {}).get("subscription_details") or {}
    return bool(parent.get("subscription") == wanted)


def _in_state(_d: Double, thing: dict[str, Any], wanted: str) -> bool:
    ended = {"canceled", "incomplete_expired"}
    return wanted == "all" or thing["status"] == wanted or (wanted == "ended" and thing["status"] in ended)


def _pays_with(_d: Double, thing: dict[str, Any], wanted: dict[str, str]) -> bool:
    payment = thing["payment"]
    return payment["type"] == wanted["type"] and wanted.get("payment_intent") in (None, payment["payment_intent"])


SPECIAL: dict[tuple[str, str], Test] = {
    ("event", "type"): _of_type,
    ("event", "types"): lambda d, thing, wanted: any(_of_type(d, thing, each) for each in wanted),
    ("event", "delivery_success"): lambda _, thing, wanted: (thing["pending_webhooks"] == 0) == wanted,
    ("invoice", "subscription"): _of_subscription,
    ("subscription", "status"): _in_state,
    ("subscription", "price"): lambda _, t, wanted: any(i["price"]["id"] == wanted for i in t["items"]["data"]),
    ("invoice_payment", "payment"): _pays_with,
    ("balance_transaction", "payout"): lambda d, thing, wanted: d.hidden[thing["id"]].get("payout") == wanted,
    ("checkout.session", "customer_details"): lambda _, t, w: (t["customer_details"] or {}).get("email") == w["email"],
}


def expanded(d: Double, thing: dict[str, Any], paths: list[str]) -> dict[str, Any]:
    """A copy in which the named fields hold objects rather than their ids."""
    thing = copy.deepcopy(thing)
    for path in paths:
        parts = path.split(".")
        if len(parts) - (parts[0] == "data") > DEEPEST:
            raise Refused("You cannot expand more than 4 levels of a property", param="expand")
        _fill(d, thing, parts, path)
    return thing


def _fill(d: Double, thing: Any, parts: list[str], path: str) -> None:
    if not parts or thing is None:
        return
    head, rest = parts[0], parts[1:]
    if isinstance(thing, list):
        for each in thing:
            _fill(d, each, parts, path)
        return
    kind = thing.get("object", "")
    if kind == "list" and head == "data":
        _fill(d, thing["data"], rest, path)
        return
    value = thing.get(head)
    if kind and kind != "list" and head not in thing and expandable(kind, head):
        value = thing[head] = included(d, thing, head)
    elif isinstance(value, str):
        if (kind and not expandable(kind, head)) or value not in d.objects:
            raise _cannot(path)
        value = thing[head] = copy.deepcopy(d.objects[value])
    elif head not in thing or (value is not None and not isinstance(value, dict | list)):
        raise _cannot(path)
    if not rest and kind and not expandable(kind, head) and value is None:
        raise _cannot(path)
    _fill(d, value, rest, path)


def _cannot(path: str) -> Refused:
    return Refused(f"This property cannot be expanded ({path}).", param="expand")


def included(d: Double, thing: dict[str, Any], name: str) -> Any:
    """What an object holds only for those who ask."""
    key, kind = thing["id"], thing["object"]
    if (kind, name) == ("checkout.session", "line_items"):
        data = [copy.deepcopy(d.objects[each]) for each in d.hidden[key]["items"]]
        return listed(data, f"/v1/checkout/sessions/{key}/line_items")
    if (kind, name) in WITHIN:
        inner, field, url = WITHIN[kind, name]
        rows = [copy.deepcopy(each) for each in reversed(d.of_kind(inner)) if each[field] == key]
        return listed(rows[:10], url.format(key), more=len(rows) > 10)
    return None


WITHIN = {
    ("invoice", "payments"): ("invoice_payment", "invoice", "/v1/invoice_payments?invoice={}"),
    ("charge", "refunds"): ("refund", "charge", "/v1/charges/{}/refunds"),
    ("customer", "subscriptions"): ("subscription", "customer", "/v1/customers/{}/subscriptions"),
}
