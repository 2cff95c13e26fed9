"""Packets from the command line: one reference on standard output, one clear line on error."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from campaign.collaborators import Collaborators
from campaign.database import db, unit_of_work
from campaign.demo import loading, signing
from campaign.domain.packets import building, lining
from campaign.models.packet import Packet, PacketState
from tests.databases import House
from tests.make import NOON, Make

Flask_ = Callable[..., Result]


@pytest.fixture
def flask(app: Flask) -> Flask_:
    runner = app.test_cli_runner()

    def run(*words: str) -> Result:
        result: Result = runner.invoke(args=list(words))
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return run


def packet(reference: str) -> Packet:
    db.session.rollback()
    return db.session.scalars(db.select(Packet).where(Packet.reference == reference)).one()


@pytest.mark.feature(106)
def test_seal_build_and_check_a_packet(make: Make, tools: Collaborators, flask: Flask_) -> None:
    petition = make.counted_petition(3)
    sealed = flask("packets", "new", petition.slug, "--addressee", "sg", "--level", "full")
    assert sealed.exit_code == 0
    reference = sealed.stdout.strip()
    assert re.fullmatch(r"[A-Z]{2}-\d{4}-\d{3}-[A-Z]\d+", reference)
    assert sealed.stdout == reference + "\n"

    built = flask("packets", "build", reference)
    assert built.exit_code == 0
    folder = Path(built.stdout.strip().splitlines()[-1])
    assert folder == tools.settings.store / "packets" / reference

    row = packet(reference)
    checked = flask("packets", "verify", str(folder), "--manifest-hash", row.manifest_sha256 or "")
    assert checked.exit_code == 0
    assert "3 counted signatures add up" in checked.stdout
    again = flask("packets", "build", reference)
    assert again.exit_code == 0

    (folder / "10-receipt.pdf").write_bytes((folder / "10-receipt.pdf").read_bytes()[:-1] + b"X")
    broken = flask("packets", "verify", str(folder))
    assert broken.exit_code == 1
    assert "10-receipt.pdf was changed" in broken.stderr
    other = flask("packets", "verify", str(folder), "--manifest-hash", "0" * 64)
    assert "not the one given" in other.stderr


def test_the_certificate_says_that_the_command_line_sealed_unchecked(make: Make, flask: Flask_) -> None:
    petition = make.counted_petition(1)
    reference = flask("packets", "new", petition.slug, "--addressee", "sg", "--level", "totals").stdout.strip()
    assert building.page_data(packet(reference))["certificate"]["unchecked"] is True


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("new", "nothing-there", "--addressee", "sg", "--level", "full"), "there is no petition “nothing-there”"),
        (("build", "XX-2000-001-A1"), "there is no packet “XX-2000-001-A1”"),
    ],
)
def test_what_is_not_there_is_said_in_one_line(flask: Flask_, words: tuple[str, ...], says: str) -> None:
    result = flask("packets", *words)
    assert result.exit_code == 1
    assert says in result.stderr
    assert result.stdout == ""


def test_what_blocks_a_seal_is_listed_and_nothing_is_left_behind(make: Make, flask: Flask_) -> None:
    make.addressee("sg")
    petition = make.open_petition()
    result = flask("packets", "new", petition.slug, "--addressee", "sg", "--level", "full")
    assert result.exit_code == 1
    assert "No signature has been counted yet." in result.stderr
    assert result.stdout == ""
    db.session.rollback()
    assert db.session.scalars(db.select(Packet)).all() == []


def test_a_superseded_packet_is_not_built_and_says_why(make: Make, flask: Flask_) -> None:
    petition = make.open_petition()
    signature = make.confirmed_signature(petition)
    reference = flask("packets", "new", petition.slug, "--addressee", "sg", "--level", "full").stdout.strip()
    make.withdraw(signature)
    for _ in range(2):
        result = flask("packets", "build", reference)
        assert result.exit_code == 1
        assert "Somebody has withdrawn" in result.stderr
    assert packet(reference).state is PacketState.SUPERSEDED


def test_a_build_waits_for_another_builder_and_then_goes_on(make: Make, app: Flask, flask: Flask_) -> None:
    petition = make.counted_petition(1)
    reference = flask("packets", "new", petition.slug, "--addressee", "sg", "--level", "totals").stdout.strip()
    other = {"holder": "another-machine:1"}
    with unit_of_work():
        assert building.claim(reference, **other, at=datetime.now(UTC))
    freed: list[float] = []

    def let_go() -> None:
        with app.app_context(), unit_of_work():
            building.stop(reference, **other, fault="", superseded=False)
            freed.append(time.monotonic())

    timer = threading.Timer(1.5, let_go)
    timer.start()
    result = flask("packets", "build", reference)
    timer.join()
    assert result.exit_code == 0
    assert freed
    assert packet(reference).state is PacketState.BUILT


@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_a_build_that_was_killed_is_finished_by_the_next_one(house: House, tools: Collaborators, flask: Flask_) -> None:
    with unit_of_work():
        loading.load(at=NOON, hash_password=lambda word: word)
    with unit_of_work():
        signing.add_signatures(loading.PETITION, lining.PER_VOLUME + 1, at=NOON + timedelta(hours=1), seal=tools.seal)
    reference = flask("packets", "new", loading.PETITION, "--addressee", "sg", "--level", "full").stdout.strip()
    db.session.remove()
    folder = tools.settings.store / "packets" / reference

    command = [sys.executable, "-m", "flask", "--app", "wsgi", "packets", "build", reference]
    child = subprocess.Popen(
        command, env={**os.environ, **house.environ}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    until = time.monotonic() + 60
    noted = tools.settings.store / "building" / f"{reference}.json"
    while not noted.exists() and child.poll() is None and time.monotonic() < until:
        time.sleep(0.02)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert not (folder / "manifest.json").exists()
    kept = (folder / "10-receipt.pdf").stat().st_mtime_ns

    assert flask("packets", "build", reference).exit_code == 0

    assert flask("packets", "verify", str(folder)).exit_code == 0
    assert (folder / "10-receipt.pdf").stat().st_mtime_ns == kept  # and went on from there
    assert [p for p in folder.rglob(".unfinished-*")] == []
