"""What a test does to the double behind the site's back: /_control/… with JSON, each answering JSON."""

import json
import time
from collections.abc import Callable
from typing import Any

from werkzeug.wrappers import Request, Response

from tests.stripe_double import amounts, clock, disputes, giving, paying, payouts
from tests.stripe_double.api import AFTER, BEFORE
from tests.stripe_double.double import Double
from tests.stripe_double.refusals import Refused
from tests.stripe_double.webhooks import send, signature

Act = Callable[[Double, dict[str, Any]], Any]


def answer(d: Double, request: Request) -> Response:
    name = request.path.removeprefix("/_control/").strip("/")
    given = request.get_json() if request.get_data() else {}
    if name == "wait":  # without the lock, which the postman needs
        return _json({"empty": d.postman.wait_empty(given.get("seconds", 10))})
    if name == "send":
        return _json(_send(d, given))
    act = ACTS.get(name)
    if not act:
        return _json({"error": f"no {name}; there are {sorted(ACTS)}"}, 404)
    try:
        with d.lock:
            told = act(d, given)
            d.save()
    except (Refused, KeyError, ValueError, TypeError) as reason:
        return _json({"error": f"{type(reason).__name__}: {reason}"}, 400)
    return _json(told)


def _json(told: Any, status: int = 200) -> Response:
    return Response(json.dumps(told), status, mimetype="application/json")


def _send(d: Double, given: dict[str, Any]) -> dict[str, Any]:
    """Sends an event once more and says what the receiver answered; or any body at all, rightly signed."""
    if "body" in given:
        body = given["body"].encode()
        at = given.get("at", int(time.time()))
        return {"status": send(d.postman.url or "", body, signature(body, d.postman.secret, at))}
    return {"status": d.postman.post(given["event"], given.get("how", ""))}


def _trouble(d: Double, given: dict[str, Any]) -> Any:
    """The next calls go wrong. `kind`: 500 (kept under the key, as Stripe keeps it), 502 (the answer was lost on the
    way: a repeated call gets the true one), lost (no answer at all), slow (`seconds`), and before anything has been
    done 429, 409, 500_before."""
    kind = str(given["kind"])
    if kind not in AFTER and kind not in BEFORE:
        raise ValueError(f"kind is one of {[*AFTER, *BEFORE]}")
    one = {"kind": kind, "times": 1, "method": "POST", "path": "/v1/", "seconds": 5.0} | given
    d.troubles.append(one | {"kind": kind})
    return {"troubles": d.troubles}


def _clock(d: Double, given: dict[str, Any]) -> Any:
    to = given["to"] if "to" in given else d.now() + int(given["seconds"])
    return {"done": clock.advance(d, to), "now": d.now()}


def _charge(d: Double, given: dict[str, Any]) -> dict[str, Any]:
    found = d.objects[given.get("charge") or d.objects[given["payment_intent"]]["latest_charge"]]
    assert found["object"] == "charge"
    return found


def _refund(d: Double, given: dict[str, Any]) -> Any:
    """Staff press the button in Stripe's dashboard."""
    charge = _charge(d, given)
    params = {name: given[name] for name in ("amount", "reason", "metadata") if name in given}
    return disputes.refund(d, d.is_live(charge), params | {"charge": charge["id"]})


def _pay(d: Double, given: dict[str, Any]) -> Any:
    """A donor pays, without a browser."""
    session = d.objects[given["session"]]
    if session["status"] != "open":
        raise ValueError(f"the session is {session['status']}")
    number, email = given.get("number", "4242424242424242"), given.get("email", "donor@riverpost.example")
    said = giving.pay(d, session, number, email, given.get("name", ""), given.get("country", "DE"))
    return {"said": said, "session": session}


def _settings(d: Double, given: dict[str, Any]) -> Any:
    for name, value in given.items():
        if name not in d.settings:
            raise ValueError(f"no setting {name}; there are {sorted(d.settings)}")
        d.settings[name] = value
    return d.settings


def _fees(d: Double, _given: dict[str, Any]) -> Any:
    """The balance transactions that were withheld by the setting late_fees."""
    waiting = [
        each for each in d.of_kind("charge") if each["status"] == "succeeded" and not each["balance_transaction"]
    ]
    for charge in waiting:
        paying.fees(d, charge, late=False)
    return {"done": len(waiting)}


def _settle(d: Double, given: dict[str, Any]) -> Any:
    """Bank debits reach their end now: all, or one."""
    waiting = [each for each in d.of_kind("payment_intent") if each["status"] == "processing"]
    for pi in waiting:
        if given.get("payment_intent") in (None, pi["id"]):
            clock.settle(d, pi)
    return {"done": len(waiting)}


def _replay(d: Double, given: dict[str, Any]) -> Any:
    """Takes events to the postman once more: one, or all."""
    every = [given["event"]] if "event" in given else [each["id"] for each in d.of_kind("event")]
    for key in every:
        d.postman.take(key, given.get("copies", 1))
    return {"done": len(every)}


def _reset(d: Double, _given: dict[str, Any]) -> Any:
    d.forget()
    d.postman.forget()
    return {}


def books(d: Double, _given: dict[str, Any] | None = None) -> dict[str, Any]:
    """The truth, to compare the site's books with: by the currency of the donor, and by that of the account."""
    gifts: dict[str, dict[str, int]] = {}
    for charge in d.of_kind("charge"):
        if charge["status"] == "succeeded":
            sums = gifts.setdefault(charge["currency"], dict.fromkeys(GIFTS, 0))
            sums["charges"] += 1
            sums["charged"] += charge["amount"]
            sums["refunded"] += charge["amount_refunded"]
    for dispute in d.of_kind("dispute"):
        name = "won_back" if dispute["status"] == "won" else "disputed"
        gifts[dispute["currency"]][name] += dispute["amount"]
    for sums in gifts.values():
        sums["kept"] = sums["charged"] - sums["refunded"] - sums["disputed"]
    account: dict[str, dict[str, int]] = {}
    for moved in d.of_kind("balance_transaction"):
        sums = account.setdefault(moved["currency"], dict.fromkeys(ACCOUNT, 0))
        sums[COLUMNS[moved["type"]]] += moved["amount"]
        sums["fees"] += moved["fee"]
        sums["balance"] += moved["net"]
    kinds = ("charge", "refund", "dispute", "balance_transaction", "payout", "subscription", "invoice")
    return {"gifts": gifts, "account": account, "objects": {kind: d.of_kind(kind) for kind in kinds}}


GIFTS = ("charges", "charged", "refunded", "disputed", "won_back", "kept")
ACCOUNT = ("charged", "refunded", "disputed", "fees", "paid_out", "balance")
COLUMNS = {
    "charge": "charged", "refund": "refunded", "refund_failure": "refunded", "adjustment": "disputed",
    "payout": "paid_out",
}  # fmt: skip
ACTS: dict[str, Act] = {
    "books": books,
    "calls": lambda d, _: d.calls,
    "objects": lambda d, given: d.of_kind(given["kind"]),
    "pay": _pay,
    "bank": lambda d, given: giving.answer_bank(d, d.objects[given["payment_intent"]], given.get("agrees", True)),
    "clock": _clock,
    "trouble": _trouble,
    "untroubled": lambda d, _: d.troubles.clear() or {},
    "settings": _settings,
    "webhooks": lambda d, given: d.postman.set(**given),
    "deliveries": lambda d, _: list(d.postman.log),
    "replay": _replay,
    "reset": _reset,
    "refund": _refund,
    "fail_refund": lambda d, given: disputes.fail_refund(d, d.objects[given["refund"]]),
    "dispute": lambda d, given: disputes.open_dispute(
        d, _charge(d, given), given.get("reason", "fraudulent"), given.get("amount", 0)
    ),
    "close_dispute": lambda d, given: disputes.close_dispute(d, d.objects[given["dispute"]], given["won"]),
    "payouts": lambda d, given: payouts.run(d, given.get("live", False)),
    "fees": _fees,
    "settle": _settle,
    "least": lambda _d, _given: amounts.LEAST,
    "now": lambda d, _: {"now": d.now()},
}
