"""From an empty database to a letter that can be signed: people and the site alone, nothing put in by a command but the
first account. The case is the joint letter of 2017, as far as the steps of the workspace and of the case record go."""

import hmac
import json
import re
import struct
import time
from base64 import b32decode
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.journeys import looking

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("house", ["sqlite"], indirect=True)]
PASSWORD = "heron lantern gravel plum"
CASE = Path(__file__).parent / "tajikistan.json"


@pytest.fixture
def case():
    return json.loads(CASE.read_text("utf-8"))


def totp(key):
    """The six digits that an app shows now for this key (RFC 6238)."""
    digest = hmac.digest(b32decode(key.replace("-", "")), struct.pack(">Q", int(time.time()) // 30), "sha1")
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 10**6:06}"


def comes_in(page, site, link, email):
    """Follows the link of the invitation: a password, and for staff a second factor."""
    page.goto(site.url + urlsplit(link).path)
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=password_confirm]", PASSWORD)
    page.click("main [type=submit]")
    page.fill("[name=email]", email)
    page.fill("[name=password]", PASSWORD)
    page.click("main [type=submit]")
    if page.url.endswith("/second-factor"):
        page.click("text=Set it up")
        page.fill("[name=code]", totp(page.inner_text("code.hash")))
        page.click("main .slip [type=submit]")
        page.wait_for_url("**/recovery-codes")


def invites(admin, site, post_office, email, name, role):
    admin.goto(f"{site.url}/staff/accounts")
    admin.fill("#f-email", email)
    admin.fill("#f-name", name)
    admin.select_option("#f-role", role)
    admin.click("text=Open the account and send the letter")
    end = time.monotonic() + 20
    while not (letters := [each for each in post_office.letters if each["To"] == email]):
        assert time.monotonic() < end, "no invitation came"
        time.sleep(0.1)
    words = letters[0].get_body(("plain",)).get_content()
    return re.search(r"https?://\S+/account/password/\S+", words)[0]


def writes(page, values):
    for field, value in values.items():
        place = page.locator(f"[id='f-{field}']")
        if place.evaluate("e => e.tagName") == "SELECT":
            place.select_option(value)
        else:
            place.fill(value)


def writes_person(page, n, person):
    """The whole of one person; every saving offers room for two more statements."""
    if n:
        page.click("text=Write about one more person")
    writes(page, {f"people-{n}-{key}": value for key, value in person.items() if key != "facts"})
    for m, fact in enumerate(person["facts"]):
        if not page.locator(f"#f-people-{n}-facts-{m}-value").count():
            saves(page)
        if m and not page.locator(f"#f-people-{n}-facts-{m}-value").is_visible():
            page.locator(
                f"details:has(> summary:text('Write more')):has(#f-people-{n}-facts-{m}-value) summary"
            ).click()
        writes(page, {f"people-{n}-facts-{m}-{key}": value for key, value in fact.items()})
    saves(page)


def saves(page, how="stay"):
    with page.expect_navigation():
        page.click(f"button[value={how}]")
    assert page.locator(".errors").count() == 0, page.locator(".errors").inner_text()


@pytest.fixture
def site(living):
    """Its processes read every module themselves, as those of people do."""
    site = living()
    site.is_cold = True
    site.start_worker()
    site.start_web(processes=1)
    return site


@pytest.fixture
def people(site, visitor, post_office):
    """A campaigner and two of the staff, each let in as the site does it; and what the admin set up for them."""
    link = site.command("accounts", "add", "ada@example.org", "--role", "admin").split("\n")[0]
    ada, nora, leila = visitor().page, visitor().page, visitor().page
    comes_in(ada, site, link, "ada@example.org")
    for page, email, name, role in (
        (nora, "nora@example.org", "Nora", "staff"),
        (leila, "leila@example.org", "Leila", "campaigner"),
    ):
        comes_in(page, site, invites(ada, site, post_office, email, name, role), email)
    return ada, nora, leila


@pytest.mark.feature(9, 108, 109)
def test_a_campaigner_writes_the_case_by_hand_and_staff_publish_it(site, people, visitor, case):
    ada, nora, leila = people
    ada.goto(f"{site.url}/staff/addressees")
    ada.click("text=Put them in")

    leila.goto(f"{site.url}/workspace")
    leila.click("text=Begin a new campaign")
    draft = leila.url.rpartition("/")[0]
    for n, person in enumerate(case["people"]):
        writes_person(leila, n, person)
    saves(leila, "on")
    writes(leila, case["campaign"])
    saves(leila, "on")
    saves(leila, "on")  # no images
    for n, ask in enumerate(case["asks"]):
        if not leila.locator(f"#f-asks-{n}-text").count():
            saves(leila)
        writes(leila, {f"asks-{n}-{key}": value for key, value in ask.items()})
    writes(leila, case["letter"])
    saves(leila)
    leila.goto(f"{draft}/send")
    leila.click("button:has-text('Send it to staff')")
    expect(leila.get_by_role("alert")).to_contain_text("Not sent")
    leila.click("text=The letter – Addressees")
    leila.check("#f-to-sg")
    saves(leila)
    leila.goto(f"{draft}/safety")
    writes(leila, case["safety"])
    saves(leila, "on")
    leila.click("button:has-text('Send it to staff')")
    expect(leila.locator("main")).to_contain_text("It is with staff since")

    assert case["campaign"]["title"] not in site.get("/"), "nothing is public before a second person says so"

    nora.goto(f"{site.url}/staff/queue")
    nora.get_by_role("link", name=case["campaign"]["title"]).click()
    nora.click("button:text-is('Take it')")
    nora.click("text=Approve, and publish now")
    expect(nora.get_by_role("alert")).to_contain_text("Tick every point")
    for check in nora.locator("[name=checks]").all():
        check.check()
    nora.click("text=Approve, and publish now")
    expect(nora.locator("main")).to_contain_text("Approved by Nora")

    consents_and_corrects(nora, site)
    is_public(visitor().page, site, case)


def consents_and_corrects(nora, site):
    """What is the staff's room: who chose the spelling, what the family said to the other questions."""
    nora.goto(f"{site.url}/staff/prisoners")
    nora.click("text=Buzurgmehr Yorov")
    record = nora.url
    nora.goto(f"{record}?question=health#consent")
    writes(nora, {"answer": "no", "given_by": "His brother", "channel": "in a call through the lawyer"})
    nora.select_option("#f-capacity", "relative")
    nora.click("text=Record it")
    expect(nora.locator("#consent")).to_contain_text("in a call through the lawyer")


def is_public(stranger, site, case):
    stranger.goto(f"{site.url}/")
    stranger.click(f"text={case['campaign']['title']}")
    page = stranger.locator("main")
    for person in case["people"]:
        expect(page).to_contain_text(person["name"])
    expect(page).to_contain_text("Бузургмеҳр Ёров")
    disputed = stranger.locator("dd:has(.sides)", has_text="the length of the sentence")
    assert disputed.locator(".sides li").count() == 2, "both sides, each with its source"
    assert "brother" not in stranger.content(), "who spoke for him stays with staff"

    stranger.locator("main a[href*='/petitions/']").first.click()
    for ask in case["asks"]:
        expect(stranger.locator("main")).to_contain_text(ask["text"])
    assert looking.faults(stranger) == []
    writes(stranger, {"name": "", "email": "signer@example.net", "country": "FR"})
    stranger.check("#v-counted")
    stranger.check("#f-consent")
    stranger.click("main form [type=submit]")
    stranger.wait_for_url("**/check-your-inbox")
