"""A storm: every report of a long history, in no order, repeated, while web and worker are killed; exact books after.

The suite runs a small one. The big one is asked for: `CAMPAIGN_STORM=5000 pytest tests/journeys/test_a_storm…`, and
prints its figures.
"""

import os
import signal
import time
from collections import Counter

import pytest
from sqlalchemy import select, update

from campaign.collaborators import now
from campaign.database import db, unit_of_work
from campaign.domain.giving import acknowledging, funding
from campaign.domain.giving.paying import Order
from campaign.gateways.lookout import LISTENS_TO
from campaign.gateways.payments import Till
from campaign.models.donation import Gift, GiftState, Issuer, Plan, PlanState, Receipt, ReceiptKind
from campaign.models.letter import Letter
from campaign.models.movement import Comparison, Movement, PaymentReport, ReportState
from tests.stripe_double.storm import MONTHLY, history, storm

EVENTS = int(os.environ.get("CAMPAIGN_STORM", "200"))
pytestmark = pytest.mark.parametrize("house", [os.environ.get("CAMPAIGN_STORM_ON", "sqlite")], indirect=True)


def opener(till, code):
    """Opens sessions as the site does, without a visitor's limits."""
    made = iter(range(1, 1_000_000))

    def open_session(mode):
        n = next(made)
        amount, lang = 1000 + n, "en"
        order = Order(f"key-{n}", amount, "EUR", mode == MONTHLY, code, f"{n:032x}", lang, "http://x/t", "http://x/s")
        return till.begin(order).rpartition("/")[2]

    return open_session


def leases_end():
    """Five minutes pass for what a killed worker had in its hands."""
    db.session.rollback()
    with unit_of_work():
        due = update(PaymentReport).where(PaymentReport.state == ReportState.WAITING).values(due_at=now())
        db.session.execute(due)


def waiting():
    db.session.rollback()
    return len(db.session.scalars(select(PaymentReport.id).where(PaymentReport.state == ReportState.WAITING)).all())


class Killer:
    """Kills the worker and the web in turn, as they are, and starts another."""

    def __init__(self, site):
        self.site, self.kills = site, 0
        self.worker = site.start_worker()

    def __call__(self):
        if self.kills % 2:
            os.killpg(self.site.web.pid, signal.SIGKILL)
            self.site.web.wait()
            self.site.start_web(processes=2)
        else:
            os.killpg(self.worker.pid, signal.SIGKILL)
            self.worker.wait()
            leases_end()
            self.worker = self.site.start_worker()
        self.kills += 1


def rows(of):
    return db.session.scalars(select(of).order_by(of.id)).all()


def assert_exact(books, events):
    """Our books say what theirs say: every gift, refund and dispute, every line, every document, once."""
    eur, gifts, receipts = books["gifts"]["eur"], rows(Gift), rows(Receipt)
    arrived = [gift for gift in gifts if gift.state not in {GiftState.PENDING, GiftState.FAILED}]
    assert (len(arrived), sum(gift.amount for gift in arrived)) == (eur["charges"], eur["charged"])
    assert sum(gift.refunded for gift in arrived) == eur["refunded"]
    truth = {line["id"]: (line["amount"], line["fee"], line["net"]) for line in books["objects"]["balance_transaction"]}
    assert {line.txn: (line.amount, line.fee, line.net) for line in rows(Movement)} == truth
    assert sum(line.net for line in rows(Movement)) == books["account"]["eur"]["balance"]
    kinds = Counter(receipt.kind for receipt in receipts)
    refunds = [refund for refund in books["objects"]["refund"] if refund["status"] == "succeeded"]
    lost = [dispute for dispute in books["objects"]["dispute"] if dispute["status"] == "lost"]
    assert kinds[ReceiptKind.RECEIPT] == len(arrived)
    assert kinds[ReceiptKind.CREDIT_NOTE] == len(refunds) + len(lost)
    assert [acknowledging.gaps(issuer) for issuer in rows(Issuer)] == [[]]
    ended = {plan["id"] for plan in books["objects"]["subscription"] if plan["status"] == "canceled"}
    assert {plan.subscription for plan in rows(Plan) if plan.state is PlanState.ENDED} == ended
    told = [event["id"] for event in events if event["type"] in LISTENS_TO]
    assert len(db.session.scalars(select(PaymentReport.id)).all()) == len(told)
    letters = Counter(letter.kind for letter in rows(Letter))
    assert letters["gift-receipt"] == len(receipts), "one letter for each document"
    assert letters["gift-ended"] == len(ended)


@pytest.mark.feature(85, 86)
def test_a_storm_of_reports_with_kills_ends_with_exact_books(double, make, living):
    campaign = make.campaign()
    with unit_of_work():
        code = funding.open_fund(campaign.id).code
        # The books were compared just now: what mends gaps once a day has no part in this.
        db.session.add(Comparison(at=now(), reports=0, lines=0, missed=0, mended=0, differing=0))
    history(double, opener(Till(double.key, double.secret, base=double.url), code), events=EVENTS)
    events = double.events()
    site = living(
        STRIPE_SECRET_KEY=double.key, STRIPE_WEBHOOK_SECRET=double.secret, STRIPE_API_BASE=double.url,
        MAIL_URL="smtp://127.0.0.1:9",  # letters wait: here they are counted
    )  # fmt: skip
    site.start_web(processes=2)
    killer = Killer(site)
    outcome = storm(
        f"{site.url}/hooks/stripe", double.secret, events, interrupt=killer, interrupts=2 if EVENTS < 1000 else 12
    )
    assert outcome.left == 0
    began = time.monotonic()
    while waiting() and time.monotonic() - began < 1200:
        time.sleep(0.5)
    assert waiting() == 0, Counter(report.fault for report in db.session.scalars(select(PaymentReport)))
    books = double.control("books")
    assert_exact(books, events)
    print(
        f"{outcome.events} events, {outcome.sent} sent, {outcome.taken} taken in {outcome.seconds:.0f} s, "
        f"{outcome.interrupted} kills, {outcome.refused} not answered; booked {time.monotonic() - began:.0f} s later; "
        f"{books['gifts']['eur']}"
    )
