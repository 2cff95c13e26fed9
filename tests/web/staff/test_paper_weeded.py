"""Names of paper sheets that staff strike from a packet before it is sealed: off the page, and in the count."""

import shutil
from pathlib import Path

import pytest

from campaign.collaborators import Collaborators
from campaign.domain import journalling
from campaign.gateways.verifier import verify
from campaign.models.petition import Petition
from campaign.worker import build_packets
from tests.pdfs import plain
from tests.web.staff.people import Person, draft, packet
from tests.web.staff.test_paper import NAMES, settled, text_of


@pytest.mark.feature(38, 73, 105, 117)
def test_a_name_struck_on_paper_leaves_the_sheet_stays_in_the_count_and_is_on_record(
    nora: Person, samir: Person, petition: Petition, tools: Collaborators, tmp_path: Path
) -> None:
    page = settled(nora, samir, petition)
    samir.send(f"{page}/line", page, line="4", why="false_name")
    reference = draft(nora, petition, level="full")
    strikes, about = f"/staff/packets/{reference}/strikes", f"/staff/packets/{reference}"
    for wrong in ("2/4", "2/9", "9/1", "0/1", "2/", "/2"):
        assert nora.send(strikes, strikes, numbers=wrong, reason="danger").status_code == 422, wrong
    assert nora.send(strikes, strikes, numbers="2/1–2, 1", reason="danger").status_code == 303
    assert "3 names struck by staff before sealing" in nora.get(strikes).text
    assert nora.send(f"{strikes}/2/2/back", strikes).status_code == 303
    assert nora.send(f"{strikes}/1/back", strikes).status_code == 303
    assert nora.send(f"{about}/check", about).status_code == 409
    assert samir.send(f"{about}/check", about).status_code == 303
    assert samir.send(f"{about}/seal", f"{about}/seal").status_code == 303
    assert nora.send(f"{strikes}/2/1/back", about).status_code == 409, "a seal is not undone"
    build_packets()
    done = packet(reference)
    record = done.frozen or {}
    assert record["paper_lines"]["shown"] == {
        "names": 2, "initials": 0, "not_shown": 1, "withdrawn": 0, "void": 1, "struck": 1,
    }  # fmt: skip
    assert record["totals"]["paper"] == 3
    assert record["withheld_why"]["weeded"] == 0, "of those online none"
    folder = tmp_path / "packet"
    shutil.copytree(tools.settings.store / "packets" / reference, folder)
    assert verify(folder, done.manifest_sha256).faults == []
    told = {path.name: text_of(path.read_bytes()) for path in folder.glob("*.pdf")}
    on_paper = told["08-signed-on-paper-001.pdf"]
    assert "2/1counted,struckbystaffbeforesealing" in on_paper
    assert "(ofthosenotshown1struckbystaffbeforesealing)" in on_paper
    assert not any(plain(NAMES[0]) in text for text in told.values())
    for said in (
        "Onpaper,struckbystaffbeforesealing1",
        "0arenotshown,astheirsignerswished.Struckbystaffbeforesealing:1.",
        "1werestruckbystaffbeforesealing;theyarecounted",
    ):
        assert any(said in text for text in told.values()), said
    assert "of them struck by staff before sealing" in nora.get(about).text
    acts = [entry for entry, _ in journalling.of("packet", reference) if "struck" in entry.act]
    assert [(entry.act, entry.details["lines"]) for entry in reversed(acts)] == [
        ("names struck before sealing", "1, 2/1, 2/2"),
        ("struck name put back", "2/2"),
        ("struck name put back", "1"),
    ]
