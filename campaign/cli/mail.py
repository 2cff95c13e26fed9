"""Mail that comes in: `flask mail bounces` reads what came back, from a pipe, a maildir or an mbox file."""

import sys
from pathlib import Path

import click
from flask.cli import with_appcontext

from campaign.collaborators import collaborators, now
from campaign.gateways import returns


@click.group("mail")
def mail() -> None:
    """Letters that come in."""


@mail.command("bounces")
@click.option("--maildir", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Read its new messages.")
@click.option("--mbox", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Read all in this file.")
@with_appcontext
def bounces(maildir: Path | None, mbox: Path | None) -> None:
    """Act on letters that came back or were complained of: one from standard input, or those of a mailbox.

    What is no genuine report of a letter of ours changes nothing. In a maildir every message that was read is marked as
    seen and none is deleted; reading a report again changes nothing either.
    """
    if maildir is not None:
        messages = returns.in_maildir(maildir)
    elif mbox is not None:
        messages = returns.in_mbox(mbox)
    else:
        messages = iter([sys.stdin.buffer.read()])
    total, taken, suppressed = returns.take_all(messages, collaborators().links, now=now)
    click.echo(f"{total} message(s) read, {taken} genuine report(s), {suppressed} mailbox(es) written to no more")
