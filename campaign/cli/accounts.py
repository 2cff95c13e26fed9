"""Accounts of campaigners, staff and admins: opened here, by whoever runs the site."""

import click
from email_validator import EmailNotValidError, validate_email
from flask.cli import AppGroup

from campaign.collaborators import collaborators, now
from campaign.database import unit_of_work
from campaign.domain.accounts import organising
from campaign.domain.errors import Refused
from campaign.domain.upkeep import exporting
from campaign.gateways.accounts import password_link
from campaign.models.account import Account, RoleName

accounts = AppGroup("accounts", help="Accounts of campaigners, staff and admins.")


@accounts.command("add")
@click.argument("email")
@click.option("--role", type=click.Choice([role.value for role in RoleName]), required=True)
@click.option("--name", default="", help="As certificates of packets print it.")
def add(email: str, role: str, name: str) -> None:
    """Open an account for EMAIL and print the one link, valid 24 hours, that sets its password."""
    try:
        normalized = validate_email(email, check_deliverability=False).normalized
    except EmailNotValidError:
        raise click.ClickException(f"“{email}” is not a whole address") from None
    try:
        with unit_of_work():
            account = organising.open_account(normalized, RoleName(role), name=name, at=now())
    except organising.AccountKnown as fault:
        raise click.ClickException(f"{fault.sentence} For a new link: flask accounts link {email}") from fault
    _tell(account)


@accounts.command("link")
@click.argument("email")
def link(email: str) -> None:
    """Print a new link that sets the password of the account EMAIL."""
    with unit_of_work():
        account = _found(email)
        _tell(account)


@accounts.command("reset-factor")
@click.argument("email")
@click.option("--reason", required=True, help="Why, and how you know that it is the owner who asks; journalled.")
def reset_factor(email: str, reason: str) -> None:
    """After the loss of a telephone or key: have EMAIL set up a new second factor at the next sign-in.

    On the pages of staff this takes two admins. Whoever can run this holds the database, and answers for it alone.
    """
    if not reason.strip() or "@" in reason:
        raise click.ClickException("say why in a sentence without an address: the journal keeps it for ever")
    with unit_of_work():
        organising.forget_second_factor(_found(email), at=now(), reason=reason.strip()[:300])
    click.echo("The next sign-in sets up a new second factor. All sessions are over; the owner is written to.")


@accounts.command("permit-export")
@click.argument("email")
@click.option("--take", is_flag=True, help="Take the permission away.")
def permit_export(email: str, take: bool) -> None:
    """Allow EMAIL to take names of signers out as tables; each time is written into the journal."""
    with unit_of_work():
        exporting.permit(_found(email), not take, by=None, at=now())
    click.echo("taken away" if take else "permitted")


def _found(email: str) -> Account:
    try:
        return organising.found(email)
    except Refused as fault:
        raise click.ClickException(fault.sentence) from fault


def _tell(account: Account) -> None:
    click.echo(password_link(collaborators().settings.site_url, account))
    click.echo("Valid 24 hours and once. Send it by a way that only its owner reads.", err=True)
