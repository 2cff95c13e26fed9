"""A signatory opens the link of the letter in a browser, reads, and signs for the organisation; staff see it."""

from datetime import timedelta

import pytest
from flask_security.utils import hash_password
from playwright.sync_api import expect

from campaign.database import db, unit_of_work
from campaign.demo import loading
from campaign.demo.loading import ACCOUNTS, DEMO_PASSWORD
from campaign.domain.accounts import organising
from campaign.domain.cases import organisations
from campaign.domain.joint_letters import cosigning
from campaign.domain.links import Purpose
from campaign.models.account import RoleName
from campaign.models.joint_letter import JointLetter
from tests.journeys import looking

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("house", ["sqlite"], indirect=True)]
PAGE = "/staff/joint-letters/TJ-2017-001-J1"


@pytest.fixture
def link(make) -> str:
    """A fourth organisation is asked to sign the letter of the demonstration."""
    with unit_of_work():
        loading.load(at=make.now(), hash_password=hash_password)
        letter = db.session.scalars(db.select(JointLetter)).one()
        nora = organising.found(ACCOUNTS[RoleName.STAFF])
        watch = organisations.found_or_new("", "Lake Watch", "https://lakewatch.example")
        row = cosigning.invite(letter, watch, "ana@lakewatch.example", by=nora, at=make.now(), seal=make.seal)
        cosigning.ask(letter, make.now() + timedelta(days=5), by=nora, at=make.now())
        return f"/cosign/{make.links.token(Purpose.COSIGN, row.public_id, row.link_version)}"


@pytest.mark.feature(93, 113)
def test_an_organisation_signs_in_a_browser_without_an_account(link, living, visitor):
    site = living()
    site.start_web(processes=1)
    ana = visitor(java_script_enabled=True)
    page = ana.page
    page.goto(site.url + link)
    found = looking.faults(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Does Lake Watch sign this letter?")
    page.get_by_role("textbox", name="Your name").fill("Ana Lago")
    page.get_by_role("textbox", name="What you are there").fill("Executive Director")
    page.get_by_role("button", name="We sign this letter").click()
    page.get_by_text("Only somebody who may sign").wait_for()
    found += looking.faults(page)
    expect(page.get_by_role("textbox", name="Your name")).to_have_value("Ana Lago")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="We sign this letter").click()
    page.get_by_text("Yes: approved by Ana Lago").wait_for()
    found += looking.faults(page)
    assert ana.context.cookies() == []

    staff = visitor().page
    staff.goto(f"{site.url}/account/login")
    staff.get_by_label("E-mail address").fill(ACCOUNTS[RoleName.ADMIN])
    staff.get_by_label("Password").fill(DEMO_PASSWORD)
    staff.get_by_role("button", name="Sign in").click()
    staff.wait_for_url("**/staff*")
    staff.goto(site.url + PAGE)
    expect(staff.get_by_text("Ana Lago, Executive Director.")).to_be_visible()
    for path in (PAGE, f"{PAGE}/words"):
        staff.goto(site.url + path)
        found += looking.faults(staff)
    assert found == []
