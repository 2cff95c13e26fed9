"""A withdrawal reaches the paper: an addendum for the packet that is out, a struck line in the next one."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from campaign.collaborators import Collaborators
from campaign.database import db, unit_of_work
from campaign.domain.packets import delivering, packing, striking
from campaign.domain.packets.striking import NothingToStrike, StillHere, Struck
from campaign.domain.signatures import vetting
from campaign.gateways import addenda
from campaign.gateways.bindery import Bindery
from campaign.gateways.verifier import belongs, verify
from campaign.models.addendum import Addendum
from campaign.models.delivery import Outcome
from campaign.models.packet import Level, Packet, PacketLine, PrintedAs
from campaign.models.petition import Petition
from campaign.models.signature import RemovalReason, Visibility
from tests.make import NOON, Make
from tests.pdfs import pages as read
from tests.pdfs import plain

LATER = NOON + timedelta(hours=1)
Build = Callable[..., Packet]


@pytest.fixture
def built(make: Make, tools: Collaborators) -> Build:
    """A packet on paper."""

    def build(petition: Petition, level: Level = Level.FULL) -> Packet:
        with unit_of_work():
            row = packing.draft(
                db.session.get_one(Petition, petition.id), make.addressee("sg"), level, by="Anna", at=LATER
            )
            packing.seal(row, tools.desk(), by="Anna", at=LATER)
        assert Bindery(row.reference, tools.desk(), tools.store, holder="one", now=lambda: LATER).build()
        return row

    return build


@pytest.fixture
def delivered(built: Build) -> Build:
    def deliver(petition: Petition, level: Level = Level.FULL) -> Packet:
        row = built(petition, level)
        with unit_of_work():
            way = delivering.prepare(row, place="", by="Nora", at=LATER)
            delivering.hand_over(way, Outcome.LEFT, on=LATER.date(), place="", by="Nora", at=LATER)
        return row

    return deliver


def strike(packet: Packet, *, at: timedelta = timedelta(hours=2)) -> Addendum:
    with unit_of_work():
        return striking.make(packet, by="Nora", at=NOON + at)


@pytest.mark.feature(112)
def test_who_withdraws_later_is_struck_by_an_addendum_from_the_packet_that_is_out_and_left_out_of_the_next(
    make: Make, tools: Collaborators, built: Build, delivered: Build
) -> None:
    petition = make.open_petition()
    rows = [make.confirmed_signature(petition, make.signer(visibility=Visibility.PUBLIC)) for _ in range(4)]
    make.count(petition)
    packet = delivered(petition)
    assert striking.news(packet) is None
    make.withdraw(rows[1])
    make.withdraw(rows[3], not_me=True)

    row = strike(packet)

    assert (row.reference, row.frozen["withdrawn"], row.frozen["removed"]) == (f"{packet.reference}-V1", [2], [4])
    assert (row.frozen["counted_then"], row.frozen["counted_now"]) == (4, 2)
    assert row.frozen["dated"].startswith((NOON + timedelta(hours=2)).isoformat()[:16])
    assert [entry.what for entry in packet.deliveries[0].custody][-1] == "addendum"
    assert row.seal in packet.deliveries[0].custody[-1].words
    folder = _printed(row, tools)
    text = plain("".join(read((folder / "addendum.pdf").read_bytes())))
    assert "Addendum" in text
    assert "Leïla" not in text
    following = built(petition)
    forms = db.select(PacketLine.printed_as).where(PacketLine.packet_id == following.id).order_by(PacketLine.number)
    assert [*db.session.scalars(forms)] == [
        PrintedAs.NAME,
        PrintedAs.WITHDRAWN,
        PrintedAs.NAME,
        PrintedAs.REMOVED,
    ]
    assert striking.news(following) is None


@pytest.mark.feature(112)
def test_an_addendum_is_checked_offline_by_itself_and_against_its_packet(
    app: Flask, make: Make, tools: Collaborators, delivered: Build
) -> None:
    petition = make.open_petition()
    rows = make.confirmed_signatures(3, petition)
    make.count(petition)
    packet = delivered(petition)
    other = delivered(petition)
    make.withdraw(rows[0])
    folder = _printed(strike(packet), tools)
    packets = tools.settings.store / "packets"
    verdict = verify(folder, striking.of(packet)[0].manifest_sha256)
    assert (verdict.faults, verdict.packet, verdict.void, verdict.counted) == ([], packet.reference, 1, 2)
    assert belongs(folder, packets / packet.reference) == []
    assert "is not the packet" in belongs(folder, packets / other.reference)[0]
    kept = (folder / "seal.json").read_bytes()
    for change in ({"withdrawn": [1, 1]}, {"withdrawn": [9]}, {"counted_now": 3}):
        (folder / "seal.json").write_bytes(json.dumps({**json.loads(kept), **change}).encode())
        assert len(verify(folder).faults) >= 3, change
    (folder / "seal.json").write_bytes(kept)
    assert verify(folder).faults == []
    flask = app.test_cli_runner()
    words = ["packets", "verify", str(folder), "--packet"]
    told = flask.invoke(args=[*words, str(packets / packet.reference)])
    assert (told.exit_code, "addendum to" in told.output) == (0, True)
    assert flask.invoke(args=[*words, str(packets / other.reference)]).exit_code == 1
    assert belongs(folder, packets)[0].startswith("the packet of this addendum cannot be read")


@pytest.mark.feature(112)
def test_each_addendum_takes_the_place_of_the_one_before_and_is_the_same_bytes_when_printed_again(
    make: Make, tools: Collaborators, delivered: Build
) -> None:
    petition = make.open_petition()
    rows = make.confirmed_signatures(3, petition)
    make.count(petition)
    packet = delivered(petition, Level.TOTALS)
    make.confirmed_signature(petition)  # who signs later is not of this packet
    with pytest.raises(NothingToStrike):
        strike(packet)
    db.session.rollback()
    make.withdraw(rows[0])
    strike(packet)
    with pytest.raises(NothingToStrike):
        strike(packet)
    db.session.rollback()
    make.withdraw(rows[2])
    second = strike(packet, at=timedelta(hours=3))
    assert (second.frozen["withdrawn"], second.frozen["replaces"]) == ([1, 3], f"{packet.reference}-V1")
    before = (_printed(second, tools) / "addendum.pdf").read_bytes()
    assert (_printed(second, tools) / "addendum.pdf").read_bytes() == before


@pytest.mark.feature(112)
def test_a_number_that_was_removed_by_mistake_counts_again_in_the_next_addendum(
    make: Make, delivered: Build, tools: Collaborators
) -> None:
    petition = make.open_petition()
    before, after = make.confirmed_signatures(2, petition)
    make.count(petition)
    with unit_of_work():
        vetting.remove(before, RemovalReason.ROBOT, at=NOON)
    make.count(petition)
    packet = delivered(petition)
    with unit_of_work():
        vetting.remove(after, RemovalReason.ROBOT, at=NOON)
    first = strike(packet)
    assert (first.frozen["removed"], first.frozen["counted_now"]) == ([2], 0)
    with unit_of_work():
        vetting.restore(before)
        vetting.restore(after)
    second = strike(packet, at=timedelta(hours=3))
    assert (second.frozen["removed"], second.frozen["restored"], second.frozen["counted_now"]) == ([], [1], 2)
    folder = _printed(second, tools)
    assert belongs(folder, tools.settings.store / "packets" / packet.reference) == []


def test_a_packet_that_is_still_here_gets_no_addendum(make: Make, built: Build) -> None:
    petition = make.open_petition()
    signature = make.confirmed_signature(petition)
    make.confirmed_signature(petition)
    make.count(petition)
    packet = built(petition)
    make.withdraw(signature)
    make.count(petition)
    assert striking.news(packet) == Struck(withdrawn=(1,))
    with pytest.raises(StillHere):
        strike(packet)


def test_numbers_that_follow_each_other_are_written_as_one() -> None:
    assert striking.spans([17, 23, 40, 41, 42, 44]) == ["17", "23", "40–42", "44"]


def _printed(row: Addendum, tools: Collaborators) -> Path:
    reference = row.reference
    addenda.build(reference, tools.desk().printer, tools.store, now=lambda: LATER)
    return tools.settings.store / "addenda" / reference
