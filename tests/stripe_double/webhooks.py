"""Webhooks: events signed and sent by HTTP, again until they are taken; late, twice or out of order when told.

An event is signed anew at each attempt, at the time of the machine's own clock, as the receiver will compare it.
"""

import hmac
import http.client
import json
import random
import threading
import time
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from tests.stripe_double.double import Double

AGAIN_AFTER = [0.2, 0.5, 1, 2, 4, 8, 8, 8]  # seconds; Stripe takes three days
PATIENCE = 10.0


def signature(body: bytes, secret: str, at: int) -> str:
    told = hmac.new(secret.encode(), f"{at}.".encode() + body, sha256).hexdigest()
    return f"t={at},v1={told}"


def send(url: str, body: bytes, signed: str, patience: float = PATIENCE) -> int:
    """The status that the receiver answers; 0 if it does not."""
    there = urlsplit(url)
    kind = http.client.HTTPSConnection if there.scheme == "https" else http.client.HTTPConnection
    line = kind(there.hostname or "", there.port, timeout=patience)
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Stripe-Signature": signed,
        "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
    }
    try:
        line.request("POST", there.path or "/", body, headers)
        return line.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        line.close()


class Postman:
    """Carries events to one endpoint."""

    def __init__(self, double: "Double", secret: str, url: str | None) -> None:
        self.double = double
        self.opened_with = (secret, url)
        self.carrying = 0
        self.bell = threading.Condition()
        self.forget()
        for each in double.objects.values():
            if each["object"] == "event" and each["pending_webhooks"]:
                self.take(each["id"])

    def forget(self) -> None:
        """Nothing to carry, nothing carried, and no special wishes."""
        with self.bell:
            self.secret, self.url = self.opened_with
            self.bag: list[dict[str, Any]] = []  # what is to be carried: event, when, attempt
            self.log: list[dict[str, Any]] = []
            self.paused = self.shuffles = False
            self.copies, self.delay = 1, 0.0
            self.again_after = list(AGAIN_AFTER)

    def start(self, hands: int = 1) -> None:
        for _ in range(hands):
            threading.Thread(target=self._walk, daemon=True).start()

    def take(self, event: str, copies: int | None = None) -> None:
        with self.bell:
            at = time.monotonic() + self.delay
            for _ in range(copies or self.copies):
                self.bag.append({"event": event, "at": at, "attempt": 0})
            self.bell.notify_all()

    def set(self, **how: Any) -> dict[str, Any]:
        names = {"paused", "shuffles", "copies", "delay", "again_after", "url", "secret"}
        if set(how) - names:
            raise ValueError(f"unknown: {sorted(set(how) - names)}")
        with self.bell:
            for name, value in how.items():
                setattr(self, name, value)
            if "delay" not in how and how.get("paused") is False:
                now = time.monotonic()
                for each in self.bag:
                    each["at"] = min(each["at"], now)
            self.bell.notify_all()
        return self.told()

    def told(self) -> dict[str, Any]:
        with self.bell:
            return {
                "paused": self.paused, "shuffles": self.shuffles, "copies": self.copies, "delay": self.delay,
                "waiting": len(self.bag), "carrying": self.carrying, "sent": len(self.log), "url": self.url,
            }  # fmt: skip

    def wait_empty(self, seconds: float) -> bool:
        """Whether everything was carried, or given up, within that time."""
        until = time.monotonic() + seconds
        with self.bell:
            while self.bag or self.carrying:
                if not self.bell.wait(until - time.monotonic()) and time.monotonic() >= until:
                    return False
        return True

    def _walk(self) -> None:
        while True:
            with self.bell:
                each = self._next()
                while each is None:
                    self.bell.wait(self._until_next())
                    each = self._next()
                self.carrying += 1
            try:
                self._carry(each)
            finally:
                with self.bell:
                    self.carrying -= 1
                    self.bell.notify_all()

    def _next(self) -> dict[str, Any] | None:
        now = time.monotonic()
        due = [] if self.paused else [each for each in self.bag if each["at"] <= now]
        if not due:
            return None
        chosen = random.choice(due) if self.shuffles else due[0]  # noqa: S311
        self.bag.remove(chosen)
        return chosen

    def _until_next(self) -> float | None:
        if self.paused or not self.bag:
            return None
        return max(0.0, min(each["at"] for each in self.bag) - time.monotonic())

    def _carry(self, each: dict[str, Any]) -> None:
        status = self.post(each["event"])
        if 200 <= status < 300:
            with self.double.lock:
                if each["event"] in self.double.objects:
                    self.double.objects[each["event"]]["pending_webhooks"] = 0
        elif each["attempt"] < len(self.again_after):
            with self.bell:
                later = time.monotonic() + self.again_after[each["attempt"]]
                self.bag.append({"event": each["event"], "at": later, "attempt": each["attempt"] + 1})

    def post(self, event: str, how: str = "") -> int:
        """Sends an event once. `how` spoils it: "forged", "stale", "altered" or "unsigned"."""
        if not self.url:
            return 0
        with self.double.lock:
            if event not in self.double.objects:  # forgotten meanwhile
                return 200
            body = json.dumps(self.double.objects[event], indent=2, ensure_ascii=False).encode()
        at = int(time.time()) - (3600 if how == "stale" else 0)
        signed = signature(body, "whsec_of_somebody_else" if how == "forged" else self.secret, at)
        if how == "altered":
            body = body.replace(b'"amount": ', b'"amount": 9') + b" "
        status = send(self.url, body, "" if how == "unsigned" else signed)
        entry = {"event": event, "status": status, "at": at, "how": how}
        with self.bell:
            self.log.append(entry)
        return status
