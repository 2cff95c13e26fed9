"""Every shape in which a name or an address could lie about in a file: folded, escaped, encoded, cut."""

import base64
import html
import json
import quopri
from collections.abc import Iterator
from unicodedata import normalize
from urllib.parse import quote, quote_plus

from campaign.domain import spellings

SHORTEST = 6  # bytes; what is shorter stands in files by chance


def disguises(text: str) -> set[bytes]:
    """All of them, as bytes to look for."""
    found = {shape for folded in _folded(text) for shape in _escaped(folded) | set(_encoded(folded))}
    return {shape for shape in found if len(shape) >= SHORTEST}


def leaks(texts: set[str], content: bytes) -> list[str]:
    """Which of the texts stand in the content, in whatever shape."""
    small = content.lower()
    return sorted(t for t in texts if any(shape in content or shape.lower() in small for shape in disguises(t)))


def _folded(text: str) -> set[str]:
    forms = {text, text.casefold(), text.upper(), spellings.search_key(text), spellings.skeleton(text)}
    return {normalize(form, each) for each in forms for form in ("NFC", "NFD")}


def _escaped(text: str) -> set[bytes]:
    shapes = {
        json.dumps(text)[1:-1],
        text.encode("unicode_escape").decode(),
        repr(text.encode())[2:-1],
        html.escape(text),
        text.encode("ascii", "xmlcharrefreplace").decode(),
        quote(text, safe=""),
        quote_plus(text),
        quote_plus(quote(text)),
    }
    return {shape.encode() for shape in shapes} | {quopri.encodestring(text.encode()).strip()}


def _encoded(text: str) -> Iterator[bytes]:
    for codec in ("utf-8", "utf-16-le", "utf-16-be", "latin-1"):
        raw = text.encode(codec, "ignore")
        yield raw
        yield raw.hex().encode()
        for before in (b"", b"\0", b"\0\0"):  # wherever in a longer text it begins
            for alphabet in (base64.b64encode, base64.urlsafe_b64encode):
                coded = alphabet(before + raw).rstrip(b"=")
                yield coded[4 if before else 0 : len(coded) - 2]
