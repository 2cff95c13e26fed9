"""Time passes: what falls due is done in its order, at its own moment, on a test clock or for the whole double."""

import time
from collections.abc import Callable, Iterator
from typing import Any

from tests.stripe_double import checkout, paying, payouts, subscribing
from tests.stripe_double.double import DAY, Double
from tests.stripe_double.refusals import Refused

Due = tuple[int, Callable[[], Any]]


def _lives_by(d: Double, thing: dict[str, Any]) -> str | None:
    """The test clock of an object, by its customer."""
    customer = d.objects.get(thing.get("customer") or "")
    return customer["test_clock"] if customer else None


def _dues(d: Double, clock: str | None) -> Iterator[Due]:
    for kind, found in DUE.items():
        for thing in d.of_kind(kind):
            if _lives_by(d, thing) == clock:
                yield from found(d, thing)
    if clock is None:
        yield from payouts.dues(d)


def _session(d: Double, thing: dict[str, Any]) -> Iterator[Due]:
    if thing["status"] == "open":
        yield thing["expires_at"], lambda: checkout.lapse(d, thing)


def _subscription(d: Double, thing: dict[str, Any]) -> Iterator[Due]:
    if thing["status"] in ("active", "past_due", "unpaid"):
        if thing["cancel_at"]:
            yield thing["cancel_at"], lambda: subscribing.cancel(d, thing, "cancellation_requested")
        yield subscribing.period(thing)[1], lambda: subscribing.renew(d, thing)


def _invoice(d: Double, thing: dict[str, Any]) -> Iterator[Due]:
    if thing["status"] == "draft" and thing["auto_advance"] and thing["automatically_finalizes_at"]:
        yield thing["automatically_finalizes_at"], lambda: _finalise_and_collect(d, thing)
    if thing["status"] == "open" and thing["next_payment_attempt"]:
        yield thing["next_payment_attempt"], lambda: subscribing.collect(d, thing)


def _finalise_and_collect(d: Double, invoice: dict[str, Any]) -> None:
    subscribing.finalise(d, invoice)
    subscribing.collect(d, invoice)


def _intent(d: Double, thing: dict[str, Any]) -> Iterator[Due]:
    if thing["status"] == "processing":
        yield d.hidden[thing["id"]]["settles"], lambda: settle(d, thing)


DUE: dict[str, Callable[[Double, dict[str, Any]], Iterator[Due]]] = {
    "checkout.session": _session,
    "subscription": _subscription,
    "invoice": _invoice,
    "payment_intent": _intent,
}


def settle(d: Double, pi: dict[str, Any]) -> None:
    """A bank debit has come to its end; so has what waited for it."""
    known = d.hidden[pi["id"]]
    good = paying.settle(d, pi)
    session = d.objects.get(known.get("session", ""))
    if session:
        session["payment_status"] = "paid" if good else "unpaid"
        d.emit(f"checkout.session.async_payment_{'succeeded' if good else 'failed'}", session)
    invoice = d.objects.get(known.get("invoice", ""))
    if invoice:
        (subscribing.paid if good else subscribing.failed)(d, invoice)
    if good:
        paying.fees(d, d.objects[pi["latest_charge"]])


def advance(d: Double, to: int, clock: dict[str, Any] | None = None) -> int:
    """Moves time on, and returns how many things fell due."""
    key, done = (clock["id"] if clock else None), 0
    while True:
        due = min((each for each in _dues(d, key) if each[0] <= to), key=lambda each: each[0], default=None)
        if due is None:
            break
        _set(d, clock, max(due[0], d.now() if clock is None else clock["frozen_time"]))
        due[1]()
        done += 1
    _set(d, clock, to)
    return done


def _set(d: Double, clock: dict[str, Any] | None, at: int) -> None:
    if clock:
        clock["frozen_time"] = at
    else:
        d.offset = max(d.offset, at - int(time.time()))


def create(d: Double, live: bool, params: dict[str, Any]) -> dict[str, Any]:
    if live:
        raise Refused("Test clocks are only for test mode")
    frozen = params["frozen_time"]
    made = d.add(
        "test_helpers.test_clock", live, frozen_time=frozen, name=params.get("name"), status="ready",
        deletes_after=d.now() + 30 * DAY, status_details={},
    )  # fmt: skip
    d.emit("test_helpers.test_clock.created", made)
    return made


def advance_clock(d: Double, clock: dict[str, Any], to: int) -> dict[str, Any]:
    if to <= clock["frozen_time"]:
        raise Refused("The new frozen time must be after the current one", param="frozen_time")
    advance(d, to, clock)
    d.emit("test_helpers.test_clock.ready", clock)
    return clock
