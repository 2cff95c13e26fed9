"""What the double knows: its objects, its time, its settings, and the answers that it has given under a key."""

import copy
import json
import secrets
import string
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from stripe._api_version import _ApiVersion

from tests.stripe_double.refusals import missing
from tests.stripe_double.shapes import class_of, fields, shape
from tests.stripe_double.webhooks import Postman

VERSION = _ApiVersion.CURRENT
LETTERS = string.ascii_letters + string.digits
DAY = 86400
PREFIXES = {
    "checkout.session": "cs", "customer": "cus", "product": "prod", "price": "price", "payment_intent": "pi",
    "charge": "ch", "balance_transaction": "txn", "refund": "re", "dispute": "du", "subscription": "sub",
    "subscription_item": "si", "invoice": "in", "invoice_payment": "inpay", "line_item": "il", "item": "li",
    "event": "evt", "billing_portal.session": "bps", "payout": "po", "test_helpers.test_clock": "clock",
    "payment_method": "pm",
}  # fmt: skip
DEFAULTS: dict[str, Any] = {
    "retry_days": [3, 5, 7],  # after a failed renewal
    "after_retries": "cancel",  # or "unpaid", "past_due"
    "late_fees": False,  # balance transactions come only when told
    "available_after": 2 * DAY,
    "events": ["*"],
    "prefix": "CAMPAIGN FUND",  # of the account's statement descriptors
}


class Double:
    """One account at Stripe. Whoever changes it holds `lock`."""

    def __init__(self, secret: str, webhook: str | None, keys: list[str], state: Path | None = None) -> None:
        self.lock = threading.RLock()
        self.base = ""
        self.keys, self.state = keys, state
        self.forget()
        if state and state.exists():
            self._load(json.loads(state.read_text("utf-8")))
        self.postman = Postman(self, secret, webhook)

    def forget(self) -> None:
        """An account that was opened just now."""
        self.objects: dict[str, dict[str, Any]] = {}
        self.kinds: dict[str, list[str]] = {}  # their ids by kind, from the oldest to the newest
        self.hidden: dict[str, dict[str, Any]] = {}  # what Stripe knows of an object and does not tell
        self.answers: dict[str, dict[str, Any]] = {}  # by idempotency key
        self.settings = copy.deepcopy(DEFAULTS)
        self.offset = 0
        self.invoices = 0
        self.troubles: list[dict[str, Any]] = []  # how the next calls go wrong
        self.calls: list[dict[str, Any]] = []
        self.request: dict[str, str | None] = {"id": None, "idempotency_key": None}

    def now(self, customer: str | None = None) -> int:
        """The time at which that customer lives: of a test clock, or of the double."""
        known = self.objects.get(customer or "")
        clock = known and known.get("test_clock")
        if clock:
            return int(self.objects[clock]["frozen_time"])
        return int(time.time()) + self.offset

    def key(self, kind: str, live: bool) -> str:
        mode = "live" if live else "test"
        if kind == "checkout.session":
            return f"cs_{mode}_a1{_letters(56)}"
        if kind == "billing_portal.session":
            return f"bps_1{_letters(23)}"
        if kind in ("customer", "product"):
            return f"{PREFIXES[kind]}_{_letters(14)}"
        return f"{PREFIXES[kind]}_1{_letters(23)}"

    def add(self, kind: str, live: bool, hidden: dict[str, Any] | None = None, **given: Any) -> dict[str, Any]:
        """A new object, complete, kept under its id."""
        named = fields(class_of(kind))
        for name, value in (("created", self.now()), ("livemode", live)):
            if name in named:
                given.setdefault(name, value)
        made = shape(kind, id=given.pop("id", None) or self.key(kind, live), **given)
        self.objects[made["id"]] = made
        self.kinds.setdefault(kind, []).append(made["id"])
        self.hidden[made["id"]] = {"live": live, **(hidden or {})}
        return made

    def of_kind(self, kind: str) -> list[dict[str, Any]]:
        """From the oldest to the newest."""
        return [self.objects[key] for key in self.kinds.get(kind, [])]

    def find(self, kind: str, key: Any, live: bool, param: str = "id") -> dict[str, Any]:
        found = self.objects.get(str(key))
        spoken = kind.rpartition(".")[2] if kind.startswith(("checkout", "billing")) else kind
        if not found or found["object"] != kind:
            raise missing(spoken, key, param)
        if self.hidden[found["id"]]["live"] != live:
            raise missing(spoken, key, param, elsewhere="test" if live else "live")
        return found

    def is_live(self, thing: dict[str, Any]) -> bool:
        return bool(self.hidden[thing["id"]]["live"])

    def emit(self, kind: str, thing: dict[str, Any], before: dict[str, Any] | None = None) -> dict[str, Any]:
        """An event with the object as it is now; sent to whoever listens."""
        data: dict[str, Any] = {"object": copy.deepcopy(thing)}
        if before is not None:
            data["previous_attributes"] = {k: v for k, v in before.items() if v != thing.get(k)}
        live = self.is_live(thing)
        created = self.now(thing.get("customer") if isinstance(thing.get("customer"), str) else None)
        pending = 1 if self.postman.url and self._is_wanted(kind) else 0
        event = self.add(
            "event", live, type=kind, data=data, created=created, api_version=VERSION, pending_webhooks=pending,
            request=dict(self.request),
        )  # fmt: skip
        event.pop("account")
        if before is None:
            event["data"].pop("previous_attributes", None)
        if pending:
            self.postman.take(event["id"])
        return event

    def _is_wanted(self, kind: str) -> bool:
        return any(each in ("*", kind) for each in self.settings["events"])

    @contextmanager
    def changing(self, kind: str, thing: dict[str, Any]) -> Iterator[None]:
        """Emits `kind` with what was before, if anything in the object has changed."""
        before = copy.deepcopy(thing)
        yield
        if before != thing:
            self.emit(kind, thing, before)

    def save(self) -> None:
        """Keeps everything in the state file, if there is one, so that a killed double can come back."""
        if self.state:
            kept = {name: getattr(self, name) for name in KEPT}
            draft = self.state.with_suffix(".draft")
            draft.write_text(json.dumps(kept), "utf-8")
            draft.replace(self.state)

    def _load(self, kept: dict[str, Any]) -> None:
        for name in KEPT:
            setattr(self, name, kept[name])


KEPT = ("objects", "kinds", "hidden", "answers", "settings", "offset", "invoices")


def _letters(n: int) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(n))
