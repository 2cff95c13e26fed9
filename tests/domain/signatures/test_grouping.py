"""How many people stand behind several letters of one campaign."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from campaign import worker
from campaign.database import db, unit_of_work
from campaign.domain.cases import telling
from campaign.domain.signatures import grouping, recounting, vetting, withdrawing
from campaign.domain.upkeep import purging
from campaign.models.campaign import Campaign, State
from campaign.models.petition import Petition
from campaign.models.signature import RemovalReason, Signature, Visibility
from tests.make import NOON

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def campaign(make):
    return make.campaign()


@pytest.fixture
def letters(make, campaign):
    """Two letters of one campaign, their common total begun."""
    two = [make.open_petition(campaign=campaign) for _ in range(2)]
    begin()
    return two


def begin():
    worker.group_people()
    db.session.rollback()


def signed(make, petition, name, email="leila@post.example", **about):
    row = make.confirmed_signature(petition, make.signer(name, email, **about))
    make.count(petition)
    return row


def people(campaign):
    """What the page says: people, and signatures that cannot be matched. It agrees with the rows at any time."""
    db.session.rollback()
    told = telling.campaign(campaign.slug).people
    row = db.session.get_one(Campaign, campaign.id, populate_existing=True)
    assert grouping.tally(row) == (row.people_count, row.people_unmatched)
    return (told.number, told.unmatched) if told else None


@pytest.mark.feature(5)
def test_who_signs_two_letters_of_a_campaign_is_one_person_and_two_signatures(make, campaign, letters):
    for letter in letters:
        signed(make, letter, "Leila")
    signed(make, letters[0], "Omar", "omar@post.example")
    assert people(campaign) == (2, 0)
    assert [p.signature_count for p in letters] == [2, 1]


@pytest.mark.feature(5)
def test_two_people_of_one_address_are_two_and_who_gives_no_name_is_one_of_them(make, campaign, letters):
    one, two = letters
    signed(make, one, "Leila")
    signed(make, one, "Omar")
    signed(make, two, "", visibility=Visibility.COUNTED)
    assert people(campaign) == (2, 0)


@pytest.mark.feature(5)
def test_a_person_leaves_the_total_with_the_last_signature_and_comes_back_with_a_new_one(make, campaign, letters):
    one, two = letters
    rows = [signed(make, letter, "Leila") for letter in letters]
    make.withdraw(rows[0])
    make.count(one)
    assert people(campaign) == (1, 0)
    make.withdraw(rows[1])
    assert people(campaign) == (0, 0), "at once, before the ledger follows"
    make.count(two)
    assert people(campaign) == (0, 0)
    signed(make, two, "Leila")
    assert people(campaign) == (1, 0)


@pytest.mark.feature(5)
def test_what_staff_remove_and_put_back_moves_the_total_with_the_count(make, campaign, letters):
    one, _ = letters
    row = signed(make, one, "Leila")
    with unit_of_work():
        vetting.remove(row, RemovalReason.ROBOT, at=NOON)
    make.count(one)
    assert people(campaign) == (0, 0)
    with unit_of_work():
        vetting.restore(row)
    make.count(one)
    assert people(campaign) == (1, 0)


def test_a_name_given_later_can_tell_two_people_apart(make, campaign, letters):
    one, two = letters
    signed(make, one, "Omar")
    row = signed(make, two, "", visibility=Visibility.COUNTED)
    assert people(campaign) == (1, 0)
    with unit_of_work():
        withdrawing.change_visibility(make.claim(row), Visibility.PUBLIC, typed_name="Leila", seal=make.seal)
    assert people(campaign) == (2, 0)


@pytest.mark.feature(5)
def test_a_second_letter_that_comes_later_is_told_when_the_boxes_were_gone_through(make, campaign):
    first = make.open_petition(campaign=campaign)
    signed(make, first, "Leila")
    signed(make, first, "Omar")
    waiting = make.pending_signature(first, make.signer("Ana", "ana@post.example"))
    assert {row.person_key for row in db.session.scalars(select(Signature))} == {None}
    second = make.open_petition(campaign=campaign)
    signed(make, second, "Leila")
    assert people_told(campaign) is None, "nothing is said before it is known"
    begin()
    assert people(campaign) == (2, 0)
    make.confirm(waiting)
    make.count(first)
    assert people(campaign) == (3, 0)


def people_told(campaign):
    db.session.rollback()
    return telling.campaign(campaign.slug).people


@pytest.mark.feature(5)
def test_where_an_address_was_deleted_before_the_page_says_at_least(make, campaign, client):
    first = make.open_petition(campaign=campaign)
    silent = signed(make, first, "Leila", wants_silence=True)
    second = make.open_petition(campaign=campaign)
    signed(make, second, "Leila")
    begin()
    assert people(campaign) == (1, 1)
    page = client.get(f"/campaigns/{campaign.slug}").text
    assert "At least 1 person has signed one or more of the 2 letters" in page
    make.withdraw(silent)
    make.count(first)
    assert people(campaign) == (1, 0)


def test_without_one_of_the_two_keys_the_total_does_not_begin(app, make, campaign, tools):
    signed(make, make.open_petition(campaign=campaign), "Leila")
    make.open_petition(campaign=campaign)
    app.extensions["collaborators"] = replace(tools, names_opener=type(tools.names_opener)([]))
    begin()
    assert people_told(campaign) is None
    app.extensions["collaborators"] = replace(tools, mail_opener=type(tools.mail_opener)([]))
    begin()
    assert people(campaign) == (1, 0)


def test_forms_that_a_public_node_still_took_for_a_single_letter_are_waited_for(make, campaign):
    make.open_petition(campaign=campaign)
    make.open_petition(campaign=campaign)
    with unit_of_work():
        db.session.execute(update(Campaign).values(joined_at=make.now()))
    begin()
    assert people_told(campaign) is None


@pytest.mark.feature(5, 52)
def test_recounting_compares_the_total_with_the_rows_and_mends_it(make, campaign, letters):
    for letter in letters:
        signed(make, letter, "Leila")
    with unit_of_work():
        db.session.execute(update(Campaign).values(people_count=7))
        report = recounting.recount(letters[0], at=NOON)
    assert report.faults == ["people of the campaign and signatures nobody can match were kept as 7 and 0, are 1 and 0"]
    assert people(campaign) == (1, 0)


@pytest.mark.feature(5, 108)
def test_when_names_of_one_letter_are_deleted_the_total_stands_still_and_says_so(make, campaign, letters, client):
    one, two = letters
    rows = [signed(make, letter, "Leila") for letter in letters]
    with unit_of_work():
        one.state, one.closed_at = State.CLOSED, NOON
    far = NOON + timedelta(days=800)
    with unit_of_work():
        assert purging.step(one.id, store=None, at=far) == 1
    assert db.session.get_one(Signature, rows[0].id, populate_existing=True).person_key is None
    signed(make, db.session.get_one(Petition, two.id), "Leila")
    signed(make, two, "Omar", "omar@post.example")
    told = people_told(campaign)
    assert (told.number, told.until) == (1, far.date())
    assert "1 person had signed one or more of the 2 letters" in client.get(f"/campaigns/{campaign.slug}").text
    newest = db.session.scalars(select(Signature).order_by(Signature.id.desc())).first()
    assert newest.person_key is None, "what can serve nothing any more is not written"


def test_no_total_is_told_of_letters_that_cannot_be_seen(make, campaign, letters):
    signed(make, letters[0], "Leila")
    with unit_of_work():
        letters[0].state = State.TAKEN_DOWN
    assert people_told(campaign) is None


def test_a_box_of_somebody_who_has_left_meanwhile_gets_no_hash(make, campaign):
    first = make.open_petition(campaign=campaign)
    row = signed(make, first, "Leila")
    make.open_petition(campaign=campaign)
    found = [{"row": row.id, "key": b"k" * 32}]
    make.withdraw(row)
    with unit_of_work():
        grouping._write("person_key", found)
    assert db.session.scalar(select(func.count()).where(Signature.person_key.is_not(None))) == 0
