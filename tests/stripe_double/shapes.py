"""Objects as the installed stripe library describes them for the API version that it pins.

`shape` completes an object from the annotations of its class: what is not given becomes null, empty or false, and a
field that has moved away in this version cannot be given. `faults` says where an object differs from its class: the
double runs it on everything that it answers.
"""

import types
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar, ForwardRef, Literal, Union, get_args, get_origin

from stripe._invoice_line_item import InvoiceLineItem
from stripe._list_object import ListObject
from stripe._object_classes import OBJECT_CLASSES, get_object_class
from stripe._stripe_object import StripeObject, UntypedStripeObject

UNIONS = (Union, types.UnionType)
INCLUDABLE = {  # left out unless the caller expands them
    "checkout.session": {"line_items"},
    "invoice": {"payments", "confirmation_secret"},
    "charge": {"refunds"},
    "customer": {"sources", "subscriptions", "tax", "tax_ids", "cash_balance", "invoice_credit_balance"},
    "price": {"tiers", "currency_options"},
    "plan": {"tiers"},
}
ONLY_THE_GIVEN = {"PaymentMethod", "PaymentMethodDetails", "DestinationDetails", "PaymentMethodOptions"}  # one of many
ALWAYS_THERE = {  # of those
    "PaymentMethod": {"allow_redisplay", "billing_details", "created", "customer", "livemode", "metadata", "type"},
}
NAMES = {"Plan": "plan", "Price": "price", "SubscriptionItem": "subscription_item", "Refund": "refund"}


def class_of(kind: str) -> type[StripeObject]:
    if kind == "line_item":  # of an invoice; the library finds it by where it stands
        return InvoiceLineItem
    if kind not in OBJECT_CLASSES:
        raise ValueError(f"the library knows no object {kind!r}")
    return get_object_class("V1", kind)


@cache
def fields(cls: type) -> dict[str, Any]:
    """Its fields by name, with their annotations; constants of the class are no fields."""
    return {
        name: hint
        for name, hint in cls.__annotations__.items()
        if get_origin(hint) is not ClassVar and not name.startswith("_")
    }


def shape(kind: str, **given: Any) -> dict[str, Any]:
    """A whole object of that kind."""
    cls = class_of(kind)
    left_out = INCLUDABLE.get(kind, set()) | {"deleted"}
    whole = _complete(cls, {"object": kind, **given}, left_out)
    found = faults(whole)
    if found:
        raise ValueError(f"{kind} is not as the library has it: {found}")
    return whole


def _complete(cls: type, given: dict[str, Any], left_out: set[str] | frozenset[str] = frozenset()) -> dict[str, Any]:
    whole = dict(given)
    for name, hint in fields(cls).items():
        if name in given:
            inner = _class_inside(hint)
            if inner and isinstance(given[name], dict) and "object" not in given[name]:
                whole[name] = _complete(inner, given[name])
        elif name not in left_out and _is_shown(cls, name):
            whole[name] = _default(hint, f"{cls.__name__}.{name}")
    return dict(sorted(whole.items()))


def _is_shown(cls: type, name: str) -> bool:
    return cls.__name__ not in ONLY_THE_GIVEN or name in ALWAYS_THERE.get(cls.__name__, set())


def _class_inside(hint: Any) -> type | None:
    for each in get_args(hint) if get_origin(hint) in UNIONS else (hint,):
        if isinstance(each, type) and issubclass(each, StripeObject):
            return each
    return None


def _default(hint: Any, where: str) -> Any:
    if get_origin(hint) in UNIONS and type(None) in get_args(hint):
        return None
    origin = get_origin(hint) or hint
    if origin is list:
        return []
    if origin is UntypedStripeObject:
        return {}
    if origin is bool:
        return False
    if isinstance(origin, type) and issubclass(origin, StripeObject) and origin is not ListObject:
        return _complete(origin, {})
    raise ValueError(f"{where} must be given")


def faults(thing: Any) -> list[str]:
    """Where an object, or a list of them, is not as the library's classes have it."""
    if thing.get("object") in ("list", "search_result"):
        return [fault for each in thing["data"] for fault in faults(each)]
    if thing.get("deleted"):
        return []
    return _of_class(thing, class_of(thing["object"]), thing["object"])


def _of_class(value: Any, cls: type, where: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{where} is no hash"]
    named = fields(cls)
    found = [f"{where}.{name} is unknown" for name in value if name not in named]
    found += [f"{where}.{name} is missing" for name in named if name not in value and _must(cls, name, named[name])]
    for name, each in value.items():
        if name in named:
            found += _of_hint(each, named[name], f"{where}.{name}")
    return found


def _must(cls: type, name: str, hint: Any) -> bool:
    return not (get_origin(hint) in UNIONS and type(None) in get_args(hint)) and _is_shown(cls, name)


def _of_hint(value: Any, hint: Any, where: str) -> list[str]:
    if isinstance(hint, str | ForwardRef):
        return _named(value, hint if isinstance(hint, str) else hint.__forward_arg__, where)
    if get_origin(hint) in UNIONS:
        return _of_union(value, hint, where)
    origin = get_origin(hint) or hint
    if origin is Literal:
        return [] if value in get_args(hint) else [f"{where} may not be {value!r}"]
    if origin is list:
        if not isinstance(value, list):
            return [f"{where} is no list"]
        return [fault for each in value for fault in _of_hint(each, get_args(hint)[0], where)]
    if origin is ListObject:
        return _list_object(value, get_args(hint)[0], where)
    if origin is UntypedStripeObject or hint is Any:
        return [] if isinstance(value, dict) or hint is Any else [f"{where} is no hash"]
    if isinstance(origin, type) and issubclass(origin, StripeObject):
        return _of_class(value, origin, where)
    return [] if _plain(value, origin) else [f"{where} may not be {value!r}"]


def _of_union(value: Any, hint: Any, where: str) -> list[str]:
    sides = get_args(hint)
    if value is None and type(None) in sides:
        return []
    listed = [each for side in sides if get_origin(side) is Literal for each in get_args(side)]
    if isinstance(value, str) and listed:
        return [] if value in listed else [f"{where} may not be {value!r}"]
    tried = [_of_hint(value, side, where) for side in sides if side is not type(None) and not (listed and side is str)]
    return min(tried, key=len) if tried else [f"{where} may not be {value!r}"]


def _named(value: Any, name: str, where: str) -> list[str]:
    """A whole object of another class, as it stands where a field has been expanded."""
    if not isinstance(value, dict) or "object" not in value:
        return [f"{where} is no {name}"]
    found = faults(value)
    cls = class_of(value["object"])
    right = cls.__name__ == name.removesuffix("Resource")
    return found if right else [f"{where} holds {value['object']}, not {name}"]


def _list_object(value: Any, inner: Any, where: str) -> list[str]:
    if not isinstance(value, dict) or set(value) != {"object", "data", "has_more", "url"}:
        return [f"{where} is no list object"]
    return [fault for each in value["data"] for fault in _of_hint(each, inner, where)]


def _plain(value: Any, hint: Any) -> bool:
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if hint is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if hint is Decimal:
        return isinstance(value, str)
    return isinstance(value, hint)


def expandable(cls_name: str, field: str) -> bool:
    """Whether a field of that kind of object may be expanded."""
    if field in INCLUDABLE.get(cls_name, set()):
        return True
    hint = fields(class_of(cls_name)).get(field)
    return "ForwardRef" in repr(hint) and "str" in repr(hint)


def listed(data: list[Any], url: str, *, more: bool = False) -> dict[str, Any]:
    return {"object": "list", "data": data, "has_more": more, "url": url}
