"""A published record is corrected in public; what is confidential is nowhere."""

import json
from datetime import date

import pytest
from sqlalchemy import select

from campaign.database import db, unit_of_work
from campaign.domain.cases import recording
from campaign.domain.cases.recording import Hand, Standing, Statement
from campaign.domain.packets import contents
from campaign.models.journal import JournalEntry
from campaign.models.packet import Level, Packet
from campaign.models.prisoner import Answer, Confidence, Consent, Fact, Question, Status, Topic
from tests.make import NOON


@pytest.fixture
def hand():
    return Hand(None, "Nora", NOON)


def again(fact, **changed):
    """The fact's statement as it stands, with what changes."""
    known = {
        "topic": fact.topic,
        "value": fact.value,
        "as_of": fact.as_of,
        "happened": fact.happened,
        "confidential": fact.confidential,
        "sources": list(fact.sources),
    }
    return Statement(**known | changed)


def change(fact, hand, *, may_be_repeated=True, **changed):
    with unit_of_work():
        fact = db.session.get_one(Fact, fact.id)
        recording.put_fact(fact.prisoner, again(fact, **changed), hand, fact=fact, may_be_repeated=may_be_repeated)


def page(client, app, campaign):
    app.extensions["public_memory"].forget() if "public_memory" in app.extensions else None
    return client.get(f"/campaigns/{campaign.slug}/corrections").text


@pytest.mark.feature(108)
def test_a_correction_says_what_was_said_what_is_said_now_and_when(client, app, make, hand):
    prisoner = make.prisoner()
    campaign = make.campaign(prisoners=[prisoner])
    assert "has been corrected so far" in page(client, app, campaign)
    change(prisoner.facts[0], hand, value="Arrested at home.")
    with unit_of_work():
        recording.set_status(prisoner, Standing(Status.EXILED, "2017-05"), hand)
    told = page(client, app, campaign)
    for part in ("Arrested at his office", "Arrested at home.", "In exile", NOON.date().isoformat(), prisoner.name):
        assert part in told
    assert f"/campaigns/{campaign.slug}/corrections" in client.get(f"/campaigns/{campaign.slug}").text


def test_a_change_of_sources_alone_is_no_correction(client, app, make, hand):
    prisoner = make.prisoner()
    campaign = make.campaign(prisoners=[prisoner])
    change(prisoner.facts[0], hand, confidence=Confidence.UNCERTAIN)
    assert "has been corrected so far" in page(client, app, campaign)


def test_what_was_taken_back_is_told_without_words_that_would_harm_again(client, app, make, hand):
    prisoner = make.prisoner()
    campaign = make.campaign(prisoners=[prisoner])
    change(prisoner.facts[0], hand, value="Arrested at home.", may_be_repeated=False)
    told = page(client, app, campaign)
    assert "Arrested at his office" not in told
    assert "The words are not repeated." in told
    with unit_of_work():
        recording.remove_fact(db.session.get_one(Fact, prisoner.facts[0].id), hand, may_be_repeated=False)
    told = page(client, app, campaign)
    assert "Arrested" not in told
    assert "this was taken back" in told


def test_what_became_confidential_is_not_repeated_even_when_it_is_public_again(client, app, make, hand):
    prisoner = make.prisoner()
    campaign = make.campaign(prisoners=[prisoner])
    change(prisoner.facts[0], hand, value="Held at SECRETPLACE.", confidential=True)
    told = page(client, app, campaign)
    assert "SECRETPLACE" not in told
    assert "Arrested at his office" not in told
    change(prisoner.facts[0], hand, value="Arrested.", confidential=False)
    assert "SECRETPLACE" not in page(client, app, campaign)


@pytest.mark.feature(109)
def test_confidential_fields_are_on_no_page_in_no_packet_in_no_search_and_in_no_journal(client, app, make, hand, tools):
    prisoner = make.prisoner()
    campaign = make.campaign(prisoners=[prisoner])
    petition = make.open_petition(campaign=campaign)
    seen = {"as_of": "2017-06", "last_checked_on": NOON.date(), "last_checked_by": "Staff", "confidential": True}
    with unit_of_work():
        for position, topic in enumerate(Topic, start=1):
            prisoner.facts.append(
                Fact(topic=topic, value=f"MARKER {topic}", happened="2017", position=position, **seen)
            )
        prisoner.consents[0].given_by = prisoner.consents[0].proof = prisoner.consents[0].channel = "MARKER"
        for question in list(Question)[1:]:
            prisoner.consents.append(
                Consent(question=question, answer=Answer.YES, given_by="MARKER", channel="MARKER", proof="MARKER",
                        given_on=date(2017, 1, 1))
            )  # fmt: skip
    for fact in list(prisoner.facts)[1:]:
        change(fact, hand, value=f"MARKER again {fact.topic}", sources=list(prisoner.facts[0].sources))
    with unit_of_work():
        recording.remove_fact(prisoner.facts[-1], hand)
    pages = ["/", "/?q=lawyers", f"/campaigns/{campaign.slug}", f"/campaigns/{campaign.slug}/corrections"]
    pages += [f"/petitions/{petition.slug}{end}" for end in ("", ".json", "/count.json", "/thank-you")]
    pages.append("/sitemap.xml")
    for path in pages:
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert "MARKER" not in answer.text, path
    assert campaign.slug not in client.get("/?q=MARKER").text
    assert campaign.slug in client.get("/?q=lawyers").text
    packet = Packet(petition=petition, addressee=petition.addressees[0].addressee, level=Level.TOTALS)
    with db.session.no_autoflush:
        printed = contents.gather(packet, tools.desk().sender, {}, at=NOON)
    db.session.expunge(packet) if packet in db.session else None
    assert "Arrested at his office" in json.dumps(printed)
    assert "MARKER" not in json.dumps(printed)
    assert "MARKER" not in repr([(e.act, e.details) for e in db.session.scalars(select(JournalEntry))])
