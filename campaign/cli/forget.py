"""`flask forget`: what the retention rules remove, by hand, or only looked at."""

import click
from flask.cli import with_appcontext

from campaign.collaborators import now
from campaign.database import db, writing
from campaign.domain import forgetting


@click.command("forget")
@click.option("--dry-run", is_flag=True, help="Say what would be removed, and remove nothing.")
@with_appcontext
def forget(dry_run: bool) -> None:
    """Remove what the retention rules no longer allow to keep; the worker does so every hour by itself."""
    at = now()
    with writing():
        expired = forgetting.expire_pending(at=at)
        removed = forgetting.empty_removed(at=at)
        letters = forgetting.forget_letters(at=at)
        cut = 0
        while step := forgetting.cut_times(at=at):
            cut += step
        db.session.rollback() if dry_run else db.session.commit()
    would = "would be " if dry_run else ""
    click.echo(f"{expired} form(s) nobody confirmed within seven days {would}emptied")
    click.echo(f"{removed} signature(s) removed by staff thirty days ago {would}emptied")
    click.echo(f"{cut} exact time(s) of signing older than two days {would}cut to the day")
    click.echo(f"{letters} letter row(s) older than a month {would}deleted")
