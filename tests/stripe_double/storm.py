"""A storm of webhooks: a long history of gifts, its events shuffled, repeated, and sent while the receiver is killed.

    ids = history(double, open_session, events=5000)
    outcome = storm(site_url + "/hooks/stripe", double.secret, double.events(), interrupt=kill_and_restart)
    assert outcome.left == 0                       # everything was taken in the end
    assert books_of_the_site == double.control("books")["gifts"]

As Stripe does, it sends an event again until it is answered 2xx, and now and then although it was.
"""

import json
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.stripe_double.running import StripeDouble
from tests.stripe_double.webhooks import send, signature

ONCE, MONTHLY = "payment", "subscription"
CARDS = ["4242424242424242"] * 7 + ["4000000000000002", "4000002500003155", "DE89370400440532013000"]
MONTH = 31 * 86400


@dataclass
class Outcome:
    """What came of it."""

    events: int
    sent: int = 0
    taken: int = 0
    refused: dict[int, int] = field(default_factory=dict)  # by status; 0 is no answer
    interrupted: int = 0
    left: int = 0
    seconds: float = 0.0


def history(double: StripeDouble, open_session: Callable[[str], str], events: int = 5000, seed: int = 7) -> int:
    """Gifts of every kind, until there are so many events. `open_session(mode)` opens one as the site does, and gives
    its id. Webhooks are held back; how many events there are."""
    chance = random.Random(seed)  # noqa: S311
    double.control("webhooks", paused=True)
    while True:
        for _ in range(20):
            _gift(double, open_session, chance)
        double.control("clock", seconds=MONTH // 2)
        made = len(double.control("objects", kind="event"))
        if made >= events:
            double.control("settle")
            return len(double.control("objects", kind="event"))


def _gift(double: StripeDouble, open_session: Callable[[str], str], chance: random.Random) -> None:
    mode = chance.choice([ONCE, ONCE, MONTHLY])
    key = open_session(mode)
    number = chance.choice([*CARDS, "4000000000000341"] if mode == MONTHLY else CARDS)
    session = double.control("pay", session=key, number=number)["session"]
    if session["status"] == "open":
        if number == "4000000000000002":  # she tries another card
            double.control("pay", session=key)
        else:
            asked = [
                each for each in double.control("objects", kind="payment_intent") if each["status"] == "requires_action"
            ]
            for pi in asked:
                double.control("bank", payment_intent=pi["id"], agrees=True)
    elif mode == ONCE and session["payment_status"] == "paid":
        _regret(double, session, chance.random())


def _regret(double: StripeDouble, session: dict[str, Any], dice: float) -> None:
    pi = session["payment_intent"]
    if dice < 0.1:
        double.control("refund", payment_intent=pi)
    elif dice < 0.2:
        double.control("refund", payment_intent=pi, amount=session["amount_total"] // 3)
    elif dice < 0.3:
        dispute = double.control("dispute", payment_intent=pi)
        if dice < 0.27:
            double.control("close_dispute", dispute=dispute["id"], won=dice < 0.235)


class _Rain:
    """The events still to be sent, and the hands that send them."""

    def __init__(self, url: str, secret: str, drops: list[bytes], outcome: Outcome, until: float) -> None:
        self.url, self.secret, self.drops, self.outcome, self.until = url, secret, drops, outcome, until
        self.door = threading.Lock()
        self.flying = 0

    def fall(self) -> None:
        while time.monotonic() < self.until:
            with self.door:
                drop = self.drops.pop() if self.drops else None
                self.flying += drop is not None
                if drop is None and not self.flying:
                    return
            if drop is None:
                time.sleep(0.05)
                continue
            status = send(self.url, drop, signature(drop, self.secret, int(time.time())), patience=30)
            self._record(drop, status)

    def _record(self, drop: bytes, status: int) -> None:
        taken = 200 <= status < 300
        with self.door:
            self.flying -= 1
            self.outcome.sent += 1
            self.outcome.taken += taken
            if not taken:
                self.outcome.refused[status] = self.outcome.refused.get(status, 0) + 1
                self.drops.insert(random.randrange(len(self.drops) + 1), drop)  # noqa: S311
        if not status:
            time.sleep(0.1)


def storm(
    url: str,
    secret: str,
    events: list[dict[str, Any]],
    interrupt: Callable[[], None] | None = None,
    interrupts: int = 5,
    repeated: float = 0.5,
    hands: int = 4,
    seconds: float = 600,
    seed: int = 7,
) -> Outcome:
    """Sends all, in no order, that part of them twice; calls `interrupt` so many times on the way."""
    began = time.monotonic()
    chance = random.Random(seed)  # noqa: S311
    bodies = [json.dumps(each, indent=2, ensure_ascii=False).encode() for each in events]
    bodies += chance.sample(bodies, int(len(bodies) * repeated))
    chance.shuffle(bodies)
    outcome = Outcome(len(events))
    rain = _Rain(url, secret, bodies, outcome, began + seconds)
    threads = [threading.Thread(target=rain.fall, daemon=True) for _ in range(hands)]
    for each in threads:
        each.start()
    total = len(bodies)
    for n in range(1, interrupts + 1 if interrupt else 1):
        while outcome.taken < n * total // (interrupts + 1) and any(each.is_alive() for each in threads):
            time.sleep(0.01)
        assert interrupt
        interrupt()
        outcome.interrupted += 1
    for each in threads:
        each.join()
    outcome.left, outcome.seconds = len(rain.drops), time.monotonic() - began
    return outcome
