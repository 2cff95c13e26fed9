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
