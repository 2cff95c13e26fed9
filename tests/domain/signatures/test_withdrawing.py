import pytest
from sqlalchemy import select

from campaign.database import db, unit_of_work
from campaign.domain.errors import LinkUnknown, NameNeeded, SignatureEnded
from campaign.domain.links import Claim
from campaign.domain.signatures import withdrawing
from campaign.models.ledger import EntryKind, LedgerEntry
from campaign.models.petition import Petition
from campaign.models.signature import SignatureState, Visibility
from campaign.models.supporter import Subscription, SubscriptionState
from tests.make import NOON

PERSONAL = (
    "name_box",
    "email_box",
    "email_key",
    "name_key",
    "person_key",
    "person_name_key",
    "subscription_key",
    "receipt_id",
)


def change(make, signature, to, name=""):
    with unit_of_work():
        withdrawing.change_visibility(make.claim(signature), to, typed_name=name, seal=make.seal)


def entries(petition):
    query = select(LedgerEntry).where(LedgerEntry.petition_id == petition.id).order_by(LedgerEntry.seq)
    return [(e.kind, e.delta, e.number) for e in db.session.scalars(query)]


@pytest.mark.feature(36)
def test_withdrawing_deletes_boxes_keys_and_receipt_takes_one_off_and_keeps_the_number(make):
    campaign = make.campaign()
    petition, _ = make.open_petition(campaign=campaign), make.open_petition(campaign=campaign)
    signature = make.confirmed_signature(petition, make.signer(wants_updates=True))
    make.count(petition)
    assert all(getattr(signature, name) for name in PERSONAL)
    make.withdraw(signature)
    make.count(petition)
    assert [getattr(signature, name) for name in PERSONAL] == [None] * len(PERSONAL)
    assert (signature.state, signature.number) == (SignatureState.WITHDRAWN, 1)
    assert entries(petition) == [(EntryKind.SIGNED, 1, 1), (EntryKind.WITHDRAWN, -1, 1)]
    assert petition.signature_count == 0


def test_who_signs_again_after_withdrawing_gets_a_new_number(make):
    petition, leila = make.open_petition(), make.signer()
    first = make.confirmed_signature(petition, leila)
    make.count(petition)
    make.withdraw(first)
    make.count(petition)
    second = make.confirmed_signature(petition, leila)
    make.count(petition)
    assert (first.number, second.number) == (1, 2)
    assert petition.signature_count == 1


def test_a_form_that_was_never_confirmed_can_be_withdrawn_and_leaves_no_entry(make):
    petition = make.open_petition()
    signature = make.pending_signature(petition)
    make.withdraw(signature)
    make.count(petition)
    assert [getattr(signature, name) for name in PERSONAL] == [None] * len(PERSONAL)
    assert entries(petition) == []


def test_a_signature_confirmed_and_withdrawn_before_the_counter_looked_is_never_counted(make):
    petition = make.open_petition()
    make.withdraw(make.confirmed_signature(petition))
    assert make.count(petition) == 0
    assert entries(petition) == []


@pytest.mark.feature(26)
def test_it_was_not_me_removes_the_signature_lowers_the_count_and_stops_the_letters(make):
    petition = make.open_petition()
    signature = make.confirmed_signature(petition, make.signer(wants_updates=True))
    make.count(petition)
    make.withdraw(signature, not_me=True)
    make.count(petition)
    assert entries(petition)[-1] == (EntryKind.REMOVED, -1, 1)
    assert petition.signature_count == 0
    (subscription,) = db.session.scalars(select(Subscription))
    assert (subscription.state, subscription.email_box) == (SubscriptionState.ENDED, None)


def test_withdrawing_again_says_that_it_is_over(make):
    signature = make.confirmed_signature()
    make.withdraw(signature)
    for act in (withdrawing.show, lambda claim: withdrawing.withdraw(claim, at=NOON)):
        with pytest.raises(SignatureEnded):
            act(make.claim(signature))


@pytest.mark.feature(36)
def test_the_own_page_shows_the_choice_and_the_number_and_nothing_out_of_a_box(make):
    signer = make.signer("Leila Benhaddou", "leila@post.example", visibility=Visibility.INITIALS)
    petition = make.open_petition()
    signature = make.confirmed_signature(petition, signer)
    make.count(petition)
    shown = withdrawing.show(make.claim(signature))
    assert (shown.number, shown.visibility, shown.petition_slug) == (1, Visibility.INITIALS, petition.slug)
    assert shown.receipt_id == signature.receipt_id.hex()
    assert "Leila" not in repr(shown)
    assert "post.example" not in repr(shown)


def test_a_held_signature_is_shown_as_confirmed(make):
    signature = make.confirmed_signature()
    signature.state = SignatureState.HELD
    db.session.flush()
    assert withdrawing.show(make.claim(signature)).state is SignatureState.CONFIRMED


@pytest.mark.feature(36)
def test_less_is_shown_at_once(make):
    signature = make.confirmed_signature(signer=make.signer("Leila", visibility=Visibility.PUBLIC))
    change(make, signature, Visibility.COUNTED)
    assert signature.visibility is Visibility.COUNTED


@pytest.mark.parametrize("typed", ["", "  ", "Somebody Else"])
def test_more_is_not_shown_without_the_same_name_typed_again(make, typed):
    signature = make.confirmed_signature(signer=make.signer("Leïla Benhaddou", visibility=Visibility.COUNTED))
    with pytest.raises(NameNeeded):
        change(make, signature, Visibility.PUBLIC, typed)
    assert signature.visibility is Visibility.COUNTED


@pytest.mark.parametrize("typed", ["Leïla Benhaddou", "leïla  benhaddou "])
def test_more_is_shown_once_the_same_name_is_typed_again(make, typed):
    signature = make.confirmed_signature(signer=make.signer("Leïla Benhaddou", visibility=Visibility.COUNTED))
    change(make, signature, Visibility.PUBLIC, typed)
    assert signature.visibility is Visibility.PUBLIC
    assert make.names.open(signature.name_box, signature.public_id) == "Leïla Benhaddou"


def test_who_signed_without_a_name_gives_it_with_the_wish_to_be_shown(make):
    signature = make.confirmed_signature(signer=make.signer("", visibility=Visibility.COUNTED))
    change(make, signature, Visibility.ADDRESSEE, "Leila")
    assert signature.visibility is Visibility.ADDRESSEE
    assert make.names.open(signature.name_box, signature.public_id) == "Leila"
    petition = db.session.get_one(Petition, signature.petition_id)
    assert signature.name_key == make.seal.name_key(petition.hash_secret, "leila")


def test_the_link_of_a_repeated_form_leads_to_the_signature_that_stands(make):
    petition, leila = make.open_petition(), make.signer()
    first = make.confirmed_signature(petition, leila)
    again = make.pending_signature(petition, leila)
    make.count(petition)
    assert withdrawing.show(make.claim(again)).number == 1
    make.withdraw(again)
    assert first.state is SignatureState.WITHDRAWN


def test_a_link_of_an_older_version_is_revoked(make):
    signature = make.confirmed_signature()
    with pytest.raises(LinkUnknown):
        withdrawing.show(Claim(signature.public_id, signature.link_version + 1))


def test_it_was_not_me_leaves_the_signature_of_the_owner_standing(make):
    petition = make.open_petition()
    own = make.confirmed_signature(petition, signer=make.signer("Leila Benhaddou", email="leila@sample.example"))
    strangers = make.pending_signature(petition, signer=make.signer("", email="leila@sample.example"))
    withdrawing.withdraw(make.claim(strangers), not_me=True, at=NOON)
    assert (own.state, strangers.state) == (SignatureState.CONFIRMED, SignatureState.REMOVED)


def test_withdrawing_takes_the_same_persons_unconfirmed_forms_along_and_leaves_the_others(make):
    petition = make.open_petition()
    leila, nour = (
        make.signer("Leila Benhaddou", email="both@sample.example"),
        make.signer("Nour", email="both@sample.example"),
    )
    own, again = make.confirmed_signature(petition, signer=leila), make.pending_signature(petition, signer=leila)
    other = make.pending_signature(petition, signer=nour)
    withdrawing.withdraw(make.claim(own), at=NOON)
    assert [getattr(again, name) for name in PERSONAL] == [None] * len(PERSONAL)
    assert (again.state, other.state) == (SignatureState.WITHDRAWN, SignatureState.PENDING)
