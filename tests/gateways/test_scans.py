"""What is kept of a scan: its pages, and nothing that came with them."""

import base64
import io
import zlib
from collections.abc import Callable

import pikepdf
import pytest
from PIL import Image

from campaign.domain.packets.receipting import ScanDoesMore, ScanRefused
from campaign.gateways.copier import Copier
from campaign.gateways.scans import Scans
from campaign.gateways.sieve import PdfSieve
from tests.gateways import papers


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


def photographed(packed: Callable[[bytes], bytes], *around: str) -> bytes:
    """A PDF as telephones make it: a page that is a photograph with its place, here packed once more."""
    photo, out, about = io.BytesIO(), io.BytesIO(), Image.Exif()
    about[0x010F] = PLACE
    Image.new("RGB", (30, 40), "white").save(photo, "JPEG", exif=about)
    assert PLACE.encode() in photo.getvalue()
    with pikepdf.new() as document:
        filters = pikepdf.Array([*map(pikepdf.Name, around), pikepdf.Name.DCTDecode])
        image = document.make_stream(packed(photo.getvalue()), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image)
        image.Width, image.Height, image.BitsPerComponent, image.ColorSpace = 30, 40, 8, pikepdf.Name.DeviceRGB
        image.Filter = filters
        page = document.add_blank_page()
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Photo=image))
        document.save(out)
    return out.getvalue()


PLACE = "Perpetua Unmistakable, 38.55 N 68.78 E"
ROUND = {
    "nothing": (bytes,),
    "flate": (zlib.compress, "/FlateDecode"),
    "letters": (lambda photo: base64.a85encode(photo) + b"~>", "/ASCII85Decode"),
    "hex": (lambda photo: photo.hex().encode() + b">", "/ASCIIHexDecode"),
}


@pytest.mark.feature(111)
@pytest.mark.parametrize("around", ROUND)
def test_a_photograph_in_a_pdf_says_no_more_where_it_was_taken(around: str) -> None:
    sent = photographed(*ROUND[around])
    made = {"scan": Scans().rewrite(sent)[1], "annex": Copier().copy(sent).content, "file": PdfSieve().pdf(sent)}
    for what, kept in made.items():
        with pikepdf.open(io.BytesIO(kept)) as read:
            photo = pikepdf.PdfImage(read.pages[0].Resources.XObject.Photo)
            assert photo.as_pil_image().size == (30, 40), what
            said = photo.obj.read_raw_bytes()
            assert said.startswith(b"\xff\xd8"), "unpacked, so that it can be read"
            assert PLACE.encode() not in said + kept, what


@pytest.mark.parametrize(
    ("sent", "refusal"),
    [
        (pdf(OpenAction=pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")), ScanDoesMore),
        (papers.pdf(papers.with_a_file_inside), ScanDoesMore),
        (papers.pdf(lambda document: [document.add_blank_page() for _ in range(20)]), ScanRefused),
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
