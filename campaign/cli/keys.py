"""Secrets and sealing keys: made here, registered in the database, kept offline twice."""

import base64
import contextlib
import os
import secrets
from pathlib import Path

import click
from flask.cli import AppGroup
from nacl.public import PrivateKey

from campaign.collaborators import collaborators, now
from campaign.database import unit_of_work
from campaign.domain import keeping
from campaign.gateways.strongbox import NewFile
from campaign.passphrases import HEAD, NotProtected, PassphraseWrong, protect, unprotect
from campaign.settings import IN_FILE, encode_key

keys = AppGroup("keys", help="Secrets and sealing keys.")
PASSPHRASE = "CAMPAIGN_KEY_PASSPHRASE"  # noqa: S105 - the name of a variable
_SHORTEST = 12

_new_file = click.Path(dir_okay=False, path_type=Path)


@keys.command("new")
@click.option(
    "--protect", "path", metavar="FILE", type=_new_file, help="Put the private key of names under a passphrase."
)
def new(path: Path | None) -> None:
    """Print a fresh set of secrets and sealing key pairs as CAMPAIGN_* lines.

    With --protect the private key of names is never printed: it lies in the new FILE, under a passphrase.
    """
    mail, names = PrivateKey.generate(), PrivateKey.generate()
    if path is not None:
        _protect(path, bytes(names))
    for name in ("SECRET_KEY", "HASH_KEY"):
        click.echo(f"CAMPAIGN_{name}={encode_key(secrets.token_bytes(32))}")
    for purpose, pair in (("MAIL", mail), ("NAMES", names)):
        click.echo(f"CAMPAIGN_{purpose}_PUBLIC_KEY={encode_key(bytes(pair.public_key))}")
        kept = f"{IN_FILE}{path.absolute()}" if path and pair is names else encode_key(bytes(pair))
        click.echo(f"CAMPAIGN_{purpose}_PRIVATE_KEY={kept}")
    click.echo(
        "Keep two offline copies before the first signature: names sealed to a lost key cannot be read by anybody. "
        "Give the private lines only to nodes that need them (README), then run `flask keys register`.",
        err=True,
    )


@keys.command("protect")
@click.argument("path", metavar="FILE", type=_new_file)
def protect_key(path: Path) -> None:
    """Put the private key of names that this node holds into the new FILE, under a passphrase."""
    held = collaborators().settings.names_private_keys
    if not held:
        raise click.ClickException("this node holds no private key of names")
    if len(held) > 1:
        raise click.ClickException("this node holds several private keys of names: give it one at a time")
    _protect(path, held[0])
    click.echo(f"CAMPAIGN_NAMES_PRIVATE_KEY={IN_FILE}{path.absolute()}")
    click.echo(
        "Open a name with it before you remove the old line. Keep a second copy of the file elsewhere.", err=True
    )


@keys.command("backup")
@click.argument("path", metavar="FILE", type=_new_file)
def backup_key(path: Path) -> None:
    """Make the key that backups are sealed to: its private half into the new FILE, under a passphrase."""
    pair = PrivateKey.generate()
    _protect(path, bytes(pair))
    click.echo(f"CAMPAIGN_BACKUP_PUBLIC_KEY={encode_key(bytes(pair.public_key))}")
    click.echo("Keep two copies of the file away from this machine: no backup opens without it.", err=True)


@keys.command("register")
def register() -> None:
    """Register this node's public keys in the database."""
    settings = collaborators().settings
    with unit_of_work():
        added = keeping.register_keys(mail=settings.mail_public_key, names=settings.names_public_key, at=now())
    for key in added:
        click.echo(f"registered {key.purpose} key {key.key_id.hex()}")
    if not added:
        click.echo("both keys were registered already")


def private_key_in(path: Path) -> bytes:
    """The 32 bytes in a file: under a passphrase, or in base64 as settings have them."""
    text = path.read_text("utf-8", errors="replace").strip()
    if not text.startswith(HEAD):
        with contextlib.suppress(ValueError):
            raw = base64.b64decode(text, validate=True)
            if len(raw) == 32:
                return raw
    words = os.environ.get(PASSPHRASE) or click.prompt(f"Passphrase of {path}", hide_input=True, err=True)
    try:
        return unprotect(text, words)
    except NotProtected:
        raise click.ClickException(f"{path} holds no private key") from None
    except PassphraseWrong:
        raise click.ClickException(f"the passphrase does not open {path}") from None


def _protect(path: Path, raw: bytes) -> None:
    words = os.environ.get(PASSPHRASE) or click.prompt(
        "Passphrase", hide_input=True, confirmation_prompt=True, err=True
    )
    if len(words) < _SHORTEST:
        raise click.ClickException(
            f"a passphrase of fewer than {_SHORTEST} characters protects nothing: take five words"
        )
    try:
        with NewFile(path) as file:
            file.write(protect(raw, words).encode())
    except OSError as fault:
        raise click.ClickException(f"{path}: {fault.strerror}") from fault
