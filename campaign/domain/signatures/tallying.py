"""What a count may say in public: the next goal, and totals by country in which nobody stands alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

LEAST_SHOWN = 10  # signatures; a country with fewer is shown among the others
_STEPS = (1, 2, 5)


@dataclass(frozen=True)
class Countries:
    """Countries with their signatures, most first; `others` is the sum of those too small to be shown."""

    shown: tuple[tuple[str, int], ...]
    others: int


def by_country(counts: Mapping[str, int] | Iterable[tuple[str, int]]) -> Countries:
    """Totals by country for any page, file or sheet that people other than staff read."""
    rows = [(code, n) for code, n in dict(counts).items() if n > 0]
    shown = sorted((row for row in rows if row[1] >= LEAST_SHOWN), key=lambda row: (-row[1], row[0]))
    return Countries(tuple(shown), sum(n for _, n in rows if n < LEAST_SHOWN))


def next_goal(count: int, goal: int) -> int:
    """The goal to show: the one that was set and, once it is passed, the next of 1, 2, 5 × a power of ten."""
    if count < goal:
        return goal
    power = 10
    while True:
        for step in _STEPS:
            if step * power > count:
                return step * power
        power *= 10
