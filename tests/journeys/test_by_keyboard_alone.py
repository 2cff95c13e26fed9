"""A campaign is written, sent and published by people who use no mouse: Tab, Space, Enter and typing."""

import pytest
from playwright.sync_api import expect

from campaign.database import db
from campaign.demo.loading import DEMO_PASSWORD
from campaign.domain.accounts import organising
from campaign.models.account import RoleName
from campaign.web.accounts import hash_password

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("house", ["sqlite"], indirect=True)]

# Where the focus went: what it is called, whether it can be seen, and whether it stands behind what had it before.
WHERE = """() => {
  const e = document.activeElement, box = e.getBoundingClientRect(), style = getComputedStyle(e);
  const before = window.hadFocus;
  window.hadFocus = e;
  const label = e.labels && e.labels.length ? e.labels[0] : e;
  return {
    name: (e.getAttribute("aria-label") || label.innerText || "").trim(),
    of: e.name || "",
    kind: e.tagName,
    marked: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    seen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight,
    goesOn: !before || !before.isConnected || e === document.body
      || Boolean(before.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING),
  };
}"""


class Keys:
    """Somebody at the keys. Whatever the focus passes has to be marked, in sight, and in the order of the page."""

    def __init__(self, page):
        self.page = page
        self.faults = []

    def open(self, url):
        self.page.goto(url)

    def to(self, wanted, most=120):
        """Tab until the focus is on a control of that name, or a field that is sent under it."""
        for _step in range(most):
            self.page.keyboard.press("Tab")
            at = self.page.evaluate(WHERE)
            if at["kind"] == "BODY":
                continue
            if not (at["marked"] and at["seen"] and at["goesOn"]):
                self.faults.append((self.page.url, wanted, at))
            if wanted in {at["of"], at["name"]} or at["name"].startswith(wanted):
                return
        raise AssertionError(f"no way by keyboard to “{wanted}” on {self.page.url}")

    def types(self, **fields):
        for field, words in fields.items():
            self.to(field.replace("__", "-"))
            self.page.keyboard.type(words)

    def presses(self, wanted, key="Enter"):
        """A button or a link, that leads on."""
        self.to(wanted)
        with self.page.expect_navigation():
            self.page.keyboard.press(key)

    def ticks(self, wanted):
        self.to(wanted)
        self.page.keyboard.press("Space")

    def comes_in(self, site, email):
        self.open(f"{site.url}/account/login")
        self.to("Skip to the content", most=1)
        self.page.keyboard.press("Enter")
        assert self.page.evaluate("document.activeElement.id") == "main", "the skip link leads into the page"
        self.types(email=email, password=DEMO_PASSWORD)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")


@pytest.fixture
def site(living, make):
    make.addressee()
    for role in (RoleName.CAMPAIGNER, RoleName.STAFF):
        account = organising.open_account(f"{role}@example.org", role, name=role.title(), at=make.now())
        account.password, account.is_demonstration = hash_password(DEMO_PASSWORD), True
    db.session.commit()
    site = living()
    site.start_web(processes=1)
    return site


@pytest.mark.feature(9)
def test_a_draft_is_written_sent_and_approved_without_a_mouse(site, visitor):
    leila = Keys(visitor().page)
    leila.comes_in(site, "campaigner@example.org")
    leila.presses("Begin a new campaign")
    at = "people__0__"
    leila.types(**{f"{at}name": "Firdavs Rahimzoda", f"{at}role": "lawyer", f"{at}status": "Det", f"{at}as_of": "2017"})
    fact = f"{at}facts__0__"
    leila.types(
        **{f"{fact}topic": "Arr", f"{fact}value": "Arrested at home.", f"{fact}as_of": "2017", f"{fact}source": "Ozodi"}
    )
    leila.presses("Save and go on")
    leila.types(title="Freedom for a lawyer", country="Tajik", summary="He defended others.")
    leila.presses("Save and go on")
    leila.presses("Save and go on")
    leila.types(letter_title="Let him go")
    leila.ticks("addressees")
    leila.types(salutation="Excellency,", text="We write to you.", asks__0__text="Speak.", asks__0__to="the Office")
    leila.types(closing="Respectfully,")
    leila.presses("Save and go on")
    leila.presses("Save and go on")
    leila.types(basis="They", proof="Named in a judgment.", risk="None beyond what is public.")
    leila.presses("Save and go on")
    leila.presses("Send it to staff")
    expect(leila.page.locator("main")).to_contain_text("It is with staff since")

    nora = Keys(visitor().page)
    nora.comes_in(site, "staff@example.org")
    nora.presses("Queue")
    nora.presses("Freedom for a lawyer")
    nora.presses("Take it")
    for _each in range(nora.page.locator("[name=checks]").count()):
        nora.ticks("checks")
    nora.presses("Approve, and publish now")
    expect(nora.page.locator("main")).to_contain_text("Approved by Staff")
    assert "Freedom for a lawyer" in site.get("/")
    assert leila.faults + nora.faults == []
