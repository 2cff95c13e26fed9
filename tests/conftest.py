"""What every test may ask for. A test that touches the database runs twice: on SQLite and on PostgreSQL."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from campaign.collaborators import Collaborators
from campaign.database import db, take_bells
from campaign.gateways import printer
from campaign.gateways.mailer import SmtpOffice
from campaign.settings import Settings
from campaign.web.public.memory import memory
from campaign.web.throttle import limiter
from tests import make as making
from tests import presses
from tests.databases import House, NoPostgres, Postgres, Sqlite, postgres_server
from tests.fakes import PostOffice
from tests.inspector import InspectedClient
from tests.make import Make
from tests.nursery import NURSERY

pytest_plugins = ["tests.features", "tests.gifts"]

_houses: dict[str, House] = {}


def pytest_configure(config: pytest.Config) -> None:
    making.GIVEN_OUT.clear()


def pytest_unconfigure(config: pytest.Config) -> None:
    for house in _houses.values():
        house.close()
    _houses.clear()
    NURSERY.close()
    presses.end()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> House:
    """The site on an empty database that is there for this test alone."""
    kind = request.param
    if kind == "postgresql":
        try:
            postgres_server()
        except NoPostgres as reason:
            pytest.skip(f"no PostgreSQL: {reason}")
    if kind not in _houses:
        folder = tmp_path_factory.mktemp(kind)
        _houses[kind] = House(Postgres() if kind == "postgresql" else Sqlite(folder), folder)
    house = _houses[kind]
    with house.app.app_context():
        house.database.clean()
    shutil.rmtree(house.settings.store, ignore_errors=True)  # packets of different tests have the same references
    return house


@pytest.fixture
def app(house: House) -> Iterator[Flask]:
    """The app, its context open, with nothing remembered from the test before."""
    app = house.app
    app.test_client_class = InspectedClient
    known = app.extensions["collaborators"]
    with app.app_context():
        memory().forget()
        limiter.reset()
        yield app
        db.session.rollback()
        take_bells()
        db.session.remove()
    app.extensions["collaborators"] = known
    app.extensions["huey"].flush()


@pytest.fixture
def client(app: Flask) -> InspectedClient:
    client = app.test_client(use_cookies=True)
    assert isinstance(client, InspectedClient)
    return client


@pytest.fixture
def tools(app: Flask) -> Collaborators:
    tools: Collaborators = app.extensions["collaborators"]
    return tools


@pytest.fixture
def make(app: Flask, tools: Collaborators) -> Make:
    return Make(tools)


@pytest.fixture
def post_office(app: Flask) -> Iterator[PostOffice]:
    """A mail server that runs, and to which the site sends."""
    office = PostOffice().open()
    known: Collaborators = app.extensions["collaborators"]
    app.extensions["collaborators"] = replace(known, post_office=SmtpOffice(office.url))
    yield office
    office.close()


@pytest.fixture(autouse=True)
def _fresh_names() -> None:
    making.GIVEN_OUT.clear()


@pytest.fixture(autouse=True)
def _kept_presses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printer, "Child", presses.KeptChild)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Logs hold ids and counts: a test whose output holds a name or an address it gave out has failed."""
    report = yield
    if report.when == "teardown" and report.passed:
        told = personal_values("\n".join(text for _, _, text in item._report_sections))
        if told:
            report.outcome = "failed"
            report.longrepr = f"a log holds {len(told)} personal value(s) of this test: {told}"
    return report


def personal_values(output: str) -> list[str]:
    """The names and addresses given out by this test that stand in its output."""
    return sorted(value for value in making.GIVEN_OUT if value in output)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say plainly what was not tried, and why."""
    reasons: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reasons[reason.removeprefix("Skipped: ")] = reasons.get(reason.removeprefix("Skipped: "), 0) + 1
    for reason, n in sorted(reasons.items()):
        terminalreporter.write_line(f"not tried, {n} tests: {reason}")


@pytest.fixture
def production(house: House, tmp_path: Path) -> Settings:
    """Settings of a production site on this test's database."""
    return replace(house.settings, env="production", site_url="https://letters.example", instance=tmp_path)
