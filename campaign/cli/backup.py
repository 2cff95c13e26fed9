"""`flask backup` and `flask restore`: database and store in one encrypted file, and the proof that it reads back."""

import gzip
import os
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, NoReturn, cast

import click
from flask.cli import with_appcontext

from campaign import readiness
from campaign.cli.forget import forget
from campaign.cli.keys import private_key_in
from campaign.collaborators import collaborators, now
from campaign.database import db, unit_of_work, writing
from campaign.domain import journalling
from campaign.domain.backups import restoring, saving
from campaign.domain.backups.portable import Illegible
from campaign.domain.errors import Refused
from campaign.gateways.strongbox import (
    Closing,
    Keys,
    Locks,
    NewFile,
    NoStrongbox,
    Opening,
    StrongboxBroken,
    WontOpen,
    day_of,
)

PASSPHRASE = "CAMPAIGN_BACKUP_PASSPHRASE"  # noqa: S105 - the name of a variable
LONGEST_KEPT = 30  # days: a purged secret lives on in every backup that was made before


@click.command("backup")
@click.argument("path", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--passphrase", "by_words", is_flag=True, help="Lock it with a passphrase though a key is configured.")
@click.option("--keep-days", type=click.IntRange(1, LONGEST_KEPT), default=LONGEST_KEPT, show_default=True)
@click.option("--prune", is_flag=True, help="Delete backups beside FILE that are older than that.")
@with_appcontext
def backup(path: Path, by_words: bool, keep_days: int, prune: bool) -> None:
    """Write database and store into the new encrypted FILE, as they are at one moment.

    Sealed to CAMPAIGN_BACKUP_PUBLIC_KEY where there is one, otherwise locked with a passphrase. No private key and
    no secret of the settings is in it: keep those in their own two places.
    """
    tools, at = collaborators(), now()
    if path.exists():
        _fail(f"{path}: there is such a file already")
    locks = _locks(by_words)
    db.session.rollback()
    try:
        with NewFile(path) as file, saving.one_moment() as connection:
            box = Closing(file, locks, day=at.date().isoformat())
            with (
                click.progressbar(length=saving.how_much(connection), label="Saving", file=sys.stderr) as bar,
                gzip.GzipFile(fileobj=box, mode="wb", compresslevel=3, mtime=0) as stream,
            ):
                totals, faults = saving.save(
                    cast(BinaryIO, stream),
                    connection,
                    tools.store,
                    site=tools.settings.site_url,
                    revision=readiness.newest(),
                    at=at,
                    tell=bar.update,
                )
            box.seal_off()
    except OSError as fault:
        raise click.ClickException(f"{path}: {fault.strerror or fault}") from fault
    with unit_of_work():
        journalling.note("backup made", "site", "-", account_id=None, at=at, rows=totals.rows, files=totals.files)
    click.echo(f"{path}: {totals.rows} rows and {totals.files} files. Prove it: flask restore {path} --check")
    for said in faults:
        click.echo(f"does not add up in the database itself, run `flask recount`: {said}", err=True)
    _old_ones(path, keep_days=keep_days, prune=prune, today=at.date())


@click.command("restore")
@click.argument("path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--check", "only_check", is_flag=True, help="Prove that all of it reads back; touch nothing.")
@click.option(
    "--key", "key_path", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The private key."
)
@with_appcontext
def restore(path: Path, only_check: bool, key_path: Path | None) -> None:
    """Put the backup FILE into an empty database (after `flask db upgrade`) and an empty store.

    Afterwards no letter leaves until staff start letters again: people who left since the backup stand in it.
    """
    keys = Keys(passphrase=_passphrase, private_key=lambda: _private_key(key_path))
    try:
        with path.open("rb") as file, gzip.GzipFile(fileobj=Opening(file, keys), mode="rb") as stream:
            with click.progressbar(length=0, label="Reading", file=sys.stderr, show_percent=False) as bar:
                verdict = (_check if only_check else _restore)(cast(BinaryIO, stream), bar)
            if stream.read(1):
                raise StrongboxBroken
    except NoStrongbox:
        _fail(f"{path} is no backup of this program")
    except WontOpen:
        _fail("this passphrase or key does not open it")
    except restoring.AnotherMigration as fault:
        _fail(
            f"it was made at migration {fault.wanted}, and this database stands at {fault.here}. "
            "Restore with the version of the program that made it, then upgrade"
        )
    except Refused as fault:
        _fail(fault.sentence)
    except (StrongboxBroken, EOFError, gzip.BadGzipFile) as fault:
        raise click.ClickException("it was changed, or its end is missing: it cannot be read back whole") from fault
    except Illegible as fault:
        _fail(f"it cannot be read back whole: {fault}")
    _tell(verdict, only_check=only_check)


def _check(stream: BinaryIO, bar: Any) -> restoring.Verdict:
    return restoring.check(stream, tell=bar.update)


def _restore(stream: BinaryIO, bar: Any) -> restoring.Verdict:
    db.session.rollback()
    if not readiness.is_current():
        _fail("the database is not at the newest migration: run `flask --app wsgi db upgrade`")
    with writing(), db.engine.begin() as connection:
        verdict = restoring.restore(
            stream, connection, collaborators().store, revision=readiness.newest(), at=now(), tell=bar.update
        )
        if stream.read(1):
            raise StrongboxBroken
        return verdict


def _tell(verdict: restoring.Verdict, *, only_check: bool) -> None:
    made = datetime.fromisoformat(verdict.head.made_at).astimezone(UTC)
    what = (
        f"{verdict.totals.rows} rows and {verdict.totals.files} files of {verdict.head.site}, {made:%Y-%m-%d %H:%M} UTC"
    )
    for said in verdict.faults:
        click.echo(f"does not add up: {said}", err=True)
    if only_check:
        if verdict.faults:
            _fail(f"all of it reads back ({what}), but {len(verdict.faults)} figure(s) do not add up")
        click.echo(f"reads back whole: {what}. Counts, ledgers and packets add up.")
        return
    with unit_of_work():
        journalling.note("restored", "site", "-", account_id=None, at=now(), made_at=verdict.head.made_at[:19])
    click.echo(f"restored {what}")
    click.get_current_context().invoke(forget, dry_run=False)
    for said in readiness.faults(collaborators().settings):
        click.echo(said, err=True)
    click.echo("Letters are stopped, and those that waited are dropped. Read /staff/runbook/restored first.", err=True)


def _locks(by_words: bool) -> Locks:
    public_key = collaborators().settings.backup_public_key
    if public_key is not None and not by_words:
        return Locks(public_key=public_key)
    words = os.environ.get(PASSPHRASE) or click.prompt(
        "Passphrase", hide_input=True, confirmation_prompt=True, err=True
    )
    if len(words) < 12:
        _fail("a passphrase of fewer than 12 characters protects nothing: take five words")
    return Locks(passphrase=words)


def _passphrase() -> str:
    return os.environ.get(PASSPHRASE) or str(click.prompt("Passphrase", hide_input=True, err=True))


def _private_key(path: Path | None) -> bytes:
    if path is None:
        _fail("it is sealed to a key: say where its private half is with --key")
    return private_key_in(path)


def _old_ones(path: Path, *, keep_days: int, prune: bool, today: date) -> None:
    """Backups beside this one that live too long: what was forgotten lives on in them."""
    oldest = (today - timedelta(days=keep_days)).isoformat()
    for other in sorted(path.absolute().parent.iterdir()):
        day = day_of(other) if other.is_file() and other.name != path.name else None
        if day is None or day >= oldest:
            continue
        if prune:
            other.unlink()
            click.echo(f"deleted {other.name} of {day}", err=True)
        else:
            click.echo(
                f"{other.name} is of {day}: what was forgotten since lives on in it. Delete it, or add --prune",
                err=True,
            )
    click.echo(f"Keep it at most {keep_days} days, like every copy of it elsewhere.", err=True)


def _fail(says: str) -> NoReturn:
    raise click.ClickException(says)
