"""Packets from the command line: seal, build, check."""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click
from flask.cli import AppGroup
from sqlalchemy import select

from campaign.collaborators import collaborators, now
from campaign.database import Base, db, unit_of_work
from campaign.domain.errors import Refused
from campaign.domain.packets import packing
from campaign.gateways.bindery import Bindery, TakenOver, release_the_dead, this_builder
from campaign.gateways.verifier import Verdict, belongs
from campaign.gateways.verifier import verify as verify_folder
from campaign.models.addressee import Addressee
from campaign.models.packet import Arranged, Level, Packet, PacketState, Paper, Turned
from campaign.models.petition import Petition

packets = AppGroup("packets", help="Seal, build and check signature packets.")

Row = TypeVar("Row", bound=Base)
LOOK_AGAIN = 0.5  # seconds between two looks at somebody else's build


@packets.command("new")
@click.argument("slug")
@click.option("--addressee", "addressee_id", required=True, metavar="ID", help="Whom it is for, such as “sg”.")
@click.option("--level", type=click.Choice([level.value for level in Level]), required=True)
@click.option("--paper", type=click.Choice([paper.value for paper in Paper]), help="By default after the address.")
@click.option("--by-country", is_flag=True, help="Lines by country instead of by number; each keeps its number.")
@click.option("--landscape", is_flag=True, help="Signature sheets that lie across.")
def new(slug: str, addressee_id: str, level: str, paper: str | None, by_country: bool, landscape: bool) -> None:
    """Seal a packet of the petition SLUG and print its reference, and nothing else, on standard output."""
    with unit_of_work():
        petition = found(db.session.scalar(select(Petition).where(Petition.slug == slug)), f"petition “{slug}”")
        addressee = found(db.session.get(Addressee, addressee_id), f"addressee “{addressee_id}”")
        packet = packing.draft(
            petition,
            addressee,
            Level(level),
            paper=Paper(paper) if paper else None,
            sheets=packing.Sheets(
                Arranged.COUNTRY if by_country else Arranged.NUMBER, Turned.LANDSCAPE if landscape else Turned.PORTRAIT
            ),
            by=packing.COMMAND_LINE,
            at=now(),
        )
        try:
            findings = packing.seal(packet, collaborators().desk(), by=packing.COMMAND_LINE, at=now())
        except packing.NotReady as fault:
            raise click.ClickException(listed("the packet cannot be sealed:", fault)) from fault
        except Refused as fault:
            raise click.ClickException(fault.sentence) from fault
        reference, seal = packet.reference, packet.seal
    for finding in findings:
        click.echo(f"note: {finding.sentence}", err=True)
    click.echo(f"sealed {seal}", err=True)
    click.echo(reference)


@packets.command("build")
@click.argument("reference")
def build(reference: str) -> None:
    """Build the files of the sealed packet REFERENCE; go on where an earlier build stopped."""
    tools = collaborators()
    with click.progressbar(length=100, label=reference, file=sys.stderr) as bar:

        def tell(progress: int) -> None:
            bar.update(max(0, progress - bar.pos))

        bindery = Bindery(reference, tools.desk(), tools.store, holder=this_builder(), now=now, tell=tell)
        try:
            while not bindery.build() and _somebody_else_builds(reference, tell):
                time.sleep(LOOK_AGAIN)
        except TakenOver:
            while _somebody_else_builds(reference, tell):
                time.sleep(LOOK_AGAIN)
        except Refused as fault:
            raise click.ClickException(fault.sentence) from fault
    with unit_of_work():
        packet = found(_packet(reference), f"packet “{reference}”")
        click.echo(f"{tools.settings.store / bindery.folder}")
        click.echo(f"manifest SHA-256 {packet.manifest_sha256}", err=True)


@packets.command("verify", with_appcontext=False)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--manifest-hash", metavar="H", help="The manifest's SHA-256 from elsewhere, at least 16 characters.")
@click.option(
    "--packet", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Of an addendum: its packet."
)
def verify(folder: Path, manifest_hash: str | None, packet: Path | None) -> None:
    """Check every hash and total of the packet or addendum in FOLDER, offline and without the database."""
    verdict = verify_folder(folder, manifest_hash)
    what = "addendum" if verdict.packet else "packet"
    if packet is not None:
        verdict.faults += belongs(folder, packet) if verdict.packet else ["this is a packet and no addendum"]
    if verdict.faults:
        raise click.ClickException("\n  ".join([f"{len(verdict.faults)} fault(s) in this {what}:", *verdict.faults]))
    click.echo(_told(verdict))
    if signed := verdict.signed_by:
        click.echo(
            f"signed by {signed.holder}, certified by {signed.issuer} until {signed.until:%Y-%m-%d}. Whether that is "
            f"who it should be, tells the certificate’s SHA-256, compared with theirs: {signed.sha256}"
        )


def _told(verdict: Verdict) -> str:
    if verdict.packet:
        return (
            f"{verdict.reference}: addendum to {verdict.packet}, {verdict.files} files are whole, "
            f"{verdict.void} numbers are void, {verdict.counted} counted signatures remain, the seal holds.\n"
            f"manifest SHA-256 {verdict.manifest_sha256}"
        )
    specimen = " SPECIMEN, not for delivery." if verdict.specimen else ""
    return (
        f"{verdict.reference}: {verdict.files} files are whole, {verdict.counted} counted signatures add up, "
        f"the seal holds.{specimen}\nmanifest SHA-256 {verdict.manifest_sha256}"
    )


def _somebody_else_builds(reference: str, tell: Callable[[int], None]) -> bool:
    """True while another builder is at it; False once it is built. Says plainly why it never will be."""
    db.session.rollback()
    packet = found(_packet(reference), f"packet “{reference}”")
    if packet.state is PacketState.BUILT:
        return False
    if packet.state is not PacketState.SEALED:
        raise click.ClickException(f"{reference} is {packet.state}. {packet.fault or ''}".strip())
    tell(packet.progress)
    release_the_dead(reference)
    return True


def _packet(reference: str) -> Packet | None:
    return db.session.scalar(select(Packet).where(Packet.reference == reference))


def found(row: Row | None, what: str) -> Row:
    if row is None:
        raise click.ClickException(f"there is no {what}")
    return row


def listed(head: str, fault: packing.NotReady) -> str:
    blocking = [finding.sentence for finding in fault.findings if finding.blocks]
    return "\n  ".join([head, *blocking])
