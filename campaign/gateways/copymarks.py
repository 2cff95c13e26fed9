"""The mark of a copy, on each page of each of its PDFs, behind the bytes that were built.

What is added is an incremental update, as the format has it: the first bytes of the file stay what the manifest
lists, to the last one, so that anybody can cut the copy back to them and compare. What follows is made of those bytes
and of the line alone, without a moment or a chance: `flask packets verify` makes it again and compares.

The line stands below the footer, in strokes of our own that the file carries as a font, and outside of what is read
aloud. On a page that the organisation has signed nothing may be changed any more: there it is a stamp upon it, as a
reader's program would put one, and the signature still holds for what it was made of.
"""

import hashlib
import io
from dataclasses import dataclass, field
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, String

MM = 72 / 25.4
SIZE, LEFT, UP = 6.5, 30 * MM, 5 * MM  # from the corner of the page as it is seen: under the text, below its footer
GREY = b"0.35 G 0.35 g"
UNIT, ADVANCE, PEN = 60, 640, 84  # of 1000: a step of the strokes below, the width of a sign, the pen's
BOX = (-1, -2, 8)  # left, lower and upper room around a line, in points

STROKES = {  # x from 0 to 8, y from 0 to c, stroke after stroke
    " ": "",
    "·": "35 55 57 37 35",
    "-": "16 76",
    "0": "30 50 72 7a 5c 3c 1a 12 30",
    "1": "19 4c 40|10 70",
    "2": "0a 2c 6c 8a 87 00 80",
    "3": "0a 2c 6c 8a 88 66 84 82 60 20 02|36 66",
    "4": "60 6c 03 83",
    "5": "7c 1c 16 27 57 85 82 60 20 02",
    "6": "8a 6c 2c 0a 02 20 60 82 85 67 27 05",
    "7": "0c 8c 30",
    "8": "26 08 0a 2c 6c 8a 88 66 26 04 02 20 60 82 84 66",
    "9": "02 20 60 82 8a 6c 2c 0a 07 25 65 87",
    "A": "00 4c 80|14 74",
    "B": "00 0c 5c 7a 78 56 06|56 84 82 60 00",
    "C": "8a 6c 2c 0a 02 20 60 82",
    "D": "00 0c 5c 8a 82 50 00",
    "E": "8c 0c 00 80|06 66",
    "F": "8c 0c 00|06 66",
    "G": "8a 6c 2c 0a 02 20 60 82 86 56",
    "H": "00 0c|80 8c|06 86",
    "I": "40 4c|20 60|2c 6c",
    "J": "7c 72 50 20 02",
    "K": "00 0c|8c 04|37 80",
    "L": "0c 00 80",
    "M": "00 0c 44 8c 80",
    "N": "00 0c 80 8c",
    "O": "20 60 82 8a 6c 2c 0a 02 20",
    "P": "00 0c 6c 8a 87 65 05",
    "Q": "20 60 82 8a 6c 2c 0a 02 20|53 80",
    "R": "00 0c 6c 8a 87 65 05|45 80",
    "S": "8a 6c 2c 0a 08 27 65 84 82 60 20 02",
    "T": "0c 8c|4c 40",
    "U": "0c 02 20 60 82 8c",
    "V": "0c 40 8c",
    "W": "0c 20 48 60 8c",
    "X": "0c 80|00 8c",
    "Y": "0c 46 8c|46 40",
    "Z": "0c 8c 00 80",
}
FIRST = 32  # the code of the first sign
CODES = {sign: FIRST + i for i, sign in enumerate(STROKES)}


class CannotMark(ValueError):
    """No PDF that could carry a mark on its pages."""


def marked(content: bytes, line: str) -> bytes:
    """The file as it was, and behind it what shows the line on each page. Raises CannotMark."""
    return content + added(content, line)


def added(content: bytes, line: str) -> bytes:
    """What is put behind the file. Raises CannotMark."""
    try:
        with pikepdf.open(io.BytesIO(content)) as document:
            update = _Update(document, content)
            _Marker(document, update, line, is_signed=b"/ByteRange" in content).each_page()
            return update.written()
    except (pikepdf.PdfError, ValueError, KeyError, TypeError, AttributeError) as fault:
        raise CannotMark from fault


@dataclass
class _Update:
    """Objects that are new, or take the place of others, and the table that makes a reader find them."""

    document: pikepdf.Pdf
    before: bytes
    bodies: dict[tuple[int, int], bytes] = field(default_factory=dict)

    def add(self, body: Object | bytes, about: Object | None = None) -> Object:
        """A new object: a dictionary, or a stream and what is said of it."""
        place = self.document.make_indirect(Dictionary())
        self.put(place, _stream(body, about) if isinstance(body, bytes) else body.unparse(resolved=True))
        return place

    def put(self, place: Object, body: bytes) -> None:
        self.bodies[place.objgen] = body

    def written(self) -> bytes:
        out, at = io.BytesIO(b"\n"), {}
        out.seek(0, io.SEEK_END)
        for (number, generation), body in sorted(self.bodies.items()):
            at[number] = (len(self.before) + out.tell(), generation)
            out.write(b"%d %d obj\n%b\nendobj\n" % (number, generation, body))
        start = len(self.before) + out.tell()
        out.write(self._table(at, start))
        out.write(b"startxref\n%d\n%%%%EOF\n" % start)
        return out.getvalue()

    def _table(self, at: dict[int, tuple[int, int]], start: int) -> bytes:
        """In the form that the file has already, a plain table or a stream: readers need not follow from one kind to
        the other."""
        previous = int(self.before[self.before.rindex(b"startxref") + 9 :].split()[0])
        trailer = Dictionary(
            {key: self.document.trailer[key] for key in ("/Root", "/Info") if key in self.document.trailer}
        )
        trailer.Prev, trailer.Size = previous, max(*at, int(self.document.trailer.Size) - 1) + 1
        if identifier := self.document.trailer.get("/ID"):
            said = hashlib.sha256(b"".join(self.bodies.values())).digest()[:16]
            trailer.ID = Array([identifier[0], String(said)])
        if self.before[previous : previous + 4] == b"xref":
            lines = [b"%d 1\n%010d %05d n \n" % (number, *entry) for number, entry in sorted(at.items())]
            return b"xref\n" + b"".join(lines) + b"trailer\n" + trailer.unparse(resolved=True) + b"\n"
        own = trailer.Size
        at = {**at, own: (start, 0)}
        trailer.Size, trailer.Type, trailer.W = own + 1, Name.XRef, Array([1, 5, 2])
        trailer.Index = Array([each for number in sorted(at) for each in (number, 1)])
        entries = b"".join(
            b"\x01" + place.to_bytes(5, "big") + generation.to_bytes(2, "big")
            for _, (place, generation) in sorted(at.items())
        )
        return b"%d 0 obj\n%b\nendobj\n" % (own, _stream(entries, trailer))


def _stream(data: bytes, about: Object | None) -> bytes:
    said = about if about is not None else Dictionary()
    said.Length = len(data)
    return said.unparse(resolved=True) + b"\nstream\n" + data + b"\nendstream"


class _Marker:
    """Puts one line on every page. Font, form and streams are in the file once; a page costs its own entry alone."""

    def __init__(self, document: pikepdf.Pdf, update: _Update, line: str, *, is_signed: bool) -> None:
        self.document, self.update, self.line, self.is_signed = document, update, line, is_signed
        width = len(line) * ADVANCE * SIZE / 1000
        left, low, high = BOX
        self.box = (left, low, width - left, high)
        said = Dictionary(
            Type=Name.XObject,
            Subtype=Name.Form,
            BBox=Array([_number(each) for each in self.box]),
            Resources=Dictionary(Font=Dictionary(Mark=_font(update, line))),
        )
        shown = bytes(CODES[sign] for sign in line).hex().encode()
        words = b"q %b BT /Mark %b Tf <%b> Tj ET Q" % (GREY, _plain(SIZE), shown)
        self.form = update.add(words, said)
        self.opened = None if is_signed else update.add(b"q\n")
        self.closing: dict[tuple[float, ...], Object] = {}

    def each_page(self) -> None:
        for page in self.document.pages:
            matrix = _placed(page)
            if self.is_signed:
                self._stamp(page.obj, matrix)
            else:
                self._draw(page.obj, matrix)
            self.update.put(page.obj, page.obj.unparse(resolved=True))

    def _draw(self, page: Object, matrix: tuple[float, ...]) -> None:
        """Within brackets of its own, whatever the page's own drawing leaves behind."""
        contents = page.get("/Contents", Array())
        inner = list(contents) if isinstance(contents, Array) else [contents]
        page.Contents = Array([self.opened, *inner, self._closing(matrix)])
        resources = _inherited(page, "/Resources")
        mine = Dictionary(dict(resources.items())) if resources is not None else Dictionary()
        mine.XObject = Dictionary({**dict(mine.get("/XObject", Dictionary()).items()), "/CopyMark": self.form})
        page.Resources = mine

    def _closing(self, matrix: tuple[float, ...]) -> Object:
        if matrix not in self.closing:
            words = b" ".join(_plain(each) for each in matrix)
            self.closing[matrix] = self.update.add(b"\nQ\n/Artifact BMC q %b cm /CopyMark Do Q EMC\n" % words)
        return self.closing[matrix]

    def _stamp(self, page: Object, matrix: tuple[float, ...]) -> None:
        """Printed with the page, and neither to be moved nor to be taken off by hand."""
        a, b, c, d, e, f = matrix
        left, low, right, high = self.box
        corners = [(a * x + c * y + e, b * x + d * y + f) for x, y in ((left, low), (right, high))]
        (x0, y0), (x1, y1) = corners
        stamp = Dictionary(
            Type=Name.Annot,
            Subtype=Name.Stamp,
            Rect=Array([_number(each) for each in (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))]),
            F=4 | 64 | 128,  # printed, read only, locked
            Contents=String(self.line),
            AP=Dictionary(N=self.form),
            P=page,
        )
        page.Annots = Array([*page.get("/Annots", Array()), self.update.add(stamp)])


def _placed(page: pikepdf.Page) -> tuple[float, ...]:
    """From the line's own corner to its place at the lower left of the page as it is seen, turned or not."""
    x0, y0, x1, y1 = (float(each) for each in page.cropbox)
    turn = int(_inherited(page.obj, "/Rotate") or 0) % 360
    return {
        0: (1.0, 0.0, 0.0, 1.0, x0 + LEFT, y0 + UP),
        90: (0.0, 1.0, -1.0, 0.0, x1 - UP, y0 + LEFT),
        180: (-1.0, 0.0, 0.0, -1.0, x1 - LEFT, y1 - UP),
        270: (0.0, -1.0, 1.0, 0.0, x0 + UP, y1 - LEFT),
    }[turn]


def _inherited(page: Object, key: str) -> Any:
    at: Object | None = page
    for _ in range(50):  # deeper than any tree of pages that is one
        if at is None or key in at:
            break
        at = at.get("/Parent")
    return None if at is None else at.get(key)


def _font(update: _Update, line: str) -> Object:
    """The signs of this line as drawings: a font that needs no other, and says which letters they are."""
    used = sorted(set(line), key=CODES.__getitem__)
    named = {sign: f"/s{CODES[sign]}" for sign in used}
    first, last = CODES[used[0]], CODES[used[-1]]
    present = {CODES[sign] for sign in used}
    letters = b"\n".join(b"<%02X> <%04X>" % (CODES[sign], ord(sign)) for sign in used)
    return update.add(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.Type3,
            FontBBox=Array([0, -PEN, ADVANCE, 12 * UNIT + PEN]),
            FontMatrix=Array([_number(0.001), 0, 0, _number(0.001), 0, 0]),
            FirstChar=first,
            LastChar=last,
            Widths=Array([ADVANCE if code in present else 0 for code in range(first, last + 1)]),
            Encoding=Dictionary(
                Type=Name.Encoding,
                Differences=Array([each for sign in used for each in (CODES[sign], Name(named[sign]))]),
            ),
            CharProcs=Dictionary({named[sign]: update.add(_drawn(sign)) for sign in used}),
            Resources=Dictionary(),
            ToUnicode=update.add(TO_UNICODE % (len(used), letters)),
        )
    )


TO_UNICODE = b"""/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /CopyMark def
/CMapType 2 def
1 begincodespacerange
<00> <FF>
endcodespacerange
%d beginbfchar
%b
endbfchar
endcmap
CMapName currentdict /CMap defineresource pop
end
end"""


def _drawn(sign: str) -> bytes:
    out = [b"%d 0 d0 %d w 1 J 1 j" % (ADVANCE, PEN)]
    for stroke in filter(None, STROKES[sign].split("|")):
        points = [(int(x) * UNIT + PEN // 2, int(y, 16) * UNIT) for x, y in map(tuple, stroke.split(" "))]
        out += [b"%d %d %b" % (x, y, b"l" if i else b"m") for i, (x, y) in enumerate(points)]
        out.append(b"S")
    return b"\n".join(out)


def _plain(number: float) -> bytes:
    return f"{number:.3f}".rstrip("0").rstrip(".").encode()


def _number(number: float) -> Any:
    return Object.parse(_plain(number))
