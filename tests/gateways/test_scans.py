"""What is kept of a scan: its pages, and nothing that came with them."""

import io

import pikepdf
import pytest
from PIL import Image

from campaign.domain.packets.receipting import ScanDoesMore, ScanRefused
from campaign.gateways.scans import Scans


def pdf(**more: object) -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.docinfo["/Author"] = "Perpetua Unmistakable"
        for key, value in more.items():
            document.Root[f"/{key}"] = document.make_indirect(value)
        document.save(out)
    return out.getvalue()


@pytest.mark.feature(111)
def test_of_a_pdf_the_pages_alone_are_kept() -> None:
    end, kept = Scans().rewrite(pdf())
    assert end == "pdf"
    assert b"Perpetua" not in kept
    with pikepdf.open(io.BytesIO(kept)) as document:
        assert len(document.pages) == 1
        assert "/OpenAction" not in document.Root


@pytest.mark.feature(111)
def test_a_photograph_of_a_receipt_is_developed_anew() -> None:
    sent = io.BytesIO()
    about = Image.Exif()
    about[0x010F] = "Perpetua"
    Image.new("RGB", (300, 400), "white").save(sent, "PNG", exif=about)
    end, kept = Scans().rewrite(sent.getvalue())
    assert end == "jpg"
    assert Image.open(io.BytesIO(kept)).getexif() == {}


@pytest.mark.parametrize(
    ("sent", "refusal"),
    [
        (pdf(OpenAction=pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")), ScanDoesMore),
        (pdf(Names=pikepdf.Dictionary(EmbeddedFiles=pikepdf.Dictionary())), ScanDoesMore),
        (b"%PDF-1.7 and then nothing", ScanRefused),
        (b"<html>a page</html>", ScanRefused),
        (b"", ScanRefused),
    ],
)
def test_what_does_more_than_show_pages_is_refused(sent: bytes, refusal: type[ScanRefused]) -> None:
    with pytest.raises(refusal):
        Scans().rewrite(sent)


def test_a_locked_pdf_is_refused() -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf())) as document:
        document.save(out, encryption=pikepdf.Encryption(user="a", owner="b"))
    with pytest.raises(ScanDoesMore):
        Scans().rewrite(out.getvalue())
