"""Scans of receipts: pictures go through the darkroom; of a PDF, pages alone are written into a new one.

A PDF can run programs, carry other files and call out. Whatever does is refused rather than repaired; what is kept
has a new catalogue, no notes, no actions, and nothing about who made it.
"""

import io
from collections.abc import Iterator

import pikepdf

from campaign.domain.cases.picturing import PictureRefused
from campaign.domain.packets.receipting import ScanDoesMore, ScanRefused
from campaign.gateways.darkroom import Pillow

MOST_PAGES = 20
MORE_THAN_PAGES = {"/JavaScript", "/JS", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/XFA", "/RichMedia", "/Movie"}
DROPPED = ("/Annots", "/AA", "/Metadata", "/PieceInfo", "/StructParents", "/Tabs", "/B", "/Thumb")


class Scans:
    """Meets `domain.receipting.Scanner`."""

    def rewrite(self, upload: bytes) -> tuple[str, bytes]:
        if upload.startswith(b"%PDF-"):
            return "pdf", _pages_alone(upload)
        try:
            return "jpg", Pillow().develop(upload).files["large.jpg"]
        except PictureRefused as fault:
            raise ScanRefused from fault


def _pages_alone(upload: bytes) -> bytes:
    try:
        with pikepdf.open(io.BytesIO(upload)) as sent, pikepdf.new() as kept:
            if sent.is_encrypted or any(MORE_THAN_PAGES & names for names in _names(sent)):
                raise ScanDoesMore
            if not 1 <= len(sent.pages) <= MOST_PAGES:
                raise ScanRefused
            for page in sent.pages:
                for key in DROPPED:
                    if key in page:
                        del page[key]
                kept.pages.append(page)
            out = io.BytesIO()
            kept.save(out, deterministic_id=True)
            return out.getvalue()
    except pikepdf.PasswordError as fault:
        raise ScanDoesMore from fault
    except (pikepdf.PdfError, ValueError, RuntimeError, KeyError, TypeError) as fault:
        raise ScanRefused from fault


def _names(document: pikepdf.Pdf) -> Iterator[set[str]]:
    """The keys and the kinds of every object, however it is reached."""
    for thing in document.objects:
        if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
            yield {*thing.keys(), *(str(thing.get(key)) for key in ("/S", "/Type", "/Subtype"))}
            for inner in thing.values() if isinstance(thing, pikepdf.Dictionary) else ():
                if isinstance(inner, pikepdf.Dictionary):
                    yield {*inner.keys(), str(inner.get("/S"))}
