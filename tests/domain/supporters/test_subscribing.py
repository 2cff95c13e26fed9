from datetime import timedelta

import pytest
from sqlalchemy import select

from campaign.database import db, unit_of_work
from campaign.domain.errors import LinkUnknown
from campaign.domain.links import Claim
from campaign.domain.signatures import confirming
from campaign.domain.supporters import subscribing
from campaign.models.campaign import Campaign
from campaign.models.supporter import Reason, Subscription, SubscriptionState, Suppression
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
    with unit_of_work():
        subscribing.end_by_link(Claim(first.public_id, 1), at=LATER)  # out of a letter that came before all this
    assert row.state is SubscriptionState.ENDED
    with pytest.raises(LinkUnknown):
        subscribing.of_claim(Claim(first.public_id, 2))


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


# The list of those who must not be written to


def listed():
    return [(row.email_key, row.reason) for row in db.session.scalars(select(Suppression).order_by(Suppression.since))]


@pytest.mark.feature(63, 64)
def test_whoever_stops_is_listed_by_a_hash_that_outlives_the_subscription(make):
    make.confirmed_signature(signer=make.signer("Leila", "leila@post.example", wants_updates=True))
    (row,) = subscriptions()
    stop(row)
    secret = db.session.get_one(Campaign, row.campaign_id).hash_secret
    assert listed() == [(make.seal.subscription_key(secret, "leila@post.example"), Reason.UNSUBSCRIBED)]
    db.session.delete(row)
    db.session.commit()
    assert len(listed()) == 1


def test_never_write_to_me_again_is_listed_also_where_no_news_had_been_asked_for(make):
    make.confirmed_signature(signer=make.signer(wants_silence=True))
    assert [reason for _, reason in listed()] == [Reason.SILENCE]


@pytest.mark.parametrize("reason", list(Reason))
def test_asking_again_and_confirming_lifts_all_but_a_complaint(make, reason):
    petition, address = make.open_petition(), "leila@post.example"
    first = make.confirmed_signature(petition, make.signer("Leila", address, wants_updates=True))
    with unit_of_work():
        subscribing.end(first.public_id, reason=reason, at=LATER)
    make.withdraw(first)
    asked = make.pending_signature(petition, make.signer("Leila", address, wants_updates=True), at=LATER)
    assert len(listed()) == 1, "a form alone, which anybody can send, lifts nothing"
    make.confirm(asked, at=LATER)
    (row,) = subscriptions()
    if reason is Reason.COMPLAINT:
        assert (row.state, len(listed())) == (SubscriptionState.ENDED, 1)
    else:
        assert (row.state, listed()) == (SubscriptionState.ACTIVE, [])


@pytest.mark.feature(68)
def test_the_consent_is_kept_with_wording_version_moments_scope_and_organisation(make):
    petition = make.open_petition()
    asked = make.pending_signature(petition, make.signer(wants_updates=True))
    with unit_of_work():
        confirming.confirm(make.claim(asked), organisation="Letters for Freedom", at=LATER)
    (row,) = subscriptions()
    assert (row.wording, row.wording_version) == (subscribing.WORDING, subscribing.WORDING_VERSION)
    assert (row.asked_at, row.confirmed_at, row.organisation) == (NOON, LATER, "Letters for Freedom")
    assert row.campaign_id == petition.campaign_id
