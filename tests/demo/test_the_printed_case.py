"""The packet of the reference case as it is printed: what it must not say, and that it keeps to its pages."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from campaign.collaborators import Collaborators
from campaign.database import db, unit_of_work
from campaign.demo import loading, signing
from campaign.domain.packets import building, packing
from campaign.gateways.printer import TypstPrinter
from campaign.models.addressee import Addressee
from campaign.models.packet import Level, Packet, Paper
from campaign.models.petition import Petition
from tests.demo.conftest import NOON
from tests.pdfs import pages, plain

pytestmark = pytest.mark.usefixtures("demonstration")


@pytest.fixture
def packet(tools: Collaborators) -> Packet:
    """The joint petition sealed for the Secretary-General, totals only, as a specimen."""
    with unit_of_work():
        signing.add_signatures(loading.PETITION, 12, at=NOON, seal=tools.seal)
    petition = db.session.scalars(select(Petition).where(Petition.slug == loading.PETITION)).one()
    to = db.session.get_one(Addressee, "sg")
    with unit_of_work():
        drafted = packing.draft(petition, to, Level.TOTALS, by="Anna", at=NOON)
        packing.seal(drafted, tools.desk(), by="Anna", at=NOON)
    return drafted


def glanced(packet: Packet, name: str) -> dict[str, Any]:
    assert packet.contents is not None
    return next(p for p in packet.contents["glance"]["people"] if p["name"] == name)


def sheet(packet: Packet, name: str) -> dict[str, Any]:
    assert packet.contents is not None
    return next(c for c in packet.contents["cases"] if c["name"] == name)


def printed(packet: Packet, name: str, tmp_path: Path, paper: Paper = Paper.US_LETTER) -> list[str]:
    """The pages of one part, without any font but those inside the engine."""
    data = building.page_data(packet) | {"paper": paper.value}
    return [plain(text) for text in pages(TypstPrinter(tmp_path).alone(name, data).pdf)]


@pytest.mark.feature(106)
def test_the_overview_decides_nothing_that_sources_dispute(packet: Packet, tmp_path: Path) -> None:
    assert glanced(packet, "Jamshed Yorov")["whereabouts_disputed"]
    assert glanced(packet, "Daler Tabarov")["whereabouts_disputed"]
    assert not glanced(packet, "Zayd Saidov")["whereabouts_disputed"]
    assert [when for when, _ in glanced(packet, "Zayd Saidov")["judgments"]] == ["2013-12-25", "2015-08"]
    (page,) = printed(packet, "at-a-glance", tmp_path)
    row = page[page.index("JamshedYorov") : page.index("FakhridinZokirov")]
    assert "sourcesdiffer" in row
    assert "notheld" not in row
    assert "Twoyearsmore" not in page  # a second judgment alone would hide the disputed first


@pytest.mark.feature(106)
def test_a_death_is_printed_under_its_own_date_and_no_status_under_another(packet: Packet, tmp_path: Path) -> None:
    (page,) = printed(packet, "at-a-glance", tmp_path)
    assert "died12June2016" in page
    assert "died9June2017" not in page
    assert "released9June2017" not in page
    assert "asof31May2017" in page
    assert "StatusinJune2017:notknown" in "".join(printed(packet, "case-sheet", tmp_path))


@pytest.mark.feature(106)
def test_a_sheet_does_not_ask_for_the_prison_of_somebody_who_is_in_none(packet: Packet) -> None:
    assert sheet(packet, "Fayziniiso Vohidova")["not_known"] == ["born", "finding"]
    assert sheet(packet, "Iskhok Tabarov")["not_known"] == ["born", "finding"]
    assert not sheet(packet, "Iskhok Tabarov")["health_kept_back"]
    assert "place" not in sheet(packet, "Fakhridin Zokirov")["not_known"]
    assert "place" in sheet(packet, "Mahmatali Hayit")["not_known"]


@pytest.mark.feature(106)
def test_a_year_alone_stands_after_the_days_of_that_year(packet: Packet) -> None:
    assert [e["date"] for e in sheet(packet, "Buzurgmehr Yorov")["events"]] == [
        "2015-09-28",
        "2016-11",
        "2017-03-16",
        "2017",
    ]


@pytest.mark.feature(106)
def test_sources_are_numbered_as_they_are_first_named_and_dated_in_words(packet: Packet, tmp_path: Path) -> None:
    for case in packet.contents["cases"] if packet.contents else []:
        named = [n for f in [*case["facts"], *case["events"]] for n in f["s"]]
        named += [n for d in case["disputed"] for v in d["values"] for n in v["s"]]
        assert list(dict.fromkeys(named)) == sorted(set(named)) == [s["number"] for s in case["sources"]]
    first = printed(packet, "case-sheet", tmp_path)[0]
    assert "EurasiaNet,31May2017,https://eurasianet.org/s/" in first
    assert "2017-05-31" not in first


@pytest.mark.feature(106)
@pytest.mark.parametrize("paper", list(Paper))
def test_each_person_has_one_page_and_the_words_that_were_signed_stand_on_one(
    packet: Packet, tmp_path: Path, paper: Paper
) -> None:
    assert len(printed(packet, "case-sheet", tmp_path, paper)) == 13
    for part in ("cover-letter", "at-a-glance", "petition-text"):
        assert len(printed(packet, part, tmp_path, paper)) == 1
