"""`flask forget`: what the retention rules remove, by hand, or only looked at."""

import click
from flask.cli import with_appcontext

from campaign.collaborators import collaborators, now
from campaign.database import db, fold_journal, unit_of_work, writing
from campaign.domain.cases import enclosing
from campaign.domain.paper import collecting
from campaign.domain.upkeep import duties, purging, retention


@click.command("forget")
@click.option("--dry-run", is_flag=True, help="Say what would be removed, and remove nothing.")
@with_appcontext
def forget(dry_run: bool) -> None:
    """Remove what the retention rules no longer allow to keep; the worker does so every hour by itself."""
    at = now()
    with writing():
        done = [(duty, duty.at_once(at=at)) for duty in duties.HOURLY]
        files = enclosing.count_unused()
        planned, undecided = purging.plan(at=at), [petition.slug for petition in retention.undecided(at=at)]
        db.session.rollback() if dry_run else db.session.commit()
    would = "would be " if dry_run else ""
    for duty, number in done:
        click.echo(duty.told(number, would=dry_run))
    click.echo(f"{files} image(s) and file(s) that no draft and no campaign holds {would}deleted")
    for petition in planned:
        click.echo(
            f"{petition.slug}: {petition.signatures} signature(s) {would}emptied and {petition.packets} packet(s) with "
            f"names {would}destroyed, due since {petition.on}"
        )
    for slug in undecided:
        click.echo(f"{slug} is open and its year is over: staff must decide whether to keep names", err=True)
    if not dry_run:
        _sweep_files()
        for slug in _purge():
            click.echo(f"{slug}: could not be finished", err=True)
        if left := purging.plan(at=now()):
            raise click.ClickException(
                f"not finished: {', '.join(p.slug for p in left)}; the worker tries again hourly"
            )


def _sweep_files() -> None:
    more = True
    while more:
        with unit_of_work():
            store = collaborators().store
            more = enclosing.sweep_unused(store=store) + collecting.sweep(store=store) > 0


def _purge() -> list[str]:
    """Empty what is due, a batch in each commit; the petitions that stopped half-way."""
    failed = []
    for planned in purging.plan(at=now()):
        try:
            more = True
            while more:
                with unit_of_work():
                    more = purging.step(planned.id, store=collaborators().store, at=now()) > 0
        except Exception:  # the next one must not wait for it; what is left is reported and tried again hourly
            failed.append(planned.slug)
    db.session.rollback()  # our own look at what is due would hold the file up
    if not fold_journal():
        click.echo("the database is in use: its journal file still holds what was overwritten; try again", err=True)
    return failed
