"""Communications from the command line: one prisoner's case, sealed for one channel."""

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from campaign.cli.packets import found, listed
from campaign.collaborators import collaborators, now, phrases
from campaign.database import db, unit_of_work
from campaign.domain.cases.grounds import CATEGORIES, REQUESTS
from campaign.domain.communications import communicating
from campaign.domain.communications.channels import DRAFTED, SIX
from campaign.domain.communications.communicating import Written
from campaign.domain.errors import Refused
from campaign.domain.packets import packing
from campaign.models.communication import Approach, Channel, Communication
from campaign.models.petition import Petition
from campaign.models.prisoner import Prisoner


@click.command("new-communication")
@click.argument("slug")
@click.option("--petition", "petition_slug", required=True, metavar="SLUG", help="Whose total the annex states.")
@click.option("--channel", type=click.Choice([c.value for c in DRAFTED]), required=True)
@click.option("--language", "lang", type=click.Choice(SIX), default="en", show_default=True)
@click.option(
    "--mandate", "mandates", multiple=True, metavar="ID", help="Whom to address; by default what is proposed."
)
@click.option("--summary", help="At most 200 words; in English by default that of the record.")
@click.option("--urgent", metavar="WHY", help="An urgent appeal, and why.")
@click.option("--category", "categories", nargs=2, multiple=True, metavar="NUMBER WHY", help="Such as: II “For …”.")
@click.option("--request", "requests", multiple=True, type=click.Choice(list(REQUESTS)), help="By default what fits.")
@with_appcontext
def new_communication(slug: str, petition_slug: str, channel: str, lang: str, **about: object) -> None:
    """Seal a communication about the prisoner SLUG and print its reference, and nothing else, on standard output."""
    with unit_of_work():
        prisoner = found(db.session.scalar(select(Prisoner).where(Prisoner.slug == slug)), f"prisoner “{slug}”")
        petition = found(
            db.session.scalar(select(Petition).where(Petition.slug == petition_slug)), f"petition “{petition_slug}”"
        )
        tools, at = collaborators(), now()
        try:
            words = communicating.draft(prisoner, petition, Channel(channel), lang=lang, by=packing.COMMAND_LINE, at=at)
            communicating.write(words, _written(words, about))
            findings = communicating.seal(
                words, tools.desk(), phrases(lang), tools.store, by=packing.COMMAND_LINE, at=at
            )
        except packing.NotReady as fault:
            raise click.ClickException(listed("the communication cannot be sealed:", fault)) from fault
        except Refused as fault:
            raise click.ClickException(fault.sentence) from fault
        reference, seal = words.packet.reference, words.packet.seal
    for finding in findings:
        click.echo(f"note: {finding.sentence}", err=True)
    click.echo(f"sealed {seal}", err=True)
    click.echo(reference)


def _written(words: Communication, about: dict[str, object]) -> Written:
    """What was said on the command line, over what the case proposes."""
    categories: dict[str, dict[str, object]] = {}
    for number, why in about["categories"]:  # type: ignore[attr-defined]
        if number not in CATEGORIES:
            raise click.ClickException(f"there is no category “{number}”; they are {', '.join(CATEGORIES)}")
        categories[number] = {"why": why, "articles": []}
    urgent, summary = about["urgent"], about["summary"]
    return Written(
        approach=Approach.URGENT_APPEAL if urgent else words.approach,
        lang=words.lang,
        mandates=tuple(about["mandates"]) or tuple(words.mandates),  # type: ignore[arg-type]
        urgent_why=str(urgent or ""),
        summary=str(summary) if summary is not None else words.summary,
        categories=categories,
        requests=tuple(about["requests"]) or tuple(words.requests),  # type: ignore[arg-type]
    )
