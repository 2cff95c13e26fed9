"""Opening accounts on the command line: one link, printed once, and one clear line for what cannot be done."""

import pytest
from flask import Flask

from campaign.app import create_app
from campaign.domain.accounts import organising
from campaign.settings import read
from tests.databases import House


def test_opening_an_account_prints_one_link_that_sets_the_password(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["accounts", "add", "Nora@Example.org", "--role", "staff"])
    assert done.exit_code == 0, done.output
    link = done.stdout.strip()
    assert link.startswith("http://127.0.0.1:8000/account/password/")
    account = organising.found("nora@example.org")
    assert account.password is None
    assert [role.name for role in account.roles] == ["staff"]
    page = app.test_client().get(link.removeprefix("http://127.0.0.1:8000"))
    assert "Set your password" in page.text


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["add", "nora@example.org", "--role", "staff"], "already an account"),
        (["add", "nobody", "--role", "staff"], "not a whole address"),
        (["link", "x@example.org"], "no account with this address"),
        (["reset-factor", "x@example.org", "--reason", "lost"], "no account with this address"),
        (["reset-factor", "nora@example.org", "--reason", "nora@example.org asks"], "without an address"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(app: Flask, args: list[str], says: str) -> None:
    runner = app.test_cli_runner()
    runner.invoke(args=["accounts", "add", "nora@example.org", "--role", "staff"])
    done = runner.invoke(args=["accounts", *args])
    assert done.exit_code == 1
    assert says in done.output
    assert "Traceback" not in done.output


def test_a_node_where_nobody_signs_in_opens_no_accounts(house: House) -> None:
    app = create_app(read({**house.environ, "CAMPAIGN_ROLES": "public"}))
    assert "accounts" not in app.cli.commands
