"""The files of a communication: the same bytes again, nothing of their maker, and no word without its translation."""

import ast
import inspect
import io
import json
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from docx import Document
from PIL import Image

from campaign.collaborators import Collaborators, phrases
from campaign.database import unit_of_work
from campaign.domain.communications import annexing, communicating
from campaign.domain.communications.annexing import NoCopy
from campaign.domain.packets import building
from campaign.domain.packets.preflight import Code
from campaign.domain.phrasing import labelled
from campaign.domain.printing import StoreFull
from campaign.gateways import phrasebook
from campaign.gateways.bindery import Bindery
from campaign.gateways.copier import Copier
from campaign.gateways.printer import FIXED_WORD, TEMPLATES
from campaign.gateways.store import FileStore
from campaign.gateways.verifier import verify
from campaign.models.communication import Channel, Communication
from campaign.models.packet import PacketState
from campaign.models.prisoner import Source
from tests.communications import LATER, ready
from tests.make import Make
from tests.pdfs import pages as read
from tests.pdfs import plain

ROOM = Path(__file__).resolve().parents[2] / "campaign"
Build = Callable[..., dict[str, bytes]]


class Crowded(FileStore):
    """A store with room for so many files of packets."""

    room = 4

    def write(self, path: str, content: bytes) -> None:
        if path.startswith("packets/"):
            if self.room == 0:
                raise StoreFull
            self.room -= 1
        super().write(path, content)


@pytest.fixture
def seal(tools: Collaborators) -> Callable[[Communication], Communication]:
    def sealed(words: Communication) -> Communication:
        with unit_of_work():
            communicating.seal(words, tools.desk(), phrases(words.lang), tools.store, by="Samir", at=LATER)
        return words

    return sealed


def build(words: Communication, tools: Collaborators, store: FileStore) -> dict[str, bytes]:
    packet = words.packet
    bindery = Bindery(packet.reference, tools.desk(), store, holder="here", now=lambda: LATER + timedelta(hours=1))
    assert bindery.build()
    folder = f"packets/{packet.reference}"
    return {name: store.read(f"{folder}/{name}") for name in store.names(folder)}


@pytest.mark.feature(120)
def test_a_build_that_was_interrupted_goes_on_and_every_file_is_the_same(
    make: Make, tools: Collaborators, tmp_path: Path, seal: Callable[[Communication], Communication]
) -> None:
    words = ready(make)
    annexing.attach(words, "Judgment", _paper(), copier=Copier(), store=tools.store)
    seal(words)
    crowded = Crowded(tmp_path / "crowded")
    crowded.write("annexes/" + words.packet.reference + "/annex-01.pdf", tools.store.read(_place(words)))
    with pytest.raises(StoreFull):
        build(words, tools, crowded)
    crowded.room = 99
    with unit_of_work():
        words.packet.fault = None
    first = build(words, tools, crowded)
    with unit_of_work():
        words.packet.state = PacketState.SEALED
    second = build(words, tools, FileStore(tools.settings.store))
    assert first == second
    folder = tools.settings.store / "packets" / words.packet.reference
    verdict = verify(folder, words.packet.manifest_sha256)
    assert verdict.faults == []
    (folder / "02-communication.docx").write_bytes(b"another")
    assert any("02-communication.docx" in fault for fault in verify(folder).faults)


@pytest.mark.feature(120)
@pytest.mark.parametrize("lang", ["en", "fr", "es"])
@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_pages_document_and_blocks_say_the_same_in_each_language(
    make: Make, tools: Collaborators, lang: str, seal: Callable[[Communication], Communication]
) -> None:
    words = seal(ready(make, Channel.WGAD if lang == "en" else Channel.SPECIAL_PROCEDURES, lang))
    files = build(words, tools, tools.store)
    tr = phrasebook.Phrasebook(lang)
    pages = read(files["01-communication.pdf"])
    printed = plain(" ".join(pages))
    document = Document(io.BytesIO(files["02-communication.docx"]))
    typed = plain("\n".join(_texts(document)))
    text = plain(files["03-communication.md"].decode())
    for said in (
        "Consent",
        "Petition statement",
        "Names are withheld for the signers’ safety.",
        "not known",
        "Sources",
    ):
        for whole in (printed, typed, text):
            assert plain(tr(said)) in whole, said
    assert plain(tr("The victim, or those who may speak for the victim, know and agree that a letter with the name "
                    "goes to the Government and to others concerned.")) in printed  # fmt: skip
    assert plain(tr("Page {page} of {all}", page="1", all=str(len(pages)))) in plain(pages[0])
    assert all(words.packet.reference in plain(page) for page in pages)
    assert "SPECIMEN" not in printed
    assert plain(tr("counted signatures")) in plain(pages[-1]), "the petition's statement is one page, the last"


@pytest.mark.feature(120)
@pytest.mark.parametrize(("lang", "day"), [("en", "9 June 2017"), ("fr", "9 juin 2017"), ("es", "9 de junio de 2017")])
@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_the_day_of_a_source_is_said_in_the_language_of_the_communication(
    make: Make, tools: Collaborators, lang: str, day: str, seal: Callable[[Communication], Communication]
) -> None:
    words = ready(make, lang=lang)
    with unit_of_work():
        words.prisoner.facts[0].sources[0].published = "2017-06-09"
    files = build(seal(words), tools, tools.store)
    document = Document(io.BytesIO(files["02-communication.docx"]))
    for said in (
        " ".join(read(files["01-communication.pdf"])),
        " ".join(_texts(document)),
        files["03-communication.md"].decode(),
        files["blocks/sources.txt"].decode(),
    ):
        assert plain(day) in plain(said)
        assert "2017-06-09" not in said


@pytest.mark.feature(120)
@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_the_document_sets_the_numbers_of_sources_apart_and_keeps_its_columns(
    make: Make, tools: Collaborators, seal: Callable[[Communication], Communication]
) -> None:
    """Two sources raised behind one another once read as one: 3 and 4 as 34."""
    words = ready(make)
    known = words.prisoner.facts[0]
    with unit_of_work():
        known.sources = [*known.sources, Source(title="Another report", publisher="", url="", published="", note="")]
    document = Document(io.BytesIO(build(seal(words), tools, tools.store)["02-communication.docx"]))
    paragraphs = [p for t in document.tables for row in t.rows for cell in row.cells for p in cell.paragraphs]
    raised = {run.text for p in paragraphs for run in p.runs if run.font.superscript}
    assert "1,2" in raised
    questionnaire = next(t for t in document.tables if t.cell(0, 0).text == "1" and len(t.columns) == 3)
    number, _question, answer = (column.width for column in questionnaire.columns)
    assert number * 5 < answer


@pytest.mark.feature(120)
def test_french_sets_a_space_that_does_not_break_before_its_colons() -> None:
    for english, theirs in phrasebook.table("fr").items():
        assert not re.search(r" [:;?!»]|« ", theirs), english
    tr = phrasebook.Phrasebook("fr")
    assert labelled("Urgent", "oui", tr) == "Urgent\N{NO-BREAK SPACE}: oui"
    assert labelled("Was a warrant or other decision shown?", "oui", tr).endswith("présenté\N{NO-BREAK SPACE}? oui")


@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_the_document_says_nothing_of_who_made_it_or_when(
    make: Make, tools: Collaborators, seal: Callable[[Communication], Communication]
) -> None:
    words = seal(ready(make))
    files = build(words, tools, tools.store)
    with zipfile.ZipFile(io.BytesIO(files["02-communication.docx"])) as parts:
        assert {entry.date_time for entry in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert not [n for n in parts.namelist() if "thumbnail" in n or n.startswith("customXml")]
        properties = parts.read("docProps/core.xml").decode()
    assert "python-docx" not in properties
    assert "created" not in properties
    assert "modified" not in properties
    known = Document(io.BytesIO(files["02-communication.docx"])).core_properties
    assert (known.author, known.last_modified_by, known.comments) == ("", "", "")
    assert [name for name in files if name.startswith("internal/")] == ["internal/submission-log.pdf"]


def test_a_copy_leaves_behind_who_made_it_where_and_what_it_hid() -> None:
    copy = Copier().copy(_paper())
    with pikepdf.open(io.BytesIO(copy.content)) as clean:
        assert "/Info" not in clean.trailer or "/Author" not in clean.docinfo
        assert "/OpenAction" not in clean.Root
        assert "/Names" not in clean.Root
        assert "/Annots" not in clean.pages[0]
        held = [thing for thing in clean.objects if isinstance(thing, pikepdf.Stream | pikepdf.Dictionary)]
        assert not [thing for thing in held if "/Metadata" in thing], "neither of the file nor of a picture in it"
        assert not [thing for thing in held if isinstance(thing, pikepdf.Stream) and b"Zarina" in thing.read_bytes()]
    assert b"Zarina" not in copy.content
    assert copy == Copier().copy(_paper()), "the hash can be told"
    for junk in (b"", b"%PDF-1.7 and nothing", b"GIF89a", b"PK\x03\x04"):
        with pytest.raises(NoCopy):
            Copier().copy(junk)
    out = io.BytesIO()
    exif = Image.Exif()
    exif[315] = "Zarina"
    Image.new("RGB", (40, 30), "white").save(out, "JPEG", exif=exif)
    picture = Copier().copy(out.getvalue())
    assert (picture.suffix, b"Zarina" in picture.content) == ("jpg", False)


@pytest.mark.feature(120)
def test_every_fixed_word_of_a_packet_a_communication_and_a_blank_sheet_has_its_french_and_its_spanish() -> None:
    words = set(phrasebook.MONTHS)
    for template in TEMPLATES.glob("*.typ"):
        if template.name.startswith("gift-"):
            continue
        for match in FIXED_WORD.finditer(template.read_text()):
            words |= {found.replace('\\"', '"') for found in match.groups() if found}
    listed = ast.parse(inspect.getsource(building._enclosures))
    words |= {n.value for n in ast.walk(listed) if isinstance(n, ast.Constant) and str(n.value)[:1].isupper()}
    for path in ("communications/dossier", "communications/questionnaire", "cases/grounds", "cases/evidence"):
        words |= set(_marked(ROOM / "domain" / f"{path}.py", {"N_", "said"}))
    words |= set(_marked(ROOM / "domain/communications/blocks.py", {"phrases"}))
    for path in ("typewriter", "letterpaper"):
        words |= set(_marked(ROOM / f"gateways/{path}.py", {"tr", "phrases"}))
    for lang in ("fr", "es"):
        table = phrasebook.table(lang)
        assert words - set(table) == set()
        for english, theirs in table.items():
            assert _places(english) == _places(theirs), english


@pytest.mark.feature(120)
@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_an_annex_that_is_not_what_was_attached_stops_the_seal_and_the_build(
    make: Make, tools: Collaborators, seal: Callable[[Communication], Communication]
) -> None:
    words = ready(make)
    with unit_of_work():
        annexing.attach(words, "Judgment", _paper(), copier=Copier(), store=tools.store)
    whole = tools.store.read(_place(words))
    tools.store.write(_place(words), b"another paper")
    survey = communicating.look_over(words, tools.desk(), phrases("en"), tools.store, at=LATER)
    assert [f.code for f in survey.findings if f.blocks] == [Code.ANNEX_LOST]
    tools.store.write(_place(words), whole)
    seal(words)
    tools.store.write(_place(words), b"another paper")
    with pytest.raises(annexing.AnnexLost):
        build(words, tools, tools.store)
    assert words.packet.state is PacketState.SEALED


def _marked(path: Path, callers: set[str]) -> list[str]:
    calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    named = [c for c in calls if getattr(c.func, "id", getattr(c.func, "attr", "")) in callers and c.args]
    return [c.args[0].value for c in named if isinstance(c.args[0], ast.Constant) and isinstance(c.args[0].value, str)]


def _places(text: str) -> set[str]:
    return {part.partition("}")[0] for part in text.split("{")[1:]}


def _texts(document: object) -> list[str]:
    found = [p.text for p in document.paragraphs]  # type: ignore[attr-defined]
    for table in document.tables:  # type: ignore[attr-defined]
        found += [cell.text for row in table.rows for cell in row.cells]
    return found


def _place(words: Communication) -> str:
    return f"annexes/{words.packet.reference}/annex-01.pdf"


def _paper() -> bytes:
    """A judgment with everything that a scanner and an editor leave in it."""
    out = io.BytesIO()
    with pikepdf.new() as paper:
        paper.add_blank_page()
        paper.docinfo["/Author"] = "Zarina"
        paper.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert('Zarina')")
        note = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, Contents="Zarina", Rect=[0, 0, 9, 9]
        )
        paper.pages[0].obj.Annots = pikepdf.Array([paper.make_indirect(note)])
        paper.attachments["hidden.txt"] = b"Zarina"
        picture = paper.make_stream(b"\0", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=1, Height=1)
        picture.ColorSpace, picture.BitsPerComponent = pikepdf.Name.DeviceGray, 8
        picture.Metadata = paper.make_stream(b"<x>Zarina</x>", Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML)
        paper.pages[0].obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=picture))
        paper.save(out, static_id=True)
    return out.getvalue()


def test_no_word_stands_twice_in_a_table_and_an_unknown_language_has_none() -> None:
    for lang in ("fr", "es"):
        text = (ROOM / "gateways/phrases" / f"{lang}.json").read_text("utf-8")
        pairs = json.loads(text, object_pairs_hook=list)
        assert len(pairs) == len({key for key, _ in pairs}), "no word twice"
    with pytest.raises(phrasebook.NoSuchLanguage):
        phrasebook.table("ru")
