"""The API: who may call, under which version and key, which call is which, and what it answers.

An answer is kept under its idempotency key for a day, with the errors that came after the call had begun; the same
key with other parameters is refused, and so is a key whose first call is still under way.
"""

import hashlib
import json
import re
import secrets
import threading
import time
import traceback
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_plus

from werkzeug.wrappers import Request, Response

from tests.stripe_double import listing
from tests.stripe_double.calls import CALLS, Call
from tests.stripe_double.double import DAY, VERSION, Double
from tests.stripe_double.judging import judge, read
from tests.stripe_double.refusals import Refused
from tests.stripe_double.shapes import faults

KEY = re.compile(r"(sk|rk)_(test|live)_\w+")


class HungUp(Exception):
    """The caller gets no answer: the line is cut."""


@dataclass
class Asked:
    """One request, as far as it has been understood."""

    method: str
    path: str
    encoded: str
    live: bool = False
    key: str | None = None
    first: str = ""  # the call whose answer is repeated
    id: str = field(default_factory=lambda: f"req_{secrets.token_hex(7)}")

    @property
    def print(self) -> str:
        """Equal for equal calls."""
        pairs = sorted(unquote_plus(each) for each in self.encoded.split("&"))
        return hashlib.sha256(json.dumps([self.method, self.path, pairs]).encode()).hexdigest()


class Api:
    """The door under /v1/."""

    def __init__(self, double: Double) -> None:
        self.double = double
        self.under_way: set[str] = set()
        self.door = threading.Lock()

    def answer(self, request: Request) -> Response:
        encoded = request.query_string.decode() if request.method != "POST" else request.get_data(as_text=True)
        if request.method == "DELETE":
            encoded = "&".join(each for each in (encoded, request.get_data(as_text=True)) if each)
        asked = Asked(request.method, request.path, encoded)
        try:
            self._admit(request, asked)
            trouble = self._trouble(asked)
            if trouble and trouble["kind"] in BEFORE:
                raise BEFORE[trouble["kind"]]()
            status, body, replayed = self._once(asked, trouble)
        except Refused as refusal:
            status, body, replayed = refusal.status, refusal.body(asked.id), False
        except HungUp:
            self._note(request, asked, 0)
            raise
        except Exception as fault:
            traceback.print_exc()
            told = Refused(f"The double broke: {fault!r}", status=500, kind="api_error")
            status, body, replayed = 500, told.body(asked.id), False
        self._note(request, asked, status)
        return self._respond(asked, status, body, replayed)

    def _admit(self, request: Request, asked: Asked) -> None:
        given = request.headers.get("Authorization", "")
        key = given.removeprefix("Bearer ").strip()
        if request.authorization and request.authorization.type == "basic":
            key = request.authorization.username or ""
        if not key:
            raise Refused("You did not provide an API key.", status=401)
        if key.startswith("pk_"):
            raise Refused(
                "This API call cannot be made with a publishable API key.", status=403, code="secret_key_required"
            )
        if not KEY.fullmatch(key) or (self.double.keys and key not in self.double.keys):
            raise Refused(f"Invalid API Key provided: {key[:8]}****{key[-4:]}", status=401)
        asked.live = "_live_" in key
        version = request.headers.get("Stripe-Version", VERSION)
        if version != VERSION:
            raise Refused(f"Invalid Stripe API version: {version}. The double speaks {VERSION}, as the library does.")
        asked.key = request.headers.get("Idempotency-Key")
        if asked.key is not None and not 0 < len(asked.key) <= 255:
            raise Refused("Idempotency keys must have between 1 and 255 characters")

    def _trouble(self, asked: Asked) -> dict[str, Any] | None:
        """What has been arranged for the next call of that kind, if anything."""
        with self.double.lock:
            for each in self.double.troubles:
                if each["method"] in ("*", asked.method) and each["path"] in asked.path:
                    each["times"] -= 1
                    if each["times"] <= 0:
                        self.double.troubles.remove(each)
                    return dict(each)
        return None

    def _once(self, asked: Asked, trouble: dict[str, Any] | None) -> tuple[int, Any, bool]:
        """Does the call, or repeats what was answered under its key."""
        if asked.method != "POST" or asked.key is None:
            return *self._afterwards(asked, trouble, *self._do(asked)), False
        with self.door:
            if asked.key in self.under_way:
                told = "There is currently another in-progress request using this Idempotent Key."
                raise Refused(told, status=409, kind="idempotency_error", code="idempotency_key_in_use")
            self.under_way.add(asked.key)
        try:
            kept = self.double.answers.get(asked.key)
            if kept and kept["until"] > self.double.now():
                return *self._repeat(asked, kept), True
            status, body = self._do(asked)
            kept = {
                "request": asked.id,
                "print": asked.print,
                "status": status,
                "body": body,
                "until": self.double.now() + DAY,
            }
            if trouble and trouble["kind"] == "500":
                kept |= {"status": 500, "body": BROKEN().body(asked.id)}
            with self.double.lock:
                self.double.answers[asked.key] = kept
                self.double.save()
            return *self._afterwards(asked, trouble, status, body), False
        finally:
            with self.door:
                self.under_way.discard(asked.key)

    def _repeat(self, asked: Asked, kept: dict[str, Any]) -> tuple[int, Any]:
        if kept["print"] != asked.print:
            told = "Keys for idempotent requests can only be used with the same parameters they were first used with."
            raise Refused(told, kind="idempotency_error")
        asked.first = kept["request"]
        return kept["status"], kept["body"]

    def _afterwards(self, asked: Asked, trouble: Any, status: int, body: Any) -> tuple[int, Any]:
        """What goes wrong when the call has been done."""
        kind = trouble["kind"] if trouble else ""
        if kind == "slow":
            time.sleep(trouble["seconds"])
        if kind == "lost":
            raise HungUp
        return (int(kind), BROKEN().body(asked.id)) if kind in ("500", "502") else (status, body)

    def _do(self, asked: Asked) -> tuple[int, Any]:
        call, found = _call(asked)
        params = judge(read(asked.encoded), call.params)
        d = self.double
        with d.lock:
            d.request = {"id": asked.id, "idempotency_key": asked.key if asked.method == "POST" else None}
            try:
                paths = params.pop("expand", [])
                made = call.does(d, asked.live, params, *found)
                body = listing.expanded(d, made, paths)
                wrong = faults(body)
                if wrong:
                    raise Refused(
                        f"The double made what the library does not know: {wrong}", status=500, kind="api_error"
                    )
                return 200, body
            except Refused as refusal:
                if refusal.status != 402 and refusal.status < 500:
                    raise  # parameters that do not hold are not kept under the key
                return refusal.status, refusal.body(asked.id)
            finally:
                d.request = {"id": None, "idempotency_key": None}
                if asked.method != "GET":
                    d.save()

    def _note(self, request: Request, asked: Asked, status: int) -> None:
        agent = request.headers.get("User-Agent", "").partition(" ")[0]
        with self.double.lock:
            self.double.calls.append({
                "method": asked.method, "path": asked.path, "key": asked.key, "status": status, "id": asked.id,
                "params": asked.encoded, "agent": agent,
            })  # fmt: skip

    def _respond(self, asked: Asked, status: int, body: Any, replayed: bool) -> Response:
        response = Response(json.dumps(body, indent=2), status, mimetype="application/json")
        response.headers["Request-Id"] = asked.id
        response.headers["Stripe-Version"] = VERSION
        if asked.key:
            response.headers["Idempotency-Key"] = asked.key
            response.headers["Original-Request"] = asked.first or asked.id
        if replayed:
            response.headers["Idempotent-Replayed"] = "true"
        if status in (409, 429, 502):
            response.headers["Stripe-Should-Retry"] = "true"
        elif status >= 500:
            response.headers["Stripe-Should-Retry"] = "false"
        return response


def BROKEN() -> Refused:
    return Refused("An unknown error occurred", status=500, kind="api_error")


BEFORE = {
    "429": lambda: Refused("Too many requests hit the API too quickly.", status=429, code="rate_limit"),
    "500_before": BROKEN,
    "409": lambda: Refused("Object lock timeout", status=409, code="lock_timeout"),
}
AFTER = ("500", "502", "lost", "slow")


def _call(asked: Asked) -> tuple[Call, list[str]]:
    there = False
    for call in CALLS:
        found = call.pattern.fullmatch(asked.path)
        if found and call.method == asked.method:
            return call, list(found.groups())
        there = there or bool(found)
    told = f"Unrecognized request URL ({asked.method}: {asked.path}), or one that the double does not act on."
    raise Refused(told, status=405 if there else 404)
