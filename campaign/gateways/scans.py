"""Scans of receipts and of paper sheets: pictures go through the darkroom, a PDF through the sieve.

A PDF can run programs, carry other files and call out. Whatever does is refused rather than repaired; what is kept
has no notes, no links, and nothing about who made it, when, where or with what, in its pages' photographs neither.
"""

import io

import pikepdf

from campaign.domain.cases.enclosing import FileRefused, PdfActs, PdfLocked
from campaign.domain.cases.picturing import PictureRefused
from campaign.domain.packets.receipting import ScanDoesMore, ScanRefused
from campaign.gateways.darkroom import Pillow
from campaign.gateways.sieve import PdfSieve

MOST_PAGES = 20


class Scans:
    """Meets `domain.receipting.Scanner`."""

    def rewrite(self, upload: bytes) -> tuple[str, bytes]:
        if upload.startswith(b"%PDF-"):
            return "pdf", _without_links(_sieved(upload))
        try:
            return "jpg", Pillow().develop(upload).files["large.jpg"]
        except PictureRefused as fault:
            raise ScanRefused from fault


def _sieved(upload: bytes) -> bytes:
    try:
        return PdfSieve().pdf(upload)
    except (PdfActs, PdfLocked) as fault:
        raise ScanDoesMore from fault
    except FileRefused as fault:
        raise ScanRefused from fault


def _without_links(sieved: bytes) -> bytes:
    """A document keeps its links; a scan has none, and whoever looks at one follows nothing by mistake."""
    with pikepdf.open(io.BytesIO(sieved)) as kept:
        if not 1 <= len(kept.pages) <= MOST_PAGES:
            raise ScanRefused
        for page in kept.pages:
            if "/Annots" in page.obj:
                del page.obj["/Annots"]
        out = io.BytesIO()
        kept.save(out, deterministic_id=True)
        return out.getvalue()
