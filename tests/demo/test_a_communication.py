"""The reference case as a communication: every answer is in the record, and nothing in it was invented."""

import pytest
from sqlalchemy import select

from campaign.collaborators import Collaborators, phrases
from campaign.database import db, unit_of_work
from campaign.domain.communications import blocks, communicating
from campaign.domain.signatures import counting
from campaign.models.addressee import Addressee
from campaign.models.communication import Channel
from campaign.models.petition import Petition
from campaign.models.prisoner import Prisoner
from tests.demo.conftest import NOON

pytestmark = pytest.mark.usefixtures("demonstration")


@pytest.mark.feature(120)
@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_the_lawyer_s_questionnaire_says_what_the_sources_say_and_no_more(tools: Collaborators) -> None:
    prisoner = db.session.scalars(select(Prisoner).where(Prisoner.slug == "buzurgmehr-yorov")).one()
    petition = db.session.scalars(select(Petition).where(Petition.slug == "tajikistan-2017")).one()
    with unit_of_work():
        counting.count(petition.id, at=NOON)
        words = communicating.draft(prisoner, petition, Channel.WGAD, lang="en", by="Anna", at=NOON)
    assert words.packet.is_specimen
    made = communicating.gathered(words, tools.desk().sender, at=NOON)
    said = blocks.whole(made, phrases("en"))
    for answer in (
        "1 Family name: Yorov [1]",
        "2 First name: Buzurgmehr [1]",
        "1 Date of arrest: 28 September 2015 [3] [4]",
        "620 days by 9 June 2017",
        "6 October 2016: 23 years in prison (first judgment). (sources disagree) [3] [4]",
        "16 March 2017: Two years more (second judgment). [3] [4]",
        "in prison, as of 9 June 2017",
        "3 Sex: not known",
        "7 Legal basis, with the law that was applied: Criminal Code of Tajikistan, first judgment: 189",
        "7 Legal basis of the detention, with the law that was applied: not known",
    ):
        assert answer in said
    assert "2018" not in said, "nothing that happened after the letter"
    assert said.lower().count("not recorded") == 7, "nobody was asked"


@pytest.mark.feature(110)
@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_the_directory_has_every_mandate_with_its_channels_languages_limits_and_consent(app: object) -> None:
    rows = {row.id: row for row in db.session.scalars(select(Addressee))}
    mandates = [row for row in rows.values() if row.kind.value in ("thematic", "country")]
    assert (len(mandates), len(rows)) == (39, 47)
    for row in mandates:
        assert "special_procedures" in row.channels
        assert set(row.languages) == {"en", "fr", "es"}
        assert row.consent_questions == ["to_government", "un_reports"]
        assert row.portal
        assert row.limits
        assert row.last_confirmed_on is None, "nobody has confirmed it for the demonstration"
    assert {row.id for row in rows.values() if row.email and row.email_is_verified} == {"wgad", "wgeid", "sr-defenders"}
    assert {row.mandate_country for row in mandates if row.kind.value == "country"} >= {"BY", "IR", "RU", "SY"}
    assert rows["sg"].holder_until is not None
    assert rows["sg"].holder_until.isoformat() == "2026-12-31"
