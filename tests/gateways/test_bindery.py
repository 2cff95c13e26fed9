"""The bindery: a sealed packet becomes files once, goes on after any interruption, and never prints what changed."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from campaign.collaborators import Collaborators
from campaign.database import db, unit_of_work
from campaign.demo import loading, signing
from campaign.domain.packets import building, lining, packing
from campaign.domain.printing import Data, Printed, Printer, StoreFull
from campaign.gateways.bindery import Bindery, TakenOver
from campaign.gateways.store import FileStore
from campaign.gateways.verifier import Verdict, verify
from campaign.models.addressee import Addressee
from campaign.models.packet import Level, Packet, PacketState
from campaign.models.petition import Petition
from campaign.models.signature import Visibility
from tests.make import NOON, Make
from tests.pdfs import pages as read
from tests.pdfs import plain

LATER = NOON + timedelta(hours=1)


class FullDisk(FileStore):
    """A store whose disk is full after so many files."""

    def __init__(self, root: Path, room: int) -> None:
        super().__init__(root)
        self.room = room

    def write(self, path: str, content: bytes) -> None:
        if path.startswith("packets/"):
            if self.room == 0:
                raise StoreFull
            self.room -= 1
        super().write(path, content)


class Watched:
    """A real printer that remembers which volumes it was asked for."""

    def __init__(self, printer: Printer) -> None:
        self.printer = printer
        self.asked: list[int] = []
        self.parts, self.alone, self.missing = printer.parts, printer.alone, printer.missing

    def volumes(self, data: Iterable[Data]) -> Iterator[Printed]:
        return self.printer.volumes(self._noted(data))

    def _noted(self, data: Iterable[Data]) -> Iterator[Data]:
        for one in data:
            self.asked.append(one["volume"]["no"])
            yield one


class Clock:
    def __init__(self) -> None:
        self.time = LATER

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "store")


def bindery(packet: Packet, tools: Collaborators, store: FileStore, holder: str = "one", **more: object) -> Bindery:
    return Bindery(packet.reference, tools.desk(), store, holder=holder, now=Clock(), **more)  # type: ignore[arg-type]


def folder(packet: Packet, store: FileStore) -> Path:
    return store.root / "packets" / packet.reference


def check(packet: Packet, store: FileStore) -> Verdict:
    return verify(folder(packet, store), packet.manifest_sha256)


@pytest.fixture
def sealed(make: Make, tools: Collaborators) -> Callable[..., Packet]:
    def seal(petition: Petition, level: Level = Level.FULL) -> Packet:
        with unit_of_work():
            row, to = db.session.get_one(Petition, petition.id), db.session.get_one(Addressee, "sg")
            packet = packing.draft(row, to, level, by="Anna", at=LATER)
            packing.seal(packet, tools.desk(), by="Anna", at=LATER)
        return packet

    return seal


@pytest.mark.feature(106)
def test_a_built_packet_holds_every_part_and_its_totals_agree_with_the_printed_lines(
    make: Make, tools: Collaborators, store: FileStore, sealed: Callable[..., Packet]
) -> None:
    petition = make.open_petition()
    for visibility in (Visibility.PUBLIC, Visibility.INITIALS, Visibility.COUNTED):
        make.confirmed_signature(petition, make.signer("Leïla Benhaddou", visibility=visibility))
    make.count(petition)
    packet = sealed(petition)
    heard: list[int] = []

    assert bindery(packet, tools, store, tell=heard.append).build()

    assert packet.state is PacketState.BUILT
    assert heard == sorted(heard)
    assert heard[-1] == packet.progress == 100
    verdict = check(packet, store)
    assert verdict.faults == []
    names = store.names(f"packets/{packet.reference}")
    assert [n for n in names if n.endswith(".pdf")] == [
        "01-cover-letter.pdf",
        "02-at-a-glance.pdf",
        "03-case-sheet.pdf",
        "04-petition-text.pdf",
        "05-totals.pdf",
        "06-method.pdf",
        "07-signatures-001.pdf",
        "08-certificate.pdf",
        "09-custody-log.pdf",
        "10-receipt.pdf",
        "press-sheet.pdf",
        "volume-labels.pdf",
    ]
    (sheet,) = read((folder(packet, store) / "07-signatures-001.pdf").read_bytes())
    listed = json.loads((folder(packet, store) / "manifest.json").read_text())["totals"]
    for said in ("1LeïlaBenhaddou", "2L.B.", "3counted,notshown", "3lines:1names·1initials·1notshown"):
        assert said in plain(sheet)
    assert (listed["counted"], listed["printed_names"], listed["printed_initials"], listed["withheld"]) == (3, 1, 1, 1)
    assert f"thissheet3={listed['counted']}" in plain(sheet)


def test_a_packet_of_totals_has_no_signature_sheet(
    make: Make, tools: Collaborators, store: FileStore, sealed: Callable[..., Packet]
) -> None:
    packet = sealed(make.counted_petition(2), Level.TOTALS)
    assert bindery(packet, tools, store).build()
    assert check(packet, store).faults == []
    names = store.names(f"packets/{packet.reference}")
    assert not [n for n in names if "signatures" in n or n.startswith("lines/")]
    certificate = plain(read((folder(packet, store) / "07-certificate.pdf").read_bytes())[0])
    assert "withoutagap" not in certificate


@pytest.mark.feature(106)
def test_one_flipped_bit_in_any_file_is_seen(
    make: Make, tools: Collaborators, store: FileStore, sealed: Callable[..., Packet]
) -> None:
    packet = sealed(make.counted_petition(2))
    bindery(packet, tools, store).build()
    for name in store.names(f"packets/{packet.reference}"):
        place = folder(packet, store) / name
        whole = place.read_bytes()
        middle = len(whole) // 2
        place.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
        assert check(packet, store).faults, name
        place.write_bytes(whole)
    assert check(packet, store).faults == []


def test_a_missing_file_a_strange_file_and_a_forged_total_are_seen(
    make: Make, tools: Collaborators, store: FileStore, sealed: Callable[..., Packet]
) -> None:
    packet = sealed(make.counted_petition(2))
    bindery(packet, tools, store).build()
    place = folder(packet, store)
    (place / "notes.txt").write_text("x")
    assert verify(place).faults == ["notes.txt is not in the manifest"]
    (place / "notes.txt").unlink()
    held = (place / "01-cover-letter.pdf").read_bytes()
    (place / "01-cover-letter.pdf").unlink()
    assert verify(place).faults == ["01-cover-letter.pdf is missing"]
    (place / "01-cover-letter.pdf").write_bytes(held)
    listed = json.loads((place / "manifest.json").read_text())
    listed["totals"]["counted"] = 3
    (place / "manifest.json").write_text(json.dumps(listed))
    assert any("do not add up" in fault for fault in verify(place).faults)
    (place / "manifest.json").write_text('{"files": [1], "reference": 2}')
    assert "cannot be read" in verify(place).faults[-1]
    (place / "manifest.json").write_text(json.dumps(listed))
    assert any("not the one given" in fault for fault in check(packet, store).faults)


def test_a_full_disk_stops_the_build_with_one_sentence_and_building_again_finishes_it(
    make: Make, tools: Collaborators, store: FileStore, sealed: Callable[..., Packet]
) -> None:
    packet = sealed(make.counted_petition(2))
    with pytest.raises(StoreFull):
        bindery(packet, tools, FullDisk(store.root, room=5)).build()
    assert packet.state is PacketState.SEALED
    assert packet.fault is not None
    assert packet.fault.startswith("The disk is full")
    assert bindery(packet, tools, store).build()
    assert check(packet, store).faults == []
    assert packet.fault is None


@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_a_build_goes_on_where_it_was_stopped_and_ends_in_the_same_bytes(
    tools: Collaborators, store: FileStore, tmp_path: Path
) -> None:
    """The demonstration with two volumes; the disk is full before the second."""
    packet = _demonstration(tools, lining.PER_VOLUME + 50)
    with pytest.raises(StoreFull):
        bindery(packet, tools, FullDisk(store.root, room=3 + 11 + 1)).build()
    assert (folder(packet, store) / "07-signatures-001.pdf").is_file()
    assert not (folder(packet, store) / "manifest.json").exists()

    again = bindery(packet, tools, store, holder="two")
    watched = Watched(again.desk.printer)
    again.desk = replace(again.desk, printer=watched)
    assert again.build()

    assert watched.asked == [2]
    assert check(packet, store).faults == []
    manifest = packet.manifest_sha256
    with unit_of_work():
        packet.state = PacketState.SEALED
    assert bindery(packet, tools, FileStore(tmp_path / "elsewhere")).build()
    assert packet.manifest_sha256 == manifest
    _add_up_from_paper_alone(folder(packet, store))
    second = read((folder(packet, store) / "07-signatures-002.pdf").read_bytes())
    assert "broughtforward4,000+thissheet40=4,040" in plain(second[0])
    assert "thissheet10=4,050" in plain(second[-1])


def _add_up_from_paper_alone(place: Path) -> None:
    """Only what a reader holds: the printed sheets and the manifest."""
    kinds = ("names", "initials", "not shown", "withdrawn", "removed")
    said = r"(\d+) lines: " + " · ".join(rf"(\d+) {kind}" for kind in kinds)
    found, numbers, running = dict.fromkeys(kinds, 0), 0, 0
    for volume in sorted(place.glob("07-signatures-*.pdf")):
        for sheet in read(volume.read_bytes()):
            foot = re.search(rf"(?<!\S){said}".replace(" ", r"\s*"), sheet)
            ledger = re.search(r"broughtforward([\d,]+)\+thissheet(\d+)=([\d,]+)", plain(sheet))
            assert foot is not None
            assert ledger is not None
            numbers += int(foot[1])
            found = {kind: found[kind] + int(foot[2 + i]) for i, kind in enumerate(kinds)}
            assert int(ledger[1].replace(",", "")) == running
            running += int(ledger[2])
            assert int(ledger[3].replace(",", "")) == running
    totals = json.loads((place / "manifest.json").read_text())["totals"]
    assert found == {
        "names": totals["printed_names"],
        "initials": totals["printed_initials"],
        "not shown": totals["withheld"],
        "withdrawn": totals["withdrawn"],
        "removed": totals["removed"],
    }
    assert running == totals["counted"] - totals["paper"]
    assert numbers == running + totals["withdrawn"] + totals["removed"]


def _demonstration(tools: Collaborators, signatures: int) -> Packet:
    with unit_of_work():
        loading.load(at=LATER, hash_password=lambda word: word)
    with unit_of_work():
        signing.add_signatures(loading.PETITION, signatures, at=LATER, seal=tools.seal, advance=lambda n: None)
    with unit_of_work():
        petition = db.session.scalars(db.select(Petition).where(Petition.slug == loading.PETITION)).one()
        packet = packing.draft(petition, db.session.get_one(Addressee, "sg"), Level.FULL, by="Anna", at=LATER)
        packing.seal(packet, tools.desk(), by="Anna", at=LATER)
    assert packet.is_specimen
    return packet


def test_a_second_builder_waits_while_the_first_holds_the_packet(
    make: Make, tools: Collaborators, store: FileStore, sealed: Callable[..., Packet]
) -> None:
    packet = sealed(make.counted_petition(1))
    with unit_of_work():
        building.claim(packet.reference, holder="first", at=LATER)
    assert bindery(packet, tools, store, holder="second").build() is False
    late = bindery(packet, tools, store, holder="second")
    late.now = lambda: LATER + building.LEASE + timedelta(seconds=1)
    assert late.build()  # the first was killed; its lease has ended
    assert late.build() is False  # and what is built is not built again


def test_a_builder_whose_lease_was_taken_over_leaves_the_packet_to_the_other(
    make: Make, tools: Collaborators, store: FileStore, sealed: Callable[..., Packet]
) -> None:
    packet = sealed(make.counted_petition(1))

    def taken(progress: int) -> None:
        with unit_of_work():
            packet.lease_holder = "other"

    with pytest.raises(TakenOver):
        bindery(packet, tools, store, tell=taken).build()
    assert packet.lease_holder == "other"
    assert packet.state is PacketState.SEALED


@pytest.mark.feature(106)
def test_a_signer_who_withdraws_before_the_build_is_not_printed_and_the_packet_is_superseded(
    make: Make, tools: Collaborators, store: FileStore, sealed: Callable[..., Packet]
) -> None:
    petition = make.open_petition()
    signature = make.confirmed_signature(petition, make.signer(visibility=Visibility.PUBLIC))
    packet = sealed(petition)
    make.withdraw(signature)
    with pytest.raises(lining.LineChanged):
        bindery(packet, tools, store).build()
    assert packet.state is PacketState.SUPERSEDED
    assert packet.fault is not None
    assert packet.fault.startswith("Somebody has withdrawn")
    assert bindery(packet, tools, store).build() is False


def test_a_build_without_the_names_key_says_so_and_can_be_done_elsewhere(
    make: Make, tools: Collaborators, store: FileStore, sealed: Callable[..., Packet]
) -> None:
    packet = sealed(make.counted_petition(1))
    blind = Bindery(
        packet.reference, replace(tools.desk(), opener=None), store, holder="one", now=lambda: datetime.now(UTC)
    )
    with pytest.raises(lining.NamesKeyMissing):
        blind.build()
    assert bindery(packet, tools, store).build()
