"""Paper sheets: issued, printed, back with a scan, typed in by two people, compared, counted, and taken out again."""

import io
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from werkzeug.test import TestResponse

from campaign.collaborators import Collaborators, now
from campaign.database import db, unit_of_work
from campaign.domain import journalling
from campaign.domain.packets import building, releasing, striking, transcribing
from campaign.domain.packets.lining import LineChanged, Troubles
from campaign.domain.paper import collecting, issuing, keying
from campaign.domain.signatures import counting, recounting
from campaign.gateways.verifier import verify
from campaign.models.journal import JournalEntry
from campaign.models.ledger import EntryKind, LedgerEntry
from campaign.models.packet import Level
from campaign.models.paper import LineState, PaperLine, PaperReading, PaperScan, PaperSheet
from campaign.models.petition import Petition
from campaign.models.signature import Visibility
from campaign.web.public.memory import memory
from campaign.worker import build_addenda, build_packets
from tests.inspector import InspectedClient
from tests.make import GIVEN_OUT, Make
from tests.pdfs import pages, plain
from tests.web.staff.people import Person, packet, sealed, token_on

NAMES = ["Шаҳноза Раҳимова", "Leïla Benhaddou", "Åsa Nyström", "Tin Tin Wai"]


def text_of(pdf: bytes) -> str:
    return plain(" ".join(pages(pdf)))


@pytest.fixture(autouse=True)
def _remember() -> None:
    GIVEN_OUT.update(NAMES)


def room(petition: Petition) -> str:
    return f"/staff/petitions/{petition.slug}/sheets"


def issued(person: Person, petition: Petition, *, lines: int = 5, sheets: int = 2) -> PaperSheet:
    about = {"sheets": str(sheets), "lines": str(lines), "paper": "a4", "issued_to": "Paris-3"}
    answer = person.send(room(petition), room(petition), words=str(petition.text.id), **about)
    assert answer.status_code == 303, answer.text
    return issuing.sheets(petition)[-1]


def bring_back(
    person: Person, petition: Petition, code: str, *, seen: int = 4, scan: bytes | None = None
) -> TestResponse:
    picture = io.BytesIO()
    Image.new("RGB", (200, 300), "white").save(picture, "PNG")
    token = token_on(person.client, room(petition))
    file = (io.BytesIO(picture.getvalue() if scan is None else scan), "sheet.png")
    form = {"csrf_token": token, "code": code, "seen": str(seen), "file": file}
    return person.client.post(f"{room(petition)}/return", data=form, content_type="multipart/form-data")


def reading(names: list[str], **more: str) -> dict[str, str]:
    boxes = {f"name-{n}": name for n, name in enumerate(names, 1)} | {
        f"country-{n}": "FR" for n, _ in enumerate(names, 1)
    }
    return boxes | {key.replace("_", "-"): value for key, value in more.items()}


def back(person: Person, petition: Petition) -> str:
    """A sheet that is there to be typed in; its page."""
    sheet = issued(person, petition)
    assert bring_back(person, petition, issuing.printed_code(sheet)).status_code == 303
    return f"{room(petition)}/{sheet.number}"


def settled(nora: Person, samir: Person, petition: Petition) -> str:
    page = back(nora, petition)
    for who in (nora, samir):
        assert who.send(f"{page}/key", f"{page}/key", **reading(NAMES)).status_code == 303
    assert nora.send(f"{page}/compare", f"{page}/compare").status_code == 303
    with unit_of_work():
        counting.count(petition.id, at=now())
    return page


def lines_of(page: str) -> dict[int, PaperLine]:
    number = int(page.rpartition("/")[2])
    rows = db.session.scalars(db.select(PaperLine).join(PaperSheet).where(PaperSheet.number == number))
    return {row.line: row for row in rows}


@pytest.mark.feature(82, 117)
def test_blank_sheets_bear_the_whole_letter_their_number_and_a_code(nora: Person, petition: Petition) -> None:
    sheet = issued(nora, petition, lines=25)
    answer = nora.send(f"{room(petition)}/print", room(petition), first="1", last="2")
    assert answer.mimetype == "application/pdf", answer.text
    told = text_of(answer.data)
    words = petition.text
    for part in (words.title, *words.paragraphs, words.asks[0]["text"], words.closing, issuing.printed_code(sheet)):
        assert plain(part) in told
    assert "Signaturesheet1" in told
    assert "Signaturesheet2" in told
    assert told.count("Page1of2") == told.count("Page2of2") == 2, "each sheet counts its own pages"
    assert words.frozen_at is not None, "nobody may change the words of a sheet that is out"
    issued(nora, petition)
    assert [row.number for row in issuing.sheets(petition)] == [1, 2, 3, 4]
    assert nora.send(f"{room(petition)}/print", room(petition), first="1", last="4").status_code == 422
    assert journalling.who_did("sheets printed", "petition", petition.slug) == nora.account_id


@pytest.mark.feature(117)
def test_a_wrong_sheet_is_refused_with_a_sentence_and_everything_kept(
    nora: Person, petition: Petition, make: Make
) -> None:
    sheet, other = issued(nora, petition), make.open_petition()
    code = issuing.printed_code(sheet)
    wrong_check = code.replace(sheet.code, "".join("3" if sign != "3" else "4" for sign in sheet.code))
    wrong_words = code[:-8] + ("00000000" if not code.endswith("0" * 8) else "11111111")
    unknown = code.replace("-P0002-", "-P0009-")
    for typed, said in {
        "TJ-1": "Type all of it",
        code.replace(petition.reference, other.reference): "belongs to another petition",
        unknown: "No sheet with this number was issued",
        wrong_check: "do not belong to this sheet",
        wrong_words: "the sheet bears other words",
    }.items():
        answer = bring_back(nora, petition, typed)
        assert answer.status_code == 422
        assert said in answer.text
        assert typed in answer.text
    assert "fewer lines than that" in bring_back(nora, petition, code, seen=6).text
    assert "cannot be kept" in bring_back(nora, petition, code, scan=b"no picture").text
    assert db.session.scalars(db.select(PaperScan)).all() == []
    address = f"https://example.org/petitions/{petition.slug}#{code.lower()}"
    assert bring_back(nora, petition, address).status_code == 303, "as the QR code says it"
    assert "counted once" in bring_back(nora, petition, code).text


@pytest.mark.feature(38, 117)
def test_two_people_type_a_sheet_in_blind_and_settle_what_differs(
    nora: Person, samir: Person, member: object, petition: Petition, make: Make
) -> None:
    page = back(nora, petition)
    first = reading(NAMES[:3], only_2="y", as_4="crossed_out")
    second = reading([NAMES[0], NAMES[1], "Asa Nystrom"], only_2="y", as_4="crossed_out")
    assert nora.send(f"{page}/key", f"{page}/key", **first).status_code == 303
    assert "typed this sheet in already" in nora.send(f"{page}/key", page, **first).text
    blind = samir.get(f"{page}/key").text
    assert not any(name in blind for name in NAMES)
    assert samir.get(f"{page}/compare").status_code == 409
    assert samir.send(f"{page}/key", f"{page}/key", **second).status_code == 303
    assert petition.signature_count == 3, "nothing counts before it is settled"
    seen = samir.get(f"{page}/compare").text
    assert "1 line differs" in seen
    assert "They do not agree" in seen, "four were seen by eye, three were typed"
    assert not any(name in seen for name in NAMES)
    shown = samir.send(f"{page}/compare/names", f"{page}/compare").text
    assert "Asa Nystrom" in shown
    assert NAMES[2] in shown
    assert NAMES[0] not in shown, "where both agree no name is opened"
    unsettled = samir.send(f"{page}/compare", f"{page}/compare")
    assert unsettled.status_code == 422
    assert "nothing is chosen" in unsettled.text
    assert samir.send(f"{page}/compare", f"{page}/compare", **{"take-3": "1"}).status_code == 303
    lines = lines_of(page)
    assert {n: row.state for n, row in lines.items()} == {1: "signed", 2: "signed", 3: "signed", 4: "void"}
    assert make.names.open(lines[3].name_box or b"", lines[3].public_id) == NAMES[2]
    assert (lines[1].visibility, lines[2].visibility) == (Visibility.ADDRESSEE, Visibility.COUNTED)
    assert lines[2].name_box is None, "of somebody who is only counted no name is kept"
    assert db.session.scalars(db.select(PaperReading)).all() == []
    assert samir.send(f"{page}/compare", page).status_code == 409, "settled once"
    assert counting.due_petitions() == [petition.id]


def test_what_is_typed_wrong_is_said_beside_its_line_and_kept(nora: Person, petition: Petition) -> None:
    page = back(nora, petition)
    for boxes, said in (
        (reading([*NAMES[:2], "https://bad.example"]), "Nothing was kept yet"),
        (reading(NAMES[:2], country_2="Atlantis"), "not on the list"),
        (reading([*NAMES[:2], ""]), "Type the name too"),
        (reading(NAMES[:2], name_9=NAMES[2]), "fewer lines than that"),
    ):
        answer = nora.send(f"{page}/key", f"{page}/key", **boxes)
        assert answer.status_code == 422
        assert said in answer.text
        assert NAMES[1] in answer.text
    assert db.session.scalars(db.select(PaperReading)).all() == []


@pytest.mark.feature(38)
def test_paper_is_a_line_of_its_own_in_count_ledger_and_packet(
    nora: Person, samir: Person, petition: Petition, client: InspectedClient, tools: Collaborators, make: Make
) -> None:
    make.confirmed_signature(petition)
    page = settled(nora, samir, petition)
    assert (petition.signature_count, petition.paper_count) == (8, 4), "one call counts what is due in both ways"
    entry = db.session.scalars(db.select(LedgerEntry).order_by(LedgerEntry.seq.desc())).first()
    assert entry is not None
    assert (entry.kind, entry.delta, entry.number) == (EntryKind.PAPER, 4, None)
    memory().forget()
    assert "4 of these signed on paper" in client.get(f"/petitions/{petition.slug}").text
    assert client.get(f"/petitions/{petition.slug}.json").json["data"]["attributes"]["paper_signature_count"] == 4  # type: ignore[index]
    reference = sealed(nora, samir, petition, level="full")
    build_packets()
    frozen = packet(reference).frozen or {}
    assert frozen["totals"] | {"counted": 8, "paper": 4} == frozen["totals"]
    folder = f"packets/{reference}"
    printed = {
        name: text_of(tools.store.read(f"{folder}/{name}"))
        for name in tools.store.names(folder)
        if name.endswith(".pdf")
    }
    assert any("4onpaper" in told for name, told in printed.items() if "cover-letter" in name)
    assert not any("Eachsignerconfirmedit" in told for told in printed.values())
    method = next(told for name, told in printed.items() if "method" in name)
    assert "cannotbeknown" in method
    samir.send(f"{page}/line", page, line="2", why="withdrawn")
    samir.send(f"{page}/line", page, line="3", why="double")
    with unit_of_work():
        counting.count(petition.id, at=now())
    assert (petition.signature_count, petition.paper_count) == (6, 2)
    gone = lines_of(page)
    assert [gone[n].name_box for n in (2, 3)] == [None, None]
    told = samir.get(page).text
    assert "withdrawn" in told
    assert "the same person a second time" in told
    assert samir.send(f"{page}/line", page, line="2", why="withdrawn").status_code == 409
    assert samir.send(f"{page}/scan", page).status_code == 409, "the scan shows the hand of whoever withdrew"
    with unit_of_work():
        assert recounting.recount(petition, at=now()).faults == []
        db.session.execute(db.update(PaperLine).where(PaperLine.id == gone[1].id).values(counted=False, state="void"))
        assert (
            "entries of paper add up to 2, lines to 1: corrected by -1" in recounting.recount(petition, at=now()).faults
        )
    assert (petition.signature_count, petition.paper_count) == (5, 1)


@pytest.mark.feature(117)
def test_a_scan_is_encrypted_journalled_and_gone_ninety_days_later(
    nora: Person, samir: Person, petition: Petition, tools: Collaborators
) -> None:
    page = settled(nora, samir, petition)
    taken = samir.send(f"{page}/scan", page)
    assert taken.mimetype == "image/jpeg"
    file = collecting.path(db.session.scalars(db.select(PaperScan)).one().name)
    assert b"JFIF" in taken.data
    assert b"JFIF" not in tools.store.read(file)
    row = db.session.scalars(db.select(PaperSheet).where(PaperSheet.state == "settled")).one()
    assert journalling.who_did("sheet looked at", "sheet", f"{petition.reference}-P{row.number:04}") == samir.account_id
    with unit_of_work():
        assert collecting.forget_scans(at=now()) == 0
        assert collecting.forget_scans(at=now() + collecting.SCANS_LAST + collecting.timedelta(hours=1)) == 1
        assert collecting.sweep(store=tools.store) == 1
    assert not tools.store.holds(file)
    assert re.search("cannot be read any more", samir.get(page).text)


def test_a_sheet_that_is_written_off_keeps_its_number_and_is_never_counted(nora: Person, petition: Petition) -> None:
    page = back(nora, petition)
    nora.send(f"{page}/key", f"{page}/key", **reading(NAMES))
    assert nora.send(f"{page}/write-off", page, why="lost").status_code == 303
    assert db.session.scalars(db.select(PaperReading)).all() == []
    sheet = issuing.found(petition, 2)
    assert sheet is not None
    assert "counted once" in bring_back(nora, petition, issuing.printed_code(sheet)).text
    assert issued(nora, petition).number == 4


def test_names_on_paper_go_with_those_of_their_petition(nora: Person, samir: Person, petition: Petition) -> None:
    settled(nora, samir, petition)
    open_page = back(nora, petition)
    nora.send(f"{open_page}/key", f"{open_page}/key", **reading(NAMES))
    with unit_of_work():
        collecting.forget_people(petition.id)
    db.session.expire_all()
    rows = db.session.scalars(db.select(PaperLine)).all()
    assert [(row.name_box, row.name_key) for row in rows] == [(None, None)] * 4
    assert db.session.scalars(db.select(PaperReading)).all() == []
    assert [scan.key_box for scan in db.session.scalars(db.select(PaperScan))] == [None, None]
    assert petition.paper_count == 4


def test_somebody_who_lives_where_signing_is_dangerous_is_only_counted(
    nora: Person, samir: Person, petition: Petition
) -> None:
    page = back(nora, petition)
    for who in (nora, samir):
        who.send(f"{page}/key", f"{page}/key", **reading(NAMES[:1]))
    sheet = issuing.found(petition, 2)
    assert sheet is not None
    with unit_of_work():
        keying.settle(sheet, {}, by=nora.account, at=now(), seal=_seal(nora), high_risk={"FR"})
    (line,) = lines_of(page).values()
    assert (line.state, line.visibility, line.name_box) == (LineState.SIGNED, Visibility.COUNTED, None)


def _seal(person: Person) -> object:
    return person.client.application.extensions["collaborators"].seal


@pytest.mark.feature(112)
def test_a_line_withdrawn_after_the_packet_left_is_struck_by_an_addendum(
    nora: Person, samir: Person, petition: Petition
) -> None:
    page = settled(nora, samir, petition)
    samir.send(f"{page}/line", page, line="4", why="false_name")
    reference = sealed(nora, samir, petition)
    build_packets()
    nora.send(f"/staff/packets/{reference}/delivery/printed", f"/staff/packets/{reference}/delivery", place="")
    samir.send(f"{page}/line", page, line="1", why="withdrawn")
    packet_page = f"/staff/packets/{reference}"
    assert nora.send(f"{packet_page}/addenda", packet_page).status_code == 303
    addendum = striking.latest(packet(reference))
    assert addendum is not None
    assert addendum.frozen["paper"] == ["2/1"], "line 4 was void before the packet was sealed"
    assert (addendum.frozen["counted_then"], addendum.frozen["counted_now"]) == (6, 5)
    build_addenda()
    assert addendum.built_at is not None
    assert striking.news(packet(reference)) is None


@pytest.mark.feature(38, 105, 117)
def test_names_on_paper_stand_in_a_part_of_their_own_as_their_signers_chose(
    nora: Person, samir: Person, petition: Petition, tools: Collaborators, tmp_path: Path
) -> None:
    page = settled(nora, samir, petition)
    samir.send(f"{page}/line", page, line="4", why="false_name")
    reference = sealed(nora, samir, petition, level="full")
    build_packets()
    for name in tools.store.names(f"packets/{reference}"):
        copy = tmp_path / name
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes(tools.store.read(f"packets/{reference}/{name}"))
    done = packet(reference)
    assert verify(tmp_path, done.manifest_sha256).faults == []
    told = text_of((tmp_path / "08-signed-on-paper-001.pdf").read_bytes())
    assert [plain(name) in told for name in NAMES] == [True, True, True, False], "line 4 was void"
    assert "2/1" + plain(NAMES[0]) in told
    assert "2/4void" in told
    others = [text_of(each.read_bytes()) for each in tmp_path.glob("*.pdf") if "paper-0" not in each.name]
    assert not any(plain(NAMES[0]) in text for text in others)
    for said in ("Onpaper,fullname3", "3names,0initials", "3namesand0initials"):  # totals, method, certificate
        assert any(said in text for text in others), said
    (certificate,) = (text for text in others if "3namesand0initials" in text)
    assert "NoraDraftedby" in certificate
    assert "SamirCheckedandsealedby" in certificate, "two people sign, and the page names two"
    for rules, forms in (
        (replace(building.sealed_rules(done), naming_texts=frozenset()), ["other_addressee"] * 3),
        (replace(building.sealed_rules(done), level=Level.INITIALS), ["initials"] * 3),
    ):
        desk = tools.desk()
        made = transcribing.lines(done, rules, desk.opener, desk.printer, Troubles())
        assert [line.form.value for line in made] == [*forms, "removed"]
        assert not {line.shown for line in made} & set(NAMES)
    releasing.check_lines(done)
    samir.send(f"{page}/line", page, line="1", why="withdrawn")
    with pytest.raises(releasing.LinesChanged):
        releasing.check_lines(done)
    with pytest.raises(LineChanged):
        transcribing.rows(done, 1, building.sealed_rules(done), tools.desk().opener)
    lines = tmp_path / "lines/lines-paper.json"
    lines.write_bytes(lines.read_bytes().replace(b"name", b"void", 1))
    assert "lines/lines-paper.json is not what was sealed" in verify(tmp_path).faults


@pytest.mark.feature(117)
def test_what_differs_is_settled_by_a_third_person_wherever_there_is_one(
    nora: Person, samir: Person, member: Callable[..., Person], petition: Petition
) -> None:
    page = back(nora, petition)
    other = reading([NAMES[0], NAMES[1], NAMES[2], "Tin Tin Way"])
    for who, typed in ((nora, reading(NAMES)), (samir, other)):
        assert who.send(f"{page}/key", f"{page}/key", **typed).status_code == 303
    assert "Settle the sheet" in nora.get(f"{page}/compare").text, "the two are all there is"
    third = member("ines@example.org")
    for keyer in (nora, samir):
        told = keyer.get(f"{page}/compare").text
        assert "somebody else of the staff settles" in told
        assert "Settle the sheet" not in told
        assert keyer.send(f"{page}/compare", f"{page}/compare", **{"take-4": "1"}).status_code == 409
    assert third.send(f"{page}/compare", f"{page}/compare", **{"take-4": "1"}).status_code == 303
    assert _looked(page) == "a third person"
    again = settled(nora, samir, petition)
    assert _looked(again) == "one of the two who typed it in", "nothing differed"


def _looked(page: str) -> object:
    number = page.rpartition("/")[2]
    told = db.select(JournalEntry).where(JournalEntry.act == "sheet settled").order_by(JournalEntry.id)
    entries = [entry for entry in db.session.scalars(told) if entry.subject_id.endswith(number.zfill(4))]
    return entries[-1].details["looked"]
