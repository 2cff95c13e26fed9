"""Running: the worker, the recount, and web and worker together on one machine."""

import os
import signal
import subprocess
import sys
import threading
from types import FrameType

import click
from flask import current_app
from flask.cli import with_appcontext
from huey.consumer import Consumer
from sqlalchemy import select

from campaign import readiness
from campaign.collaborators import collaborators, now
from campaign.database import db, unit_of_work
from campaign.demo import loading
from campaign.domain.signatures import recounting
from campaign.models.account import Account
from campaign.models.petition import Petition

THREADS = 2


@click.command("worker")
@with_appcontext
def worker() -> None:
    """Run the background work: letters, counting, packets, forgetting."""
    faults = readiness.faults(collaborators().settings)
    if faults:
        raise click.ClickException("\n  ".join(["the worker cannot start:", *faults]))
    huey = current_app.extensions["huey"]
    for bell in ("letters", "count", "packets", "updates"):
        collaborators().ring(bell)
    Consumer(huey, workers=THREADS, periodic=True, scheduler_interval=1, initial_delay=0.1, max_delay=0.5).run()


@click.command("recount")
@click.argument("slug", required=False)
@with_appcontext
def recount(slug: str | None) -> None:
    """Compare ledger, states and counts of one petition or all; mend and report drift."""
    query = select(Petition).order_by(Petition.id)
    if slug:
        query = query.where(Petition.slug == slug)
    faults = 0
    with unit_of_work():
        petitions = list(db.session.scalars(query))
        if slug and not petitions:
            raise click.ClickException(f"there is no petition “{slug}”")
        for petition in petitions:
            report = recounting.recount(petition, at=now())
            faults += len(report.faults)
            click.echo(f"{report.slug}: {report.count}" + ("" if report.faults else " – everything agrees"))
            for fault in report.faults:
                click.echo(f"  mended: {fault}")
    if faults:
        click.echo(f"{faults} difference(s) found and mended: find out why before the next packet", err=True)


@click.command("serve")
@click.option("--port", type=int, default=lambda: int(os.environ.get("PORT", "8000")))
@click.option("--workers", type=int, default=2, help="Web processes.")
@with_appcontext
def serve(port: int, workers: int) -> None:
    """Run web and worker under one supervising process; Ctrl-C leaves nothing running."""
    # Threads, as no proxy stands in front: a browser's idle spare connection would hold a sync worker.
    web = ["gunicorn", "wsgi:app", f"--bind=127.0.0.1:{port}", f"--workers={workers}", "--threads=4"]
    web.append("--no-control-socket")
    background = ["flask", "--app", "wsgi", "worker"]
    stopping = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    environ = {name: value for name, value in os.environ.items() if name != "FLASK_RUN_FROM_CLI"}
    children = [
        subprocess.Popen([sys.executable, "-m", *command], env=environ)  # noqa: S603
        for command in (web, background)
    ]
    _say_where(port)
    while not stopping.wait(0.3):
        if any(child.poll() is not None for child in children):
            break
    ended = next((child.returncode for child in children if child.poll() is not None), 0)
    _end(children)
    raise SystemExit(ended if not stopping.is_set() else 0)


def _say_where(port: int) -> None:
    """The addresses, and who may sign in to a demonstration."""
    site = f"http://127.0.0.1:{port}"
    click.echo(f"\n  The site     {site}")
    if collaborators().settings.mail_url is None:
        click.echo(f"  Its letters  {site}/mailbox")
    click.echo(f"  Staff        {site}/account/login")
    demonstration = db.session.scalars(select(Account.email).where(Account.is_demonstration).order_by(Account.id)).all()
    if demonstration:
        click.echo(f"               {', '.join(demonstration)} – password {loading.DEMO_PASSWORD}")
    click.echo("  Ctrl-C stops everything; the data stay.\n")
    db.session.remove()


def _end(children: list["subprocess.Popen[bytes]"]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    for child in children:
        try:
            child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
