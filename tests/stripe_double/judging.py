"""Every request is judged by the installed stripe library's own typed parameters.

A parameter that the library does not name, of another type, with a value outside its list, or missing where it is
required is refused as Stripe refuses it. The library types an enumeration as "one of these, or any string", to be
ready for values of later versions; the server of the pinned version is not, so here only the listed values pass.
"""

import re
import types
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Any, Literal, NotRequired, Required, Union, get_args, get_origin
from urllib.parse import parse_qsl

import typing_extensions
from stripe._request_options import RequestOptions
from stripe._stripe_object import UntypedStripeObject

from tests.stripe_double.refusals import Refused, required, unknown

OPTIONS = set(RequestOptions.__annotations__)
ELSEWHERE = {"StripeContext": str, "Mapping": Mapping}  # names of the options, which are left out
UNIONS = (Union, types.UnionType)
KEY = re.compile(r"\[([^\]]*)\]")
METADATA = {"keys": 50, "key": 40, "value": 500}


def read(encoded: str) -> dict[str, Any]:
    """Form parameters with brackets, as nested dictionaries and lists of strings."""
    found: dict[str, Any] = {}
    for name, value in parse_qsl(encoded, keep_blank_values=True, encoding="utf-8", errors="strict"):
        head, *inner = [name.partition("[")[0], *KEY.findall(name)]
        _put(found, [head, *inner], value, name)
    return {key: _listed(value) for key, value in found.items()}


def _put(into: dict[str, Any], path: list[str], value: str, name: str) -> None:
    for here, below in pairwise(path):
        into = into.setdefault(here or str(len(into)), {})
        if not isinstance(into, dict):
            raise Refused(f"Invalid request: {name} is both a value and a hash ({below}).")
    last = path[-1] or str(len(into))
    if last in into:
        raise Refused(f"Duplicate parameter: {name}")
    into[last] = value


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {key: _listed(each) for key, each in value.items()}
    if inner and all(key.isdigit() for key in inner):
        return [inner[key] for key in sorted(inner, key=int)]
    return inner


@cache
def typed(params: type) -> tuple[dict[str, Any], frozenset[str]]:
    """The parameters that a typed dictionary names, with their types, and those that it requires."""
    hints = typing_extensions.get_type_hints(params, localns=ELSEWHERE, include_extras=True)
    named = {key: hint for key, hint in hints.items() if key not in OPTIONS}
    needed = {
        key for key, hint in named.items() if get_origin(hint) not in (NotRequired, typing_extensions.NotRequired)
    }
    return {key: _bare(hint) for key, hint in named.items()}, frozenset(needed)


def _bare(hint: Any) -> Any:
    wrappers = (NotRequired, Required, typing_extensions.NotRequired, typing_extensions.Required)
    return get_args(hint)[0] if get_origin(hint) in wrappers else hint


def judge(given: Any, params: type, path: str = "") -> dict[str, Any]:
    """The parameters, each of its Python type; or Refused."""
    if not isinstance(given, dict):
        raise Refused(f"Invalid {path}: must be a hash", code="parameter_invalid_hash", param=path)
    named, needed = typed(params)
    for key in given:
        if key not in named:
            raise unknown(_inside(path, key))
    for key in sorted(needed - given.keys()):
        raise required(_inside(path, key))
    return {key: convert(value, named[key], _inside(path, key)) for key, value in given.items()}


def _inside(path: str, key: str) -> str:
    return f"{path}[{key}]" if path else key


def convert(value: Any, hint: Any, path: str) -> Any:
    if get_origin(hint) in UNIONS or get_origin(hint) is Literal:
        return _one_of(value, hint, path)
    if get_origin(hint) is list:
        if not isinstance(value, list):
            raise Refused("Invalid array", code="parameter_invalid_array", param=path)
        return [convert(each, get_args(hint)[0], f"{path}[{n}]") for n, each in enumerate(value)]
    if get_origin(hint) in (dict, UntypedStripeObject):
        return _metadata(value, path)
    if typing_extensions.is_typeddict(hint):
        return judge(value, hint, path)
    if not isinstance(value, str):
        raise Refused(f"Invalid {path}: must be a plain value", param=path)
    return PLAIN[hint](value, path)


def _one_of(value: Any, hint: Any, path: str) -> Any:
    literals, others = _sides(hint)
    if isinstance(value, str) and value in literals:
        return value
    choices = [each for each in literals if each]
    refusal = _not_listed(value, choices, path)
    for other in sorted(others, key=lambda each: each is str):  # a plain string would swallow numbers
        if other is str and choices:
            continue
        try:
            return convert(value, other, path)
        except Refused as reason:
            refusal = reason if not choices else refusal
            if isinstance(value, dict) and typing_extensions.is_typeddict(other):
                raise
    raise refusal


def _sides(hint: Any) -> tuple[list[str], list[Any]]:
    if get_origin(hint) is Literal:
        return list(get_args(hint)), []
    literals: list[str] = []
    others: list[Any] = []
    for each in get_args(hint):
        inner = _sides(each) if get_origin(each) in (*UNIONS, Literal) else ([], [each])
        literals += inner[0]
        others += inner[1]
    return literals, others


def _not_listed(value: Any, choices: list[str], path: str) -> Refused:
    return Refused(f"Invalid {path}: must be one of {', '.join(choices)}", param=path, got=str(value)[:40])


def _metadata(value: Any, path: str) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
        raise Refused(f"Invalid {path}: must be a hash of strings", code="parameter_invalid_hash", param=path)
    if len(value) > METADATA["keys"]:
        raise Refused(f"{path} can have at most {METADATA['keys']} keys", param=path)
    for key, text in value.items():
        if len(key) > METADATA["key"] or len(text) > METADATA["value"]:
            limit = METADATA["key"] if len(key) > METADATA["key"] else METADATA["value"]
            raise Refused(f"Invalid string: {key}; must be at most {limit} characters", param=f"{path}[{key}]")
    return value


def _text(value: str, path: str) -> str:
    if value == "":
        message = f"You passed an empty string for '{path}'. We assume empty values are an attempt to unset a parameter"
        raise Refused(f"{message}; however '{path}' cannot be unset.", code="parameter_invalid_empty", param=path)
    if len(value) > 5000:
        raise Refused(f"Invalid string: {path}; must be at most 5000 characters", param=path)
    return value


def _integer(value: str, path: str) -> int:
    if not re.fullmatch(r"-?\d{1,18}", value):
        raise Refused(f"Invalid integer: {value}", code="parameter_invalid_integer", param=path)
    return int(value)


def _boolean(value: str, path: str) -> bool:
    if value not in ("true", "false"):
        raise Refused(f"Invalid boolean: {value}", param=path)
    return value == "true"


def _number(value: str, path: str) -> float:
    if not re.fullmatch(r"-?\d+(\.\d+)?", value):
        raise Refused(f"Invalid decimal: {value}", param=path)
    return float(value)


PLAIN: dict[Any, Callable[[str, str], Any]] = {
    str: _text,
    int: _integer,
    bool: _boolean,
    float: _number,
    Decimal: lambda value, path: str(_number(value, path)) and value,
}
