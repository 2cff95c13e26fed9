"""Signature sheets as a reader holds them: only the printed pages and the manifest, by number and by country."""

import io
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest

from campaign.collaborators import Collaborators
from campaign.database import db, unit_of_work
from campaign.demo import loading, signing
from campaign.domain.packets import lining, packing, weeding
from campaign.domain.packets.packing import Sheets
from campaign.domain.printing import StoreFull
from campaign.gateways import fonts
from campaign.gateways.bindery import Bindery
from campaign.gateways.glyph_zero import examine
from campaign.gateways.printer import TypstPrinter
from campaign.gateways.store import FileStore
from campaign.gateways.verifier import verify
from campaign.models.account import Account
from campaign.models.addressee import Addressee
from campaign.models.packet import Arranged, Level, Packet, Paper, Turned
from campaign.models.petition import Petition
from campaign.models.signature import Signature
from campaign.models.weeded import WeedingReason
from tests.gateways.situations import volume
from tests.gateways.test_bindery import FullDisk
from tests.make import NOON
from tests.pdfs import pages as read
from tests.pdfs import plain

FONTS = Path(__file__).resolve().parents[2] / "instance" / "fonts"  # of `make fonts`
LATER = NOON + timedelta(hours=1)
BY_COUNTRY = Sheets(Arranged.COUNTRY, Turned.LANDSCAPE)
KINDS = ("names", "initials", "not shown", "withdrawn", "removed")
FOOT = re.compile(
    (r"(?<!\S)(\d+) lines: " + " · ".join(rf"(\d+) {kind}" for kind in KINDS)
    + r"(?: \(of those not shown (\d+) struck by staff before sealing\))?").replace(" ", r"\s*")
)  # fmt: skip
REASONS = (
    "counted, not shown",
    "counted, name given for another addressee",
    "counted, name under review",
    "counted, struck by staff before sealing",
    SCRIPT := "name kept in a script this print cannot show",
)
LEDGER = re.compile(r"broughtforward([\d,]+)\+thissheet(\d+)=([\d,]+)")
Seal = Callable[..., Packet]


@pytest.fixture
def sealed(tools: Collaborators) -> Seal:
    """The demonstration with so many signatures, and some of its names struck."""

    def seal(signatures: int, sheets: Sheets, struck: tuple[int, ...] = (), paper: Paper = Paper.A4) -> Packet:
        with unit_of_work():
            loading.load(at=LATER, hash_password=lambda word: word)
        with unit_of_work():
            signing.add_signatures(loading.PETITION, signatures, at=LATER, seal=tools.seal, advance=lambda n: None)
        with unit_of_work():
            petition = db.session.scalars(db.select(Petition).where(Petition.slug == loading.PETITION)).one()
            to, by = db.session.get_one(Addressee, "sg"), db.session.scalars(db.select(Account)).first()
            packet = packing.draft(petition, to, Level.FULL, paper=paper, sheets=sheets, by="Anna", at=LATER)
            assert by is not None
            if struck:
                weeding.strike(packet, weeding.Lines(struck), WeedingReason.NO_NAME, by=by, at=LATER)
            packing.seal(packet, tools.desk(), by="Anna", at=LATER)
        return packet

    return seal


def build(packet: Packet, tools: Collaborators, store: FileStore) -> Path:
    assert Bindery(packet.reference, tools.desk(), store, holder="one", now=lambda: LATER).build()
    return store.root / "packets" / packet.reference


def number(printed: str) -> int:
    return int(printed.replace(",", ""))


@pytest.mark.feature(71, 106)
@pytest.mark.parametrize(
    ("house", "sheets"),
    [("sqlite", Sheets()), pytest.param("postgresql", BY_COUNTRY, marks=pytest.mark.postgres)],
    ids=["sqlite, by number", "postgresql, by country"],
    indirect=["house"],
)
def test_pages_and_manifest_alone_add_up(tools: Collaborators, tmp_path: Path, sealed: Seal, sheets: Sheets) -> None:
    """And where a total is changed, a sheet is lost or a part comes from elsewhere, they do not."""
    folder = build(sealed(700, sheets, struck=(3, 17, 18, 19)), tools, FileStore(tmp_path))
    assert reconciled(folder) == []
    assert verify(folder).faults == []
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["withheld_why"]["weeded"] > 0

    def spoiled(name: str, content: bytes) -> list[str]:
        whole = (folder / name).read_bytes()
        (folder / name).write_bytes(content)
        faults = reconciled(folder)
        (folder / name).write_bytes(whole)
        return faults

    for key in manifest["totals"]:
        wrong = manifest | {"totals": manifest["totals"] | {key: manifest["totals"][key] + 1}}
        assert spoiled("manifest.json", json.dumps(wrong).encode()), key
    volume_name = "07-signatures-001.pdf"
    with pikepdf.open(folder / volume_name) as bound:
        del bound.pages[1]
        out = io.BytesIO()
        bound.save(out)
    assert spoiled(volume_name, out.getvalue())
    assert spoiled("05-totals.pdf", (folder / "06-method.pdf").read_bytes())
    assert reconciled(folder) == []


def reconciled(folder: Path) -> list[str]:
    """What does not add up, from the printed pages and the manifest alone: rows, feet, tables and parts."""
    listed = json.loads((folder / "manifest.json").read_text())
    totals, why = listed["totals"], listed["withheld_why"]
    parts = {pdf.stem: read(pdf.read_bytes()) for pdf in sorted(folder.glob("*.pdf"))}
    sheets = [text for name, texts in parts.items() if name.startswith("07-signatures") for text in texts]
    said, rows, struck, running, faults = dict.fromkeys(KINDS, 0), dict.fromkeys(KINDS, 0), 0, 0, []

    def same(what: str, one: object, other: object) -> None:
        if one != other:
            faults.append(f"{what}: {one} and {other}")

    for at, raw in enumerate(sheets, 1):
        text, foot = plain(raw), FOOT.search(raw)
        ledger = LEDGER.search(text)
        if foot is None or ledger is None:
            return [*faults, f"sheet {at} has no foot"]
        said = {kind: said[kind] + int(foot[2 + i]) for i, kind in enumerate(KINDS)}
        struck += int(foot[7] or 0)
        same(f"place of sheet {at}", f"Sheet{at}of{len(sheets)}" in text, True)
        same(f"brought forward to sheet {at}", number(ledger[1]), running)
        running += int(ledger[2])
        same(f"carried from sheet {at}", number(ledger[3]), running)
        rows["not shown"] += sum(text.count(plain(reason)) for reason in REASONS)
        rows["withdrawn"] += text.count("withdrawn") - 1  # the foot names it once
        rows["removed"] += text.count("removed") - 1
        days = len(re.findall(r"\d{4}-\d\d-\d\d", text))  # a line that shows a name, initials or a country has its day
        rows["names"] += days - text.count(plain(SCRIPT))
    keys = ("printed_names", "printed_initials", "withheld", "withdrawn", "removed")
    same("feet and manifest", list(said.values()), [totals[key] for key in keys])
    same("rows and feet, shown", rows["names"], said["names"] + said["initials"])
    same("rows and feet, void", [rows[k] for k in KINDS[2:]], [said[k] for k in KINDS[2:]])
    same("the last sheet and the count", running, totals["counted"] - totals["paper"])
    same(
        "forms and the count", said["names"] + said["initials"] + said["not shown"] + totals["paper"], totals["counted"]
    )
    same("reasons", sum(why.values()), totals["withheld"])
    same("struck", struck, why["weeded"])
    table = " ".join(parts["05-totals"])
    by_country = re.findall(r"([\d,]+)\s+[\d.]+\s*%", table)
    same("countries and the count", sum(map(number, by_country)), totals["counted"] - totals["paper"])
    for part in ("01-cover-letter", "02-at-a-glance", "05-totals", "08-certificate", "10-receipt", "press-sheet"):
        same(f"the count in {part}", plain(f"{totals['counted']:,}") in plain(parts[part][0]), True)
    return faults


@pytest.mark.feature(71)
def test_by_country_a_line_tells_no_more_than_by_number_and_keeps_its_number(
    tools: Collaborators, tmp_path: Path, sealed: Seal
) -> None:
    packet = sealed(600, BY_COUNTRY)
    folder = build(packet, tools, FileStore(tmp_path))
    sections = [tuple(each[:2]) for v in (packet.frozen or {})["volumes"] for each in v["sections"]]
    codes = [code for code, _ in sections]
    counted = {code: n for code, _, n in (packet.contents or {})["totals"]["countries"]}
    assert codes[-2:] == ["", "-"], "small countries, then lines without one"
    assert codes[:-2] == [code for code in counted if code in codes and code], "in the order of the totals"
    assert all(counted[code] >= 10 for code in codes[:-2])
    assert all(lines <= counted[code] for code, lines in sections[:-2])
    lines = json.loads((folder / "lines" / "lines-001.json").read_text())
    assert sorted(n for n, _, _ in lines) == list(range(1, 601))
    rows = {n: (country, when) for n, country, when in db.session.execute(
        db.select(Signature.number, Signature.country, Signature.visibility)
    )}  # fmt: skip
    at = 0
    for code, many in sections:
        part = lines[at : at + many]
        at += many
        assert [n for n, _, _ in part] == sorted(n for n, _, _ in part)
        if code not in ("", "-"):
            assert {rows[n][0] for n, _, _ in part} == {code}
        if code == "-":
            assert {form for _, form, _ in part} == {"counted_only", "under_review"} & {form for _, form, _ in part}
    sheet = plain(read(next(folder.glob("07-*")).read_bytes())[-1])
    assert "Linesthatshownocountry" in sheet
    label = plain(read((folder / "volume-labels.pdf").read_bytes())[0])
    assert "Volume1of1" in label
    assert "Linesthatshownocountry" in label
    (first, *_), *rest = (folder / "lines").iterdir(), folder
    first.write_text(first.read_text().replace("[1,", "[2,", 1))
    assert verify(folder).faults, rest


@pytest.mark.feature(72)
@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_by_country_too_a_build_goes_on_where_the_disk_was_full_and_ends_in_the_same_bytes(
    tools: Collaborators, tmp_path: Path, sealed: Seal, monkeypatch: pytest.MonkeyPatch
) -> None:
    packet = sealed(lining.PER_VOLUME + 300, Sheets(Arranged.COUNTRY), paper=Paper.US_LETTER)
    assert len((packet.frozen or {})["volumes"]) > 1
    store = FullDisk(tmp_path / "one", room=3 + 11 + 1 + 1)
    with pytest.raises(StoreFull):
        build(packet, tools, store)
    folder = build(packet, tools, FileStore(tmp_path / "one"))
    assert verify(folder, packet.manifest_sha256).faults == []
    with unit_of_work():
        first, packet.state = packet.manifest_sha256, packing.PacketState.SEALED
    build(packet, tools, FileStore(tmp_path / "two"))
    assert packet.manifest_sha256 == first


TEN = [
    "فرزانهٔ می\u200cرزایی", "محمد بن سلمى", "ئادىل تۇرسۇن", "नरेन्द्र क्षितिज", "বাংলা ক্ষমা", "தமிழ்ச்செல்வன்",
    "മലയാളം കൃഷ്ണ", "မောင်အောင်ကြီး", "សុខ ចាន់ណា", "བསྟན་འཛིན།",
]  # fmt: skip


@pytest.mark.feature(114)
@pytest.mark.parametrize("turned", list(Turned))
@pytest.mark.parametrize("paper", list(Paper))
def test_sheets_on_every_paper_are_whole_files_with_every_font_inside_and_no_empty_box(
    tmp_path: Path, turned: Turned, paper: Paper
) -> None:
    """Ten names of joined scripts where their fonts are here, and long ones everywhere."""
    if not any(FONTS.glob("*")):
        fonts._from_machine(fonts.ALL, tmp_path)
    printer = TypstPrinter(FONTS if any(FONTS.glob("*")) else tmp_path)
    long = ["Wolfeschlegelsteinhausenbergerdorff " * 2 + "Hubert", "A" * 100, "Anna"]
    names = [name for name in [*TEN, *long] if not printer.missing([name])]
    rows = [[name, "Saint Vincent & Grenadines", "2017-05-01", "N"] for name in names] * 3
    rows += [["", "", "", form] for form in "CAHSWR"] + [["", "Norway", "2017-05-01", "G"]]
    made = printer.alone("signature-sheet", volume(rows, paper=paper.value, turned=turned.value))
    assert examine(made.pdf) == (-(-len(rows) // 40), [])
    place = tmp_path / "sheet.pdf"
    place.write_bytes(made.pdf)
    if shutil.which("qpdf"):
        told = subprocess.run(["qpdf", "--check", str(place)], capture_output=True, text=True, check=False)
        assert (told.returncode, "WARNING" in told.stdout + told.stderr) == (0, False), told.stdout
    if shutil.which("pdffonts"):
        told = subprocess.run(["pdffonts", str(place)], capture_output=True, text=True, check=True)
        assert {line.split()[-5] for line in told.stdout.splitlines()[2:]} == {"yes"}, "every font is embedded"
