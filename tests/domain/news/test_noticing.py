from datetime import timedelta

import pytest
from sqlalchemy import select

from campaign.collaborators import phrases
from campaign.database import db, unit_of_work
from campaign.domain import limits
from campaign.domain.cases import overtaking
from campaign.domain.news import announcing, mailing, noticing, updating
from campaign.models.campaign import State
from campaign.models.prisoner import Status
from campaign.models.update import Update, UpdateState
from tests.make import NOON
from tests.news import subscribers

HOUR, WEEK = timedelta(hours=1), timedelta(days=7)


def look(at=NOON):
    with unit_of_work():
        return noticing.look(phrases, at=at)


def begin(at=NOON):
    with unit_of_work():
        mailing.begin_due(at=at)
        mailing.fan_out(at=at)


def notices():
    return list(db.session.scalars(select(Update).order_by(Update.id)))


@pytest.fixture
def petition(make):
    """Ten have signed, of a goal of twenty; three asked for news."""
    petition = make.open_petition()
    petition.goal = 20
    make.confirmed_signatures(10, petition)
    make.count(petition)
    subscribers(make, petition.campaign, 3)
    return petition


def test_the_marks_are_quarters_of_the_goal_and_the_goals_after_it():
    marks = [noticing.mark_of(count, 1000) for count in (9, 249, 250, 999, 1000, 1999, 2000, 5400)]
    assert marks == [0, 0, 250, 750, 1000, 1000, 2000, 5000]
    assert noticing.mark_of(9, 20) == 0, "nobody is written to about five"


@pytest.mark.feature(56)
def test_a_number_reached_is_told_once_to_those_who_asked_and_the_next_one_not_before_a_week_is_over(make, petition):
    later = NOON + HOUR
    assert (look(later), look(later)) == (1, 0)
    (row,) = notices()
    assert (row.state, row.mark) == (UpdateState.SCHEDULED, 10)
    assert row.texts[0].title == "The letter you signed has reached 10 signatures"
    assert petition.campaign.title not in row.texts[0].title + row.texts[0].body
    begin(later)
    assert updating.progress(row).recipients == 3
    make.confirmed_signatures(5, petition)
    make.count(petition)
    assert look(later + WEEK - HOUR) == 0, "fifteen of twenty is a mark too, and within the week"
    assert look(later + WEEK) == 1
    assert [each.mark for each in notices()] == [10, 15]


@pytest.mark.feature(56)
def test_staff_switch_it_off_and_what_was_reached_long_ago_is_no_news(petition):
    assert look(NOON + timedelta(days=30)) == 0, "reached a month ago"
    with unit_of_work():
        limits.change("news.milestone.days", 0, by="Nora", at=NOON)
    assert look(NOON + HOUR) == 0


@pytest.mark.feature(53, 56)
def test_a_number_that_falls_below_is_taken_back(petition):
    look(NOON + HOUR)
    petition.signature_count = 9
    db.session.commit()
    assert (look(NOON + HOUR), notices()) == (0, []), "it had not left"
    petition.signature_count = 10
    db.session.commit()
    look(NOON + HOUR)
    begin(NOON + HOUR)
    (row,) = notices()
    assert not announcing.news(row.code).is_below
    petition.signature_count = 9
    db.session.commit()
    look(NOON + HOUR)
    (row,) = notices()
    assert row.state is UpdateState.CANCELLED, "and those who have none yet get none"
    assert announcing.news(row.code).is_below, "its page says so"


def test_a_letter_that_is_closed_is_told_an_hour_later_unless_it_is_open_again(petition):
    petition.goal = 10_000
    petition.state, petition.closed_at = State.CLOSED, NOON + HOUR
    db.session.commit()
    assert look(NOON + HOUR) == 1
    begin(NOON + HOUR)
    assert notices()[0].begun_at is None, "a mistake can be undone"
    petition.state, petition.closed_at = State.OPEN, None
    db.session.commit()
    assert (look(NOON + HOUR), notices()) == (0, [])


def test_a_release_is_told_and_a_death_is_not(make):
    for status, told in ((Status.RELEASED, ["The person you signed for has been released"]), (Status.DIED, [])):
        petition = make.open_petition()
        subscribers(make, petition.campaign, 1)
        prisoner = petition.campaign.prisoners[0]
        prisoner.status, prisoner.status_as_of = status, "2026-01-01"
        with unit_of_work():
            overtaking.follow(prisoner, account_id=None, at=NOON)
        look(NOON)
        found = [row for row in notices() if row.campaign_id == petition.campaign_id]
        assert [row.texts[0].title for row in found] == told
