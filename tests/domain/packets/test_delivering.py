"""The way of a packet: steps go forward only, and each is an entry of its custody."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DatabaseError

from campaign.database import db, unit_of_work
from campaign.domain.packets import copying, delivering
from campaign.domain.packets.copying import TooManyCopies
from campaign.domain.packets.delivering import DayWrong, NotBuilt, OutOfOrder, SpecimenStays, WordsMissing
from campaign.models.delivery import CustodyEntry, Delivery, DeliveryState, Outcome
from campaign.models.packet import Level, Packet, PacketState
from tests.make import NOON, Make

LATER = NOON + timedelta(hours=3)


@pytest.fixture
def packet(make: Make) -> Packet:
    """Built at noon, with nothing in it: delivering does not look inside."""
    petition = make.open_petition()
    row = Packet(
        reference="TJ-2018-001-A1",
        petition=petition,
        addressee=petition.addressees[0].addressee,
        level=Level.TOTALS,
        state=PacketState.BUILT,
        created_at=NOON,
        built_at=NOON,
        sealed_by="Samir",
    )
    with unit_of_work():
        db.session.add(row)
    return row


@pytest.fixture
def printed(packet: Packet) -> Delivery:
    with unit_of_work():
        return delivering.prepare(packet, place="office", by="Nora", at=LATER)


def over(delivery: Delivery, outcome: Outcome = Outcome.LEFT, **about: object) -> None:
    day = {"on": LATER.date(), "place": "hall B", "by": "Nora", "at": LATER}
    with unit_of_work():
        delivering.hand_over(delivery, outcome, **day | about)  # type: ignore[arg-type]


@pytest.mark.feature(77)
def test_custody_is_written_step_by_step_from_built_to_answered(printed: Delivery) -> None:
    over(printed, Outcome.ACCEPTED)
    with unit_of_work():
        delivering.receipt(printed, reference="SG/77", by="Nora", at=LATER)
        delivering.answer(printed, "Noted.", on=LATER.date(), by="Nora", at=LATER)
    steps = [(entry.what, entry.by) for entry in printed.custody]
    assert steps == [
        ("built", "Samir"),
        ("printed", "Nora"),
        ("handed_over", "Nora"),
        ("receipted", "Nora"),
        ("answered", "Nora"),
    ]
    assert printed.state is DeliveryState.ANSWERED


def test_a_specimen_is_never_delivered(packet: Packet) -> None:
    packet.is_specimen = True
    with pytest.raises(SpecimenStays):
        delivering.prepare(packet, place="", by="Nora", at=LATER)


def test_only_a_finished_packet_is_delivered(packet: Packet) -> None:
    packet.state = PacketState.SEALED
    with pytest.raises(NotBuilt):
        delivering.prepare(packet, place="", by="Nora", at=LATER)


def test_a_packet_is_printed_and_handed_over_once(packet: Packet, printed: Delivery) -> None:
    with pytest.raises(OutOfOrder):
        delivering.prepare(packet, place="", by="Nora", at=LATER)
    over(printed)
    with pytest.raises(OutOfOrder):
        over(printed)


@pytest.mark.parametrize("days", [1, -1])
def test_a_hand_over_lies_neither_ahead_nor_before_the_packet_was_built(printed: Delivery, days: int) -> None:
    with pytest.raises(DayWrong):
        over(printed, on=LATER.date() + timedelta(days=days))


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.POSTED])
def test_a_refusal_needs_its_words_and_a_posting_its_number(printed: Delivery, outcome: Outcome) -> None:
    with pytest.raises(WordsMissing):
        over(printed, outcome, words="  ")
    over(printed, outcome, words="The guard said: not today.")
    assert printed.outcome is outcome


def test_nobody_outside_reads_of_it_before_it_was_handed_over(printed: Delivery) -> None:
    assert delivering.public("TJ-2018-001-A1") is None
    over(printed)
    assert delivering.public("TJ-2018-001-A1") is printed


@pytest.mark.feature(78)
def test_the_addressees_reference_may_become_known_later(printed: Delivery) -> None:
    with pytest.raises(OutOfOrder):
        delivering.refer(printed, "SG/77", by="Nora", at=LATER)
    over(printed)
    delivering.refer(printed, " SG/77 ", by="Nora", at=LATER)
    assert printed.addressee_reference == "SG/77"


def test_a_closed_delivery_takes_no_answer(printed: Delivery) -> None:
    over(printed)
    with unit_of_work():
        delivering.close(printed, by="Nora", at=LATER)
    with pytest.raises(OutOfOrder):
        delivering.answer(printed, "Noted.", on=LATER.date(), by="Nora", at=LATER)


def test_a_specimen_stays_unread_outside_even_if_a_delivery_of_it_were_in_the_database(printed: Delivery) -> None:
    over(printed)
    with unit_of_work():
        printed.packet.is_specimen = True
    assert delivering.public("TJ-2018-001-A1") is None


@pytest.mark.parametrize("change", [update(CustodyEntry).values(what="nothing"), delete(CustodyEntry)])
def test_the_database_itself_refuses_to_change_who_had_the_packet(printed: Delivery, change: object) -> None:
    with pytest.raises(DatabaseError, match="append-only"), unit_of_work():
        db.session.execute(change)  # type: ignore[call-overload]
    assert [entry.what for entry in printed.custody] == ["built", "printed"]


@pytest.mark.feature(111)
def test_every_copy_has_a_number_and_a_mark_that_stand_in_the_custody_log(packet: Packet) -> None:
    with unit_of_work():
        delivery = delivering.prepare(packet, copies=2, place="office", by="Nora", at=LATER)
        delivering.print_more(delivery, copies=1, meant_for="the archive", by="Nora", at=LATER)
    copies = copying.of(packet)
    assert [(copy.number, copy.meant_for) for copy in copies] == [(1, ""), (2, ""), (3, "the archive")]
    assert len({copy.mark for copy in copies}) == 3
    log = " ".join(entry.words for entry in delivery.custody)
    assert all(f"{copy.number}: {copy.mark}" in log for copy in copies)
    with pytest.raises(TooManyCopies):
        delivering.print_more(delivery, copies=51, meant_for="", by="Nora", at=LATER)


@pytest.mark.feature(111)
def test_the_custody_log_keeps_the_words_of_a_refusal_and_the_day_of_each_step(printed: Delivery) -> None:
    day = LATER.date()
    over(printed, Outcome.REFUSED, words="The guard: “come back with an appointment”")
    with unit_of_work():
        delivering.pass_on(printed, "taken back to the office", place="office", on=day, by="Nora", at=LATER)
    refused, back = printed.custody[-2:]
    assert refused.words == "refused · The guard: “come back with an appointment”"
    assert (refused.happened_on, back.happened_on, back.place) == (day, day, "office")
    with pytest.raises(DayWrong):
        delivering.pass_on(printed, "x", on=day + timedelta(days=1), by="Nora", at=LATER)
    with pytest.raises(DayWrong):
        delivering.receipt(printed, reference="", on=day - timedelta(days=1), by="Nora", at=LATER)
