"""What the double remembers: gifts, renewals, refunds, disputes, keys, troubles, and the webhooks about them."""

import json
import re
import urllib.request
from urllib.parse import urlencode

import pytest
import stripe

from tests.stripe_double.receiver import Receiver
from tests.stripe_double.running import StripeDouble, client_of, open_session
from tests.stripe_double.storm import history, storm

DAY = 86400
DECLINED, LATER, BANK, DEBIT = "4000000000000002", "4000000000000341", "4000002500003155", "DE89370400440532013000"


@pytest.fixture(scope="module")
def process():
    double = StripeDouble().start()
    yield double
    double.stop()


@pytest.fixture
def double(process):
    process.control("reset")
    return process


@pytest.fixture
def client(double):
    return client_of(double)


@pytest.fixture
def receiver(double):
    receiver = Receiver(double.secret)
    double.control("webhooks", url=receiver.url)
    yield receiver
    receiver.close()


class Browser(urllib.request.HTTPRedirectHandler):
    """A donor's browser that stops at every redirection."""

    def redirect_request(self, *_):
        return None

    def post(self, url, **given):
        opener = urllib.request.build_opener(self)
        try:
            with opener.open(url, urlencode(given).encode()) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.code, answer.headers.get("Location") or answer.read().decode()


def types(events):
    return [each["type"] for each in events]


def test_a_gift_on_the_page_comes_back_to_the_site_and_into_the_books(double, client, receiver):
    session = open_session(client, amount=2500)
    status, said = Browser().post(session.url, email="ana@riverpost.example", number=DECLINED)
    assert (status, "Your card was declined." in said) == (402, True)
    status, where = Browser().post(session.url, email="ana@riverpost.example", number="4242 4242 4242 4242")
    assert (status, where) == (303, f"http://127.0.0.1/thanks?session={session.id}")
    assert Browser().post(session.url, number="4242424242424242")[0] == 200  # a second click pays nothing
    path = ["line_items", "payment_intent.latest_charge.balance_transaction", "customer"]
    session = client.v1.checkout.sessions.retrieve(session.id, {"expand": path})
    charge = session.payment_intent.latest_charge
    assert (session.status, session.payment_status, charge.amount) == ("complete", "paid", 2500)
    assert (charge.metadata.to_dict(), charge.balance_transaction.fee) == ({"code": "k7"}, 103)
    assert session.customer.email == "ana@riverpost.example"
    double.delivered()
    assert set(types(receiver.taken)) == {
        *["customer.created", "payment_intent.created", "charge.failed", "payment_intent.payment_failed"],
        *["charge.succeeded", "payment_intent.succeeded", "checkout.session.completed", "charge.updated"],
    }
    books = double.control("books")
    assert books["gifts"] == {
        "eur": {"charges": 1, "charged": 2500, "refunded": 0, "disputed": 0, "won_back": 0, "kept": 2500}
    }
    assert books["account"]["eur"]["balance"] == 2500 - 103


def test_the_bank_may_ask_and_the_donor_may_fail(double, client):
    session = open_session(client)
    bank = Browser().post(session.url, email="a@b.example", number=BANK)[1]
    assert "/c/bank/pi_" in bank
    assert Browser().post(double.url + bank, answer="fail")[1] == f"/c/pay/{session.id}"
    bank = Browser().post(session.url, email="a@b.example", number=BANK)[1]
    assert Browser().post(double.url + bank, answer="complete")[1].endswith(session.id)
    assert client.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"
    assert double.control("books")["gifts"]["eur"]["charges"] == 1


@pytest.mark.parametrize(("iban", "result"), [(DEBIT, "succeeded"), ("DE62370400440532013001", "failed")])
def test_a_bank_debit_is_decided_days_later(double, client, iban, result):
    session = open_session(client)
    Browser().post(session.url, email="a@b.example", method="sepa_debit", iban=iban)
    session = client.v1.checkout.sessions.retrieve(session.id)
    assert (session.status, session.payment_status) == ("complete", "unpaid")
    double.control("clock", seconds=6 * DAY)
    assert types(double.events()).count(f"checkout.session.async_payment_{result}") == 1
    paid = client.v1.checkout.sessions.retrieve(session.id).payment_status
    assert paid == ("paid" if result == "succeeded" else "unpaid")


def test_a_monthly_gift_is_renewed_and_ended_in_the_portal(double, client):
    session = open_session(client, mode="subscription", amount=1000)
    double.control("pay", session=session.id)
    double.control("clock", seconds=70 * DAY)
    invoices = client.v1.invoices.list({"expand": ["data.payments"]}).data
    assert [(each.status, each.billing_reason) for each in invoices] == [
        ("paid", "subscription_cycle"), ("paid", "subscription_cycle"), ("paid", "subscription_create"),
    ]  # fmt: skip
    details = invoices[0].parent.subscription_details
    assert details.metadata.to_dict() == {"code": "k7"}
    pi = invoices[0].payments.data[0].payment.payment_intent
    asked = {"payment": {"type": "payment_intent", "payment_intent": pi}}
    assert client.v1.invoice_payments.list(asked).data[0].invoice == invoices[0].id
    sub = client.v1.subscriptions.retrieve(details.subscription)
    portal = client.v1.billing_portal.sessions.create({"customer": sub.customer, "return_url": "http://127.0.0.1/me"})
    assert Browser().post(portal.url, act=f"end {sub.id}")[0] == 303
    assert client.v1.subscriptions.retrieve(sub.id).cancel_at_period_end
    double.control("clock", seconds=40 * DAY)
    sub = client.v1.subscriptions.retrieve(sub.id)
    assert (sub.status, sub.cancellation_details.reason) == ("canceled", "cancellation_requested")
    assert double.control("books")["gifts"]["eur"]["charged"] == 3000


def test_a_card_that_fails_at_renewal_is_tried_again_until_a_better_one_is_given(double, client):
    first, second = (open_session(client, mode="subscription").id for _ in range(2))
    for each in (first, second):
        double.control("pay", session=each, number=LATER)
    one, two = (client.v1.checkout.sessions.retrieve(each) for each in (first, second))
    double.control("clock", seconds=33 * DAY)
    assert client.v1.subscriptions.retrieve(one.subscription).status == "past_due"
    portal = client.v1.billing_portal.sessions.create({"customer": one.customer})
    assert "declined" in Browser().post(portal.url, act="card", number=DECLINED)[1]
    assert Browser().post(portal.url, act="card", number="5555555555554444")[0] == 303
    double.control("clock", seconds=20 * DAY)
    assert client.v1.subscriptions.retrieve(one.subscription).status == "active"
    gone = client.v1.subscriptions.retrieve(two.subscription)
    assert (gone.status, gone.cancellation_details.reason) == ("canceled", "payment_failed")
    assert types(double.events()).count("invoice.payment_failed") == 1 + 4


def test_a_test_clock_moves_its_own_customers_alone(double, client):
    clock = client.v1.test_helpers.test_clocks.create({"frozen_time": 1_900_000_000})
    donor = client.v1.customers.create({"email": "a@b.example", "test_clock": clock.id})
    session = open_session(client, mode="subscription", customer=donor.id)
    double.control("pay", session=session.id)
    client.v1.test_helpers.test_clocks.advance(clock.id, {"frozen_time": 1_900_000_000 + 32 * DAY})
    assert len(client.v1.invoices.list().data) == 2
    assert client.v1.test_helpers.test_clocks.retrieve(clock.id).status == "ready"


def test_refunds_and_disputes_end_in_the_books_to_the_cent(double, client):
    pis = []
    for amount, currency in ((1000, "eur"), (1001, "cad"), (1500, "jpy"), (2000, "eur")):
        session = open_session(client, amount=amount, currency=currency)
        pis.append(double.control("pay", session=session.id)["session"]["payment_intent"])
    client.v1.refunds.create({"payment_intent": pis[0], "amount": 300})
    client.v1.refunds.create({"payment_intent": pis[0]})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.refunds.create({"payment_intent": pis[0]})
    assert refused.value.code == "charge_already_refunded"
    for _ in range(7):
        double.control("refund", payment_intent=pis[1], amount=143)
    lost, won = (double.control("dispute", payment_intent=pi)["id"] for pi in pis[2:])
    double.control("close_dispute", dispute=lost, won=False)
    double.control("close_dispute", dispute=won, won=True)
    books = double.control("books")
    assert {currency: sums["kept"] for currency, sums in books["gifts"].items()} == {"eur": 2000, "cad": 0, "jpy": 0}
    moved = books["objects"]["balance_transaction"]
    canadian = [m for m in moved if m["exchange_rate"]]
    assert sum(m["amount"] for m in canadian) == 0  # seven roundings leave nothing behind
    assert books["account"]["jpy"]["charged"] == -books["account"]["jpy"]["disputed"] == 1500
    with pytest.raises(stripe.InvalidRequestError, match="charged back"):
        client.v1.refunds.create({"payment_intent": pis[2]})
    double.control("clock", seconds=4 * DAY)
    euros = double.control("books")["account"]["eur"]
    assert -euros["paid_out"] == sum(p.amount for p in client.v1.payouts.list().data if p.currency == "eur") > 0


def test_a_key_does_a_thing_once(double, client):
    first, second = (open_session(client, options={"idempotency_key": "one"}) for _ in range(2))
    assert (first.id, second.last_response.headers["Idempotent-Replayed"]) == (second.id, "true")
    with pytest.raises(stripe.IdempotencyError) as refused:
        open_session(client, amount=999, options={"idempotency_key": "one"})
    assert (refused.value.http_status, refused.value.error.type) == (400, "idempotency_error")
    assert len(client.v1.checkout.sessions.list().data) == 1
    with pytest.raises(stripe.InvalidRequestError):
        open_session(client, amount=1, options={"idempotency_key": "two"})
    assert open_session(client, options={"idempotency_key": "two"}).status == "open"  # a wrong call keeps no key


@pytest.mark.parametrize(
    ("kind", "retries", "raised"),
    [
        ("500", 2, stripe.APIError), ("502", 2, None), ("lost", 2, None), ("lost", 0, stripe.APIConnectionError),
        ("500_before", 0, stripe.APIError), ("429", 0, stripe.RateLimitError), ("slow", 0, None),
    ],
)  # fmt: skip
def test_when_a_call_goes_wrong_it_has_been_done_once_or_not_at_all(double, kind, retries, raised):
    client = client_of(double, max_network_retries=retries)
    double.control("trouble", kind=kind, path="/checkout/sessions", seconds=0.1)
    if raised:
        with pytest.raises(raised):
            open_session(client)
    else:
        open_session(client)
    made = len(double.control("objects", kind="checkout.session"))
    assert made == (0 if kind in ("429", "500_before") else 1)
    assert len(double.control("calls")) == (2 if kind in ("502", "lost") and retries else 1)


def test_lists_go_by_pages_and_filters(double, client):
    ids = [open_session(client).id for _ in range(5)]
    page = client.v1.checkout.sessions.list({"limit": 2})
    assert ([each.id for each in page.data], page.has_more) == (ids[:2:-1], True)
    assert [each.id for each in page.auto_paging_iter()] == ids[::-1]
    back = client.v1.checkout.sessions.list({"limit": 2, "ending_before": ids[0]})
    assert ([each.id for each in back.data], back.has_more) == ([ids[2], ids[1]], True)
    now = double.control("now")["now"]
    assert client.v1.checkout.sessions.list({"created": {"gte": now + 60}}).data == []
    double.control("pay", session=ids[0])
    assert [each.id for each in client.v1.checkout.sessions.list({"status": "complete"}).data] == [ids[0]]
    assert [e.type for e in client.v1.events.list({"types": ["charge.succeeded"]}).data] == ["charge.succeeded"]
    old = client.v1.events.list().data[0].id
    double.control("clock", seconds=31 * DAY)
    assert old not in [each.id for each in client.v1.events.list().data]
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        client.v1.checkout.sessions.retrieve(ids[0], {"expand": ["amount_total"]})


def test_a_session_expires_by_call_and_by_time(double, client):
    first, second = open_session(client), open_session(client)
    assert client.v1.checkout.sessions.expire(first.id).status == "expired"
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.checkout.sessions.expire(first.id)
    double.control("clock", seconds=DAY + 60)
    assert client.v1.checkout.sessions.retrieve(second.id).status == "expired"
    assert Browser().post(f"{double.url}/c/pay/{second.id}", number="4242424242424242")[0] == 410
    assert types(double.events()) == ["checkout.session.expired"] * 2


def test_test_and_live_do_not_meet_and_wrong_keys_do_not_enter(double, client):
    session = open_session(client)
    live = stripe.StripeClient("sk_live_double", base_addresses={"api": double.url})
    with pytest.raises(stripe.InvalidRequestError, match="exists in test mode"):
        live.v1.checkout.sessions.retrieve(session.id)
    other = open_session(live)
    assert (session.livemode, other.livemode, other.id[:8]) == (False, True, "cs_live_")
    for key, error in (("pk_test_x", stripe.PermissionError), ("nonsense", stripe.AuthenticationError)):
        with pytest.raises(error):
            stripe.StripeClient(key, base_addresses={"api": double.url}).v1.charges.list()
    old = stripe.StripeClient("sk_test_x", base_addresses={"api": double.url}, stripe_version="2020-08-27")
    with pytest.raises(stripe.InvalidRequestError, match="API version"):
        old.v1.charges.list()


def test_webhooks_come_again_twice_late_out_of_order_and_spoilt(double, client, receiver):
    double.control("webhooks", paused=True, shuffles=True, copies=2, again_after=[0.05] * 20)
    for _ in range(3):
        double.control("pay", session=open_session(client).id)
    assert receiver.seen == 0
    chance = iter(range(1000))
    receiver.answers = lambda _: 503 if next(chance) % 3 == 0 else 200
    double.control("webhooks", paused=False)
    double.delivered()
    ids = [each.id for each in receiver.taken]
    every = [each["id"] for each in double.events()]
    assert sorted(ids) == sorted(every * 2)
    assert receiver.seen > len(ids)
    receiver.answers = lambda _: 200
    assert list(dict.fromkeys(ids)) != every
    spoilt = {how: double.control("send", event=every[0], how=how)["status"] for how in ("forged", "stale", "altered")}
    assert spoilt == {"forged": 400, "stale": 400, "altered": 400}
    assert double.control("send", event=every[0])["status"] == 200
    assert double.control("replay", event=every[1])["done"] == 1
    double.delivered()
    assert receiver.taken[-1].id == every[1]


def test_a_killed_double_comes_back_with_all_that_it_knew(tmp_path):
    double = StripeDouble(state=tmp_path / "double.json").start()
    client = client_of(double)
    session = open_session(client, options={"idempotency_key": "one"})
    double.control("pay", session=session.id)
    before = double.control("books")
    double.stop()
    double.start()
    assert double.control("books") == before
    assert open_session(client, options={"idempotency_key": "one"}).id == session.id
    double.stop()


def test_a_storm_is_taken_although_the_receiver_dies_in_it(double, client):
    count = history(double, lambda mode: open_session(client, mode=mode).id, events=150)
    chance = iter(range(10**6))
    receivers = [Receiver(double.secret, lambda _: 500 if next(chance) % 7 == 0 else 200)]
    port = receivers[0].server.server_port

    def dies():
        receivers[-1].close()
        receivers.append(Receiver(double.secret, port=port))

    outcome = storm(receivers[0].url, double.secret, double.events(), dies, interrupts=2, seconds=60)
    receivers[-1].close()
    taken = {event.id for each in receivers for event in each.taken}
    assert (outcome.left, outcome.interrupted, outcome.events) == (0, 2, count)
    assert taken == {each["id"] for each in double.events()}
    assert outcome.refused[500] > 5
    assert re.search(r'"type": "charge.refunded"', json.dumps(double.events()))
