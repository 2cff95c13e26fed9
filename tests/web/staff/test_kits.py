"""What travels says nothing of a signer."""

import io
import json
import zipfile

import pytest

from campaign.models.petition import Petition
from campaign.models.signature import Visibility
from campaign.worker import build_packets
from tests.make import GIVEN_OUT, Make
from tests.pdfs import pages, plain
from tests.web.staff.people import Person, packet, sealed


@pytest.mark.feature(105)
def test_the_travel_kit_and_the_press_sheet_hold_nothing_of_a_signer_and_no_name_of_staff(
    make: Make, nora: Person, samir: Person
) -> None:
    petition: Petition = make.open_petition()
    make.confirmed_signature(petition, make.signer("Perpetua Unmistakable", visibility=Visibility.PUBLIC))
    make.count(petition)
    reference = sealed(nora, samir, petition, level="full")
    build_packets()
    page = f"/staff/packets/{reference}"
    kit = zipfile.ZipFile(io.BytesIO(nora.send(f"{page}/travel-kit", page).data))
    inside = {name.partition("/")[2]: kit.read(name) for name in kit.namelist()}
    assert [name[3:] if name[0] == "0" or name[0] == "1" else name for name in sorted(inside)] == [
        "cover-letter.pdf",
        "at-a-glance.pdf",
        "petition-text.pdf",
        "totals.pdf",
        "receipt.pdf",
        "case-sheet.pdf",
        "certificate.pdf",
        "method.pdf",
        "travel-kit.json",
    ]
    listed = json.loads(inside["travel-kit.json"])
    assert (listed["seal"], listed["manifest"]) == (packet(reference).seal, packet(reference).manifest_sha256)
    press = nora.send(f"{page}/press-sheet", page).data
    told = plain("".join("".join(pages(pdf)) for pdf in (*_pdfs(inside), press)))
    assert not [name for name in GIVEN_OUT if plain(name) in told]
    assert not [who for who in ("Nora", "Samir", "checkedby") if who in told]
    assert "namedinthefullpacket" in plain("".join(pages(inside["certificate.pdf"])))


def test_the_checklist_names_each_copy_with_its_mark_and_counts_the_pages(
    nora: Person, samir: Person, petition: Petition
) -> None:
    reference = sealed(nora, samir, petition, level="totals")
    page = f"/staff/packets/{reference}"
    assert nora.get(f"{page}/checklist").status_code == 404
    build_packets()
    nora.send(f"{page}/delivery/printed", f"{page}/delivery", copies="2", place="")
    told = nora.get(f"{page}/checklist").text
    assert told.count("☐") > 20
    assert (packet(reference).seal or "")[:16] in told
    assert "☐ 2" in told
    assert "01-cover-letter.pdf" in told


def _pdfs(inside: dict[str, bytes]) -> list[bytes]:
    return [content for name, content in inside.items() if name.endswith(".pdf")]
