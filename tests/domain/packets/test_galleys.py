"""What a line shows is locked from sealing until it is printed, opened by nobody else, and believed only while true."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from campaign.collaborators import Collaborators
from campaign.database import db, unit_of_work
from campaign.domain.errors import SealBroken
from campaign.domain.packets import building, galleys, packing
from campaign.domain.packets.lining import LineChanged
from campaign.domain.sealing import Opener
from campaign.models.addressee import Addressee
from campaign.models.packet import Arranged, Level, Packet, PacketGalley
from campaign.models.signature import Signature, Visibility
from tests.make import NOON, Make


class Counted(Opener):
    """An opener that counts what it opened."""

    def __init__(self, opener: Opener) -> None:
        self._boxes, self.opened = opener._boxes, 0

    def open(self, box: bytes, public_id: bytes) -> str:
        self.opened += 1
        return super().open(box, public_id)


@pytest.fixture
def sealed(make: Make, tools: Collaborators) -> Callable[..., Packet]:
    def seal(arranged: Arranged = Arranged.NUMBER, level: Level = Level.FULL) -> Packet:
        petition = make.open_petition()
        for name, shown in (("Leïla B", Visibility.PUBLIC), ("Omar K", Visibility.INITIALS), ("x", Visibility.COUNTED)):
            make.confirmed_signature(petition, make.signer(name, visibility=shown))
        make.count(petition)
        with unit_of_work():
            to = db.session.get_one(Addressee, "sg")
            packet = packing.draft(petition, to, level, sheets=packing.Sheets(arranged), by="Anna", at=NOON)
            packing.seal(packet, tools.desk(), by="Anna", at=NOON)
        return packet

    return seal


def rows_of(packet: Packet, opener: Opener) -> Any:
    lines, base = building.frozen_lines(packet, 1), building.page_data(packet)
    return building.volume_data(packet, 1, lines, base, opener)["volume"]["rows"]


def held() -> list[PacketGalley]:
    return list(db.session.scalars(select(PacketGalley)))


@pytest.mark.feature(106)
def test_no_name_is_opened_a_second_time_and_the_lines_are_the_same(tools: Collaborators, sealed: Any) -> None:
    packet = sealed()
    with_galley, without = Counted(tools.names_opener), Counted(tools.names_opener)
    printed = rows_of(packet, with_galley)
    galleys.clear(packet.reference)
    assert rows_of(packet, without) == printed
    assert (with_galley.opened, without.opened) == (1, 2)
    assert [row[0] for row in printed] == ["Leïla B", "O. K.", ""]


def test_whose_row_has_changed_is_opened_anew_and_not_printed_as_it_was(tools: Collaborators, sealed: Any) -> None:
    packet = sealed()
    first = db.session.scalars(select(Signature).where(Signature.number == 1)).one()
    first.name_box = tools.seal.name_box("Somebody Else", first.public_id)
    db.session.flush()
    with pytest.raises(LineChanged):
        rows_of(packet, tools.names_opener)


def test_a_galley_that_shows_something_else_is_not_printed(tools: Collaborators, sealed: Any) -> None:
    packet = sealed()
    (galley,) = held()
    about = galleys._about(packet.salt or b"", 1)
    forged = tools.names_opener.open(galley.box, about).replace("Leïla", "Layla")
    galley.box = tools.seal.names.seal(forged, about)
    db.session.flush()
    with pytest.raises(LineChanged):
        rows_of(packet, tools.names_opener)


def test_a_withdrawal_is_seen_although_a_galley_lies_there(tools: Collaborators, sealed: Any) -> None:
    packet = sealed()
    db.session.execute(update(Signature).where(Signature.number == 2).values(state="withdrawn", name_box=None))
    with pytest.raises(LineChanged):
        rows_of(packet, tools.names_opener)


def test_only_the_names_key_opens_it_and_only_as_what_it_is(tools: Collaborators, sealed: Any) -> None:
    packet = sealed()
    (galley,) = held()
    assert "Leïla".encode() not in galley.box
    for opener, about in ((tools.mail_opener, galleys._about(packet.salt or b"", 1)), (tools.names_opener, b"x" * 16)):
        with pytest.raises(SealBroken):
            opener.open(galley.box, about)


def test_none_is_kept_by_country_or_of_totals(sealed: Any) -> None:
    sealed(Arranged.COUNTRY)
    assert held() == []


def test_none_outlives_the_build_or_a_day(tools: Collaborators, sealed: Any) -> None:
    packet = sealed()
    assert galleys.forget(at=NOON + timedelta(hours=23)) == 0
    assert galleys.forget(at=NOON + timedelta(hours=25)) == 1
    assert held() == []
    assert len(rows_of(packet, tools.names_opener)) == 3  # opened anew


@pytest.mark.parametrize("superseded", [False, True])
def test_the_end_of_a_build_takes_them_away(sealed: Any, superseded: bool) -> None:
    packet = sealed()
    assert building.claim(packet.reference, holder="one", at=NOON)
    if superseded:
        building.stop(packet.reference, holder="one", fault="", superseded=True)
    else:
        building.finish(packet.reference, holder="one", manifest_sha256="0" * 64, at=NOON)
    assert held() == []
