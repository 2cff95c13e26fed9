"""The doctor looks at everything the site needs; each line is tried with the thing broken."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from dns import resolver
from flask import Flask
from huey import RedisHuey

from campaign.cli.doctor import records
from campaign.collaborators import Collaborators, now
from campaign.database import db, unit_of_work
from campaign.domain import keeping
from campaign.domain.sealing import Opener
from campaign.gateways.mailer import SmtpOffice
from campaign.models.letter import Letter
from tests.databases import House
from tests.fakes import PostOffice
from tests.house.rooms import ROOT
from tests.make import Make

Said = Callable[..., tuple[int, str]]
NOWHERE = "127.0.0.1:1"


@pytest.fixture
def doctor(app: Flask, tools: Collaborators) -> Said:
    """What it says, and its exit status, with some of the settings changed."""

    def look(office: Any = None, **changed: Any) -> tuple[int, str]:
        known = replace(tools, settings=replace(tools.settings, **changed))
        app.extensions["collaborators"] = replace(known, post_office=office) if office else known
        done = app.test_cli_runner().invoke(args=["doctor"])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, done.output

    return look


def test_a_site_that_is_well_has_one_line_for_each_thing_and_no_failure(doctor: Said) -> None:
    code, said = doctor()
    assert code == 0, said
    for about in ("settings", "database", "mail key", "names key", "backups", "store", "mail", "queue", "limits"):
        assert f"ok    {about}: " in said
    assert "at the newest migration, keys registered" in said
    assert "giving: is off" in said


@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"mail_private_keys": ()}, "FAIL  mail key: no private key here"),
        ({"store": Path("/proc/nowhere")}, "FAIL  store: /proc/nowhere"),
        ({"limits_url": f"redis://{NOWHERE}/0"}, "FAIL  limits: their Redis does not answer"),
        ({"names_public_key": b"n" * 32}, "FAIL  database: the names key of this node is not registered"),
        ({"env": "production", "mail_url": "smtp://u:p@mail.invalid"}, "FAIL  settings: letters would leave un"),
    ],
)  # fmt: skip
def test_each_broken_thing_is_a_line_that_fails(doctor: Said, changed: dict[str, Any], says: str) -> None:
    office = SmtpOffice(f"smtp://{NOWHERE}") if "mail_url" in changed else None
    code, said = doctor(office, **changed)
    assert code == 1
    assert says in said


def test_a_mail_server_is_asked(doctor: Said) -> None:
    office = PostOffice().open()
    told = doctor(SmtpOffice(office.url), mail_url=office.url)[1]
    assert "ok    mail: the server answers" in told
    assert "takes addresses in any script (SMTPUTF8)" in told
    office.close()
    office.open(enable_SMTPUTF8=False)
    told = doctor(SmtpOffice(office.url), mail_url=office.url)[1]
    assert "does not offer SMTPUTF8: whoever has an address that is not ASCII before the @ cannot sign" in told
    office.close()
    code, said = doctor(SmtpOffice(f"smtp://{NOWHERE}"), mail_url=f"smtp://{NOWHERE}")
    assert (code, "FAIL  mail: the server does not answer" in said) == (1, True)
    assert "SMTPUTF8): not checked" in said


@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_a_queue_that_is_away_and_letters_that_wait_too_long_fail(app: Flask, doctor: Said, make: Make) -> None:
    make.pending_signature()
    with unit_of_work():
        for letter in db.session.scalars(db.select(Letter)):
            letter.posted_at = now() - timedelta(minutes=16)
    code, said = doctor()
    assert (code, "FAIL  letters: oldest waits 9" in said) == (1, True)
    known = app.extensions["huey"]
    app.extensions["huey"] = RedisHuey("x", url=f"redis://{NOWHERE}/0")
    assert "FAIL  queue: does not answer" in doctor()[1]
    app.extensions["huey"] = known


@pytest.mark.feature(100)
def test_it_says_which_older_keys_a_node_does_not_hold(app: Flask, doctor: Said, tools: Collaborators) -> None:
    with unit_of_work():
        (old,) = keeping.register_keys(mail=tools.settings.mail_public_key, names=b"o" * 32, at=now())
        mark = old.key_id.hex()
    code, said = doctor()
    assert code == 0
    assert f"names key: what was sealed to the older key {mark} does not open here" in said
    app.extensions["collaborators"] = replace(tools, names_opener=Opener([]))
    assert mark not in app.test_cli_runner().invoke(args=["doctor"]).output, "it need not open any here"


@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_wrong_settings_a_missing_database_and_old_tables_are_said_before_anything_else(
    house: House, tmp_path: Path
) -> None:
    def run(**about: str) -> str:
        environ = {k: v for k, v in os.environ.items() if not k.startswith("CAMPAIGN_")}
        settings = {f"CAMPAIGN_{name}": value for name, value in about.items()}
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "doctor"]
        done = subprocess.run(
            command, cwd=ROOT, env=environ | settings, capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        return done.stdout + done.stderr

    here = {"INSTANCE": str(tmp_path)}
    assert "CAMPAIGN_SITE_NAME: is missing" in run(**here, ENV="production")
    assert "not at the newest migration: run" in run(**here)
    assert "the database does not answer" in run(**here, DATABASE_URL=f"postgresql+psycopg://x@{NOWHERE}/x")


def test_records_of_the_senders_domain_are_there_missing_or_not_checked() -> None:
    zone = {
        "bounces.letters.example": ['"v=spf1 mx -all"', '"other"'],
        "_dmarc.letters.example": ['"v=DMARC1; p=reject"'],
        "mail._domainkey.news.letters.example": ['"v=DKIM1; k=rsa; " "p=MIIB"'],
    }

    def resolve(where: str, kind: str, **_how: Any) -> list[str]:
        if where not in zone:
            raise resolver.NXDOMAIN
        return zone[where]

    def dead(*_asked: Any, **_how: Any) -> list[str]:
        raise resolver.LifetimeTimeout(timeout=2.0, errors=[])

    def said(resolve: Callable[..., list[str]], selector: str = "mail") -> list[tuple[str, bool]]:
        told = records("news.letters.example", "bounces.letters.example", selector, resolve)
        return [(line.says, line.fails) for line in told]

    assert said(resolve) == [("SPF: there", False), ("DMARC: there", False), ("DKIM: there", False)]
    (unsaid,) = set(said(resolve, "")) - set(said(resolve))
    assert unsaid == ("DKIM: not checked; the relay signs, and CAMPAIGN_MAIL_DKIM_SELECTOR is not said", False)
    zone.clear()
    assert said(resolve) == [
        ("SPF: no record at bounces.letters.example", True),
        ("DMARC: no record at _dmarc.news.letters.example", True),
        ("DKIM: no record at mail._domainkey.news.letters.example", True),
    ]
    assert said(dead) == [("SPF, DKIM and DMARC: not checked", False)]
