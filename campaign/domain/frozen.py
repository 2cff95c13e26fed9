"""Freezing: one spelling of every record, so that anybody gets the same hash from the same facts.

The seal is the SHA-256 of the frozen record (`seal.json`), which holds the hash of every part and of every
volume of lines. A line's own hash is keyed with a salt that stays in the database, so that nobody can
guess names from the published hashes.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Sequence
from typing import Any

from campaign.models.packet import PrintedAs

FrozenLine = tuple[int, PrintedAs, str]  # number, form, hex of the salted hash

_quoted = json.encoder.encode_basestring  # what `canonical` makes of a text; a million lines feel the difference
WITHHELD = {form.value for form in PrintedAs if form.is_withheld}


def canonical(record: Any) -> bytes:
    """JSON with sorted keys, no spaces, UTF-8: the one spelling that is hashed."""
    return json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def seal_of(record: dict[str, Any]) -> str:
    return digest(canonical(record))


def line_hash(salt: bytes, number: int, form: PrintedAs, shown: Sequence[str]) -> bytes:
    """HMAC-SHA256(salt, the line as it is printed, in the canonical spelling). 32 bytes."""
    spelled = f"[{number},{','.join([_quoted(text) for text in (form.value, *shown)])}]"
    return hmac.digest(salt, spelled.encode(), "sha256")


def lines_file(lines: Iterable[FrozenLine]) -> bytes:
    """One volume's lines as they lie beside the PDF: numbers, forms and salted hashes, no text."""
    return canonical([[number, form.value, hashed] for number, form, hashed in lines])


def tally(forms: Iterable[str]) -> dict[str, int]:
    """Totals by what the manifest calls them, from the forms of printed lines."""
    names = initials = withheld = withdrawn = removed = 0
    for form in forms:
        if form == PrintedAs.NAME:
            names += 1
        elif form == PrintedAs.INITIALS:
            initials += 1
        elif form == PrintedAs.WITHDRAWN:
            withdrawn += 1
        elif form == PrintedAs.REMOVED:
            removed += 1
        elif form in WITHHELD:
            withheld += 1
        else:
            raise ValueError("a line of an unknown form")
    return {
        "printed_names": names,
        "printed_initials": initials,
        "withheld": withheld,
        "withdrawn": withdrawn,
        "removed": removed,
    }


def reconciles(totals: dict[str, int]) -> bool:
    """counted = printed names + printed initials + withheld + paper."""
    parts = ("printed_names", "printed_initials", "withheld", "paper")
    return totals["counted"] == sum(totals[part] for part in parts)
