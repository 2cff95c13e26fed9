"""Gifts from the command line: the list of them, and the comparison with the payment company's books."""

import json
from datetime import timedelta

import click
from flask.cli import AppGroup

from campaign.collaborators import collaborators, now
from campaign.database import unit_of_work
from campaign.domain.giving import accounting, attending, money
from campaign.domain.giving.paying import TillDown, TillRefused
from campaign.gateways import cashier

donations = AppGroup("donations", help="List gifts, and compare the books with those of the payment company.")


@donations.command("list")
@click.option("--campaign", "slug", metavar="SLUG", help="Only gifts to this campaign.")
@click.option("--json", "as_json", is_flag=True, help="One list of objects; amounts in smallest units.")
def list_gifts(slug: str | None, as_json: bool) -> None:
    """Every gift, oldest first, without anybody's name."""
    gifts = list(accounting.gifts(slug=slug))
    if as_json:
        click.echo(json.dumps(gifts, indent=1))
        return
    for gift in gifts:
        amount = f"{money.plain(gift['amount'], gift['currency'])} {gift['currency']}"
        click.echo(f"{gift['given_on']}  {amount:>16}  {gift['state']:<9}  {gift['campaign']}")
    click.echo(f"{len(gifts)} gift(s)", err=True)


@donations.command("statements")
@click.argument("year", type=click.IntRange(2000, 2200))
def statements(year: int) -> None:
    """Mail every donor the statement of YEAR, which is over; once."""
    if year >= now().year:
        raise click.ClickException(f"{year} is not over yet")
    try:
        with unit_of_work():
            sent = attending.send_years(year, at=now())
    except attending.StatementsSent as fault:
        raise click.ClickException(fault.sentence) from fault
    click.echo(f"{sent} statement(s) posted")


@donations.command("reconcile")
@click.option("--days", type=click.IntRange(1, 29), default=20, help="How far back to look.")
def reconcile(days: int) -> None:
    """Compare the books with the payment company's, fetch what is missing, and say what differs."""
    tools = collaborators()
    if tools.till is None:
        raise click.ClickException("giving is off: CAMPAIGN_STRIPE_SECRET_KEY and …_WEBHOOK_SECRET are not set")
    try:
        row = cashier.compare(tools.till, tools.books(), now=now, reaches=timedelta(days=days))
    except TillDown as fault:
        raise click.ClickException(f"the payment company does not answer ({fault}); nothing was changed") from fault
    except TillRefused as fault:
        raise click.ClickException(f"the payment company refuses: {fault.code}") from fault
    click.echo(f"{row.reports} report(s) and {row.lines} line(s) compared")
    click.echo(f"{row.missed} missing, {row.mended} of them mended, {row.differing} differing")
    if row.differing or row.mended < row.missed:
        raise click.ClickException("the books do not agree: see the alerts at /staff/guards")
