"""The demonstration: the reference case and, if wanted, invented signers."""

from collections.abc import Callable

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_security.utils import hash_password
from sqlalchemy.exc import OperationalError, ProgrammingError

from campaign.collaborators import collaborators, now
from campaign.database import unit_of_work
from campaign.demo import loading, signing
from campaign.demo.reading import DataWrong


@click.command("demo")
@click.option("--signatures", type=click.IntRange(min=0), default=0, help="Add that many confirmed signatures.")
@with_appcontext
def demo(signatures: int) -> None:
    """Load the reference case (Tajikistan, June 2017), its petitions and demonstration accounts."""
    if collaborators().settings.is_production:
        raise click.ClickException("the demonstration is not for production: its accounts have a known password")
    try:
        _load()
        if signatures:
            _sign(signatures)
    except DataWrong as fault:
        raise click.ClickException(str(fault)) from fault
    except (OperationalError, ProgrammingError) as fault:
        raise click.ClickException(
            f"the database is not ready; run `flask --app wsgi db upgrade` ({fault.orig})"
        ) from fault


def _load() -> None:
    with unit_of_work():
        loaded = loading.load(at=now(), hash_password=_hashing())
    if not loaded.anything:
        click.echo("The reference case is already there; nothing was changed.")
        return
    added = ", ".join(f"{number} {kind}" for kind, number in vars(loaded).items() if number)
    click.echo(f"Loaded the reference case, facts as of {loading.FACTS_AS_OF}: {added}.")
    if loaded.accounts:
        click.echo(
            f"Demonstration accounts, password “{loading.DEMO_PASSWORD}”: {', '.join(loading.ACCOUNTS.values())}"
        )


def _hashing() -> Callable[[str], str] | None:
    """How passwords are hashed here; None on a node where nobody signs in, which then gets no accounts."""
    return hash_password if "security" in current_app.extensions else None


def _sign(number: int) -> None:
    with unit_of_work(), click.progressbar(length=number, label="Signing") as bar:
        count = signing.add_signatures(
            loading.PETITION, number, at=now(), seal=collaborators().seal, advance=bar.update
        )
    click.echo(f"{loading.PETITION}: {number} invented signatures added; {count} counted.")
