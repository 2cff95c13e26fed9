"""What blocks a seal says so in a sentence and leads to the very field that mends it, on the page and in a terminal."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from campaign.database import db, unit_of_work
from campaign.models.addressee import Addressee
from campaign.models.petition import Petition
from campaign.models.prisoner import Answer, Conflict, Question
from tests.make import NOON
from tests.web.staff.people import Person, draft


def contradiction(petition: Petition) -> None:
    prisoner = petition.campaign.prisoners[0]
    db.session.add(Conflict(prisoner=prisoner, about="Where she was arrested.", facts=[prisoner.facts[0]]))


def no_consent(petition: Petition) -> None:
    (consent,) = (c for c in petition.campaign.prisoners[0].consents if c.question is Question.PUBLISH_NAME)
    consent.answer = Answer.NO


def unconfirmed(petition: Petition) -> None:
    db.session.get_one(Addressee, "sg").last_confirmed_on = NOON.date() - timedelta(days=31)


def another_language(petition: Petition) -> None:
    db.session.get_one(Addressee, "sg").languages = ["fr"]


def wrong_total(petition: Petition) -> None:
    petition.signature_count += 1


FAULTS: list[tuple[Callable[[Petition], None], str, str]] = [
    (contradiction, "Sources contradict each other about", "/staff/prisoners/{slug}?packet={ref}#conflicts"),
    (
        no_consent,
        "There is no recorded consent to publish the name of",
        "/staff/prisoners/{slug}?question=publish_name&packet={ref}#consent",
    ),
    (unconfirmed, "Nobody has confirmed", "/staff/addressees/sg?packet={ref}#h-confirm"),
    (another_language, "does not take letters in the language", "/staff/addressees/sg?packet={ref}#h-record"),
    (wrong_total, "The count, the ledger and the signatures do not agree.", "/staff/petitions/{petition}#h-recount"),
]


@pytest.mark.feature(71)
@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("fault", "sentence", "cure"), FAULTS, ids=[fault.__name__ for fault, *_ in FAULTS])
def test_a_fault_blocks_with_a_sentence_and_a_link_to_the_field_that_mends_it(
    app: Flask, nora: Person, petition: Petition, fault: Callable[[Petition], None], sentence: str, cure: str
) -> None:
    slug, of_petition = petition.campaign.prisoners[0].slug, petition.slug
    with unit_of_work():
        fault(db.session.get_one(Petition, petition.id))
    reference = draft(nora, petition)
    page = nora.get(f"/staff/packets/{reference}").text.replace("&amp;", "&")
    link = cure.format(slug=slug, ref=reference, petition=of_petition)
    (item,) = re.findall(r'<span class="tag on">Blocks</span>.*?</li>', page, re.S)
    assert sentence in item
    assert f'href="{link}"' in item
    path, _, anchor = link.partition("#")
    assert f'id="{anchor}"' in nora.get(path).text

    refused = app.test_cli_runner().invoke(
        args=["packets", "new", of_petition, "--addressee", "sg", "--level", "totals"]
    )
    assert refused.exit_code == 1
    assert sentence in refused.output
    there = re.sub(rf"[?&]packet={reference}", "", link)
    assert f"{app.extensions['collaborators'].settings.site_url}{there}\n" in refused.output
    assert reference not in refused.output, "the draft is gone with the refusal"
