"""Journeys: real processes, real SMTP, a real browser."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from campaign.database import db
from tests.conftest import personal_values
from tests.databases import House
from tests.fakes import PostOffice
from tests.journeys.living import LivingSite

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture
def post_office() -> Iterator[PostOffice]:
    office = PostOffice().open()
    yield office
    office.close()


@pytest.fixture
def living(app: Any, house: House, post_office: PostOffice, tmp_path: Path) -> Iterator[Callable[..., LivingSite]]:
    """Makes a site of processes on this test's database; they are stopped, and what they said is searched."""
    sites: list[LivingSite] = []

    def start(**settings: str) -> LivingSite:
        db.session.commit()
        sites.append(LivingSite(house, post_office, tmp_path, **settings))
        return sites[-1]

    yield start
    for site in sites:
        site.stop()
        assert personal_values(site.said) == [], "a process has said a name or an address"
        assert "Traceback" not in site.said, site.said


@pytest.fixture
def site(living: Callable[..., LivingSite]) -> LivingSite:
    """Web and worker, running."""
    site = living()
    site.start_worker()
    site.start_web(processes=1)
    return site


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    if CHROMIUM is None:
        pytest.skip("no browser: Debian's chromium is not installed")
    quiet = [
        "--no-sandbox",
        "--disable-background-networking",
        "--disable-component-update",
        "--no-first-run",
        "--disable-gpu",
    ]
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": quiet}


class Visitor:
    """A browser with one page open, and everything that it asked of anybody."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.page: Page = context.new_page()
        self.page.set_default_timeout(15_000)
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda fault: self.complaints.append(str(fault)))

    def heading(self) -> str:
        return self.page.locator("h1").inner_text()


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """Somebody new at the site, with or without JavaScript."""
    contexts: list[BrowserContext] = []

    def come(**how: Any) -> Visitor:
        contexts.append(browser.new_context(**how))
        return Visitor(contexts[-1])

    yield come
    for context in contexts:
        context.close()
