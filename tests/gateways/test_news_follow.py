"""Somebody moves her news to another mailbox while an update is on its way: it reaches her once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from campaign.collaborators import now
from campaign.database import db, take_bells, unit_of_work
from campaign.domain.links import Claim
from campaign.domain.news import asking, mailing, updating
from campaign.domain.supporters import subscribing
from campaign.models.supporter import NewsRequest, Reason, Subscription
from campaign.models.update import UpdateLetter
from tests.make import GIVEN_OUT
from tests.news import scheduled, send, subscribers

NEW = "leila@lake.example"
HERS = "person.1@post.example"
pytestmark = pytest.mark.feature(63, 66)


@pytest.fixture
def campaign(make):
    GIVEN_OUT.add(NEW)
    return make.open_petition().campaign


def move(make, whose, to=NEW):
    """She asks for it on her page, and answers the letter to the new mailbox."""
    with unit_of_work():
        row = db.session.scalars(select(Subscription).where(Subscription.public_id == whose)).one()
        asking.ask_to_move(Claim(whose, row.link_version), to, lang="en", at=now(), seal=make.seal)
    asked = db.session.scalars(select(NewsRequest.public_id).order_by(NewsRequest.id.desc()).limit(1)).one()
    with unit_of_work():
        asking.confirm(Claim(asked, 1), at=now())
    return take_bells()


def got(post_office):
    """Who got the update, and how often: letters that ask or tell of the move are no news."""
    return sorted(str(m["To"]) for m in post_office.letters if m["List-Id"])


def during(make, post_office, address, act):
    """While the server reads the letter to that address, once."""
    from flask import current_app

    app, done = current_app._get_current_object(), []

    def answer(envelope):
        if envelope.rcpt_tos == [address] and not done:
            done.append(address)
            with app.app_context():
                act()
        return "250 taken"

    post_office.answer = answer


def test_what_waits_goes_to_the_new_address_at_once_and_not_to_the_old_one(make, campaign, post_office):
    hers = subscribers(make, campaign, 2)[1].public_id
    update = scheduled(make, campaign)
    post_office.answer = lambda envelope: "451 later" if envelope.rcpt_tos == [HERS] else "250 taken"
    send()
    assert updating.progress(update).again == 1
    assert "updates" in move(make, hers)
    send()
    assert got(post_office) == [NEW, "person.0@post.example"]
    told = updating.progress(update)
    assert (told.recipients, told.sent, update.state.value) == (2, 2, "sent")


def test_what_a_worker_has_in_its_hands_is_taken_anew_and_goes_to_the_new_address(make, campaign, post_office):
    hers = subscribers(make, campaign, 2)[1].public_id
    scheduled(make, campaign)
    during(make, post_office, "person.0@post.example", lambda: move(make, hers))
    send()
    send()
    assert got(post_office) == [NEW, "person.0@post.example"]


def test_what_is_leaving_or_has_left_is_not_sent_a_second_time(make, campaign, post_office):
    first, hers = (row.public_id for row in subscribers(make, campaign, 2))
    update = scheduled(make, campaign)
    during(make, post_office, HERS, lambda: move(make, hers))
    send()
    move(make, first, "amina@lake.example")
    send()
    assert got(post_office) == ["person.0@post.example", HERS]
    assert update.state.value == "sent"


def test_whoever_was_not_listed_yet_is_listed_at_the_new_address(make, campaign, post_office):
    people = [row.public_id for row in subscribers(make, campaign, 3)]
    update = scheduled(make, campaign, at=now() - timedelta(minutes=1))
    with unit_of_work():
        mailing.begin_due(at=now())
        mailing.fan_out(at=now(), limit=1)
    move(make, people[1])
    send()
    assert got(post_office) == [NEW, "person.0@post.example", "person.2@post.example"]
    assert updating.progress(update).sent == 3


@pytest.mark.parametrize("how", ["alive", "left", "left before she moved"])
def test_a_new_address_that_has_news_of_its_own_gets_it_once(make, campaign, post_office, how):
    hers, other = (row.public_id for row in subscribers(make, campaign, 2))
    scheduled(make, campaign)
    with unit_of_work():
        mailing.begin_due(at=now())
        mailing.fan_out(at=now())
        if how != "alive":
            subscribing.end(other, reason=Reason.UNSUBSCRIBED, at=now())
    if how == "left before she moved":
        with unit_of_work():
            row = db.session.scalars(select(UpdateLetter).order_by(UpdateLetter.id.desc()).limit(1)).one()
            mailing.settle(row.id, mailing.Fate.NOT_WANTED, at=now())
    move(make, hers, HERS)
    send()
    send()
    assert got(post_office) == [HERS]


def test_who_stopped_them_gets_nothing_anywhere(make, campaign, post_office):
    hers = subscribers(make, campaign, 2)[1].public_id
    scheduled(make, campaign)
    with unit_of_work():
        mailing.begin_due(at=now())
        mailing.fan_out(at=now())
    move(make, hers)
    new = db.session.scalars(select(Subscription).order_by(Subscription.id.desc()).limit(1)).one()
    with unit_of_work():
        subscribing.end(new.public_id, at=now())
    send()
    assert got(post_office) == ["person.0@post.example"]
