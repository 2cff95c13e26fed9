"""Backups: one encrypted file from either database into either, and nothing of it believed without being read."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from nacl.public import PrivateKey
from sqlalchemy import select

from campaign.collaborators import Collaborators, now
from campaign.database import Base, db, unit_of_work
from campaign.domain import switching
from campaign.domain.accounts import organising
from campaign.gateways.strongbox import PIECE, day_of
from campaign.models.account import RoleName
from campaign.models.letter import Letter, LetterState
from campaign.models.signature import Signature
from campaign.models.site import Switch
from campaign.settings import encode_key
from tests.databases import House, NoPostgres, Postgres, Sqlite, postgres_server
from tests.make import NOON, Make

KEY = PrivateKey(b"b" * 32)
# Where a restored site differs on purpose; what was signed lately is forgotten at once.
CHANGED = {"journal_entry", "letter", "stopped_switch", "recent_count"}


@pytest.fixture
def flask(app: Flask, tools: Collaborators) -> Callable[..., Result]:
    """A command of the site whose backups are sealed to KEY."""
    settings = replace(tools.settings, backup_public_key=bytes(KEY.public_key))
    app.extensions["collaborators"] = replace(tools, settings=settings)
    return lambda *words, **env: app.test_cli_runner().invoke(args=[str(word) for word in words], env=env)


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "backup.key"
    path.write_text(encode_key(bytes(KEY)))
    return path


@pytest.fixture(params=["into sqlite", pytest.param("into postgresql", marks=pytest.mark.postgres)])
def new_house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """Another machine: an empty database of either kind, and an empty store."""
    if request.param == "into postgresql":
        try:
            postgres_server()
        except NoPostgres as reason:
            pytest.skip(f"no PostgreSQL: {reason}")
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    house = House(Postgres() if request.param == "into postgresql" else Sqlite(folder), folder)
    yield house
    house.close()


@pytest.fixture
def full(make: Make, flask: Callable[..., Result]) -> str:
    """A petition with sealed names, one withdrawn, and a packet with names in the store; its reference."""
    petition = make.counted_petition(3)
    make.withdraw(make.confirmed_signature(petition))
    make.pending_signature(petition)
    make.count(petition)
    with unit_of_work():
        organising.open_account("nora@example.org", RoleName.STAFF, at=NOON)
    reference = flask("packets", "new", petition.slug, "--addressee", "sg", "--level", "full").stdout.strip()
    assert flask("packets", "build", reference).exit_code == 0
    return reference


def rows() -> dict[str, list[tuple[object, ...]]]:
    """Every row as our own types have it, whichever database holds it."""
    db.session.rollback()
    return {
        table.name: [tuple(row) for row in db.session.execute(select(table).order_by(*table.primary_key.columns))]
        for table in Base.metadata.sorted_tables
        if table.name not in CHANGED
    }


def files(store: Path) -> dict[str, bytes]:
    return {str(p.relative_to(store)): p.read_bytes() for p in store.rglob("*") if p.is_file()}


def saved(flask: Callable[..., Result], path: Path, *more: str) -> Path:
    db.session.commit()
    done = flask("backup", path, *more)
    assert done.exit_code == 0, done.output
    return path


def test_a_backup_of_either_database_stands_up_again_in_either(
    full: str,
    flask: Callable[..., Result],
    tools: Collaborators,
    key: Path,
    tmp_path: Path,
    new_house: House,
) -> None:
    path = saved(flask, tmp_path / "today.backup")
    assert path.stat().st_mode & 0o777 == 0o600
    proved = flask("restore", path, "--check", "--key", key)
    assert proved.exit_code == 0, proved.output
    assert "Counts, ledgers and packets add up" in proved.output
    before, kept = rows(), files(tools.settings.store)
    assert f"packets/{full}/manifest.json" in kept
    runner = new_house.app.test_cli_runner()
    with new_house.app.app_context():
        done = runner.invoke(args=["restore", str(path), "--key", str(key)])
        assert done.exit_code == 0, done.output
        assert rows() == before
        assert files(new_house.settings.store) == kept
        for row in db.session.scalars(select(Signature).where(Signature.name_box.is_not(None))):
            assert tools.names_opener.open(row.name_box or b"", row.public_id)
        with unit_of_work():  # the counters of PostgreSQL go on where the restored rows end
            organising.open_account("leon@example.org", RoleName.CAMPAIGNER, at=NOON)
        again = runner.invoke(args=["restore", str(path), "--key", str(key)])
        assert again.exit_code == 1
        assert "empty ones only" in again.output


def test_a_restored_site_writes_to_nobody_until_staff_say_so(
    make: Make, flask: Callable[..., Result], key: Path, tmp_path: Path
) -> None:
    make.pending_signature(make.open_petition())
    path = saved(flask, tmp_path / "today.backup")
    house = House(Sqlite(tmp_path), tmp_path)
    with house.app.app_context():
        assert house.app.test_cli_runner().invoke(args=["restore", str(path), "--key", str(key)]).exit_code == 0
        assert {letter.state for letter in db.session.scalars(select(Letter))} == {LetterState.NOT_WANTED}
        stopped = switching.about(Switch.LETTERS)
        assert stopped
        assert "People who left since then" in stopped.reason
    house.close()


@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_what_was_changed_cut_or_locked_with_something_else_is_never_read_as_whole(
    full: str, flask: Callable[..., Result], key: Path, tmp_path: Path
) -> None:
    whole = saved(flask, tmp_path / "today.backup").read_bytes()
    assert len(whole) > 2 * PIECE, "the box has several pieces"
    broken = tmp_path / "broken.backup"

    def check(content: bytes) -> str:
        broken.write_bytes(content)
        done = flask("restore", broken, "--check", "--key", key)
        assert done.exit_code == 1
        assert isinstance(done.exception, SystemExit), done.exception
        return done.output

    for place in (len(whole) // 2, len(whole) - 1, 30, 300):
        flipped = bytearray(whole)
        flipped[place] ^= 1
        said = check(bytes(flipped))
        assert "changed, or its end is missing" in said or "does not open it" in said, place
    for cut in (whole[:-1], whole[: len(whole) - PIECE], whole + b"x", whole[:40]):
        assert "changed, or its end is missing" in check(cut)
    assert "no backup of this program" in check(b"something else")
    key.write_text(encode_key(b"x" * 32))
    assert "does not open it" in check(whole)


@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_a_broken_backup_leaves_the_new_database_and_store_empty(
    full: str, flask: Callable[..., Result], key: Path, tmp_path: Path
) -> None:
    path = saved(flask, tmp_path / "today.backup")
    content = bytearray(path.read_bytes())
    content[-10] ^= 1
    path.write_bytes(content)
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    house = House(Sqlite(folder), folder)
    with house.app.app_context():
        done = house.app.test_cli_runner().invoke(args=["restore", str(path), "--key", str(key)])
        assert done.exit_code == 1
        assert not db.session.scalars(select(Signature)).all()
        assert files(house.settings.store) == {}
    house.close()


@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_a_count_that_does_not_add_up_is_told_by_the_proof(
    make: Make, flask: Callable[..., Result], key: Path, tmp_path: Path
) -> None:
    petition = make.counted_petition(3)
    with unit_of_work():
        petition.signature_count = 4
    path = saved(flask, tmp_path / "today.backup")
    proved = flask("restore", path, "--check", "--key", key)
    assert proved.exit_code == 1
    assert "the ledger adds up to 3, the page says 4, 3 stand for it" in proved.output


@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_a_passphrase_opens_what_it_locked_and_old_backups_are_named_or_deleted(
    make: Make, flask: Callable[..., Result], tmp_path: Path
) -> None:
    make.counted_petition(1)
    path, words = tmp_path / "today.backup", "four words that rhyme"
    db.session.commit()
    made = flask("backup", path, "--passphrase", CAMPAIGN_BACKUP_PASSPHRASE=words)
    assert made.exit_code == 0, made.output
    assert "Keep it at most 30 days" in made.output
    assert flask("restore", path, "--check", CAMPAIGN_BACKUP_PASSPHRASE=words).exit_code == 0
    wrong = flask("restore", path, "--check", CAMPAIGN_BACKUP_PASSPHRASE="four words that rime")
    assert wrong.exit_code == 1
    assert "does not open it" in wrong.output
    assert words not in made.output

    old, other = tmp_path / "old.backup", tmp_path / "notes.txt"
    long_ago = (now() - timedelta(days=31)).date().isoformat()
    old.write_bytes(path.read_bytes().replace((day_of(path) or "").encode(), long_ago.encode()))
    other.write_text("mine")
    assert f"old.backup is of {long_ago}" in flask("backup", tmp_path / "b.backup").output
    flask("backup", tmp_path / "c.backup", "--prune")
    assert sorted(os.listdir(tmp_path)) == ["b.backup", "c.backup", "notes.txt", "today.backup"]  # noqa: PTH208
