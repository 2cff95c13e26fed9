"""The double for tests: started and ended as a process, and told what to do.

double = StripeDouble(webhook="http://127.0.0.1:5000/hooks/stripe").start()
client = stripe.StripeClient(double.key, base_addresses={"api": double.url})
double.control("pay", session="cs_test_…")
double.stop()
"""

import json
import os
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest
import stripe

from tests.nursery import NURSERY, Process


@dataclass
class StripeDouble:
    """One running double. `control` acts as the world outside of the site does."""

    webhook: str | None = None
    secret: str = "whsec_double"
    key: str = "sk_test_double"
    only_this_key: bool = False
    state: Path | None = None
    hands: int = 1
    port: int = 0
    url: str = ""
    process: Process | None = None
    more: list[str] = field(default_factory=list)

    def start(self) -> "StripeDouble":
        command = ["tests.stripe_double", "--port", str(self.port), "--secret", self.secret]
        command += ["--hands", str(self.hands), *self.more]
        command += ["--webhook", self.webhook] if self.webhook else []
        command += ["--key", self.key] if self.only_this_key else []
        command += ["--state", str(self.state)] if self.state else []
        heard, said = os.pipe()
        self.process = NURSERY.start(command, os.environ, said, 2)
        os.close(said)
        with os.fdopen(heard) as words:
            self.url = words.readline().strip()
        assert self.url, "the double did not start"
        self.port = int(self.url.rpartition(":")[2])
        return self

    def stop(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def control(self, act: str, **given: Any) -> Any:
        """An act of tests/stripe_double/control.py."""
        request = urllib.request.Request(f"{self.url}/_control/{act}", json.dumps(given).encode())  # noqa: S310
        request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310
                return json.load(answer)
        except HTTPError as refusal:
            with refusal:
                raise ValueError(refusal.read().decode()) from None

    def events(self) -> list[dict[str, Any]]:
        """All that have happened, from the first."""
        found: list[dict[str, Any]] = self.control("objects", kind="event")
        return found

    def delivered(self, seconds: float = 20) -> None:
        """Waits until every webhook has been carried."""
        assert self.control("wait", seconds=seconds)["empty"], self.control("webhooks")


def client_of(double: StripeDouble, **how: Any) -> stripe.StripeClient:
    """The real library, speaking to the double."""
    return stripe.StripeClient(double.key, base_addresses={"api": double.url}, **how)


def open_session(
    client: stripe.StripeClient, amount: Any = 1500, currency: str = "eur", mode: str = "payment", **change: Any
) -> Any:
    """A Checkout Session as a site that takes gifts opens one, with changes; None takes a parameter away."""
    price = {"currency": currency, "unit_amount": amount, "product_data": {"name": "Gift"}}
    data = "payment_intent_data" if mode == "payment" else "subscription_data"
    params: dict[str, Any] = {
        "mode": mode,
        "submit_type": "donate",
        "success_url": "http://127.0.0.1/thanks?session={CHECKOUT_SESSION_ID}",
        "cancel_url": "http://127.0.0.1/again",
        "line_items": [{"quantity": 1, "price_data": price}],
        "metadata": {"code": "k7"},
        data: {"metadata": {"code": "k7"}},
    }
    if mode == "payment":
        params["customer_creation"] = "always"
    else:
        price["recurring"] = {"interval": "month"}
    params |= change
    options = params.pop("options", {})
    return client.v1.checkout.sessions.create({k: v for k, v in params.items() if v is not None}, options)


@pytest.fixture
def stripe_double() -> Iterator[StripeDouble]:
    """A double without a receiver; give it one with `control("webhooks", url=…)`."""
    double = StripeDouble().start()
    yield double
    double.stop()
