"""Drawings as bare numbers: what the templates need to draw a line or a row of strokes in SVG.

Our own, because a page may hold no inline style or script, and because every drawing has a table beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

_LEFT, _RIGHT, _FLOOR, _TOP = 6, 554, 98, 10
_WEEK = 6  # units between two strokes


@dataclass(frozen=True)
class Spark:
    line: str
    area: str
    end: tuple[float, float]
    width: int = 560
    height: int = 104
    left: int = _LEFT
    right: int = _RIGHT
    floor: int = _FLOOR


@dataclass(frozen=True)
class Growth:
    """Signatures per day, without gaps; `weeks` is the same as a short table."""

    first: str
    last: str
    busiest: tuple[str, int]
    spark: Spark
    weeks: list[tuple[str, int]]


@dataclass(frozen=True)
class Weeks:
    width: int
    strokes: str
    marks: list[int]
    count: int


def growth(days: Sequence[tuple[str, int]], before: str) -> Growth | None:
    """How a petition has grown on the whole days `before` today; None with fewer than two, which is no line."""
    whole = _without_gaps([row for row in days if row[0] < before])
    if len(whole) < 2:
        return None
    weeks = [(whole[i][0], sum(n for _, n in whole[i : i + 7])) for i in range(0, len(whole), 7)]
    busiest = max(whole, key=lambda row: row[1])
    return Growth(whole[0][0], whole[-1][0], busiest, _spark([n for _, n in whole]), weeks)


def weeks(days: int, marked: Sequence[int]) -> Weeks:
    """One stroke for each week of `days`; the weeks of the `marked` days stand taller."""
    count = days // 7 + 1
    strokes = "".join(f"M{_x(week)} 16V40" for week in range(count))
    return Weeks(count * _WEEK, strokes, sorted({_x(min(day // 7, count - 1)) for day in marked}), count)


def _x(week: int) -> int:
    return week * _WEEK + _WEEK // 2


def _without_gaps(days: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """Every day from the first to the last; a day on which more withdrew than signed is drawn as none."""
    if not days:
        return []
    known = dict(days)
    first, last = date.fromisoformat(min(known)), date.fromisoformat(max(known))
    every = [(first + timedelta(days=i)).isoformat() for i in range((last - first).days + 1)]
    return [(each, max(0, known.get(each, 0))) for each in every]


def _spark(values: Sequence[int]) -> Spark:
    top = max(values) or 1
    step = (_RIGHT - _LEFT) / (len(values) - 1)
    points = [
        (round(_LEFT + i * step, 1), round(_FLOOR - value / top * (_FLOOR - _TOP), 1)) for i, value in enumerate(values)
    ]
    line = " ".join(f"{x},{y}" for x, y in points)
    return Spark(line=line, area=f"{_LEFT},{_FLOOR} {line} {_RIGHT},{_FLOOR}", end=points[-1])


@dataclass(frozen=True)
class Columns:
    """One column each, drawn twice: all of it behind, the part of it in front. Paths for SVG."""

    width: int
    height: int
    behind: str
    front: str
    top: int  # what the highest column stands for


def columns(pairs: Sequence[tuple[int, int]], height: int = 96) -> Columns:
    """Columns of a whole and a part of it, side by side without gaps in time."""
    top = max((whole for whole, _part in pairs), default=0)
    step = 12

    def path(values: Sequence[int]) -> str:
        tall = [(i, round(value / top * height, 1)) for i, value in enumerate(values) if value]
        return "".join(f"M{i * step + step // 2} {height}v-{h}" for i, h in tall)

    return Columns(
        max(len(pairs), 1) * step, height, path([whole for whole, _ in pairs]), path([part for _, part in pairs]), top
    )


@dataclass(frozen=True)
class Piece:
    """A piece of a stack: which part it is, where it begins and how long it is."""

    part: int
    x: float
    y: int
    width: float


@dataclass(frozen=True)
class Stacks:
    width: int
    height: int
    bar: int
    pieces: list[Piece]


def stacks(rows: Sequence[Sequence[int]], width: int = 560, line: int = 22, bar: int = 14) -> Stacks:
    """One lying stack for each row, its parts end to end, the longest as long as the drawing is wide."""
    top = max((sum(row) for row in rows), default=0) or 1
    pieces = []
    for i, row in enumerate(rows):
        x = 0.0
        for part, value in enumerate(row):
            if value:
                pieces.append(Piece(part, round(x, 1), i * line + (line - bar) // 2, round(value / top * width, 1)))
                x += value / top * width
    return Stacks(width, max(len(rows), 1) * line, bar, pieces)
