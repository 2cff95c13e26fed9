"""A petition that asks for a proof of work: a browser does it, and a browser without scripts signs all the same."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from campaign.database import db
from campaign.models.letter import Letter
from campaign.models.signature import Signature
from tests.make import GIVEN_OUT

WAIT = timedelta(minutes=10)


pytestmark = pytest.mark.parametrize("house", ["sqlite"], indirect=True)  # what a browser does, whatever keeps it


@pytest.fixture
def petition(make):
    petition = make.open_petition()
    petition.asks_for_proof = True
    db.session.commit()
    return petition


def fill_in(page, n):
    name, email = f"Nour Haddad {'ABC'[n]}", f"nour.{n}@post.example"
    GIVEN_OUT.update((name, email))
    page.get_by_label("Your name", exact=True).fill(name)
    page.get_by_label("E-mail", exact=True).fill(email)
    page.get_by_label("Country", exact=True).select_option("FR")
    page.get_by_label("Counted only", exact=True).check()
    page.get_by_label("I agree").check()
    page.get_by_role("button", name="Sign the letter").click()
    page.wait_for_url("**/check-your-inbox")


def waits():
    db.session.rollback()
    rows = db.session.execute(
        select(Signature.is_proved, Letter.due_at, Letter.posted_at)
        .join(Letter, Letter.signature_id == Signature.id)
        .order_by(Signature.id)
    )
    return [(proved, due - posted) for proved, due, posted in rows]


@pytest.mark.browser
@pytest.mark.feature(42)
def test_a_browser_does_the_work_while_the_form_is_filled_in(petition, living, visitor):
    site = living()
    site.start_web(processes=3)
    nour = visitor(viewport={"width": 390, "height": 844})
    nour.page.goto(f"{site.url}/petitions/{petition.slug}")
    fill_in(nour.page, 0)
    assert waits() == [(True, timedelta(0))]
    assert nour.complaints == []
    assert {url for url in nour.asked if not url.startswith(site.url)} == set()


@pytest.mark.browser
@pytest.mark.feature(20, 42)
def test_without_scripts_the_same_form_is_taken_and_its_letter_waits(petition, living, visitor):
    site = living()
    site.start_web(processes=3)
    nour = visitor(java_script_enabled=False)
    nour.page.goto(f"{site.url}/petitions/{petition.slug}")
    assert "10 minutes at the earliest" in nour.page.locator("form.stack").inner_text()
    fill_in(nour.page, 1)
    assert waits() == [(False, WAIT)]
    assert "10 minutes" in nour.page.locator("main").inner_text()


@pytest.mark.browser
@pytest.mark.feature(42)
def test_whoever_comes_back_to_the_form_does_the_work_anew(petition, living, visitor):
    site = living()
    site.start_web(processes=3)
    nour = visitor()
    nour.page.goto(f"{site.url}/petitions/{petition.slug}")
    fill_in(nour.page, 0)
    nour.page.go_back()
    fill_in(nour.page, 2)
    assert waits() == [(True, timedelta(0))] * 2


@pytest.mark.browser
@pytest.mark.feature(41)
def test_nobody_sees_the_trap_or_comes_upon_it_with_the_keyboard(petition, living, visitor):
    site = living()
    site.start_web(processes=3)
    page = visitor().page
    page.goto(f"{site.url}/petitions/{petition.slug}")
    box = page.locator("#f-remarks").bounding_box()
    hush = page.locator("p.hush").bounding_box()
    assert hush is not None
    assert hush["width"] * hush["height"] <= 4
    assert box is not None
    page.get_by_label("Your name", exact=True).focus()
    seen = []
    for _ in range(25):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.name || ''"))
    assert "email" in seen
    assert "consent" in seen
    assert "remarks" not in seen
