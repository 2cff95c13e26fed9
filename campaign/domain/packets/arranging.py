"""Arranging: which line stands on which sheet of which volume.

By number, line n stands on sheet ⌈n / 40⌉ on every paper. By country, each country begins a sheet; within it lines
go by their number and keep it. A line stands under a country only if it prints that country and the country may be
told apart: countries where few signed, or where signing is dangerous, are one group, and lines that print no country
are another. So the place of a line says nothing that the line does not say itself.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from campaign.domain import frozen
from campaign.domain.packets.lining import PER_SHEET, PER_VOLUME, Line, Rules
from campaign.models.packet import Arranged, PrintedAs

SHEETS = PER_VOLUME // PER_SHEET
OTHERS = ""  # lines of countries that are not told apart
UNTOLD = "-"  # lines that print no country
_VOID = {PrintedAs.WITHDRAWN, PrintedAs.REMOVED}


def section_of(line: Line, given: Rules) -> str:
    if line.form not in (PrintedAs.NAME, PrintedAs.INITIALS, PrintedAs.NO_GLYPH):
        return UNTOLD
    return given.shared_country(line.country) or OTHERS


@dataclass(frozen=True)
class Piece:
    """Lines of one section in one volume; `sheet` is the first of them among the `sheets` of the section."""

    code: str
    lines: int
    sheet: int
    sheets: int


@dataclass
class Volume:
    """Places, not numbers, where lines are arranged by country. `first_sheet` runs through all volumes."""

    first: int
    last: int
    first_sheet: int
    pieces: list[Piece] = field(default_factory=list)


def by_number(lines: int) -> list[Volume]:
    return [
        Volume(n, min(n + PER_VOLUME - 1, lines), (n - 1) // PER_SHEET + 1) for n in range(1, lines + 1, PER_VOLUME)
    ]


def by_section(sections: Iterable[tuple[str, int]]) -> list[Volume]:
    """Volumes of a hundred sheets each, every section on a sheet of its own."""
    volumes: list[Volume] = []
    room, sheet, place = 0, 1, 1
    for code, lines in sections:
        sheets, done = -(-lines // PER_SHEET), 0
        while done < sheets:
            if not room:
                volumes.append(Volume(place, place - 1, sheet))
                room = SHEETS
            taken = min(room, sheets - done)
            many = min(taken * PER_SHEET, lines - done * PER_SHEET)
            volumes[-1].pieces.append(Piece(code, many, done + 1, sheets))
            volumes[-1].last += many
            room, done, sheet, place = room - taken, done + taken, sheet + taken, place + many
    return volumes


class Held:
    """All frozen lines of a packet, kept small: a million of them are in memory at once."""

    def __init__(self) -> None:
        self.forms: list[PrintedAs] = []
        self.hashes = bytearray()  # 32 for each line
        self.sections: dict[str, array[int]] = {}

    def add(self, line: Line, hashed: bytes, given: Rules) -> None:
        self.forms.append(line.form)
        self.hashes += hashed
        self.sections.setdefault(section_of(line, given), array("I")).append(line.number)

    def volumes(self, arranged: Arranged, codes: Sequence[str]) -> "Iterator[Bound]":
        """In the order of print. `codes`: the countries in the order in which the page of totals has them."""
        if arranged is Arranged.NUMBER:
            for no, volume in enumerate(by_number(len(self.forms)), 1):
                yield Bound(self, no, volume, range(volume.first, volume.last + 1))
            return
        found = [(code, self.sections[code]) for code in (*codes, OTHERS, UNTOLD) if code in self.sections]
        order = array("I")
        for _, numbers in found:
            order += numbers
        for no, volume in enumerate(by_section((code, len(numbers)) for code, numbers in found), 1):
            yield Bound(self, no, volume, order[volume.first - 1 : volume.last])


@dataclass
class Bound:
    """One volume with its frozen lines."""

    held: Held
    no: int
    volume: Volume
    numbers: Sequence[int]

    def hash_of(self, number: int) -> bytes:
        return bytes(self.held.hashes[32 * (number - 1) : 32 * number])

    def columns(self) -> dict[str, Sequence[Any]]:
        """Its rows, by column; by number a line has no other place."""
        place = {"place": range(self.volume.first, self.volume.last + 1)} if self.volume.pieces else {}
        return {
            "number": self.numbers,
            "printed_as": [self.held.forms[number - 1] for number in self.numbers],
            "line_hash": [self.hash_of(number) for number in self.numbers],
            **place,
        }

    def record(self) -> dict[str, Any]:
        """What the seal hashes of it; by country also which sections it holds."""
        forms = [self.held.forms[number - 1] for number in self.numbers]
        lines = ((number, form, self.hash_of(number).hex()) for number, form in zip(self.numbers, forms, strict=True))
        found = {
            "no": self.no,
            "first": self.volume.first,
            "last": self.volume.last,
            "counted": sum(form not in _VOID for form in forms),
            "sha256": frozen.digest(frozen.lines_file(lines)),
        }
        if not self.volume.pieces:
            return found
        pieces = [[p.code, p.lines, p.sheet, p.sheets] for p in self.volume.pieces]
        return {**found, "first_sheet": self.volume.first_sheet, "sections": pieces}


def first_sheet(volume: dict[str, Any]) -> int:
    """Of a volume as it was frozen."""
    sheet: int = volume.get("first_sheet") or (volume["first"] - 1) // PER_SHEET + 1
    return sheet


def last_sheet(volume: dict[str, Any]) -> int:
    if "sections" in volume:
        sheets: int = sum(-(-lines // PER_SHEET) for _, lines, _, _ in volume["sections"])
        return first_sheet(volume) + sheets - 1
    return -(-int(volume["last"]) // PER_SHEET)
