"""`flask signatures`: signers as a table, out and in. Both are recorded; neither shows a name on the screen."""

import csv
import os
import sys
from collections import Counter
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import NoReturn, TextIO

import click
from babel import Locale
from flask.cli import AppGroup
from sqlalchemy import select

from campaign.collaborators import collaborators, now
from campaign.database import db, unit_of_work
from campaign.domain import journalling
from campaign.domain.cases import showing
from campaign.domain.errors import Refused
from campaign.domain.signatures import importing
from campaign.domain.signatures.signing import OpenPetition
from campaign.domain.upkeep import exporting, subjects
from campaign.domain.upkeep.subjects import Wish
from campaign.models.petition import Petition

signatures = AppGroup("signatures", help="Signers as a table, out and in.")
TOGETHER = 200  # rows in one commit


@signatures.command("export")
@click.argument("slug")
@click.option("--to", "path", type=click.Path(dir_okay=False, path_type=Path), required=True, help="A new file.")
@click.option("--addressee", default="", help="Id of the addressee it is for; names given to them alone are in it.")
def export(slug: str, path: Path, addressee: str) -> None:
    """Write the signers of petition SLUG as CSV, each no more than they chose. The journal says so first."""
    tools, petition = collaborators(), _petition(slug)
    try:
        exporting.check(petition, tools.names_opener, addressee_id=addressee)
    except Refused as fault:
        _refuse(fault)
    high_risk, rows = showing.high_risk_countries(), petition.last_number
    with _new_file(path) as file:
        with unit_of_work():
            exporting.note(petition, addressee_id=addressee, by=None, at=now())
        opener, release = tools.names_opener, db.session.rollback
        table = exporting.table(petition, opener, high_risk, addressee_id=addressee, release=release)
        with click.progressbar(table, length=rows + 1, label="Exporting", file=sys.stderr) as bar:
            csv.writer(file).writerows(bar)
    click.echo(f"{rows} row(s) written. Keep the file sealed, and delete it when it has done its work.", err=True)


@signatures.command("import")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--petition", "slug", required=True)
@click.option("--from-line", type=click.IntRange(min=2), default=2, help="Go on after a stop: skip what is before.")
def import_(path: Path, slug: str, from_line: int) -> None:
    """Ask everybody in the CSV file PATH, by a letter each, whether they sign petition SLUG.

    Columns: name, email, country; if wanted visibility (counted unless said) and lang. Nobody counts before
    confirming. A bad row is reported with its line and stops no other. Who stands here already, or asked for no
    more letters, is not written to; take those who withdrew out of the file, as nothing of them is kept here.
    """
    shown = showing.petition(slug)
    if shown is None or shown.open_petition is None or not shown.open_petition.is_open(now()):
        raise click.ClickException(f"“{slug}” is not open for signature")
    told = Counter[str]()
    allowed, line = importing.Allowed(_countries(), showing.high_risk_countries()), from_line - 1
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            found = (row for row in importing.rows(file) if row[0] >= from_line)
            with click.progressbar(length=path.stat().st_size, label="Importing", file=sys.stderr) as bar:
                while batch := list(islice(found, TOGETHER)):
                    db.session.rollback()
                    with unit_of_work():
                        told += Counter(_ask(shown.open_petition, row, n, allowed) for n, row in batch)
                    line = batch[-1][0]
                    bar.update(file.buffer.tell() - bar.pos)
    except (Refused, UnicodeDecodeError, csv.Error) as fault:
        says = fault.sentence if isinstance(fault, Refused) else "the file is not CSV in UTF-8 from here on"
        raise click.ClickException(f"stopped: {says} Recorded up to line {line}") from None
    finally:
        with unit_of_work():
            numbers = {each: told[each] for each in ("asked", "wrong", "spared")}
            journalling.note("signatures imported", "petition", slug, account_id=None, at=now(), **numbers)
    click.echo(
        f"{told['asked']} asked by letter, {told['wrong']} row(s) not taken, "
        f"{told['spared']} not written to: here already, or asked for no more letters"
    )


def _ask(petition: OpenPetition, row: Mapping[str, str | None], line: int, allowed: importing.Allowed) -> str:
    """One row: "asked", "wrong" or "spared". Which rows were spared is not said, as it tells who stands here."""
    try:
        person = importing.signer(row, allowed)
    except importing.RowWrong as fault:
        click.echo(f"line {line}: {fault.says}", err=True)
        return "wrong"
    return "asked" if importing.ask(petition, person, at=now(), seal=collaborators().seal) else "spared"


@signatures.command("person")
@click.option("--erase", type=click.Choice([wish.value for wish in Wish]), help="Erase what is found, and why.")
@click.option("--email", prompt="Whole address", hide_input=True, help="Asked for, so that no shell keeps it.")
def person(email: str, erase: str | None) -> None:
    """Say what is held for one address, in numbers; with --erase, delete all of it."""
    seal, opener = collaborators().seal, collaborators().mail_opener
    with unit_of_work():
        found = subjects.find(email.strip(), seal=seal, opener=opener)
        if erase:
            subjects.erase(email.strip(), Wish(erase), seal=seal, opener=opener, account_id=None, at=now())
        else:
            subjects.note_search(found=len(found), account_id=None, at=now())
    for row in found:
        numbers = f"{row.signatures} signature(s), {row.subscriptions} subscription(s), {row.proposals} proposal(s)"
        click.echo(f"{row.slug or 'proposed as a visitor'}: {numbers}")
    if not opener.key_ids:
        click.echo("addresses of who proposed a case were not looked through: the key of letters is not here", err=True)
    click.echo("erased" if erase and found else "" if found else "nothing is held for this address")


def _new_file(path: Path) -> TextIO:
    """A file that is not there yet, for this account alone."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as fault:
        raise click.ClickException(f"{path}: {fault.strerror}") from fault
    return os.fdopen(handle, "w", encoding="utf-8", newline="")


def _countries() -> frozenset[str]:
    return frozenset(code for code in Locale("en").territories if len(code) == 2 and code.isalpha()) - {
        "AC",
        "EU",
        "EZ",
        "UN",
        "XA",
        "XB",
        "ZZ",
    }


def _petition(slug: str) -> Petition:
    found = db.session.scalar(select(Petition).where(Petition.slug == slug))
    if found is None:
        raise click.ClickException(f"there is no petition “{slug}”")
    return found


def _refuse(fault: Refused) -> NoReturn:
    raise click.ClickException(fault.sentence) from fault
