"""Leïla gives every month in a browser without JavaScript, gets her receipt, and stops it by the link in it."""

import pytest

from campaign.database import db
from campaign.models.donation import Gift, Plan, PlanState
from tests.fakes import link, words
from tests.make import GIVEN_OUT

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("house", ["sqlite"], indirect=True)]
NAME, ADDRESS = "Leïla Gives-Browser", "leila.browser@giftpost.example"


@pytest.mark.feature(20, 83, 84)
def test_leila_gives_every_month_and_stops_it_herself(double, make, living, post_office, visitor):
    campaign = make.campaign()
    GIVEN_OUT.update({NAME, ADDRESS})
    site = living(STRIPE_SECRET_KEY=double.key, STRIPE_WEBHOOK_SECRET=double.secret, STRIPE_API_BASE=double.url)
    double.control("webhooks", url=f"{site.url}/hooks/stripe")
    site.start_worker()
    site.start_web(processes=1)
    leila = visitor(java_script_enabled=False)
    page = leila.page
    page.goto(f"{site.url}/campaigns/{campaign.slug}")
    page.get_by_role("link", name="Give to this work").click()
    page.get_by_label("Every month").check()
    page.get_by_label("Another amount in EUR").fill("12,50")
    page.get_by_role("button", name="Go on to the page of payment").click()
    page.wait_for_url("**/c/pay/**")
    page.get_by_label("Email").fill(ADDRESS)
    page.get_by_label("Card number").fill("4242424242424242")
    page.get_by_label("Name on card").fill(NAME)
    page.get_by_role("button", name="Donate").click()
    page.wait_for_url("**/gift/**")
    assert leila.heading() == "Thank you"
    (letter,) = post_office.wait_for(1)
    assert "Your gift of €12.50 has arrived" in words(letter)
    assert campaign.title not in str(letter)
    double.control("clock", seconds=32 * 86400)
    assert len(post_office.wait_for(2)) == 2, "a receipt for the second month"
    page.goto(link(letter, "giving"))
    page.get_by_role("link", name="Stop giving").click()
    page.get_by_role("button", name="Stop it now").click()
    assert leila.heading() == "Your gifts"
    assert "ended" in words(post_office.wait_for(3)[2])
    page.reload()
    page.get_by_text("Nothing more is taken").wait_for()
    db.session.rollback()
    assert [gift.amount for gift in db.session.scalars(db.select(Gift))] == [1250, 1250]
    assert db.session.scalars(db.select(Plan)).one().state is PlanState.ENDED
    assert leila.context.cookies() == []
