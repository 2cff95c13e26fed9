"""Joint letters from the command line: what the organisations have approved is sealed, to be built like any packet."""

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from campaign.cli.packets import found, listed
from campaign.collaborators import collaborators, now
from campaign.database import db, unit_of_work
from campaign.domain.errors import Refused
from campaign.domain.joint_letters import composing
from campaign.domain.packets import packing
from campaign.models.joint_letter import JointLetter
from campaign.models.packet import Packet


@click.command("seal-joint-letter")
@click.argument("reference")
@with_appcontext
def seal_joint_letter(reference: str) -> None:
    """Seal the joint letter REFERENCE with the organisations that approved its text, and print its seal."""
    with unit_of_work():
        query = (
            select(JointLetter).join(Packet, Packet.id == JointLetter.packet_id).where(Packet.reference == reference)
        )
        letter, tools = found(db.session.scalar(query), f"joint letter “{reference}”"), collaborators()
        try:
            findings = composing.seal(letter, tools.desk(), tools.store, by=packing.COMMAND_LINE, at=now())
        except packing.NotReady as fault:
            raise click.ClickException(listed("the joint letter cannot be sealed:", fault)) from fault
        except Refused as fault:
            raise click.ClickException(fault.sentence) from fault
        seal = letter.packet.seal
    for finding in findings:
        click.echo(f"note: {finding.sentence}", err=True)
    click.echo(seal)
