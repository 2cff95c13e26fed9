"""Giving as people do it: form, Stripe's page, books, receipt. The real library against the running double."""

import json
import re
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from urllib.parse import urlencode

import pytest

from campaign import worker
from campaign.database import db, unit_of_work
from campaign.domain import limits, switching
from campaign.domain.giving import funding
from campaign.domain.giving.paying import Order
from campaign.domain.links import Purpose
from campaign.gateways import payments
from campaign.models.donation import Donor, Gift, GiftState, Plan, PlanState, Receipt, ReceiptKind
from campaign.models.movement import Movement, MovementKind, PaymentReport
from campaign.models.site import Switch
from campaign.web.remembering import memory
from tests.fakes import link, words
from tests.gifts import LEILA
from tests.make import NOON
from tests.pdfs import pages, plain
from tests.web.filling import stamp_of

SEPA, SEPA_REFUSED = "DE89370400440532013000", "DE62370400440532013001"


@pytest.fixture
def campaign(make):
    return make.campaign(prisoners=[make.prisoner("firdavs-r")], title="Freedom for Firdavs Rahimzoda")


@pytest.fixture
def slug(campaign):
    return campaign.slug


def rows(of):
    return db.session.scalars(db.select(of).order_by(of.id)).all()


def mailed(post_office):
    """Letters that came since last asked: subject, text, and the words of what is attached."""
    worker.send_letters()
    found = []
    for letter in post_office.letters:
        pdfs = [part.get_content() for part in letter.walk() if part.get_content_type() == "application/pdf"]
        found.append((letter["Subject"], words(letter), plain("".join(pages(pdfs[0]))) if pdfs else "", letter))
    post_office.letters.clear()
    return found


def kinds():
    return [(receipt.kind, receipt.amount) for receipt in rows(Receipt)]


def balance_agrees(till_site):
    """Every line of Stripe's balance stands in our books, and the sums are the same."""
    truth = till_site.double.control("books")["account"]
    for currency, sums in truth.items():
        mine = [line for line in rows(Movement) if line.currency == currency.upper()]
        assert sum(line.net for line in mine) == sums["balance"]
        assert sum(line.fee for line in mine) == sums["fees"]
        assert sum(line.amount for line in mine if line.kind is MovementKind.GIFT) == sums["charged"]


@pytest.mark.feature(83, 118)
def test_a_gift_goes_from_the_form_to_the_books_and_nobody_is_told_for_whom(till_site, campaign, client, post_office):
    page = client.get(f"/campaigns/{campaign.slug}/give")
    assert page.headers["Cache-Control"] == "no-store"
    assert f"form-action 'self' {till_site.double.url};" in page.headers["Content-Security-Policy"]
    session = till_site.give(campaign.slug)
    (gift,), (receipt,), (line,) = rows(Gift), rows(Receipt), rows(Movement)
    assert (gift.amount, gift.currency, gift.state, line.gift_id) == (2500, "EUR", GiftState.PAID, gift.id)
    balance_agrees(till_site)
    ((subject, text, pdf, letter),) = mailed(post_office)
    assert letter["To"] == LEILA.email
    assert receipt.reference in subject
    assert plain(LEILA.name) in pdf
    assert "€25.00" in pdf
    everything = json.dumps(till_site.double.control("calls")) + json.dumps(session) + subject + text + pdf
    for told in ("Firdavs", "Rahimzoda", campaign.slug, campaign.title, campaign.reference, "Tajik"):
        assert told not in everything
    assert session["submit_type"] == "donate"
    assert session["metadata"]["campaign"] == funding.of(campaign.id).code
    thanks = client.get(session["success_url"].partition("127.0.0.1:8000")[2])
    assert "Your gift of €25.00 has arrived" in thanks.text
    own = client.get(link(letter, "giving").partition("127.0.0.1:8000")[2])
    assert receipt.reference in own.text
    assert LEILA.name not in own.text
    assert campaign.title not in own.text


@pytest.mark.feature(83)
def test_currencies_without_a_fraction_and_with_three_places_are_right(till_site, slug):
    till_site.give(slug, "JPY", amount="", other="1500")
    till_site.give(slug, "KWD", amount="", other="3,5")
    assert [(gift.amount, gift.currency) for gift in rows(Gift)] == [(1500, "JPY"), (3500, "KWD")]
    balance_agrees(till_site)


@pytest.mark.feature(84)
def test_a_monthly_gift_renews_fails_gets_another_card_and_is_stopped_by_its_donor(
    till_site, slug, client, post_office
):
    till_site.pay(till_site.begin(slug, interval="month"), number="4000000000000341")
    till_site.hear()
    ((_, text, _, letter),) = mailed(post_office)
    assert "every month" in text
    own = link(letter, "giving").partition("127.0.0.1:8000")[2]
    till_site.later(32)
    assert rows(Plan)[0].state is PlanState.LATE
    assert [subject for subject, *_ in mailed(post_office)] == ["A payment was refused"]
    plan, stamp = rows(Plan)[0].id, stamp_of(client.get(own))
    to_stripe = client.post(f"{own}/card/{plan}", data={"stamp": stamp})
    assert (to_stripe.status_code, to_stripe.headers["Location"].startswith(till_site.double.url)) == (303, True)
    double = till_site.double
    card = urlencode({"act": "card", "number": "4242424242424242"}).encode()
    urllib.request.urlopen(to_stripe.headers["Location"], card).close()  # noqa: S310
    till_site.later(5)
    assert rows(Plan)[0].state is PlanState.ACTIVE
    assert len(rows(Gift)) == 2
    assert double.control("books")["gifts"]["eur"]["kept"] == 5000
    mailed(post_office)
    assert "Stop giving every month?" in client.get(f"{own}/stop/{plan}").text
    assert client.post(f"{own}/stop/{plan}", data={"stamp": "x"}).status_code == 409
    assert client.post(f"{own}/stop/{plan}", data={"stamp": stamp}).status_code == 303
    assert client.post(f"{own}/stop/{plan}", data={"stamp": stamp}).status_code in {303, 409}
    till_site.hear()
    assert rows(Plan)[0].state is PlanState.ENDED
    assert [subject for subject, *_ in mailed(post_office)] == ["Your monthly gift has ended"]
    till_site.later(70)
    assert len(rows(Gift)) == 2, "nothing is taken after the end"
    assert client.post(f"{own}/stop/{plan}", data={"stamp": stamp}).status_code == 409
    balance_agrees(till_site)


@pytest.mark.feature(88)
def test_refunds_and_disputes_are_booked_with_a_credit_note_each(till_site, slug, post_office):
    for _ in range(3):
        till_site.give(slug)
    first, second, third = (gift.charge for gift in rows(Gift))
    double = till_site.double
    double.control("refund", charge=first, amount=1000)
    double.control("refund", charge=first)
    lost, won = (double.control("dispute", charge=charge)["id"] for charge in (second, third))
    till_site.hear()
    assert [gift.state for gift in rows(Gift)] == [GiftState.REFUNDED, GiftState.DISPUTED, GiftState.DISPUTED]
    double.control("close_dispute", dispute=lost, won=False)
    double.control("close_dispute", dispute=won, won=True)
    till_site.hear()
    assert [gift.state for gift in rows(Gift)] == [GiftState.REFUNDED, GiftState.LOST, GiftState.PAID]
    notes = [amount for kind, amount in kinds() if kind is ReceiptKind.CREDIT_NOTE]
    assert sorted(notes) == [1000, 1500, 2500]
    assert [receipt.number for receipt in rows(Receipt)] == list(range(1, 7))
    assert any("Creditnote" in pdf for _, _, pdf, _ in mailed(post_office))
    balance_agrees(till_site)
    double.control("payouts")
    till_site.hear()
    assert {line.payout is not None for line in rows(Movement) if line.available_on <= NOON.date()} <= {True}
    till_site.later(8)
    assert any(line.payout for line in rows(Movement) if line.kind is MovementKind.GIFT)


@pytest.mark.feature(85)
def test_a_bank_debit_waits_and_then_arrives_or_fails(till_site, slug, client, post_office):
    arrives, fails = till_site.begin(slug), till_site.begin(slug)
    till_site.pay(arrives, number=SEPA)
    paid = till_site.pay(fails, number=SEPA_REFUSED)
    till_site.hear()
    assert {gift.state for gift in rows(Gift)} <= {GiftState.PENDING}
    assert rows(Receipt) == []
    page = client.get(paid["success_url"].partition("127.0.0.1:8000")[2].replace("{CHECKOUT_SESSION_ID}", fails))
    assert "Your bank has not answered yet" in page.text
    till_site.double.control("settle")
    till_site.hear()
    assert sorted(gift.state for gift in rows(Gift)) == [GiftState.FAILED, GiftState.PAID]
    assert len(rows(Receipt)) == 1
    assert sorted(subject for subject, *_ in mailed(post_office))[0] == "A payment was refused"
    balance_agrees(till_site)


@pytest.mark.feature(86)
def test_sent_twice_it_is_one_attempt_and_after_trouble_nothing_is_charged_twice(till_site, slug, client):
    with unit_of_work():
        limits.change("giving.minute", 1000, by="test", at=NOON)
        limits.change("giving.hour", 1000, by="test", at=NOON)
    memory().forget()
    form = till_site.form(slug)
    where = {till_site.send(slug, form).headers["Location"] for _ in range(3)}
    assert len(where) == 1
    assert till_site.send(slug, form | {"amount": "5000"}).headers["Location"] not in where, "another wish"
    for kind in ("502", "lost", "429", "409"):
        till_site.double.control("trouble", kind=kind, path="/v1/checkout")
        assert till_site.send(slug, till_site.form(slug)).status_code == 303, kind
    till_site.double.control("trouble", kind="500", path="/v1/checkout")
    failing = till_site.form(slug, amount="", other="33")
    answer = till_site.send(slug, failing)
    assert answer.status_code == 503
    assert "Nothing was charged" in answer.text
    assert 'value="33"' in answer.text
    once = re.search(r'name="once" value="([0-9a-f]{32})"', answer.text)[1]
    assert once != failing["once"]
    session = till_site.send(slug, failing | {"once": once}).headers["Location"].rpartition("/")[2]
    till_site.pay(session)
    till_site.hear()
    assert [gift.amount for gift in rows(Gift)] == [3300]
    keys = [call["key"] for call in till_site.double.control("calls") if call["method"] == "POST"]
    assert keys
    assert all(keys)
    till_site.double.stop()
    answer = till_site.send(slug, till_site.form(slug))
    assert (answer.status_code, "Nothing was charged" in answer.text) == (503, True)


@pytest.mark.feature(86)
def test_a_lone_refund_that_does_not_arrive_is_booked_back_with_a_document(till_site, slug):
    till_site.give(slug)
    refund = till_site.double.control("refund", charge=rows(Gift)[0].charge)["id"]
    till_site.hear()
    assert rows(Gift)[0].state is GiftState.REFUNDED
    till_site.double.control("fail_refund", refund=refund)
    till_site.hear()
    assert (rows(Gift)[0].state, rows(Gift)[0].refunded) == (GiftState.PAID, 0)
    assert [kind for kind, _ in kinds()] == [ReceiptKind.RECEIPT, ReceiptKind.CREDIT_NOTE, ReceiptKind.REINSTATED]
    balance_agrees(till_site)


@pytest.mark.feature(86)
def test_while_stripe_is_slow_two_wait_for_it_and_the_others_read_a_true_sentence(till_site, slug, client, monkeypatch):
    monkeypatch.setattr(payments, "TURN", 0.1)
    till_site.double.control("trouble", kind="slow", seconds=2, times=2, path="/v1/checkout")
    order = Order("key", 2500, "EUR", False, "code", "0" * 32, "en", "http://x/t", "http://x/s")
    orders = [replace(order, key=f"key-{n}", reference=f"{n:032x}") for n in range(payments.AT_ONCE)]
    with ThreadPoolExecutor() as others:
        waiting = [others.submit(till_site.till.begin, each) for each in orders]
        for _ in range(50):
            if till_site.till._turns._value == 0:
                break
            time.sleep(0.02)
        answer = till_site.send(slug, till_site.form(slug))
        assert not any(each.done() for each in waiting)
        assert (answer.status_code, "Nothing was charged" in answer.text) == (503, True)
        assert all(each.result() for each in waiting)
    assert till_site.send(slug, till_site.form(slug)).status_code == 303


@pytest.mark.feature(85)
def test_reports_that_are_not_theirs_change_nothing_and_theirs_are_done_once(till_site, slug, client):
    till_site.give(slug)
    double, before = till_site.double, len(db.session.scalars(db.select(PaymentReport)).all())
    event = next(each for each in double.control("objects", kind="event") if each["type"] == "charge.succeeded")["id"]
    for how in ("forged", "stale", "altered", "unsigned"):
        assert double.control("send", event=event, how=how)["status"] == 400, how
    live = {"id": "evt_live", "object": "event", "livemode": True, "type": "charge.succeeded", "created": 1,
            "data": {"object": {"id": "ch_live", "object": "charge"}}}  # fmt: skip
    assert double.control("send", body=json.dumps(live))["status"] == 400
    for body in ("", "{}", "[]", "null", "{", '{"object": "event"}'):
        assert double.control("send", body=body)["status"] == 400, body
    assert double.control("send", body=" " * 600_000)["status"] in {400, 413}
    assert client.post("/hooks/stripe", data=b"\xff\xfe", headers={"Stripe-Signature": "t=1,v1=é"}).status_code == 400
    assert client.get("/hooks/stripe").status_code == 405
    double.control("replay", copies=3)
    till_site.hear()
    assert len(db.session.scalars(db.select(PaymentReport)).all()) == before
    assert (len(rows(Gift)), len(rows(Receipt)), len(rows(Movement))) == (1, 1, 1)


@pytest.mark.feature(87)
def test_bad_forms_closed_campaigns_and_card_testing_are_refused_in_true_sentences(till_site, campaign, client):
    slug, form = campaign.slug, till_site.form(campaign.slug)
    with unit_of_work():
        limits.change("giving.minute", 1000, by="test", at=NOON)
        limits.change("giving.hour", 1000, by="test", at=NOON)
    memory().forget()
    for amount, other in (("0", ""), ("-2500", ""), ("", "0"), ("", "-5"), ("", "99999999999999"), ("", "1,000.5"),
                          ("other", ""), ("", ""), ("1", ""), ("2500", "abc")):  # fmt: skip
        answer = till_site.send(slug, form | {"amount": amount, "other": other})
        assert (answer.status_code, "Not sent yet" in answer.text) == (422, True), (amount, other)
    yen = till_site.form(slug, "JPY", amount="", other="1000.5")
    assert "no such fraction" in till_site.send(slug, yen).text
    for wrong in ({"currency": "XXX"}, {"currency": "USD"}, {"interval": "week"}, {"once": "1"}, {"stamp": "x"}):
        assert till_site.send(slug, form | wrong).status_code == 422, wrong
    assert till_site.double.control("objects", kind="checkout.session") == []
    with unit_of_work():
        limits.change("giving.minute", 1, by="test", at=NOON)
    memory().forget()
    assert [till_site.send(slug, form).status_code for _ in range(2)][1] == 429
    with unit_of_work():
        limits.change("giving.minute", 1000, by="test", at=NOON)
        switching.stop(Switch.GIVING, by="Nora", reason="Cards are being tested", at=NOON)
    memory().forget()
    assert till_site.send(slug, form).status_code == 409
    assert "not possible here at the moment" in client.get(f"/campaigns/{slug}/give").text
    with unit_of_work():
        switching.start(Switch.GIVING)
        funding.open_fund(campaign.id).is_open = False
    memory().forget()
    assert till_site.send(slug, form).status_code == 409
    assert "takes no gifts" in client.get(f"/campaigns/{slug}/give").text
    assert "Give to this work" not in client.get(f"/campaigns/{slug}").text


@pytest.mark.feature(83)
def test_the_page_after_stripe_says_what_is_known_and_no_more(till_site, slug, client, tools):
    session = till_site.begin(slug)
    told = next(s for s in till_site.double.control("objects", kind="checkout.session") if s["id"] == session)
    thanks = told["success_url"].partition("127.0.0.1:8000")[2].replace("{CHECKOUT_SESSION_ID}", session)
    assert "Nothing was charged so far" in client.get(thanks).text
    assert "Nothing was charged by leaving" in client.get(told["cancel_url"].partition("127.0.0.1:8000")[2]).text
    assert "We cannot see yet" in client.get(thanks.replace(session, "cs_test_other")).text
    stranger = tools.links.token(Purpose.GIFT, b"x" * 16, 1)
    assert "We cannot see yet" in client.get(f"/gift/{stranger}?session={session}").text, "somebody else's attempt"
    till_site.pay(session)
    till_site.double.delivered()
    assert "Stripe says that your gift was paid" in client.get(thanks).text
    till_site.double.stop()
    assert "We cannot see yet" in client.get(thanks).text
    assert client.get(f"/gift/{stranger[:-3]}xxx").status_code == 404


@pytest.mark.feature(84)
def test_a_donor_has_receipts_mailed_again_and_is_erased(till_site, slug, client, post_office):
    till_site.give(slug)
    ((*_, letter),) = mailed(post_office)
    own = link(letter, "giving").partition("127.0.0.1:8000")[2]
    stamp, receipt = {"stamp": stamp_of(client.get(own))}, rows(Receipt)[0]
    assert client.post(f"{own}/receipts/{receipt.id}", data=stamp).status_code == 303
    assert client.post(f"{own}/receipts/{receipt.id + 1}", data=stamp).status_code == 404
    assert client.post(f"{own}/years/{receipt.issued_on.year}", data=stamp).status_code == 303
    again, year = mailed(post_office)
    assert receipt.reference in again[2]
    assert ("together" in year[2], plain(LEILA.name) in year[2]) == (True, True)
    assert client.get(f"{own}/erase").status_code == 200
    assert client.post(f"{own}/erase", data=stamp).status_code == 303
    assert client.get(own).status_code == 404
    assert client.get("/giving/erased").status_code == 200
    till_site.double.control("refund", charge=rows(Gift)[0].charge)
    till_site.hear()
    assert mailed(post_office) == []
    assert rows(Donor)[0].erased_on is not None
    assert [kind for kind, _ in kinds()] == [ReceiptKind.RECEIPT, ReceiptKind.CREDIT_NOTE], "the books go on"


def test_without_keys_the_page_says_how_else_to_give(make, client, app, tools):
    slug = make.campaign().slug
    page = client.get(f"/campaigns/{slug}/give").text
    assert "Giving is not possible here" in page
    assert "Give to this work" not in client.get(f"/campaigns/{slug}").text, "nothing leads there meanwhile"
    giving = replace(tools.settings.giving, bank=("Example Network", "IBAN XX00 0000"))
    app.extensions["collaborators"] = replace(tools, settings=replace(tools.settings, giving=giving))
    assert "IBAN XX00 0000" in client.get(f"/campaigns/{slug}/give").text
    memory().forget()
    assert "Give to this work" in client.get(f"/campaigns/{slug}").text
    assert client.post("/hooks/stripe", data=b"{}").status_code == 404
