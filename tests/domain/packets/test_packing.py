"""Sealing a packet: what is frozen, what stops it, and what a seal may never hide."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from nacl.public import PrivateKey

from campaign.collaborators import Collaborators
from campaign.database import db, unit_of_work
from campaign.domain import frozen
from campaign.domain.packets import building, lining, packing
from campaign.domain.packets.packing import Desk
from campaign.domain.packets.preflight import Code
from campaign.domain.sealing import Opener
from campaign.models.packet import Level, Packet, PacketLine, PacketState, Paper, PrintedAs
from campaign.models.petition import Petition
from campaign.models.prisoner import Answer, Conflict, Decision, Prisoner
from campaign.models.signature import Signature, SignatureState, Visibility
from tests.make import NOON, Make

LATER = NOON + timedelta(hours=1)
VISIBLE = (Visibility.PUBLIC, Visibility.INITIALS, Visibility.ADDRESSEE, Visibility.COUNTED)


@pytest.fixture
def desk(tools: Collaborators) -> Desk:
    return tools.desk()


@pytest.fixture
def drafted(make: Make) -> Callable[..., Packet]:
    """A drafted packet of a petition, by somebody at a desk."""

    def draft(petition: Petition, level: Level = Level.FULL, to: str = "sg") -> Packet:
        with unit_of_work():
            return packing.draft(
                db.session.get_one(Petition, petition.id), make.addressee(to), level, by="Anna", at=LATER
            )

    return draft


def signed_by_all_kinds(make: Make, petition: Petition) -> list[Signature]:
    """One of each visibility, in the order public, initials, addressee, counted."""
    rows = [make.confirmed_signature(petition, make.signer(visibility=v), at=NOON) for v in VISIBLE]
    make.count(petition)
    return rows


def seal(packet: Packet, desk: Desk) -> dict[str, int]:
    with unit_of_work():
        packing.seal(packet, desk, by="Anna", at=LATER)
    assert packet.frozen is not None
    totals: dict[str, int] = packet.frozen["totals"]
    return totals


def forms(packet: Packet) -> list[PrintedAs]:
    query = db.select(PacketLine.printed_as).where(PacketLine.packet_id == packet.id).order_by(PacketLine.number)
    return list(db.session.scalars(query))


def blocking(packet: Packet, desk: Desk) -> set[Code]:
    return {f.code for f in packing.look_over(packet, desk, at=LATER) if f.blocks}


@pytest.mark.feature(106)
def test_the_totals_of_a_sealed_packet_reconcile_with_its_lines(
    make: Make, desk: Desk, drafted: Callable[..., Packet]
) -> None:
    petition = make.open_petition()
    rows = signed_by_all_kinds(make, petition)
    make.confirmed_signature(petition, at=NOON)
    make.withdraw(rows[0])
    make.withdraw(rows[1], not_me=True)
    packet = drafted(petition)

    totals = seal(packet, desk)

    lines = forms(packet)
    assert lines == [
        PrintedAs.WITHDRAWN,
        PrintedAs.REMOVED,
        PrintedAs.NAME,
        PrintedAs.COUNTED_ONLY,
        PrintedAs.NAME,
    ]
    assert totals["counted"] == petition.signature_count == 3
    assert frozen.reconciles(totals)
    assert {k: totals[k] for k in frozen.tally(lines)} == frozen.tally(lines)


@pytest.mark.feature(105)
def test_a_name_given_to_one_addressee_is_withheld_from_every_other_and_the_packet_says_why(
    make: Make, desk: Desk, drafted: Callable[..., Packet]
) -> None:
    petition = make.open_petition(addressees=("sg",))
    signed_by_all_kinds(make, petition)
    to_sg, to_other = drafted(petition), drafted(petition, to="hc")

    assert seal(to_sg, desk)["printed_names"] == 2
    totals = seal(to_other, desk)

    assert forms(to_other)[2] is PrintedAs.OTHER_ADDRESSEE
    assert (totals["printed_names"], totals["withheld"]) == (1, 2)
    assert to_other.frozen is not None
    assert to_other.frozen["withheld_why"] == {
        "counted": 1,
        "addressee": 1,
        "held": 0,
        "glyph": 0,
        "totals": 0,
        "weeded": 0,
    }


def test_the_seal_is_the_hash_of_the_frozen_record_and_holds_no_name(
    make: Make, desk: Desk, drafted: Callable[..., Packet]
) -> None:
    petition = make.open_petition()
    make.confirmed_signature(petition, make.signer("Perpetua Unmistakable", visibility=Visibility.PUBLIC))
    packet = drafted(petition)

    seal(packet, desk)

    assert packet.frozen is not None
    assert packet.seal == frozen.seal_of(json.loads(frozen.canonical(packet.frozen)))
    kept = json.dumps([packet.frozen, packet.contents], ensure_ascii=False)
    assert "Perpetua" not in kept
    changed = {**packet.frozen, "totals": {**packet.frozen["totals"], "counted": 2}}
    assert frozen.seal_of(changed) != packet.seal


def test_the_hash_of_a_line_cannot_be_guessed_from_the_name(
    make: Make, desk: Desk, drafted: Callable[..., Packet]
) -> None:
    petition = make.counted_petition(1)
    one, other = drafted(petition), drafted(petition)
    seal(one, desk)
    seal(other, desk)
    first, second = db.session.scalars(db.select(PacketLine.line_hash))
    assert first != second


def test_a_packet_of_totals_needs_no_key_and_freezes_no_line(
    make: Make, desk: Desk, drafted: Callable[..., Packet]
) -> None:
    packet = drafted(make.counted_petition(2), Level.TOTALS)
    totals = seal(packet, replace(desk, opener=None))
    assert forms(packet) == []
    assert (totals["counted"], totals["withheld"], totals["printed_names"]) == (2, 2, 0)


def test_names_cannot_be_packed_where_the_names_key_is_not(
    make: Make, desk: Desk, drafted: Callable[..., Packet]
) -> None:
    packet = drafted(make.counted_petition(1))
    assert Code.NO_NAMES_KEY in blocking(packet, replace(desk, opener=None))
    assert Code.BOX_BROKEN in blocking(packet, replace(desk, opener=Opener([bytes(PrivateKey.generate())])))


def test_sealing_counts_what_was_confirmed_a_moment_ago(make: Make, desk: Desk, drafted: Callable[..., Packet]) -> None:
    petition = make.open_petition()
    make.confirmed_signatures(2, petition)
    assert seal(drafted(petition), desk)["counted"] == 2


def test_an_open_conflict_blocks_the_seal_until_staff_decide_how_it_is_printed(
    make: Make, desk: Desk, drafted: Callable[..., Packet]
) -> None:
    prisoner = make.prisoner()
    packet = drafted(_counted(make, prisoner))
    with unit_of_work():
        conflict = Conflict(prisoner=db.session.get_one(Prisoner, prisoner.id), about="The term: 13 or 17 years.")
        db.session.add(conflict)
    assert Code.CONFLICT_OPEN in blocking(packet, desk)
    with pytest.raises(packing.NotReady), unit_of_work():
        packing.seal(packet, desk, by="Anna", at=LATER)
    with unit_of_work():
        db.session.get_one(Conflict, conflict.id).decision = Decision.BOTH
    assert blocking(packet, desk) == set()


def test_nobody_is_named_in_a_packet_without_a_recorded_consent(
    make: Make, desk: Desk, drafted: Callable[..., Packet]
) -> None:
    packet = drafted(_counted(make, make.prisoner(publish_name=Answer.UNKNOWN)))
    assert Code.CONSENT_MISSING in blocking(packet, desk)


def test_a_stale_record_and_an_unconfirmed_addressee_block_a_packet_and_warn_in_a_specimen(
    make: Make, desk: Desk, drafted: Callable[..., Packet]
) -> None:
    prisoner = make.prisoner()
    packet = drafted(_counted(make, prisoner))
    with unit_of_work():
        db.session.get_one(Prisoner, prisoner.id).last_checked_on = date(2017, 6, 9)
        packet.addressee.last_confirmed_on = None
    assert blocking(packet, desk) == {Code.FACTS_STALE, Code.ADDRESSEE_UNCONFIRMED}
    with unit_of_work():
        packet.is_specimen = True
    warned = {f.code for f in packing.look_over(packet, desk, at=LATER) if not f.blocks}
    assert blocking(packet, desk) == set()
    assert warned == {Code.FACTS_STALE, Code.ADDRESSEE_UNCONFIRMED}


@pytest.mark.feature(106)
def test_a_gap_in_the_numbers_and_a_wrong_count_block_the_seal(
    make: Make, desk: Desk, drafted: Callable[..., Packet]
) -> None:
    petition = make.counted_petition(3)
    packet = drafted(petition)
    with unit_of_work():
        row = db.session.get_one(Petition, petition.id)
        row.last_number, row.signature_count = 4, 4
    assert {Code.NUMBER_GAP, Code.COUNT_DISAGREES} <= blocking(packet, desk)


def test_a_name_that_no_font_can_show_blocks_until_staff_agree_to_number_and_country(
    make: Make, desk: Desk, drafted: Callable[..., Packet]
) -> None:
    petition = make.open_petition()
    make.confirmed_signature(petition, make.signer("𑄌𑄋𑄴𑄟𑄳𑄦", visibility=Visibility.PUBLIC))
    make.count(petition)
    packet = drafted(petition)
    assert Code.NAMES_WITHOUT_GLYPHS in blocking(packet, desk)
    with unit_of_work():
        packet.script_gaps_agreed_by = "Berta"
    totals = seal(packet, desk)
    assert forms(packet) == [PrintedAs.NO_GLYPH]
    assert (totals["counted"], totals["withheld"]) == (1, 1)


def test_an_odd_name_is_withheld_from_print_and_never_from_the_count(
    make: Make, desk: Desk, drafted: Callable[..., Packet]
) -> None:
    petition = make.open_petition()
    make.confirmed_signature(petition, make.signer("Ivanа Petrova", visibility=Visibility.PUBLIC))  # one а Cyrillic
    packet = drafted(petition)
    totals = seal(packet, desk)
    assert forms(packet) == [PrintedAs.UNDER_REVIEW]
    assert totals["counted"] == 1


def test_a_country_with_few_signers_stands_among_the_others_beside_initials(
    make: Make, desk: Desk, drafted: Callable[..., Packet]
) -> None:
    petition = make.open_petition()
    for country, times in (("DE", 10), ("TV", 1)):
        for _ in range(times):
            make.confirmed_signature(petition, make.signer(country=country, visibility=Visibility.INITIALS))
    packet = drafted(petition)
    seal(packet, desk)

    rows = _rows(packet, desk)
    assert [row[1] for row in rows] == ["Germany"] * 10 + [""]
    assert packet.contents is not None
    assert packet.contents["totals"]["countries"] == [["DE", "Germany", 10], ["", "", 1]]


def test_a_line_is_printed_only_as_it_was_sealed(make: Make, desk: Desk, drafted: Callable[..., Packet]) -> None:
    petition = make.open_petition()
    public, short, _, counted = signed_by_all_kinds(make, petition)
    packet = drafted(petition)
    seal(packet, desk)
    before = _rows(packet, desk)

    with unit_of_work():  # who shows more later is still printed as sealed
        db.session.get_one(Signature, short.id).visibility = Visibility.PUBLIC
    make.withdraw(counted)  # whose line says nothing of them
    assert _rows(packet, desk) == before

    with unit_of_work():
        db.session.get_one(Signature, public.id).visibility = Visibility.INITIALS
    with pytest.raises(lining.LineChanged):
        _rows(packet, desk)


def test_who_withdraws_after_the_seal_is_not_printed(make: Make, desk: Desk, drafted: Callable[..., Packet]) -> None:
    petition = make.open_petition()
    public, *_ = signed_by_all_kinds(make, petition)
    packet = drafted(petition)
    seal(packet, desk)
    make.withdraw(public)
    with pytest.raises(lining.LineChanged):
        _rows(packet, desk)
    with pytest.raises(lining.LineChanged):
        building.check_lines(packet, 1, building.frozen_lines(packet, 1))


def test_a_name_exchanged_after_the_seal_is_not_printed(make: Make, desk: Desk, drafted: Callable[..., Packet]) -> None:
    petition = make.open_petition()
    signature = make.confirmed_signature(petition, make.signer(visibility=Visibility.PUBLIC))
    packet = drafted(petition)
    seal(packet, desk)
    with unit_of_work():
        row = db.session.get_one(Signature, signature.id)
        row.name_box = make.seal.name_box("Somebody Else", row.public_id)
    with pytest.raises(lining.LineChanged):
        _rows(packet, desk)


def test_a_sealed_packet_is_not_sealed_again_and_nobody_checks_their_own(
    make: Make, desk: Desk, drafted: Callable[..., Packet]
) -> None:
    packet = drafted(make.counted_petition(1))
    with pytest.raises(packing.CheckYourself), unit_of_work():
        packing.check(packet, by="Anna", at=LATER)
    with unit_of_work():
        packing.check(packet, by="Berta", at=LATER)
    seal(packet, desk)
    assert packet.state is PacketState.SEALED
    with pytest.raises(packing.AlreadySealed), unit_of_work():
        packing.seal(packet, desk, by="Anna", at=LATER)
    with pytest.raises(packing.AlreadySealed), unit_of_work():
        packing.check(packet, by="Carla", at=LATER)


def test_the_reference_counts_on_and_the_paper_follows_the_address(make: Make, drafted: Callable[..., Packet]) -> None:
    petition = make.counted_petition(1)
    first, second = drafted(petition), drafted(petition)
    assert first.reference == f"{petition.reference}-A1"
    assert second.reference == f"{petition.reference}-A2"
    assert first.paper is Paper.US_LETTER


def test_one_builder_at_a_time_holds_a_packet(make: Make, desk: Desk, drafted: Callable[..., Packet]) -> None:
    packet = drafted(make.counted_petition(1))
    seal(packet, desk)
    ref = packet.reference
    with unit_of_work():
        assert building.claim(ref, holder="one", at=LATER)
        assert not building.claim(ref, holder="two", at=LATER)
        assert building.renew(ref, holder="one", progress=40, at=LATER)
        assert building.claim(ref, holder="two", at=LATER + building.LEASE + timedelta(seconds=1))
        assert not building.renew(ref, holder="one", progress=50, at=LATER)
        assert not building.finish(ref, holder="one", manifest_sha256="0" * 64, at=LATER)


def _counted(make: Make, prisoner: Prisoner) -> Petition:
    petition = make.open_petition(campaign=make.campaign(prisoners=[prisoner]))
    make.confirmed_signatures(1, petition)
    make.count(petition)
    return petition


def _rows(packet: Packet, desk: Desk) -> list[list[str]]:
    data = building.volume_data(packet, 1, building.frozen_lines(packet, 1), building.page_data(packet), desk.opener)
    rows: list[list[str]] = data["volume"]["rows"]
    return rows


def test_a_removed_signature_is_struck_with_its_number_kept(
    make: Make, desk: Desk, drafted: Callable[..., Packet]
) -> None:
    petition = make.open_petition()
    public, *_ = signed_by_all_kinds(make, petition)
    with unit_of_work():
        db.session.get_one(Signature, public.id).state = SignatureState.HELD
    packet = drafted(petition)
    seal(packet, desk)
    assert _rows(packet, desk)[0] == ["", "", "", "R"]
