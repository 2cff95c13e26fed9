import pytest

from campaign.database import db
from campaign.domain.packets import lining, packing
from campaign.domain.sealing import Opener
from campaign.domain.signatures import reviewing, withdrawing
from campaign.domain.signatures.reviewing import NoNamesKey, NothingToOpen
from campaign.models.packet import Level, PrintedAs
from campaign.models.signature import NameReview, Visibility
from tests.make import NOON

ODD = "Leilа Benhaddou"  # the last letter of the first word is Cyrillic


def petition_with(make, *names, visibility=Visibility.PUBLIC):
    petition = make.open_petition()
    rows = [make.confirmed_signature(petition, make.signer(name, visibility=visibility)) for name in names]
    make.count(petition)
    return petition, rows


def test_an_unusual_name_is_found_once_and_waits_without_being_shown(make):
    petition, rows = petition_with(make, "Leïla Benhaddou", ODD)
    assert reviewing.look(petition, make.names) == 2
    assert reviewing.look(petition, make.names) == 0
    (waits,) = reviewing.waiting(petition)
    assert (waits.number, waits.id) == (2, rows[1].id)
    assert "Benhaddou" not in repr(waits)
    assert petition.signature_count == 2, "the count is not touched"


def test_whoever_signs_as_the_prisoner_waits_for_a_person(make):
    petition = make.open_petition()
    prisoner = petition.campaign.prisoners[0].name
    make.confirmed_signature(petition, make.signer(prisoner, visibility=Visibility.PUBLIC))
    make.count(petition)
    reviewing.look(petition, make.names)
    assert reviewing.how_many_wait(petition) == 1


def test_the_name_of_somebody_who_is_only_counted_is_not_opened(make):
    petition, _ = petition_with(make, ODD, visibility=Visibility.COUNTED)
    reviewing.look(petition, make.names)
    assert reviewing.waiting(petition) == []


def test_names_are_looked_at_in_steps_and_none_is_left_out(make):
    petition, _ = petition_with(make, "Ana", ODD, "Omar", ODD + " Amrani")
    assert [reviewing.look(petition, make.names, limit=3) for _ in range(3)] == [3, 1, 0]
    assert [w.number for w in reviewing.waiting(petition)] == [2, 4]


def test_without_the_key_of_names_nothing_is_looked_at_and_nothing_passed_over(make):
    petition, (row,) = petition_with(make, ODD)
    for act in (lambda: reviewing.look(petition, Opener([])), lambda: reviewing.open_one(row, Opener([]))):
        with pytest.raises(NoNamesKey):
            act()
    assert petition.names_looked_to == 0


def test_one_name_is_opened_at_a_time_and_none_where_nothing_was_written(make):
    _, (row,) = petition_with(make, ODD)
    assert reviewing.open_one(row, make.names) == ODD
    _, (nameless,) = petition_with(make, "", visibility=Visibility.COUNTED)
    with pytest.raises(NothingToOpen):
        reviewing.open_one(nameless, make.names)


@pytest.mark.parametrize(
    ("decision", "form"),
    [("accepted", PrintedAs.NAME), ("refused", PrintedAs.UNDER_REVIEW), (None, PrintedAs.UNDER_REVIEW)],
)
def test_what_a_person_decided_of_a_name_is_what_the_packet_prints(make, tools, decision, form):
    petition, (row,) = petition_with(make, ODD)
    reviewing.look(petition, make.names)
    if decision:
        reviewing.decide(row, NameReview(decision))
    packet = packing.draft(petition, make.addressee(), Level.FULL, by="Nora", at=NOON)
    db.session.commit()
    reader = lining.Reader(petition.id, lining.rules(packet, set()), make.names)
    assert [line.form for line in reader.lines(1, 1)] == [form]


def test_an_ordinary_name_that_staff_refused_is_not_printed(make):
    petition, (row,) = petition_with(make, "Nobody Atall")
    reviewing.decide(row, NameReview.REFUSED)
    packet = packing.draft(petition, make.addressee(), Level.FULL, by="Nora", at=NOON)
    (line,) = lining.Reader(petition.id, lining.rules(packet, set()), make.names).lines(1, 1)
    assert (line.form, line.shown) == (PrintedAs.UNDER_REVIEW, "")
    with pytest.raises(lining.LineChanged):
        row_now = lining.rows_between(petition.id, 1, 1)[0]
        lining.check_row(row_now, PrintedAs.NAME, lining.rules(packet, set()))


def test_whoever_wants_to_be_shown_later_under_an_unusual_name_waits_too(make):
    petition, (row,) = petition_with(make, ODD, visibility=Visibility.COUNTED)
    reviewing.look(petition, make.names)
    withdrawing.change_visibility(make.claim(row), Visibility.PUBLIC, typed_name=ODD, seal=make.seal)
    assert row.name_review is NameReview.WAITING


def test_the_next_name_is_the_next_number_and_after_the_last_the_first(make):
    petition, rows = petition_with(make, ODD, "Ana", ODD + " Amrani")
    reviewing.look(petition, make.names)
    assert reviewing.next_after(petition, 1) == rows[2].id
    assert reviewing.next_after(petition, 3) == rows[0].id
