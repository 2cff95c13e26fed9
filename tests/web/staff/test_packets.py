"""A packet from draft to a downloaded zip, by two people, with every act on record."""

import hashlib
import io
import json
import zipfile

import pytest

from campaign.database import db, unit_of_work
from campaign.domain import journalling
from campaign.models.packet import PacketState
from campaign.models.petition import Petition
from campaign.models.prisoner import Conflict, Fact
from campaign.web.staff import packets
from campaign.worker import build_packets
from tests.make import Make
from tests.web.staff.people import Person, draft, packet, sealed


def acts(reference: str) -> list[str]:
    return [entry.act for entry, _ in reversed(journalling.of("packet", reference))]


def contradict(petition: Petition) -> Conflict:
    """Two sources disagree about the prisoner of the petition."""
    prisoner = petition.campaign.prisoners[0]
    known = prisoner.facts[0]
    with unit_of_work():
        other = Fact(
            prisoner=prisoner,
            topic=known.topic,
            value="Arrested at his home.",
            as_of="2017-06",
            confidence=known.confidence,
            last_checked_on=known.last_checked_on,
            last_checked_by="Staff",
        )
        conflict = Conflict(prisoner=prisoner, about="Where he was arrested.", facts=[known, other])
        db.session.add(conflict)
    return conflict


def test_two_people_take_a_packet_from_draft_to_a_zip(nora: Person, samir: Person, petition: Petition) -> None:
    reference = draft(nora, petition)
    page = f"/staff/packets/{reference}"
    assert "You drafted this packet" in nora.get(page).text
    assert "I have checked this packet" in samir.get(page).text
    assert samir.send(f"{page}/check", page).status_code == 303
    assert samir.send(f"{page}/seal", f"{page}/seal").status_code == 303
    building = nora.get(page).text
    assert 'http-equiv="refresh"' in building, "the page looks again by itself, without a script"
    assert "Download" not in building
    assert build_packets() == 1
    built = nora.get(page).text
    assert 'http-equiv="refresh"' not in built
    assert packet(reference).manifest_sha256 is not None
    answer = nora.send(f"{page}/download", page)
    files = zipfile.ZipFile(io.BytesIO(answer.data))
    listed = json.loads(files.read(f"{reference}/manifest.json"))
    assert hashlib.sha256(files.read(f"{reference}/manifest.json")).hexdigest() == packet(reference).manifest_sha256
    for file in listed["files"]:
        held = files.read(f"{reference}/{file['name']}")
        assert hashlib.sha256(held).hexdigest() == file["sha256"]
    assert acts(reference) == ["packet drafted", "packet checked", "packet sealed", "packet downloaded"]


def test_whoever_drafted_a_packet_cannot_check_it_even_under_another_name(nora: Person, petition: Petition) -> None:
    reference = draft(nora, petition)
    nora.send("/account/name", "/account/", name="Somebody Else", title="")
    answer = nora.send(f"/staff/packets/{reference}/check")
    assert answer.status_code == 409
    assert packet(reference).state is PacketState.DRAFT


def test_a_packet_that_nobody_checked_is_not_sealed(nora: Person, petition: Petition) -> None:
    reference = draft(nora, petition)
    answer = nora.send(f"/staff/packets/{reference}/seal")
    assert answer.status_code == 409
    assert "second person" in answer.text
    assert packet(reference).seal is None


def test_what_blocks_sealing_is_listed_with_the_page_that_mends_it(
    nora: Person, samir: Person, petition: Petition
) -> None:
    conflict = contradict(petition)
    slug = petition.campaign.prisoners[0].slug
    reference = draft(nora, petition)
    page = f"/staff/packets/{reference}"
    mend = f"/staff/prisoners/{slug}?packet={reference}#conflicts"
    assert "1 blocks" in nora.get(page).text
    assert mend in nora.get(page).text
    samir.send(f"{page}/check", page)
    refused = samir.send(f"{page}/seal")
    assert refused.status_code == 409
    assert mend in refused.text, "the list comes with the refusal"
    record = f"/staff/prisoners/{slug}"
    unreasoned = nora.send(f"{record}/conflicts/{conflict.id}", record, decision="both", reason="")
    assert unreasoned.status_code == 422
    nora.send(f"{record}/conflicts/{conflict.id}", record, decision="both", reason="Neither can be ruled out.")
    assert "Nothing blocks" in nora.get(page).text
    assert samir.send(f"{page}/seal", f"{page}/seal").status_code == 303


@pytest.mark.feature(98)
def test_a_download_is_in_the_journal_with_its_account_before_the_first_byte(
    nora: Person, samir: Person, petition: Petition
) -> None:
    reference = sealed(nora, samir, petition, level="totals")
    build_packets()
    assert "packet downloaded" not in acts(reference)
    answer = nora.client.post(
        f"/staff/packets/{reference}/download",
        data={"csrf_token": _token(nora.get(f"/staff/packets/{reference}").text)},
        buffered=False,
    )
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert journalling.who_did("packet downloaded", "packet", reference) == nora.account_id
    assert nora.get(f"/staff/packets/{reference}/download").status_code == 405, "no link fetches it by itself"


def test_a_build_that_stopped_says_why_and_goes_on_when_asked(nora: Person, samir: Person, petition: Petition) -> None:
    reference = sealed(nora, samir, petition)
    page = f"/staff/packets/{reference}"
    with unit_of_work():
        packet(reference).fault = "The disk is full."
    assert build_packets() == 0
    assert "The disk is full." in nora.get(page).text
    nora.send(f"{page}/build", page)
    assert build_packets() == 1


def test_a_bad_choice_keeps_what_was_chosen(nora: Person, petition: Petition) -> None:
    answer = nora.send("/staff/packets/new", petition=petition.slug, addressee="nobody", level="initials", paper="")
    assert answer.status_code == 422
    assert f'<option value="{petition.slug}" dir="auto" selected>' in answer.text
    assert "Choose one of the list." in answer.text


def test_a_draft_has_the_next_free_reference(nora: Person, petition: Petition, make: Make) -> None:
    first, second = draft(nora, petition), draft(nora, petition, level="full")
    assert (first, second) == (f"{petition.reference}-A1", f"{petition.reference}-A2")


@pytest.mark.feature(72)
def test_a_large_packet_is_sealed_by_the_worker_and_says_what_blocks_it(
    nora: Person, samir: Person, petition: Petition, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packets, "QUICKLY", 2)
    reference = draft(nora, petition, level="full")
    page = f"/staff/packets/{reference}"
    assert samir.send(f"{page}/seal", page).status_code == 409, "not before a second person has checked it"
    samir.send(f"{page}/check", page)
    conflict = contradict(petition)
    assert samir.send(f"{page}/seal", page).status_code == 303
    assert "A worker looks through all names" in nora.get(page).text
    assert build_packets() == 0
    assert "Sources contradict each other" in nora.get(page).text
    with unit_of_work():
        db.session.delete(db.session.get_one(Conflict, conflict.id))
    samir.send(f"{page}/seal", page)
    assert build_packets() == 1
    assert packet(reference).state is PacketState.BUILT
    assert packet(reference).sealed_by == "Samir"
    assert journalling.who_did("packet sealed", "packet", reference) == samir.account_id


def _token(html: str) -> str:
    return html.partition('name="csrf_token" value="')[2].partition('"')[0]


def test_whom_the_letters_speak_to_come_first_among_those_a_packet_can_be_made_for(
    nora: Person, petition: Petition, make: Make
) -> None:
    with unit_of_work():
        make.addressee("aa")
    page = nora.get("/staff/packets/new").text
    asked = petition.addressees[0].addressee_id
    assert page.index(f'<option value="{asked}"') < page.index('<option value="aa"')
