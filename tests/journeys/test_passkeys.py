"""A passkey in a real browser: Chromium's own virtual key stands for the one that somebody plugs in."""

import re

import pytest

from campaign.database import db, unit_of_work
from campaign.domain.accounts import organising
from campaign.models.account import Account, RoleName
from campaign.web.accounts import hash_password
from tests.journeys import looking
from tests.make import NOON
from tests.web.staff.people import PASSWORD

pytestmark = pytest.mark.browser
ADDRESS = "nora@example.org"


def plug_in_a_key(visitor):
    wire = visitor.context.new_cdp_session(visitor.page)
    wire.send("WebAuthn.enable")
    key = {"protocol": "ctap2", "transport": "usb", "hasResidentKey": False, "hasUserVerification": False,
           "automaticPresenceSimulation": True}  # fmt: skip
    return wire, wire.send("WebAuthn.addVirtualAuthenticator", {"options": key})["authenticatorId"]


def type_password(page, site):
    page.goto(f"{site.url}/account/login")
    page.get_by_label("E-mail address").fill(ADDRESS)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


@pytest.fixture
def account(app, site):
    with unit_of_work():
        row = organising.open_account(ADDRESS, RoleName.STAFF, name="Nora", at=NOON)
        row.password = hash_password(PASSWORD)
    return row


def codes_of(page):
    return page.locator("ul.codes code").all_inner_texts()


@pytest.mark.feature(96)
@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_staff_come_in_with_a_passkey_and_with_nothing_else_than_that_or_a_recovery_code(account, site, visitor):
    site.url = site.url.replace("127.0.0.1", "localhost")  # a browser makes no passkey for a bare number
    nora = visitor()
    plug_in_a_key(nora)
    type_password(nora.page, site)
    nora.page.wait_for_url("**/account/second-factor")
    seen = looking.faults(nora.page)
    nora.page.get_by_label("What do you call it?").fill("blue key")
    nora.page.get_by_role("button", name="Set up a passkey").click()
    nora.page.wait_for_url("**/account/recovery-codes")
    nora.page.get_by_role("button", name="Make eight new codes").click()
    codes = codes_of(nora.page)
    nora.page.goto(f"{site.url}/staff")
    assert nora.heading() == "What waits"
    db.session.rollback()
    row = db.session.get_one(Account, account.id, populate_existing=True)
    assert ([key.name for key in row.webauthn], row.tf_totp_secret) == (["blue key"], None)

    nora.page.goto(f"{site.url}/account/passkeys")
    seen += looking.faults(nora.page)
    nora.page.get_by_role("button", name="Delete").click()
    assert "only second factor" in nora.page.locator("main").inner_text()
    nora.page.get_by_role("button", name="Sign out").click()
    nora.page.wait_for_url("**/account/login*")

    type_password(nora.page, site)
    nora.page.wait_for_url(re.compile("/account/passkey"))
    seen += looking.faults(nora.page)
    nora.page.get_by_role("button", name="Use the passkey").click()
    nora.page.wait_for_url("**/staff")

    thief = visitor()
    plug_in_a_key(thief)
    type_password(thief.page, site)
    thief.page.get_by_role("button", name="Use the passkey").click()
    thief.page.get_by_text("Nothing came of it").wait_for()
    seen += looking.faults(thief.page)
    thief.page.goto(f"{site.url}/staff")
    assert "/account/login" in thief.page.url, "another key opens nothing"

    lost = visitor()
    type_password(lost.page, site)
    lost.page.get_by_role("link", name="Use a recovery code instead").click()
    lost.page.get_by_label("One of your recovery codes").fill(codes[0])
    lost.page.get_by_role("button", name="Go on").click()
    lost.page.wait_for_url("**/staff")
    assert seen == []
    assert [said for said in nora.complaints if "422" not in said] == []
    assert all(url.startswith(site.url) for url in nora.asked)
