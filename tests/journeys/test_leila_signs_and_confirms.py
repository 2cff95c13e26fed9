import time

import pytest

from tests.fakes import link, words
from tests.make import GIVEN_OUT

pytestmark = pytest.mark.browser
NAME, ADDRESS = "Leïla Amrani", "leila@post.example"


@pytest.fixture
def petition(make):
    GIVEN_OUT.update((NAME, ADDRESS))
    return make.counted_petition(3)


def sign(visitor, site, petition, *, visibility):
    page = visitor.page
    page.goto(f"{site.url}/petitions/{petition.slug}")
    page.get_by_label("Your name", exact=True).fill(NAME)
    page.get_by_label("E-mail", exact=True).fill(ADDRESS)
    page.get_by_label("Country", exact=True).select_option("FR")
    page.get_by_label(visibility, exact=True).check()
    page.get_by_label("I agree").check()
    page.get_by_role("button", name="Sign the letter").click()
    page.wait_for_url("**/check-your-inbox")


def count_becomes(site, petition, n, *, seconds=20):
    """The number that everybody reads, once the counter has looked."""
    wanted, end = f'"signature_count":{n}', time.monotonic() + seconds
    while time.monotonic() < end:
        said = site.get(f"/petitions/{petition.slug}/count.json").replace(" ", "")
        if wanted in said:
            return True
        time.sleep(0.2)
    raise AssertionError(f"{said} instead of {n}")


@pytest.mark.feature(19, 20, 22, 23, 24, 36, 49)
@pytest.mark.parametrize(
    ("house", "javascript"),
    [("sqlite", True), pytest.param("postgresql", False, marks=pytest.mark.postgres)],
    ids=["sqlite, with JavaScript", "postgresql, without JavaScript"],
    indirect=["house"],
)
def test_leila_signs_confirms_hides_and_withdraws(make, site, post_office, visitor, petition, javascript):
    leila = visitor(java_script_enabled=javascript)
    page = leila.page
    sign(leila, site, petition, visibility="Full name")
    (letter,) = post_office.wait_for(1)
    assert str(letter["To"]) == ADDRESS
    count_becomes(site, petition, 3)

    for _ in range(2):
        page.goto(link(letter, "confirm"))
        page.get_by_role("button", name="Confirm my signature").click()
        page.wait_for_url("**/thank-you")
    count_becomes(site, petition, 4)

    page.goto(link(letter, "signature"))
    assert "Full name" in page.locator(".receipt").inner_text()
    page.get_by_label("Counted only", exact=True).check()
    page.get_by_role("button", name="Save the change").click()
    assert "Counted only" in page.locator(".receipt").inner_text()
    assert NAME not in page.content()

    page.get_by_role("link", name="Withdraw my signature").click()
    page.get_by_role("button", name="Withdraw my signature").click()
    page.wait_for_url("**/withdrawn")
    count_becomes(site, petition, 3)
    page.goto(link(letter, "signature"))
    assert "withdrawn" in page.locator("main").inner_text()

    assert leila.context.cookies() == []
    assert {url.split("/")[2] for url in leila.asked} == {site.url.split("/")[2]}
    assert [said for said in leila.complaints if "410" not in said] == []
    subjects = [str(each["Subject"]) for each in post_office.wait_for(2)]
    assert subjects == [str(letter["Subject"]), "It is withdrawn"]


@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_whoever_only_opens_the_links_changes_nothing(make, site, post_office, visitor, petition):
    leila = visitor()
    sign(leila, site, petition, visibility="Counted only")
    (letter,) = post_office.wait_for(1)
    for url in [word for word in words(letter).split() if word.startswith("http")]:
        leila.page.goto(url)
    time.sleep(1.5)  # the counter looks twice a second
    count_becomes(site, petition, 3)


@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_a_form_sent_back_keeps_everything_that_was_typed(site, visitor, petition):
    leila = visitor(java_script_enabled=False)
    page = leila.page
    page.goto(f"{site.url}/petitions/{petition.slug}")
    page.locator("form[action$=sign]").evaluate("form => form.noValidate = true")
    page.get_by_label("Your name", exact=True).fill(NAME)
    page.get_by_label("E-mail", exact=True).fill("leila at post")
    page.get_by_label("Country", exact=True).select_option("FR")
    page.get_by_role("button", name="Sign the letter").click()
    page.get_by_role("alert").wait_for()
    assert page.get_by_label("Your name", exact=True).input_value() == NAME
    assert page.get_by_label("E-mail", exact=True).input_value() == "leila at post"
    assert page.get_by_label("Country", exact=True).input_value() == "FR"
    page.get_by_role("alert").get_by_role("link").first.click()
    assert page.evaluate("location.hash").startswith("#f-")
