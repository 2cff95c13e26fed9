"""Situations of giving, as the payment company would show them: looks, which booking takes."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from campaign import worker
from campaign.database import db, unit_of_work
from campaign.domain.giving import funding
from campaign.domain.giving.acknowledging import Books
from campaign.domain.giving.paying import ChargeSeen, DonorSeen, Line, Look, PlanSeen, RefundSeen
from campaign.gateways.payments import Till
from tests.inspector import InspectedClient
from tests.make import GIVEN_OUT, NOON, Make
from tests.stripe_double.running import StripeDouble
from tests.web.filling import stamp_of

_numbers = count(1)
LEILA = DonorSeen("leila.gives@giftpost.example", "Leïla Ouazzani-Gift", ("1 Lake Road", "1000 City", "CH"))


class Giving:
    """What happens around gifts to one campaign."""

    def __init__(self, make: Make) -> None:
        self.books = Books(make.seal, "Example Rights Network", "1 Example Street\n1000 Example City")
        self.campaign = make.campaign()
        with unit_of_work():
            self.code = funding.open_fund(self.campaign.id).code
        GIVEN_OUT.update({LEILA.email, LEILA.name})

    def charge(self, amount: int = 2500, currency: str = "EUR", *, at: datetime = NOON) -> ChargeSeen:
        n = next(_numbers)
        line = Line(f"txn_{n}", "charge", f"ch_{n}", at, at + timedelta(days=2), amount, 50, amount - 50, currency)
        return ChargeSeen(f"ch_{n}", amount, currency, "succeeded", at, 0, lines=(line,))

    def look(
        self, charge: ChargeSeen | None, plan: PlanSeen | None = None, *, at: datetime = NOON, donor: DonorSeen = LEILA
    ) -> Look:
        return Look(at, code=self.code, reference="", donor=donor, charge=charge, plan=plan)

    def plan(self, status: str = "active", *, amount: int = 1000, at: datetime = NOON) -> PlanSeen:
        n = next(_numbers)
        return PlanSeen(f"sub_{n}", f"cus_{n}", status, amount, "EUR", at, at + timedelta(days=30), None)


def refunded(charge: ChargeSeen, amount: int, status: str = "succeeded", id: str = "") -> ChargeSeen:
    refund = RefundSeen(id or f"re_{charge.id}_{len(charge.refunds)}", amount, status)
    others = tuple(each for each in charge.refunds if each.id != refund.id)
    gone = charge.refunded + amount if status == "succeeded" else charge.refunded - amount
    return replace(charge, refunded=gone, refunds=(*others, refund))


class TillSite:
    """The site of a test joined to a running double of Stripe: what a donor, Stripe and the worker do, by name."""

    def __init__(self, app: Flask, client: InspectedClient, double: StripeDouble) -> None:
        self.app, self.client, self.double = app, client, double
        known = app.extensions["collaborators"]
        giving = replace(
            known.settings.giving, key=double.key, webhook_secret=double.secret, api_base=double.url,
            pages=(double.url,), currencies=("EUR", "JPY", "KWD"), descriptor="DONATION",
        )  # fmt: skip
        settings = replace(known.settings, giving=giving)
        self.till = Till(double.key, double.secret, base=double.url, descriptor="DONATION")
        app.extensions["collaborators"] = replace(known, settings=settings, till=self.till)

    def form(self, slug: str, currency: str = "EUR", **changed: str) -> dict[str, str]:
        """What stands in the page's form, filled in."""
        page = self.client.get(f"/campaigns/{slug}/give?currency={currency}")
        once = page.text.partition('name="once" value="')[2].partition('"')[0]
        filled = {"stamp": stamp_of(page), "once": once, "currency": currency, "interval": "once", "amount": "2500"}
        return {key: value for key, value in (filled | changed).items() if value is not None}

    def send(self, slug: str, form: dict[str, str]) -> TestResponse:
        return self.client.post(f"/campaigns/{slug}/give", data=form)

    def begin(self, slug: str, currency: str = "EUR", **changed: str) -> str:
        """The id of the session to which the form leads."""
        answer = self.send(slug, self.form(slug, currency, **changed))
        assert answer.status_code == 303, answer.text
        return answer.headers["Location"].rpartition("/")[2]

    def pay(self, session: str, donor: DonorSeen = LEILA, **how: Any) -> dict[str, Any]:
        GIVEN_OUT.update({donor.email, donor.name})
        paid = self.double.control("pay", session=session, email=donor.email, name=donor.name, **how)
        found: dict[str, Any] = paid["session"]
        return found

    def hear(self) -> int:
        """Everything is carried here, and the worker has booked it."""
        self.double.delivered()
        db.session.commit()
        return worker.hear_of_gifts()

    def give(self, slug: str, currency: str = "EUR", **changed: str) -> dict[str, Any]:
        """From the form to the books."""
        session = self.pay(self.begin(slug, currency, **changed))
        self.hear()
        return session

    def later(self, days: float) -> None:
        self.double.control("clock", seconds=int(days * 86400))
        self.hear()


@pytest.fixture
def double() -> Iterator[StripeDouble]:
    running = StripeDouble().start()
    yield running
    running.stop()


@pytest.fixture
def till_site(app: Flask, client: InspectedClient, double: StripeDouble) -> Iterator[TillSite]:
    """This test's site with a till, and Stripe's webhooks coming in over HTTP."""
    joined = TillSite(app, client, double)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)  # asks so often whether to end
    thread.start()
    double.control("webhooks", url=f"http://127.0.0.1:{server.port}/hooks/stripe")
    yield joined
    server.shutdown()
    thread.join()
    server.server_close()
