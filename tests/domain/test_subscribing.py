from datetime import timedelta

import pytest
from sqlalchemy import select

from campaign.database import db, unit_of_work
from campaign.domain import subscribing
from campaign.domain.errors import LinkUnknown
from campaign.domain.links import Claim
from campaign.models.supporter import Subscription, SubscriptionState
from tests.make import NOON

LATER = NOON + timedelta(days=2)


def subscriptions():
    return list(db.session.scalars(select(Subscription).order_by(Subscription.id)))


def stop(subscription):
    with unit_of_work():
        subscribing.end_by_link(Claim(subscription.public_id, subscription.link_version), at=LATER)


def test_who_signs_two_petitions_of_a_campaign_is_written_to_once(make):
    campaign, leila = make.campaign(), make.signer(wants_updates=True)
    for _ in range(2):
        make.confirmed_signature(make.open_petition(campaign=campaign), leila)
    assert len(subscriptions()) == 1


def test_nothing_links_the_subscriptions_of_one_person_to_two_campaigns(make):
    leila = make.signer(wants_updates=True)
    for _ in range(2):
        make.confirmed_signature(make.open_petition(), leila)
    one, other = subscriptions()
    assert one.email_key != other.email_key
    assert one.email_box != other.email_box


def test_the_sentence_that_was_ticked_is_kept_with_both_moments(make):
    signature = make.pending_signature(signer=make.signer(wants_updates=True))
    make.confirm(signature, at=LATER)
    (row,) = subscriptions()
    assert (row.wording, row.asked_at, row.confirmed_at) == (subscribing.WORDING, NOON, LATER)


def test_stopping_deletes_the_address_and_stopping_again_answers_the_same(make):
    make.confirmed_signature(signer=make.signer(wants_updates=True))
    (row,) = subscriptions()
    for _ in range(2):
        stop(row)
    assert (row.state, row.ended_at, row.email_box) == (SubscriptionState.ENDED, LATER, None)
    assert row.email_key is not None


def test_who_asks_again_after_stopping_is_written_to_again(make):
    petition, address = make.open_petition(), "leila@post.example"
    first = make.confirmed_signature(petition, make.signer("Leila", address, wants_updates=True))
    (row,) = subscriptions()
    stop(row)
    make.withdraw(first)
    again = make.confirmed_signature(petition, make.signer("Leila", address, wants_updates=True), at=LATER)
    (row,) = subscriptions()
    assert (row.state, row.ended_at) == (SubscriptionState.ACTIVE, None)
    assert make.addresses.open(row.email_box, again.public_id) == address


def test_withdrawing_a_signature_leaves_the_news_that_were_asked_for(make):
    signature = make.confirmed_signature(signer=make.signer("Leila", "leila@post.example", wants_updates=True))
    make.withdraw(signature)
    (row,) = subscriptions()
    assert make.addresses.open(row.email_box, row.public_id) == "leila@post.example"


def test_a_link_to_no_subscription_or_of_an_older_version_is_unknown(make):
    make.confirmed_signature(signer=make.signer(wants_updates=True))
    (row,) = subscriptions()
    for claim in (Claim(b"x" * 16, 1), Claim(row.public_id, row.link_version + 1)):
        with pytest.raises(LinkUnknown):
            subscribing.end_by_link(claim, at=NOON)
