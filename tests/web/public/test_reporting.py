"""A release or a death closes a letter; anybody may say so, or that something is wrong, without a name."""

import pytest
from sqlalchemy import select

from campaign.database import db, unit_of_work
from campaign.domain.cases import recording
from campaign.domain.cases.recording import Hand, Standing
from campaign.domain.errors import CaseEnded
from campaign.domain.signatures import confirming, counting
from campaign.models.campaign import State
from campaign.models.letter import Letter
from campaign.models.petition import Petition
from campaign.models.prisoner import Prisoner, Status
from campaign.models.report import Report, ReportReason, ReportState
from tests.make import NOON
from tests.web.filling import stamp_of

HAND = Hand(None, "Nora", NOON)


def becomes(prisoner, status, as_of="2018-08"):
    with unit_of_work():
        row = db.session.get_one(Prisoner, prisoner.id)
        recording.set_status(row, Standing(status, as_of), HAND)


def fresh(client, path):
    client.application.extensions["public_memory"].forget()
    return client.get(path)


def send(client, campaign, **form):
    page = f"/campaigns/{campaign.slug}/report"
    known = {"stamp": stamp_of(client.get(page)), "reason": "released", "words": "He came home on Monday."}
    return client.post(page, data=known | form)


@pytest.mark.parametrize(("status", "words"), [(Status.RELEASED, "was released"), (Status.DIED, "has died")])
def test_a_release_or_a_death_closes_the_letter_and_its_page_says_why_and_of_which_day(client, make, status, words):
    prisoner = make.prisoner()
    petition = make.open_petition(campaign=make.campaign(prisoners=[prisoner]))
    client.get(f"/petitions/{petition.slug}")
    becomes(prisoner, status)
    assert (petition.state, petition.closed_at) == (State.CLOSED, NOON)
    page = fresh(client, f"/petitions/{petition.slug}").text
    assert f"{words}, as of August 2018" in page
    assert "Signing ended on" in page
    assert client.get(f"/petitions/{petition.slug}.json").json["data"]["attributes"]["state"] == "closed"
    refused = client.post(f"/petitions/{petition.slug}/sign", data={})
    assert refused.status_code == 409
    assert "overtaken by events" in refused.text


def test_after_a_release_nobody_confirms_no_letter_leaves_and_the_count_stands_still(make, tools):
    prisoner = make.prisoner()
    petition = make.open_petition(campaign=make.campaign(prisoners=[prisoner]))
    counted = make.confirmed_signatures(2, petition)
    make.count(petition)
    late = make.pending_signature(petition)
    letter = db.session.scalars(select(Letter).where(Letter.signature_id == late.id)).one()
    assert tools.writer.write(letter, at=NOON) is not None
    becomes(prisoner, Status.RELEASED)
    assert tools.writer.write(letter, at=NOON) is None
    with pytest.raises(CaseEnded):
        confirming.confirm(make.claim(late), at=NOON)
    db.session.rollback()
    with unit_of_work():
        counting.count(petition.id, at=NOON)
    assert db.session.get_one(Petition, petition.id).signature_count == 2
    make.withdraw(counted[0])
    make.count(petition)
    assert db.session.get_one(Petition, petition.id).signature_count == 1, "withdrawing stays a right"


def test_a_letter_for_several_people_goes_on(make):
    prisoner = make.prisoner()
    petition = make.open_petition(campaign=make.campaign(prisoners=[prisoner, make.prisoner()]))
    becomes(prisoner, Status.RELEASED)
    assert petition.state is State.OPEN


def test_news_that_was_wrong_opens_again_what_it_closed_and_nothing_else(make):
    prisoner = make.prisoner()
    campaign = make.campaign(prisoners=[prisoner])
    petition, ended = make.open_petition(campaign=campaign), make.petition(campaign=campaign, state=State.CLOSED)
    becomes(prisoner, Status.DIED)
    becomes(prisoner, Status.DETAINED)
    assert (petition.state, petition.closed_at, petition.closed_because) == (State.OPEN, None, None)
    assert ended.state is State.CLOSED


@pytest.mark.feature(17)
def test_anybody_reports_with_a_reason_and_no_name(client, make):
    petition = make.open_petition()
    assert f"/report?letter={petition.slug}" in client.get(f"/petitions/{petition.slug}").text
    assert f"/campaigns/{petition.campaign.slug}/report" in client.get(f"/campaigns/{petition.campaign.slug}").text
    answer = send(client, petition.campaign, letter=petition.slug, reason="danger")
    assert answer.status_code == 303
    assert "has reached those" in client.get(answer.headers["Location"]).text
    row = db.session.scalars(select(Report)).one()
    assert (row.reason, row.words, row.petition_id) == (ReportReason.DANGER, "He came home on Monday.", petition.id)
    assert row.state is ReportState.OPEN


def test_a_report_without_reason_words_or_stamp_is_sent_back_whole(client, make):
    campaign = make.campaign()
    for fault in ({"reason": ""}, {"words": " "}, {"stamp": "x"}, {"words": "x" * 4001}):
        assert send(client, campaign, **fault).status_code == 422
    kept = send(client, campaign, reason="", words="He came home.").text
    assert "He came home." in kept
    assert "Choose what it is about." in kept
    assert db.session.scalars(select(Report)).all() == []


def test_what_a_robot_fills_into_the_trap_is_dropped_in_silence(client, make):
    assert send(client, make.campaign(), remarks="buy").status_code == 303
    assert db.session.scalars(select(Report)).all() == []


def test_a_report_about_a_letter_of_another_campaign_names_no_letter(client, make):
    send(client, make.campaign(), letter=make.open_petition().slug)
    assert db.session.scalars(select(Report.petition_id)).one() is None


def test_reports_have_a_limit_for_each_network(client, make):
    campaign = make.campaign()
    answers = [send(client, campaign).status_code for _ in range(30)]
    assert answers[0] == 303
    assert answers[-1] == 429
