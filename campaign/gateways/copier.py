"""The copier: the pages of a document and nothing else of it.

A PDF is copied page by page into a new file, so that properties, earlier versions, attachments, scripts and forms
stay behind; comments and links on the pages go, too. A picture is unpacked and its pixels are written anew. The same
upload gives the same copy, so that its hash can be told.
"""

import io

import pikepdf
from PIL import Image

from campaign.domain.cases.picturing import PictureRefused
from campaign.domain.communications.annexing import Copy, NoCopy
from campaign.gateways.darkroom import opened

MOST_PAGES = 500
_LEFT_BEHIND = ("/Annots", "/AA", "/Metadata", "/PieceInfo", "/Thumb", "/StructParents", "/Tabs", "/LastModified")


class Copier:
    """Meets `domain.annexing.Copier`."""

    def copy(self, upload: bytes) -> Copy:
        if upload.startswith(b"%PDF-"):
            return _pdf(upload)
        return Copy(_picture(upload), "jpg", 1)


def _pdf(upload: bytes) -> Copy:
    try:
        with pikepdf.open(io.BytesIO(upload)) as given, pikepdf.new() as clean:
            if given.is_encrypted or not 0 < len(given.pages) <= MOST_PAGES:
                raise NoCopy
            for page in given.pages:
                clean.pages.append(page)
            for page in clean.pages:
                for key in _LEFT_BEHIND:
                    if key in page.obj:
                        del page.obj[key]
            _forget_makers(clean)
            out = io.BytesIO()
            clean.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
            return Copy(out.getvalue(), "pdf", len(clean.pages))
    except (pikepdf.PdfError, pikepdf.PasswordError) as fault:
        raise NoCopy from fault


def _forget_makers(clean: pikepdf.Pdf) -> None:
    """Pictures and fonts may carry a description of where they come from."""
    for thing in clean.objects:
        if isinstance(thing, pikepdf.Stream | pikepdf.Dictionary):
            for key in ("/Metadata", "/PieceInfo"):
                if key in thing:
                    del thing[key]


def _picture(upload: bytes) -> bytes:
    try:
        image: Image.Image = opened(upload)
    except PictureRefused as fault:
        raise NoCopy from fault
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90, optimize=True)
    return out.getvalue()
