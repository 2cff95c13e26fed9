from datetime import timedelta

import pytest
from sqlalchemy import select

from campaign.database import db
from campaign.domain.sealing import Opener
from campaign.domain.signatures import confirming, reviewing, unveiling, vetting, withdrawing
from campaign.models.campaign import State
from campaign.models.signature import NameReview, RemovalReason, ShownName, Visibility
from campaign.models.site import ListEntry, ListName
from tests.make import NOON
from tests.suspects import Conditions, invalidated, names_looked_at

PUBLIC, INITIALS = Visibility.PUBLIC, Visibility.INITIALS


@pytest.fixture
def petition(make):
    """Four people, one of each choice, on a petition whose page of names is on."""
    petition = make.open_petition()
    for name, choice in (
        ("Ana Public", PUBLIC),
        ("Omar Initials", INITIALS),
        ("Tarek Addressee", Visibility.ADDRESSEE),
        ("Zoe Counted", Visibility.COUNTED),
    ):
        make.confirmed_signature(petition, make.signer(name, visibility=choice))
    make.count(petition)
    unveiling.switch_on(petition)
    names_looked_at(petition)
    return petition


def kept():
    return list(db.session.scalars(select(ShownName.text).order_by(ShownName.signature_id)))


def shown(petition):
    return [(line.number, line.text) for line in unveiling.page(petition.slug) or ()]


def row_of(petition, number):
    return vetting.find(petition, vetting.Asked(number=number), seal=None)[0]


@pytest.mark.feature(34, 35, 104)
def test_only_names_and_initials_of_those_who_chose_it_are_kept_in_clear(petition):
    assert kept() == ["Ana Public", "O. I."]
    assert shown(petition) == [(2, "O. I."), (1, "Ana Public")]


@pytest.mark.feature(34)
def test_the_page_is_off_until_staff_switch_it_on_and_nothing_is_kept_in_clear(make):
    petition = make.open_petition()
    make.confirmed_signature(petition, make.signer(visibility=PUBLIC))
    make.count(petition)
    names_looked_at(petition)
    assert unveiling.page(petition.slug) is None
    assert kept() == []


def test_switching_off_deletes_every_name_in_clear(petition):
    unveiling.switch_off(petition)
    assert (kept(), unveiling.page(petition.slug)) == ([], None)


@pytest.mark.parametrize("state", [State.TAKEN_DOWN, State.REJECTED, State.DRAFT])
def test_the_names_go_with_the_petition(petition, state):
    petition.state = state
    db.session.flush()
    assert unveiling.page(petition.slug) is None
    unveiling.put_away()
    assert kept() == []


@pytest.mark.feature(36)
@pytest.mark.parametrize("not_me", [False, True])
def test_a_name_in_clear_goes_in_the_transaction_of_the_withdrawal(make, petition, not_me):
    withdrawing.withdraw(make.claim(row_of(petition, 1)), not_me=not_me, at=NOON)
    assert kept() == ["O. I."]


@pytest.mark.parametrize("to", [INITIALS, Visibility.ADDRESSEE, Visibility.COUNTED])
def test_a_name_in_clear_goes_in_the_transaction_in_which_its_signer_shows_less(make, petition, to):
    withdrawing.change_visibility(make.claim(row_of(petition, 1)), to, seal=make.seal)
    assert "Ana Public" not in kept()
    names_looked_at(petition)
    assert ("A. P." in kept()) == (to is INITIALS)


def test_whoever_signs_again_in_order_to_hide_is_hidden_at_once(make, petition):
    ana = make.signer("Ana Public", "ana@post.example", visibility=PUBLIC)
    make.confirmed_signature(petition, ana)
    make.count(petition)
    names_looked_at(petition)
    assert kept().count("Ana Public") == 2
    again = make.pending_signature(
        petition, make.signer("Ana Public", "ana@post.example", visibility=Visibility.COUNTED)
    )
    confirming.confirm(make.claim(again), at=NOON)
    assert kept().count("Ana Public") == 1


def test_whoever_is_removed_is_no_longer_shown(make, petition):
    vetting.remove(row_of(petition, 1), RemovalReason.INSULT, at=NOON)
    assert kept() == ["O. I."]
    invalidated(petition, Conditions(visibility="initials"))
    assert kept() == []


def test_nobody_of_a_country_where_signing_is_dangerous_is_shown(make, petition):
    make.confirmed_signature(petition, make.signer("Farrukh Public", country="TJ", visibility=PUBLIC))
    make.count(petition)
    names_looked_at(petition)
    assert "Farrukh Public" not in kept()


def test_a_country_that_becomes_dangerous_is_hidden_at_the_next_look_and_deleted_within_a_minute(petition):
    db.session.add(ListEntry(name=ListName.HIGH_RISK_COUNTRY, value="FR", added_at=NOON))
    db.session.flush()
    assert shown(petition) == []
    names_looked_at(petition)
    assert kept() == []


def test_a_name_that_waits_for_a_person_is_shown_once_it_is_accepted(make, petition):
    row = make.confirmed_signature(petition, make.signer("Leilа Benhaddou", visibility=PUBLIC))
    make.count(petition)
    names_looked_at(petition)
    assert "Leilа Benhaddou" not in kept()
    reviewing.decide(row, NameReview.ACCEPTED)
    names_looked_at(petition)
    assert "Leilа Benhaddou" in kept()
    reviewing.decide(row, NameReview.REFUSED)
    assert "Leilа Benhaddou" not in kept()


def test_a_name_nobody_has_looked_at_is_not_shown(make, petition):
    make.confirmed_signature(petition, make.signer("New Public", visibility=PUBLIC))
    make.count(petition)
    unveiling.prepare(petition.id, make.names)
    assert "New Public" not in kept()


def test_only_the_latest_are_kept(make, petition):
    make.confirmed_signature(petition, make.signer("New Public", visibility=PUBLIC), at=NOON + timedelta(minutes=1))
    make.count(petition)
    reviewing.look(petition, make.names)
    unveiling.prepare(petition.id, make.names, latest=2)
    assert kept() == ["O. I.", "New Public"]


def test_a_box_is_opened_once_and_none_without_the_key(make, petition):
    assert names_looked_at(petition) == 0
    make.confirmed_signature(petition, make.signer("New Public", visibility=PUBLIC))
    make.count(petition)
    reviewing.look(petition, make.names)
    unveiling.prepare(petition.id, Opener([]))
    assert "New Public" not in kept()
