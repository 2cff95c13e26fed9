"""`flask doctor`: looks at everything the site needs, one line each, and fails if anything would."""

import os
import shutil
import smtplib
import socket
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import click
from dns import resolver
from dns.exception import DNSException
from flask import current_app
from flask.cli import with_appcontext
from limits.storage import storage_from_string
from sqlalchemy import func, select

from campaign import readiness
from campaign.collaborators import collaborators, now
from campaign.database import db
from campaign.domain.giving import hearing, reconciling
from campaign.domain.giving.money import CURRENCIES
from campaign.domain.printing import CannotSign
from campaign.domain.signatures import counting
from campaign.gateways import fonts
from campaign.gateways.mailer import ServerUnreachable
from campaign.models.letter import Letter, LetterState
from campaign.models.site import KeyPurpose, RegisteredKey
from campaign.settings import Settings

ROOM = 200  # megabytes that a packet may need
CERTIFICATE_SOON = 30  # days before its end
LATE = 15 * 60  # seconds a letter may wait before somebody should look


@dataclass(frozen=True)
class Line:
    """`fails` means that the site would not do its work."""

    about: str
    says: str
    fails: bool = False


@click.command("doctor")
@with_appcontext
def doctor() -> None:
    """Check all that the site needs; one line each, exit status 1 if anything would fail.

    Settings, database and its migration, keys, store, mail, queue, limits, waiting letters, fonts, certificate, giving.
    """
    settings = collaborators().settings
    failed = 0
    for look in (_settings, _database, _keys, _store, _mail, _queue, _limits, _work, _fonts, _signing, _payments):
        for line in look(settings):
            failed += line.fails
            click.echo(f"{'FAIL' if line.fails else 'ok  '}  {line.about}: {line.says}")
    if failed:
        raise click.ClickException(f"{failed} of these would fail")


def _settings(settings: Settings) -> Iterator[Line]:
    yield Line("settings", f"{settings.env}, {settings.site_url}, roles {', '.join(sorted(settings.roles))}")
    plain = settings.is_production and settings.mail_url and settings.mail_url.startswith("smtp://")
    if plain and "tls=starttls" not in str(settings.mail_url) and not _is_here(settings.mail_url):
        yield Line("settings", "letters would leave unencrypted: add ?tls=starttls to CAMPAIGN_MAIL_URL", fails=True)
    for name in settings.about.unstated:
        yield Line("settings", f"{name} is not set: a visitor cannot tell this site from a trap", fails=True)


def _database(settings: Settings) -> Iterator[Line]:
    faults = readiness.faults(settings)
    for fault in faults:
        yield Line("database", fault, fails=True)
    if not faults:
        yield Line("database", f"{db.engine.dialect.name}, at the newest migration, keys registered")


def _keys(settings: Settings) -> Iterator[Line]:
    mail, names = settings.mail_private_keys, settings.names_private_keys
    if mail:
        yield Line("mail key", f"{len(mail)} private key(s) here")
    elif "worker" in settings.roles:
        yield Line("mail key", "no private key here, but this node’s worker writes letters", fails=True)
    else:
        yield Line("mail key", "not on this machine, which writes no letter")
    if not names:
        yield Line("names key", "not on this machine: packets with names and vetting are for a node that has it")
    elif settings.is_production and "public" in settings.roles:
        yield Line("names key", f"{len(names)} private key(s) here, on the machine that serves the public: better not")
    else:
        yield Line("names key", f"{len(names)} private key(s) here")
    yield from _older_keys(settings)
    if settings.backup_public_key is None:
        yield Line("backups", "no CAMPAIGN_BACKUP_PUBLIC_KEY: locked with a passphrase")
    else:
        yield Line("backups", "sealed to a key; this machine cannot read them")


def _older_keys(settings: Settings) -> Iterator[Line]:
    """Keys to which rows were sealed once, and which are not on a machine that should open them."""
    if readiness.faults(settings):
        return
    tools = collaborators()
    held = {KeyPurpose.MAIL: tools.mail_opener.key_ids, KeyPurpose.NAMES: tools.names_opener.key_ids}
    for key in db.session.scalars(select(RegisteredKey).order_by(RegisteredKey.registered_at)):
        if held[key.purpose] and key.key_id not in held[key.purpose]:
            yield Line(f"{key.purpose} key", f"what was sealed to the older key {key.key_id.hex()} does not open here")
    db.session.rollback()


def _store(settings: Settings) -> Iterator[Line]:
    place = settings.store
    while not place.exists() and place != place.parent:
        place = place.parent
    free = shutil.disk_usage(place).free // 2**20
    if not os.access(place, os.W_OK | os.X_OK):
        yield Line("store", f"{settings.store} cannot be written", fails=True)
    else:
        yield Line("store", f"{settings.store}, {free} MB free", fails=free < ROOM)


def _limits(settings: Settings) -> Iterator[Line]:
    if settings.limits_url.startswith("memory:"):
        if settings.is_production:
            yield Line("limits", "counted in each process by itself: give CAMPAIGN_LIMITS_URL where several run")
        else:
            yield Line("limits", "counted in memory")
        return
    try:
        there = storage_from_string(settings.limits_url).check()
    except Exception:  # each kind fails in its own way
        there = False
    yield Line("limits", "their Redis answers" if there else "their Redis does not answer", fails=not there)


def _mail(settings: Settings) -> Iterator[Line]:
    if settings.mail_url is None:
        yield Line("mail", "letters go into the mailbox of development")
        return
    try:
        with collaborators().post_office.open() as post:
            yield Line("mail", "the server answers")
            yield _any_script(takes=post.takes_any_script)
    except (ServerUnreachable, smtplib.SMTPException, OSError) as fault:
        yield Line("mail", f"the server does not answer ({type(fault).__name__})", fails=True)
        yield Line("mail", "addresses in any script (SMTPUTF8): not checked")
    sender, comes_back_to = (address.rpartition("@")[2] for address in (settings.mail_from, settings.mail_bounces))
    yield from records(sender, comes_back_to, settings.mail_dkim_selector)


def _any_script(*, takes: bool) -> Line:
    if takes:
        return Line("mail", "the server takes addresses in any script (SMTPUTF8)")
    return Line(
        "mail",
        "the server does not offer SMTPUTF8: whoever has an address that is not ASCII before the @ cannot sign with "
        "it, as no letter to confirm gets there; the forms say so once a worker has sent a letter through this server",
    )


def records(
    sender: str, comes_back_to: str, selector: str, resolve: Callable[..., Iterable[Any]] = resolver.resolve
) -> Iterator[Line]:
    """What other mail servers ask of a sender's domain, and where each looks.

    SPF is asked of the domain of the return path. DMARC is asked of the sender's domain, and of those above it where
    there is none; that a domain which nobody can register is asked too harms nothing.
    """
    labels = sender.split(".")
    above = [f"_dmarc.{'.'.join(labels[n:])}" for n in range(max(1, len(labels) - 1))]
    asked = [("SPF", [comes_back_to], "v=spf1"), ("DMARC", above, "v=DMARC1")]
    if selector:
        asked.append(("DKIM", [f"{selector}._domainkey.{sender}"], "p="))
    for name, places, mark in asked:
        try:
            there = any(mark in told for where in places for told in _texts(where, resolve))
        except (DNSException, OSError):  # no network, or a resolver that does not answer
            yield Line("mail", "SPF, DKIM and DMARC: not checked")
            return
        yield Line("mail", f"{name}: {'there' if there else f'no record at {places[0]}'}", fails=not there)
    if not selector:
        yield Line("mail", "DKIM: not checked; the relay signs, and CAMPAIGN_MAIL_DKIM_SELECTOR is not said")


def _texts(where: str, resolve: Callable[..., Iterable[Any]]) -> list[str]:
    try:
        return [str(record) for record in resolve(where, "TXT", lifetime=2.0)]
    except (resolver.NXDOMAIN, resolver.NoAnswer):
        return []


def _queue(_settings: Settings) -> Iterator[Line]:
    try:
        waiting = current_app.extensions["huey"].pending_count()
        yield Line("queue", f"{waiting} bell(s) waiting")
    except Exception as fault:  # each kind of queue fails in its own way
        yield Line("queue", f"does not answer ({type(fault).__name__})", fails=True)


def _work(settings: Settings) -> Iterator[Line]:
    if readiness.faults(settings):
        return
    oldest = db.session.scalar(select(func.min(Letter.posted_at)).where(Letter.state == LetterState.QUEUED))
    failed = db.session.scalar(select(func.count()).where(Letter.state == LetterState.FAILED)) or 0
    waits = int((now() - oldest).total_seconds()) if oldest else 0
    yield Line("letters", f"oldest waits {waits} s, {failed} failed", fails=waits > LATE)
    yield Line("counting", f"{len(counting.due_petitions())} petition(s) have something to count")
    db.session.rollback()


def _fonts(settings: Settings) -> Iterator[Line]:
    present = fonts.by_script(fonts.folder_in(settings.instance))
    missing = [script for script, there in present.items() if not there]
    yield Line("fonts", f"{len(present) - len(missing)} of {len(present)} scripts")
    if missing:
        yield Line("fonts", f"names could not be shown in {', '.join(missing)}: run `make fonts`")


def _signing(settings: Settings) -> Iterator[Line]:
    signatory = collaborators().signatory
    if signatory is None:
        yield Line("certificate", "none: packets carry no electronic signature")
        return
    try:
        certified = signatory.certified
    except CannotSign as fault:
        yield Line("certificate", fault.sentence, fails=True)
        return
    left = (certified.until - now()).days
    soon = ": get the next one" if left < CERTIFICATE_SOON else ""
    said = f"{certified.holder}, until {certified.until:%Y-%m-%d}{soon}, SHA-256 {certified.sha256}"
    yield Line("certificate", said, fails=left < 0)


def _payments(settings: Settings) -> Iterator[Line]:
    giving, till = settings.giving, collaborators().till
    if not giving.key:
        told = "pages say how else to give" if giving.bank else "and CAMPAIGN_GIVING_BANK says no other way"
        yield Line("giving", f"is off by card, {told}")
        return
    if till is None:
        yield Line("giving", "CAMPAIGN_STRIPE_WEBHOOK_SECRET is missing, so nobody can give by card", fails=True)
        return
    mode = "live" if till.is_live else "test mode: no money moves"
    yield Line("giving", mode, fails=settings.is_production and not till.is_live)
    if settings.is_production and giving.api_base:
        yield Line("giving", "CAMPAIGN_STRIPE_API_BASE is set: this is not Stripe itself", fails=True)
    there = till.answers()
    yield Line("giving", "Stripe answers to our key" if there else "Stripe does not answer to our key", not there)
    unknown = [code for code in giving.currencies if code not in CURRENCIES]
    if unknown:
        yield Line("giving", f"currencies that are not known here: {', '.join(unknown)}", fails=True)
    if readiness.faults(settings):
        return
    number, oldest = hearing.waiting(at=now())
    seconds, lost = int(oldest.total_seconds()), reconciling.given_up()
    yield Line(
        "giving", f"{number} report(s) wait, the oldest for {seconds} s; {lost} given up", seconds > LATE or lost > 0
    )
    last = reconciling.latest()
    late = last is not None and now() - last.at > 2 * reconciling.EVERY
    yield Line("giving", f"books compared {last.at:%Y-%m-%d %H:%M} UTC" if last else "books not compared yet", late)
    db.session.rollback()


def _is_here(url: str | None) -> bool:
    host = urlsplit(url or "").hostname or ""
    try:
        return socket.gethostbyname(host).startswith("127.")
    except OSError:
        return False
