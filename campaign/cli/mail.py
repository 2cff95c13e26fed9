"""Mail that comes in: `flask mail bounces` reads what came back, from a pipe, a maildir or an mbox file."""

import mailbox
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from flask.cli import with_appcontext

from campaign.collaborators import collaborators, now
from campaign.database import unit_of_work
from campaign.domain import bouncing
from campaign.gateways import bounces as reading


@click.group("mail")
def mail() -> None:
    """Letters that come in."""


@mail.command("bounces")
@click.option("--maildir", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Read its new messages.")
@click.option("--mbox", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Read all in this file.")
@with_appcontext
def bounces(maildir: Path | None, mbox: Path | None) -> None:
    """Act on letters that came back or were complained of: one from standard input, or those of a mailbox.

    What is no genuine report of a letter of ours is left alone and changes nothing. Of a maildir only the reports that
    were read are marked as seen, and none is deleted; reading one again changes nothing either.
    """
    total = taken = suppressed = 0
    for raw in _messages(maildir, mbox):
        total += 1
        report = reading.read(raw, collaborators().links)
        if report is None:
            continue
        with unit_of_work():
            outcome = bouncing.take(report, at=now())
        taken += 1
        suppressed += outcome is bouncing.Outcome.SUPPRESSED
    click.echo(f"{total} message(s) read, {taken} genuine report(s), {suppressed} mailbox(es) written to no more")


def _messages(maildir: Path | None, mbox: Path | None) -> Iterator[bytes]:
    if maildir is not None:
        box = mailbox.Maildir(maildir, create=False)
        for key, message in box.items():
            if "S" not in message.get_flags():
                yield message.as_bytes()
                message.add_flag("S")
                message.set_subdir("cur")
                box[key] = message
    elif mbox is not None:
        yield from (message.as_bytes() for message in mailbox.mbox(mbox, create=False))
    else:
        yield sys.stdin.buffer.read()
