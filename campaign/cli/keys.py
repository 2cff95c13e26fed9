"""Secrets and sealing keys: made here, registered in the database, kept offline twice."""

import secrets

import click
from flask.cli import AppGroup
from nacl.public import PrivateKey

from campaign.collaborators import collaborators, now
from campaign.database import unit_of_work
from campaign.domain import keeping
from campaign.settings import encode_key

keys = AppGroup("keys", help="Secrets and sealing keys.")


@keys.command("new")
def new() -> None:
    """Print a fresh set of secrets and sealing key pairs as CAMPAIGN_* lines."""
    for name in ("SECRET_KEY", "HASH_KEY"):
        click.echo(f"CAMPAIGN_{name}={encode_key(secrets.token_bytes(32))}")
    for purpose in ("MAIL", "NAMES"):
        pair = PrivateKey.generate()
        click.echo(f"CAMPAIGN_{purpose}_PUBLIC_KEY={encode_key(bytes(pair.public_key))}")
        click.echo(f"CAMPAIGN_{purpose}_PRIVATE_KEY={encode_key(bytes(pair))}")
    click.echo(
        "Keep two offline copies before the first signature: names sealed to a lost key cannot be read by anybody. "
        "Give the private lines only to nodes that need them (README), then run `flask keys register`.",
        err=True,
    )


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
