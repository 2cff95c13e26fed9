"""Glyph zero: an empty box is seen on the page, and nothing else is taken for one."""

import io
from pathlib import Path

import pikepdf
import pytest

from campaign.gateways import glyph_zero
from campaign.gateways.printer import TypstPrinter
from tests.gateways.situations import volume


@pytest.mark.feature(114)
def test_glyph_zero_is_found_where_the_page_shows_it(tmp_path: Path) -> None:
    pdf = (
        TypstPrinter(tmp_path)
        .alone("signature-sheet", volume([["Leïla Benhaddou", "France", "2017-05-01", "N"]] * 45))
        .pdf
    )
    assert glyph_zero.examine(pdf) == (2, [])
    assert glyph_zero.examine(_with_first_glyph_empty(pdf, page=1)) == (2, [2])


def test_two_zero_bytes_are_looked_at_however_they_are_spelled() -> None:
    for spelled in (
        b"(\0\0)",
        rb"(\000\000)",
        b"(\0\\000)",
        rb"(\0\0)",
        rb"(\00\000)",
        b"(\0\\\n\0)",
        b"(\\000\\\r\\000)",
        b"<0000>",
        b"<0041 00 00>",
        b"<0041000>",
    ):
        assert glyph_zero._may_hold_zeros(spelled), spelled
    for other in (b"(\0A\0B)", rb"(\000A\001\002)", b"<0041>", b"<01000034>"):
        assert not glyph_zero._may_hold_zeros(other), other


def _with_first_glyph_empty(pdf: bytes, page: int) -> bytes:
    """The same page with its glyphs replaced by number 0, as a font without the letter would show it."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        stream = []
        for instruction in pikepdf.parse_content_stream(document.pages[page]):
            operands = list(instruction.operands)
            if str(instruction.operator) == "TJ":
                operands = [pikepdf.Array([pikepdf.String(b"\0\1\0\0\0\2")])]
            stream.append((operands, instruction.operator))
        document.pages[page].Contents = document.make_stream(pikepdf.unparse_content_stream(stream))
        out = io.BytesIO()
        document.save(out)
    return out.getvalue()
