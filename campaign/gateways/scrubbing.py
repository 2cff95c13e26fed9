"""Scrubbing a PDF: run by `sieve.py` as a process of its own, which knows pikepdf and nothing of this site.

Refused is what acts: scripts, programs, forms that send themselves, other files inside. Left out is what tells of
its makers: title, author, program, earlier versions, comments, thumbnails, and what photographs inside it say of
place and device. What readers see stays, and so do the marks by which it is read aloud.
"""

import base64
import resource
import sys
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Dictionary, Name, Object

LOCKED, ACTS, BROKEN = 3, 4, 5
NOT_UNPACKED = (KeyError, ValueError, zlib.error)  # a photograph packed in a way that is not known here
_SECONDS, _BYTES = 20, 1 << 30
_ACTIONS = {
    "/JavaScript",
    "/Launch",
    "/SubmitForm",
    "/ImportData",
    "/GoToE",
    "/RichMediaExecute",
    "/Rendition",
    "/Movie",
}
_HOLDS = ("/JS", "/EF", "/XFA", "/RichMediaContent")
_ROOT = {"/Type", "/Pages", "/MarkInfo", "/StructTreeRoot", "/Lang", "/PageLabels", "/PageLayout"}
_TELLS = ("/Metadata", "/PieceInfo", "/LastModified", "/AA", "/Thumb", "/B", "/AF")
_LINKS = ("http://", "https://", "mailto:")


class Acts(Exception):
    """It holds what acts, or other files."""


def scrubbed(upload: bytes) -> bytes:
    """The pages as they are seen. Raises Acts, pikepdf.PasswordError, pikepdf.PdfError."""
    with pikepdf.open(BytesIO(upload), attempt_recovery=True) as pdf:
        if pdf.is_encrypted:
            raise pikepdf.PasswordError("encrypted")
        for thing in pdf.objects:
            _refuse_acts(thing)
        if Name.AcroForm in pdf.Root:
            pdf.generate_appearance_streams()
            pdf.flatten_annotations("screen")  # what was filled in becomes part of the page
        for key in list(pdf.Root.keys()):
            if key not in _ROOT:
                del pdf.Root[key]
        for page in pdf.pages:
            _keep_links(page.obj)
        for thing in pdf.objects:
            _leave_out(thing)
        if Name.Info in pdf.trailer:
            del pdf.trailer[Name.Info]
        out = BytesIO()
        pdf.save(out, deterministic_id=True, fix_metadata_version=False)
        return out.getvalue()


def _inside(thing: Object) -> Any:
    """The dictionaries that stand directly in this object, itself first; what it points at is looked at by itself."""
    waiting = [thing]
    while waiting:
        now = waiting.pop()
        if isinstance(now, pikepdf.Dictionary | pikepdf.Stream):
            yield now
            waiting += [v for v in now.values() if isinstance(v, Object) and not v.is_indirect]
        elif isinstance(now, pikepdf.Array):
            waiting += [v for v in now if isinstance(v, Object) and not v.is_indirect]


def _refuse_acts(thing: Object) -> None:
    for now in _inside(thing):
        if any(key in now for key in _HOLDS) or now.get("/Type") == "/EmbeddedFile":
            raise Acts
        if isinstance(now.get("/S"), Name) and str(now.get("/S")) in _ACTIONS:
            raise Acts
        if now.get("/Subtype") in ("/RichMedia", "/Movie", "/Sound", "/Screen", "/3D", "/FileAttachment"):
            raise Acts


def _keep_links(page: Dictionary) -> None:
    """Of what lies upon a page only links stay, each written anew."""
    kept = []
    for note in page.get("/Annots", ()):
        if not isinstance(note, Dictionary) or note.get("/Subtype") != "/Link" or "/Rect" not in note:
            continue
        link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=note.Rect, Border=[0, 0, 0])
        action = note.get("/A")
        address = str(action.get("/URI", "")) if isinstance(action, Dictionary) else ""
        if address.lower().startswith(_LINKS):
            link.A = Dictionary(S=Name.URI, URI=pikepdf.String(address))
            kept.append(link)
    if "/Annots" in page:
        del page["/Annots"]
    if kept:
        page["/Annots"] = pikepdf.Array(kept)


def _leave_out(thing: Object) -> None:
    for now in _inside(thing):
        for key in _TELLS:
            if key in now:
                del now[key]
    if isinstance(thing, pikepdf.Stream):
        develop(thing)


def develop(picture: pikepdf.Stream) -> None:
    """Leave out what a photograph in the document says of itself, also where it is packed once more around."""
    filters, how = picture.get("/Filter"), picture.get("/DecodeParms")
    names = [str(name) for name in filters] if isinstance(filters, pikepdf.Array) else [str(filters)]
    if names[-1] not in _PHOTOGRAPHS:
        return
    raw = picture.read_raw_bytes()
    for name in names[:-1]:
        raw = _UNPACK[name](raw)
    own = how[len(names) - 1] if isinstance(how, pikepdf.Array) else how
    picture.write(_PHOTOGRAPHS[names[-1]](raw), filter=Name(names[-1]), decode_parms=own)  # type: ignore[arg-type]


def without_remarks(jpeg: bytes) -> bytes:
    """A JPEG without the segments that speak of it (place, device, comments); its pixels are untouched."""
    if not jpeg.startswith(b"\xff\xd8"):
        return jpeg
    kept, at = bytearray(b"\xff\xd8"), 2
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF:
        marker = jpeg[at + 1]
        if marker == 0xDA:  # from here on pixels
            return bytes(kept + jpeg[at:])
        size = int.from_bytes(jpeg[at + 2 : at + 4], "big")
        remarks = (0xE1 <= marker <= 0xEF and marker != 0xEE) or marker == 0xFE
        if not remarks:
            kept += jpeg[at : at + 2 + size]
        at += 2 + size
    return jpeg


def without_boxes(jpx: bytes) -> bytes:
    """A JPEG 2000 without the boxes that speak of it; its pixels are untouched."""
    if jpx[4:8] != b"jP  ":
        return jpx
    kept, at = b"", 0
    while at + 8 <= len(jpx):
        size, kind = int.from_bytes(jpx[at : at + 4], "big"), jpx[at + 4 : at + 8]
        if size == 1:
            size = int.from_bytes(jpx[at + 8 : at + 16], "big")
        end = at + size if size >= 8 else len(jpx)  # 0: as far as the file goes
        if kind not in (b"xml ", b"uuid", b"uinf"):
            kept += jpx[at:end]
        at = end
    return kept


_PHOTOGRAPHS = {"/DCTDecode": without_remarks, "/JPXDecode": without_boxes}
_UNPACK: dict[str, Callable[[bytes], bytes]] = {
    "/FlateDecode": zlib.decompress,
    "/ASCII85Decode": lambda packed: base64.a85decode(packed.strip().removesuffix(b"~>")),
    "/ASCIIHexDecode": lambda packed: bytes.fromhex(packed.decode().rstrip().rstrip(">")),
}


def main() -> int:
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_BYTES, _BYTES))
    try:
        content = scrubbed(sys.stdin.buffer.read())
    except Acts:
        return ACTS
    except pikepdf.PasswordError:
        return LOCKED
    except Exception:  # whatever it is, it is no document of ours
        return BROKEN
    sys.stdout.buffer.write(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
