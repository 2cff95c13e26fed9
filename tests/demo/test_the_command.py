"""`flask demo`, as somebody types it."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from campaign.collaborators import Collaborators
from campaign.database import db
from campaign.demo.loading import ACCOUNTS
from campaign.domain.accounts import teaming
from campaign.models.account import Account, RoleName
from campaign.models.petition import Petition
from campaign.models.prisoner import Prisoner
from campaign.models.team import Part
from campaign.settings import ROOT


def people() -> int:
    return db.session.scalar(select(func.count()).select_from(Prisoner)) or 0


def test_one_command_loads_the_reference_case_and_a_second_changes_nothing(app: Flask) -> None:
    first = app.test_cli_runner().invoke(args=["demo"])
    assert first.exit_code == 0, first.output
    assert "13 people, 6 campaigns, 2 petitions, 3 organisations, 47 addressees" in first.output
    campaigner = db.session.scalars(select(Account).where(Account.email == ACCOUNTS[RoleName.CAMPAIGNER])).one()
    parts = teaming.campaigns_of(campaigner)
    assert [part for _, part in parts] == [Part.OWNER] * 6, "whose figures the demonstration's campaigner sees"
    second = app.test_cli_runner().invoke(args=["demo"])
    assert second.exit_code == 0
    assert "nothing was changed" in second.output
    assert people() == 13


def test_signatures_are_added_and_counted_at_once(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["demo", "--signatures", "50"])
    assert result.exit_code == 0, result.output
    assert "50 invented signatures added; 50 counted" in result.output
    assert db.session.scalars(select(Petition.signature_count).order_by(Petition.id)).all() == [50, 0]


def test_the_demonstration_accounts_are_named_with_their_password(app: Flask) -> None:
    if "security" not in app.extensions:
        pytest.skip("nobody signs in on this node")
    result = app.test_cli_runner().invoke(args=["demo"])
    for email in ("campaigner@example.org", "staff@example.org", "admin@example.org"):
        assert email in result.output


def test_production_refuses_the_demonstration_in_one_line(app: Flask, tools: Collaborators) -> None:
    app.extensions["collaborators"] = replace(tools, settings=replace(tools.settings, env="production"))
    result = app.test_cli_runner().invoke(args=["demo"])
    assert result.exit_code == 1
    assert result.output.count("\n") == 1
    assert "not for production" in result.output
    assert people() == 0


def test_without_migrations_one_line_says_what_to_do(tmp_path: Path) -> None:
    """A process of its own, with an instance folder that nobody has migrated."""
    environ = {**os.environ, "CAMPAIGN_INSTANCE": str(tmp_path)}
    environ.pop("CAMPAIGN_DATABASE_URL", None)
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "demo"]
    done = subprocess.run(command, env=environ, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("Error: the database is not ready")
    assert "Traceback" not in done.stderr
