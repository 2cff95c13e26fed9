"""Glyph zero: what a font shows for a letter that it does not have, an empty box, looked for in a finished PDF.

Read from the operators that show text, as text extraction cannot see an empty box.
"""

import io
import re
from typing import Any

ZERO = rb"(?:\x00|\\(?:000|0{1,2}(?![0-7])))"
ZEROS = re.compile(ZERO + rb"(?:\\(?:\r\n?|\n))*" + ZERO)
ALIKE = bytes.maketrans(b"1234567\r", b"0000000\n")
MAYBE_HEXADECIMAL = re.compile(rb"<\s*[0-9A-Fa-f]")
HEXADECIMAL = re.compile(rb"<(?:(?:\s*[0-9A-Fa-f]){4})*?\s*0\s*0\s*0\s*[0>]")


def examine(pdf: bytes) -> tuple[int, list[int]]:
    """How many pages, and which of them show glyph 0."""
    import pikepdf

    with pikepdf.open(io.BytesIO(pdf)) as document:
        empty = [n for n, page in enumerate(document.pages, 1) if _shows_glyph_zero(page)]
        return len(document.pages), empty


def _shows_glyph_zero(page: Any) -> bool:
    """A page or a form inside one. Only where two zero bytes may meet is it read operator by operator."""
    import pikepdf

    resources = page.get("/Resources", {})
    if any(str(font.get("/Encoding")) != "/Identity-H" for font in resources.get("/Font", {}).values()):
        return True  # not two bytes a glyph, so this reading would see nothing
    contents = page.get("/Contents", page)
    streams = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
    if any(_may_hold_zeros(stream.read_bytes()) for stream in streams) and _reads_zero(page):
        return True
    inner = resources.get("/XObject", {}).values()
    return any(_shows_glyph_zero(form) for form in inner if form.get("/Subtype") == "/Form")


def _may_hold_zeros(content: bytes) -> bool:
    """Two zero bytes in a string, however it is spelled: as octal escapes, as they are, or in hexadecimal.

    A page of names is full of escapes of three figures, so each spelling is looked for by plain search: with all
    figures made alike, there are more escapes than escapes of three only where one has fewer.
    """
    if rb"\000\000" in content:
        return True
    alike = content.translate(ALIKE)
    odd = b"\0" in content or b"\\\n" in alike or alike.count(rb"\0") > alike.count(rb"\000")
    if odd and ZEROS.search(content):
        return True
    return MAYBE_HEXADECIMAL.search(content) is not None and HEXADECIMAL.search(content) is not None


def _reads_zero(page: Any) -> bool:
    import pikepdf

    for instruction in pikepdf.parse_content_stream(page, "Tj TJ ' \""):
        shown = instruction.operands[-1]
        for text in shown if isinstance(shown, pikepdf.Array) else [shown]:
            if isinstance(text, pikepdf.String) and _has_zero(bytes(text)):
                return True
    return False


def _has_zero(codes: bytes) -> bool:
    at = codes.find(b"\0\0")
    while at >= 0 and at % 2:
        at = codes.find(b"\0\0", at + 1)
    return at >= 0
