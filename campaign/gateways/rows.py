"""Rows: what the template of signature sheets needs to know of each line, worked out before Typst sees it.

Typst takes ten times as long for the same, and remembers every call. Sizes stay with the template: here nothing is
known of columns or points.
"""

from collections.abc import Collection
from functools import lru_cache
from typing import Any

import regex

from campaign.gateways.faces import Faces

SAYS_WHERE = frozenset("NIG")  # forms of a line that shows its country and its day
SET_APART = "\u2067{}\u2069"  # from right to left, whatever stands beside it
PLAIN = "\u0483"  # below: Latin, Greek, Cyrillic; none from right to left, and hardly a letter of several signs
_BACKWARDS = regex.compile(
    r"[^\p{L}]*[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFF\U00010800-\U00010FFF\U0001E800-\U0001EFFF]"
)
_LETTER = regex.compile(r"\X")

Row = list[Any]


class TwoLines(ValueError):
    """A name of two lines, which signing never accepts, would move every line below it away from its number."""


def prepared(volume: dict[str, Any], families: Collection[str], comma: str) -> dict[str, Any]:
    """The volume with each row as the template takes it, and with the faces, countries and days that stand in them.

    [shown text, country, day, form], by country with its number behind, becomes [number as printed, form, text to
    set, face or "" for the common list, bytes and letters of the name, country, day]. Raises TwoLines.
    """
    names = [row[0] for row in volume["rows"]]
    if len("".join(names).splitlines()) > 1:
        raise TwoLines
    faces, first = _faces(tuple(families)).each(names), volume["first"]
    rows = [
        [f"{own[0] if own else first + at:,}".replace(",", comma), form, *_set(name, face), country, day]
        for at, ((name, country, day, form, *own), face) in enumerate(zip(volume["rows"], faces, strict=True))
    ]
    told = [row for row in rows if row[1] in SAYS_WHERE]
    return {
        **volume,
        "rows": rows,
        "faces": sorted(set(faces)),
        "countries": sorted({row[6] for row in told}),
        "days": sorted({row[7] for row in told}),
    }


@lru_cache(maxsize=1)
def _faces(families: tuple[str, ...]) -> Faces:
    """Kept from volume to volume, as they remember every letter."""
    return Faces(families)


def _set(name: str, face: str) -> Row:
    if name.isascii():
        return [name, face, len(name), len(name)]
    if max(name) < PLAIN:
        return [name, face, len(name.encode()), len(name)]
    text = SET_APART.format(name) if _BACKWARDS.match(name) else name
    return [text, face, len(name.encode()), len(_LETTER.findall(name))]
