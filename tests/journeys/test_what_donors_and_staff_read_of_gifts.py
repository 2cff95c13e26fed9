"""What a donor reads after a refused card, a refund and a dispute, and what staff read of it: in a browser, by axe."""

import pytest
from flask_security.utils import hash_password

from campaign.database import db, unit_of_work
from campaign.demo import loading
from campaign.demo.loading import ACCOUNTS, DEMO_PASSWORD
from campaign.models.account import RoleName
from campaign.models.donation import Fund, Gift
from tests.fakes import link, words
from tests.journeys import looking
from tests.make import GIVEN_OUT

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("house", ["sqlite"], indirect=True)]
SLUG, NAME, ADDRESS = "buzurgmehr-yorov", "Odile Reads-Browser", "odile.browser@giftpost.example"


@pytest.fixture
def site(double, make, living):
    GIVEN_OUT.update({NAME, ADDRESS})
    with unit_of_work():
        loading.load(at=make.now(), hash_password=hash_password)
    site = living(
        STRIPE_SECRET_KEY=double.key, STRIPE_WEBHOOK_SECRET=double.secret, STRIPE_API_BASE=double.url,
        GIVING_CURRENCIES="EUR,JPY,KWD", GIVING_BANK="Example Rights Network; IBAN XX00 0000 0000 0000",
    )  # fmt: skip
    double.control("webhooks", url=f"{site.url}/hooks/stripe")
    site.start_worker()
    site.start_web(processes=1)
    return site


def pay(page, *numbers):
    for number in numbers:
        page.wait_for_url("**/c/pay/**")
        page.get_by_label("Email").fill(ADDRESS)
        page.get_by_label("Card number").fill(number)
        page.get_by_label("Name on card").fill(NAME)
        page.get_by_role("button", name="Donate").click()


def give(site, page, currency, interval, *numbers):
    page.goto(f"{site.url}/campaigns/{SLUG}/give?currency={currency}")
    page.get_by_label(interval).check()
    page.locator("#f-amount input[type=radio]").nth(1).check()
    page.get_by_role("button", name="Go on to the page of payment").click()
    pay(page, *numbers)
    page.wait_for_url("**/gift/**")


@pytest.mark.feature(84, 93)
def test_what_donors_and_staff_read_of_a_refused_card_a_refund_and_a_dispute(double, site, post_office, visitor):
    odile = visitor()
    page = odile.page
    page.goto(f"{site.url}/campaigns/{SLUG}/give?currency=KWD")
    found = looking.faults(page)
    give(site, page, "JPY", "Once", "4000000000000002", "4242424242424242")
    found += looking.faults(page)
    (letter,) = post_office.wait_for(1)
    assert "¥3,000" in words(letter)
    give(site, page, "EUR", "Every month", "4242424242424242")
    post_office.wait_for(2)
    db.session.rollback()
    yen, euro = db.session.scalars(db.select(Gift.charge).order_by(Gift.id)).all()
    double.control("refund", charge=yen, amount=1000)
    double.control("dispute", charge=euro)
    note = post_office.wait_for(3)[2]
    assert "¥1,000" in words(note)
    assert link(note, "giving") == link(letter, "giving"), "one page for all"
    page.goto(link(letter, "giving"))
    for said in ("¥3,000", "¥1,000 paid back", "€25.00 every month"):
        page.get_by_text(said).first.wait_for()
    own = page.url
    found += looking.faults(page)
    page.get_by_role("link", name="Stop giving").click()
    found += looking.faults(page)
    page.goto(f"{own}/erase")
    found += looking.faults(page)
    db.session.rollback()
    with unit_of_work():
        db.session.execute(db.update(Fund).values(is_open=False))
    assert found + read_by_staff(site, visitor()) == []
    assert odile.context.cookies() == []


def read_by_staff(site, samir):
    page, found = samir.page, []
    page.goto(f"{site.url}/account/login")
    page.get_by_label("E-mail address").fill(ACCOUNTS[RoleName.ADMIN])
    page.get_by_label("Password").fill(DEMO_PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/staff*")
    page.goto(f"{site.url}/staff/giving")
    page.get_by_text("monthly gift to it still runs").wait_for()
    found += looking.faults(page)
    page.get_by_role("link", name="Decide whether they end").click()
    found += looking.faults(page)
    page.goto(f"{site.url}/staff/giving/issuers/1")
    found += looking.faults(page)
    page.goto(f"{site.url}/staff/guards")
    page.get_by_text("A gift is questioned at a bank").wait_for()
    return found
