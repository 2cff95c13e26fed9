from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from campaign.database import db, unit_of_work
from campaign.domain.errors import LinkExpired, LinkUnknown, PetitionClosed, SignatureEnded
from campaign.domain.links import Claim
from campaign.domain.signatures import confirming
from campaign.domain.supporters import subscribing
from campaign.models.campaign import State
from campaign.models.letter import Letter
from campaign.models.signature import Signature, SignatureState, Visibility
from campaign.models.supporter import Reason, Subscription
from tests.make import NOON

CONFIRMED, PENDING = SignatureState.CONFIRMED, SignatureState.PENDING


def confirm(make, signature, **how):
    with unit_of_work():
        return confirming.confirm(make.claim(signature), **{"at": NOON} | how)


def standing(petition):
    query = select(Signature).where(Signature.petition_id == petition.id, Signature.state == CONFIRMED)
    return list(db.session.scalars(query.order_by(Signature.id)))


@pytest.mark.feature(22)
def test_a_signature_counts_once_it_is_confirmed(make):
    petition = make.open_petition()
    signature = make.pending_signature(petition)
    make.count(petition)
    assert petition.signature_count == 0
    assert confirm(make, signature) == petition.slug
    make.count(petition)
    assert petition.signature_count == 1


@pytest.mark.feature(24)
def test_confirming_again_answers_the_same_and_changes_nothing(make):
    petition = make.open_petition()
    signature = make.pending_signature(petition)
    answers = {confirm(make, signature, at=NOON + timedelta(hours=i)) for i in range(3)}
    make.count(petition)
    assert answers == {petition.slug}
    assert signature.confirmed_at == NOON
    assert petition.signature_count == 1


@pytest.mark.feature(24)
def test_a_confirmed_link_still_says_yes_after_the_seven_days_and_after_the_petition_closed(make):
    petition = make.open_petition()
    signature = make.confirmed_signature(petition)
    petition.state = State.CLOSED
    assert confirm(make, signature, at=NOON + timedelta(days=60)) == petition.slug


def test_showing_what_a_link_would_do_changes_nothing_and_names_nobody(make):
    signature = make.pending_signature(signer=make.signer("Leila Benhaddou", visibility=Visibility.PUBLIC))
    shown = confirming.show(make.claim(signature), at=NOON)
    assert not db.session.dirty
    assert signature.state is PENDING
    assert (shown.visibility, shown.wants_silence) == (Visibility.PUBLIC, False)
    assert "Leila" not in repr(shown)


@pytest.mark.parametrize("act", [confirming.show, confirming.confirm])
def test_a_link_is_good_for_seven_whole_days(make, act):
    signature = make.pending_signature()
    late = (NOON + timedelta(days=8)).replace(hour=0)  # midnight, as exact times are not kept
    act(make.claim(signature), at=late - timedelta(seconds=1))
    other = make.pending_signature()
    with pytest.raises(LinkExpired):
        act(make.claim(other), at=late)


@pytest.mark.parametrize("act", [confirming.show, confirming.confirm])
def test_a_link_to_nothing_or_of_an_older_version_is_unknown(make, act):
    signature = make.pending_signature()
    for claim in (Claim(b"x" * 16, 1), Claim(signature.public_id, signature.link_version + 1)):
        with pytest.raises(LinkUnknown):
            act(claim, at=NOON)


@pytest.mark.parametrize("act", [confirming.show, confirming.confirm])
def test_the_link_of_a_withdrawn_signature_says_so(make, act):
    signature = make.confirmed_signature()
    make.withdraw(signature)
    with pytest.raises(SignatureEnded):
        act(make.claim(signature), at=NOON)


@pytest.mark.parametrize("state", [State.PAUSED, State.CLOSED, State.TAKEN_DOWN])
def test_nothing_is_confirmed_while_the_petition_is_not_open(make, state):
    petition = make.open_petition()
    signature = make.pending_signature(petition)
    petition.state = state
    db.session.commit()
    with pytest.raises(PetitionClosed):
        confirming.confirm(make.claim(signature), at=NOON)
    assert signature.state is PENDING


@pytest.mark.feature(30)
def test_a_second_form_of_the_same_person_answers_the_same_and_counts_once(make):
    petition, leila = make.open_petition(), make.signer()
    rows = [make.pending_signature(petition, leila) for _ in range(3)]
    assert {confirm(make, row) for row in rows} == {petition.slug}
    make.count(petition)
    assert petition.signature_count == 1
    assert standing(petition) == rows[:1]


@pytest.mark.feature(28)
def test_the_same_name_in_other_letters_is_the_same_person(make):
    petition = make.open_petition()
    for name in ("Leïla Benhaddou", "LEÏLA  BENHADDOU"):
        confirm(make, make.pending_signature(petition, make.signer(name.strip(), "leila@post.example")))
    assert len(standing(petition)) == 1


@pytest.mark.feature(31)
def test_two_people_may_share_an_address_and_a_third_may_not(make):
    petition = make.open_petition()
    for name in ("Leila", "Karim", "Amina"):
        answer = confirm(make, make.pending_signature(petition, make.signer(name, "family@post.example")))
        assert answer == petition.slug
    assert [row.place for row in standing(petition)] == [1, 2]


def test_staff_may_let_an_address_stand_for_one_person_only(make):
    petition = make.open_petition(people_per_address=1)
    for name in ("Leila", "Karim"):
        confirm(make, make.pending_signature(petition, make.signer(name, "family@post.example")))
    assert len(standing(petition)) == 1


def test_who_gave_no_name_is_nobody_new_at_the_same_address(make):
    petition = make.open_petition()
    for name in ("Leila", ""):
        confirm(make, make.pending_signature(petition, make.signer(name, "leila@post.example")))
    assert len(standing(petition)) == 1


def test_whoever_signs_first_with_anothers_address_changes_nothing_for_the_one_who_signs_after(make):
    petition = make.open_petition()
    address = "leila@post.example"
    forged = make.pending_signature(petition, make.signer("Someone Else", address, visibility=Visibility.PUBLIC))
    own = make.pending_signature(petition, make.signer("Leila", address, visibility=Visibility.COUNTED))
    confirm(make, own)
    make.count(petition)
    assert (forged.state, own.state) == (PENDING, CONFIRMED)
    assert own.visibility is Visibility.COUNTED
    assert make.names.open(own.name_box, own.public_id) == "Leila"
    assert petition.signature_count == 1
    assert own.number == 1


def test_a_forged_form_under_the_right_name_cannot_make_its_victim_more_visible(make):
    petition, address = make.open_petition(), "leila@post.example"
    own = make.confirmed_signature(petition, make.signer("Leila", address, visibility=Visibility.COUNTED))
    forged = make.pending_signature(petition, make.signer("Leila", address, visibility=Visibility.PUBLIC))
    confirm(make, forged)
    assert own.visibility is Visibility.COUNTED


def test_signing_again_in_order_to_hide_hides(make):
    petition, address = make.open_petition(), "leila@post.example"
    first = make.confirmed_signature(petition, make.signer("Leila", address, visibility=Visibility.PUBLIC))
    hidden = make.signer("Leila", address, visibility=Visibility.COUNTED, wants_silence=True)
    confirm(make, make.pending_signature(petition, hidden))
    assert first.visibility is Visibility.COUNTED
    assert first.email_box is None


def test_the_page_with_the_button_can_lower_what_was_chosen_and_never_raise_it(make):
    chosen = make.signer(visibility=Visibility.INITIALS)
    raised, lowered = make.pending_signature(signer=chosen), make.pending_signature(signer=chosen)
    confirm(make, raised, lower_to=Visibility.PUBLIC)
    confirm(make, lowered, lower_to=Visibility.ADDRESSEE)
    assert raised.visibility is Visibility.INITIALS
    assert lowered.visibility is Visibility.ADDRESSEE


def test_confirm_and_never_write_to_me_again_deletes_the_address_at_once(make):
    signature = make.pending_signature(signer=make.signer(wants_silence=True, wants_updates=True))
    assert signature.email_box is not None
    confirm(make, signature)
    assert signature.email_box is None
    assert db.session.scalars(select(Subscription)).all() == []


def test_who_asked_for_news_is_subscribed_when_the_signature_is_confirmed_and_not_before(make):
    signature = make.pending_signature(signer=make.signer("Leila", "leila@post.example", wants_updates=True))
    assert db.session.scalars(select(Subscription)).all() == []
    confirm(make, signature)
    (subscription,) = db.session.scalars(select(Subscription))
    assert make.addresses.open(subscription.email_box, subscription.public_id) == "leila@post.example"


@pytest.mark.feature(30)
@pytest.mark.parametrize("state", ["confirmed", "held"])
def test_the_database_itself_refuses_a_second_standing_row_of_one_address_at_one_place(make, state):
    petition, leila = make.open_petition(), make.signer()
    make.confirmed_signature(petition, leila)
    second = make.pending_signature(petition, leila)
    second.state, second.place, second.slot = SignatureState(state), 1, None
    with pytest.raises(IntegrityError):
        db.session.flush()


@pytest.mark.feature(49)
def test_a_held_signature_looks_confirmed_to_its_signer_and_is_not_counted(make):
    petition = make.open_petition()
    signature = make.confirmed_signature(petition)
    signature.state = SignatureState.HELD
    db.session.commit()
    assert confirm(make, signature) == petition.slug
    make.count(petition)
    assert signature.state is SignatureState.HELD
    assert petition.signature_count == 0


def test_never_write_to_me_again_may_also_be_said_when_confirming(make):
    signature = make.pending_signature()
    confirming.confirm(make.claim(signature), silence=True, at=NOON)
    assert (signature.state, signature.wants_silence, signature.email_box) == (CONFIRMED, True, None)


def test_who_opens_the_link_again_and_asks_for_less_gets_it(make):
    signature = make.confirmed_signature(signer=make.signer(visibility=Visibility.PUBLIC))
    confirm(make, signature, lower_to=Visibility.COUNTED, silence=True)
    assert (signature.visibility, signature.email_box) == (Visibility.COUNTED, None)
    confirm(make, signature, lower_to=Visibility.PUBLIC)
    assert signature.visibility is Visibility.COUNTED


def test_never_write_to_me_again_also_stops_the_news_that_an_earlier_form_asked_for(make):
    campaign = make.campaign()
    here, there = make.open_petition(campaign=campaign), make.open_petition(campaign=campaign)
    for petition in (here, there):
        make.confirmed_signature(here, make.signer("Leila", "leila@post.example", wants_updates=True))
        silent = make.signer("Leila", "leila@post.example", wants_silence=True)
        confirm(make, make.pending_signature(petition, silent))
        (subscription,) = db.session.scalars(select(Subscription))
        assert (subscription.state, subscription.email_box) == ("ended", None)


@pytest.mark.feature(62)
def test_a_second_form_that_asks_for_news_begins_them_once_its_letter_is_answered_and_signs_nothing_anew(make):
    petition = make.open_petition()
    hers = make.confirmed_signature(petition, make.signer("Leila", "leila@post.example"))
    later = NOON + timedelta(hours=1)
    second = make.pending_signature(petition, make.signer("Leila", "leila@post.example", wants_updates=True), at=later)
    assert subscriptions() == [], "a form alone begins nothing"
    assert confirm(make, second, at=later + timedelta(minutes=5)) == petition.slug
    assert standing(petition) == [hers]
    (news,) = subscriptions()
    assert make.addresses.open(news.email_box, news.public_id) == "leila@post.example"
    assert (news.signed_as, news.asked_at, news.confirmed_at) == (
        hers.public_id,
        later,
        later + timedelta(minutes=5),
    )
    assert (news.wording, news.wording_version) == (subscribing.WORDING, subscribing.WORDING_VERSION)
    welcomes = db.session.scalars(select(Letter.signature_id).where(Letter.kind == confirming.WELCOME)).all()
    assert welcomes == [hers.id], "with the receipt of the one signature there is"
    with unit_of_work():
        subscribing.end(news.public_id, at=later + timedelta(hours=1))
    confirm(make, second, at=later + timedelta(hours=2))
    assert subscriptions()[0].state == "ended", "the same link does not undo that she left"


@pytest.mark.feature(62, 64)
@pytest.mark.parametrize(("reason", "begins"), [(Reason.UNSUBSCRIBED, True), (Reason.COMPLAINT, False)])
def test_news_asked_for_again_by_a_second_form_come_back_unless_the_mailbox_complained(make, reason, begins):
    petition = make.open_petition()
    wish = make.signer("Leila", "leila@post.example", wants_updates=True)
    hers = make.confirmed_signature(petition, wish)
    with unit_of_work():
        subscribing.end(hers.public_id, reason=reason, at=NOON)
    confirm(make, make.pending_signature(petition, wish))
    (news,) = subscriptions()
    assert (news.state == "active") is begins
    silent = make.pending_signature(petition, wish)
    confirm(make, silent, silence=True)
    assert subscriptions()[0].state == "ended"


def subscriptions():
    return list(db.session.scalars(select(Subscription).order_by(Subscription.id)))
