"""The mark of a copy: on every page, behind the bytes that were built, and not to be changed unseen."""

import io
import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from flask import Flask
from pikepdf import Array, Dictionary

from campaign.collaborators import Collaborators
from campaign.gateways import parcels
from campaign.gateways.copymarks import CannotMark, marked
from campaign.gateways.verifier import verify
from tests.make import Make

LINE = "TJ-2017-001-A1-COPY-3 · 7KQ2-M9XD"


def needs(*programs: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(any(shutil.which(each) is None for each in programs), reason=f"no {programs}")


def text(pdf: bytes) -> list[str]:
    told = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    return told.split("\f")[:-1]


def unpacked(tools: Collaborators, reference: str, place: Path, number: int, mark: str) -> Path:
    """One numbered copy, as it lies with whoever received it."""
    folder = f"packets/{reference}"
    note = {"reference": reference, "copy": number, "mark": mark, "for": "Registry", "on_each_page": "x"}
    note["manifest"] = verify(tools.settings.store / folder).manifest_sha256
    names = tools.store.names(folder)
    pieces = parcels.numbered(tools.store, folder, f"copy-{number}", names, json.dumps(note).encode())
    zipfile.ZipFile(io.BytesIO(b"".join(pieces))).extractall(place)
    return place / f"copy-{number}"


@pytest.fixture
def reference(app: Flask, make: Make) -> str:
    flask = app.test_cli_runner().invoke
    slug = make.counted_petition(3).slug
    made = flask(args=["packets", "new", slug, "--addressee", "sg", "--level", "full"]).stdout.strip()
    assert flask(args=["packets", "build", made]).exit_code == 0
    return str(made)


@needs("pdftotext", "qpdf", "pdffonts")
@pytest.mark.feature(111)
@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_each_page_of_a_copy_shows_its_mark_and_the_packet_as_it_was_built_lies_before_it(
    tools: Collaborators, reference: str, tmp_path: Path
) -> None:
    one, two = (unpacked(tools, reference, tmp_path, n, f"7KQ2-M9X{n}") for n in (2, 3))
    built = tools.settings.store / "packets" / reference
    listed = json.loads((built / "manifest.json").read_text())["files"]
    printed = [file for file in listed if file["name"].endswith(".pdf")]
    assert len(printed) > 10
    for file in printed:
        whole = (built / file["name"]).read_bytes()
        first, second = ((folder / file["name"]).read_bytes() for folder in (one, two))
        assert first[: file["bytes"]] == second[: file["bytes"]] == whole
        assert first != second
        pages = text(first)
        assert len(pages) == file["pages"]
        assert all(f"{reference}-COPY-2 · 7KQ2-M9X2" in page for page in pages), file["name"]
        told = subprocess.run(["qpdf", "--check", one / file["name"]], capture_output=True, text=True, check=False)
        assert (told.returncode, told.stderr) == (0, "")
        fonts = subprocess.run(["pdffonts", one / file["name"]], capture_output=True, text=True, check=True)
        assert fonts.stderr == ""
        rows = [row.split() for row in fonts.stdout.splitlines()[2:]]
        assert {row[-5] for row in rows} == {"yes"}, "every font is in the file"
        with pikepdf.open(io.BytesIO(first)) as pdf:
            assert pdf.open_metadata().pdfa_status == ("2B" if "signatures" in file["name"] else "2A")
    assert verify(one).faults == []
    assert verify(one).copy == "copy 2, mark 7KQ2-M9X2, for Registry"


@pytest.mark.feature(111)
@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_a_copy_whose_mark_was_changed_cut_or_taken_off_is_seen(
    tools: Collaborators, reference: str, tmp_path: Path
) -> None:
    copy, other = (unpacked(tools, reference, tmp_path, n, f"7KQ2-M9X{n}") for n in (2, 3))
    name = "07-signatures-001.pdf"
    sent, size = (copy / name).read_bytes(), (tools.settings.store / "packets" / reference / name).stat().st_size

    def faults(content: bytes) -> list[str]:
        (copy / name).write_bytes(content)
        return verify(copy).faults

    changed = [f"{name}: what was added for the mark of this copy was changed"]
    for at in range(size, len(sent), 97):
        assert faults(sent[:at] + bytes([sent[at] ^ 1]) + sent[at + 1 :]) == changed
    assert faults(sent[:-40]) == changed, "cut"
    assert faults(sent + b"\n1 0 obj null endobj") == changed, "more"
    assert faults((other / name).read_bytes()) == changed, "of another copy"
    assert faults(sent[:size]) == [f"{name} does not show the mark of this copy"]
    assert f"{name} was changed: its SHA-256 is another" in faults(bytes([sent[0] ^ 1]) + sent[1:])
    assert faults(sent) == []
    note = (copy / "copy.json").read_text()
    (copy / "copy.json").write_text(note.replace("7KQ2-M9X2", "7KQ2-M9X3"))
    assert len(verify(copy).faults) > 10, "the pages say another mark than the note"


def _odd(streams: bool, change: Callable[[pikepdf.Pdf], None]) -> bytes:
    """One page of somebody else's making, with resources from above and drawing that leaves things askew."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(595, 842))
    page.obj.Contents = pdf.make_stream(b"q 0.2 0 0 0.2 300 300 cm 1 0 0 rg 0 0 50 50 re f")
    del page.obj.Resources
    pdf.Root.Pages.Resources = pdf.make_indirect(Dictionary(ExtGState=Dictionary(G=Dictionary(ca=1))))
    change(pdf)
    out = io.BytesIO()
    mode = pikepdf.ObjectStreamMode.generate if streams else pikepdf.ObjectStreamMode.disable
    pdf.save(out, object_stream_mode=mode, deterministic_id=True)
    return out.getvalue()


@needs("pdftotext", "qpdf")
@pytest.mark.parametrize("streams", [False, True])
@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_page_of_anybody_is_marked_at_its_lower_left_however_it_is_turned(streams: bool, turn: int) -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.Root.Pages.Rotate = turn
        pdf.pages[0].obj.CropBox = Array([20, 30, 500, 700])

    sent = marked(_odd(streams, change), LINE)
    assert LINE in text(sent)[0]
    told = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=sent, capture_output=True, check=True).stdout.decode()
    (word,) = [line for line in told.splitlines() if "TJ-2017" in line]
    left, top, right, bottom = (float(edge) for edge in re.findall(r'"([0-9.]+)"', word))
    beside, below, height = {0: (20, 30, 842), 90: (30, 95, 595), 180: (95, 142, 842), 270: (142, 20, 595)}[turn]
    assert (round(left) - beside, left < right) == (85, True)
    assert height - below - 25 < top < bottom < height - below - 8, "near the lower edge, and inside of it"
    with pikepdf.open(io.BytesIO(sent)) as pdf:
        assert pdf.pages[0].Resources.ExtGState.G.ca == 1
        assert pdf.check_pdf_syntax() == []


def test_what_is_no_pdf_carries_no_mark() -> None:
    with pytest.raises(CannotMark):
        marked(b"%PDF-1.7\nnothing", LINE)
