"""What is typed into a draft is never lost and never left on the machine: tried in a browser, with its network cut."""

import pytest
from playwright.sync_api import expect

from campaign.database import db
from campaign.demo.loading import DEMO_PASSWORD
from campaign.domain.accounts import organising
from campaign.models.account import Account, RoleName
from campaign.models.draft import Draft
from campaign.web.accounts import hash_password
from tests.gateways.test_darkroom import photo
from tests.journeys import looking

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("house", ["sqlite"], indirect=True)]
EMAIL = "leila@example.org"
KEPT_HERE = (
    "[localStorage.length, sessionStorage.length, document.cookie].join() + (await indexedDB.databases()).length"
)


@pytest.fixture
def site(living, make):
    make.addressee()
    account = organising.open_account(EMAIL, RoleName.CAMPAIGNER, name="Leila", at=make.now())
    account.password, account.is_demonstration = hash_password(DEMO_PASSWORD), True
    db.session.commit()
    site = living()
    site.start_web(processes=1)
    return site


def signs_in(page, site):
    page.goto(f"{site.url}/account/login")
    page.fill("[name=email]", EMAIL)
    page.fill("[name=password]", DEMO_PASSWORD)
    page.click("main [type=submit]")


def begins(page, site):
    signs_in(page, site)
    page.goto(f"{site.url}/workspace")
    page.click("text=Begin a new campaign")
    return page.url.rpartition("/")[0]


def stored(part):
    db.session.rollback()
    return db.session.scalars(db.select(Draft).order_by(Draft.id.desc())).first().content[part]


def says(page, words):
    """The line that tells whether it is saved."""
    expect(page.locator("#saved")).to_contain_text(words, timeout=20_000)


def is_at(page, version):
    """The page knows that this version is stored."""
    expect(page.locator("form[data-autosave] [name=version]")).to_have_value(str(version), timeout=10_000)


def test_nothing_typed_is_lost_with_the_network_the_session_or_another_window(site, visitor):
    here = visitor()
    page = here.page
    path = begins(page, site)
    page.goto(f"{path}/campaign")
    page.fill("#f-title", "Written with a network")
    says(page, "Nothing is public")
    is_at(page, 2)

    here.context.set_offline(True)
    page.fill("#f-summary", "Written without one.")
    says(page, "the network does not answer")
    page.locator("#f-summary").press_sequentially(" And some more.")
    assert stored("campaign")["summary"] == ""
    here.context.set_offline(False)
    says(page, "Nothing is public")
    assert stored("campaign")["summary"] == "Written without one. And some more."

    here.context.clear_cookies()  # the session is over
    page.fill("#f-title", "Written after the session")
    says(page, "you are signed out")
    other = here.context.new_page()
    signs_in(other, site)
    says(page, "Nothing is public")
    assert stored("campaign")["title"] == "Written after the session"

    other.goto(f"{path}/campaign")
    other.fill("#f-title", "From the other window")
    says(other, "Nothing is public")
    is_at(other, 5)
    page.fill("#f-title", "From the first window")
    says(page, "saved in another window")
    assert stored("campaign")["title"] == "From the other window"
    page.locator("button[value=stay]").click()
    expect(page.locator("#h-elsewhere")).to_be_visible()
    assert page.input_value("#f-title") == "From the first window"
    page.locator("#f-title").press_sequentially("!")
    page.wait_for_timeout(3000)  # longer than it takes to save by itself
    assert stored("campaign")["title"] == "From the other window"
    page.locator("button[value=stay]").click()
    page.wait_for_load_state()
    assert stored("campaign")["title"] == "!From the first window"
    assert page.evaluate(f"(async () => {KEPT_HERE})()") == "0,0,0"


def test_half_a_date_stops_no_saving_and_a_tab_with_unsaved_words_asks_before_it_closes(site, visitor):
    here = visitor()
    page = here.page
    path = begins(page, site)
    page.fill("#f-people-0-held_since", "2017-0")
    says(page, "Person 1, Held since")
    page.locator("#f-people-0-held_since").press_sequentially("6")
    says(page, "Nothing is public")
    is_at(page, 2)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.fill("#f-people-0-name", "Zarina")
    page.close(run_before_unload=True)
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    says(page, "Nothing is public")
    is_at(page, 3)
    page.goto(f"{path}/campaign")
    assert asked == ["beforeunload"], "with everything saved nobody is asked"


@pytest.mark.feature(6)
def test_marks_are_set_by_keyboard_and_the_page_is_seen_at_three_widths(site, visitor, tmp_path):
    page = visitor(viewport={"width": 320, "height": 800}).page
    path = begins(page, site)
    picture = tmp_path / "photo.jpg"
    picture.write_bytes(photo())
    page.goto(f"{path}/files")
    page.set_input_files("#f-upload", picture)
    page.click("text=Add it")
    page.fill("#f-files-0-alt", "A field of teal")
    page.locator("button[value=stay]").last.click()
    found = looking.faults(page)
    page.goto(f"{path}/campaign")
    page.fill("#f-title", "ស" * 200)
    assert page.locator("[data-counts=f-title]").inner_text() == "200 of 200 signs"
    page.focus("#f-body")
    page.keyboard.type("bold")
    page.keyboard.press("Shift+Home")
    page.keyboard.press("Control+b")
    page.keyboard.press("End")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    assert page.input_value("#f-body") == "**bold**\n\n![](image-1)\n\n"
    page.keyboard.press("Control+z")
    assert page.input_value("#f-body") == "**bold**"
    page.click("[data-act=image]")
    found += looking.faults(page)
    page.locator("button[value=stay]").click()
    for how, width in (("phone", 390), ("desktop", 1280), ("paper", 624)):
        page.goto(f"{path}/look/campaign/{how}")
        frame = page.frame_locator("iframe")
        expect(frame.get_by_alt_text("A field of teal")).to_be_attached()
        assert abs(frame.locator("html").evaluate("e => innerWidth") - width) <= 2
        assert frame.locator(".exit").is_visible() is (how != "paper")
        assert frame.locator("html").evaluate("e => e.scrollWidth <= innerWidth")
        found += looking.faults(page)
    assert found == []


def test_without_scripts_the_plain_form_saves(site, visitor):
    page = visitor(java_script_enabled=False).page
    path = begins(page, site)
    page.goto(f"{path}/campaign")
    assert page.locator("[role=toolbar]").is_hidden()
    page.fill("#f-title", "Saved by hand")
    page.click("text=Save and go on")
    assert stored("campaign")["title"] == "Saved by hand"
    assert db.session.scalars(db.select(Account)).one().email == EMAIL
