"""One table: what each operation costs the server, against the floor, against its target, and as signatures grow."""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.bench.measuring import Measured

FLOORS = {"floor_page": 0.56, "floor_insert": 0.80}  # ms, on the two cores on which the targets were set
GROWTH = 1.1  # how much dearer an operation may become with a hundred or a thousand times the signatures


@dataclass(frozen=True)
class Operation:
    """`floor` names what bare Flask does for the same, as often as each."""

    key: str
    label: str
    target: float | None = None  # ms of the server's CPU
    floor: Sequence[str] = ()
    grows: bool = False  # whether it is held to GROWTH


OPERATIONS = (
    Operation("floor_page", "floor: bare Flask, template and SELECT"),
    Operation("floor_insert", "floor: bare Flask, INSERT committed"),
    Operation("page", "petition page", 1.5, ["floor_page"], grows=True),
    Operation("page_unchanged", "petition page, unchanged (304)", 0.7, ["floor_page"], grows=True),
    Operation("page_anew", "petition page, made anew (once a second)", None, ["floor_page"]),
    Operation("count", "count.json", 0.7, ["floor_page"], grows=True),
    Operation("home", "home", 2.0, ["floor_page"]),
    Operation("sign", "sign: POST", 3.0, ["floor_insert"], grows=True),
    Operation("sign_browser", "sign: GET, POST, page after", 6.0, ["floor_page", "floor_insert", "floor_page"]),
    Operation("sign_again", "sign again: POST", 3.0, ["floor_insert"], grows=True),
    Operation("confirm", "confirm: POST", 2.0, ["floor_insert"], grows=True),
    Operation("letter", "letter rendered and sent", 2.5),
    Operation("news", "letter of news addressed and sent", 2.5),
    Operation("whole", "whole signature, form to count", 12.0),
    Operation("row", "packet, per line, sealed and built", 0.2),
)


def medians(found: Iterable[Measured]) -> dict[str, float]:
    """Milliseconds of the server's CPU by operation."""
    runs: dict[str, list[float]] = {}
    for one in found:
        runs.setdefault(one.operation, []).append(one.server_ms)
    return {operation: statistics.median(values) for operation, values in runs.items()}


@dataclass(frozen=True)
class Row:
    operation: Operation
    by_column: Mapping[str, float]
    floor_ratio: float | None
    target_ratio: float | None
    slowness: float  # of this machine at this hour, see slowness()
    growth: float | None

    def record(self) -> dict[str, Any]:
        ratios = {
            "floor_ratio": self.floor_ratio,
            "target_ratio": self.target_ratio,
            "fair_target_ratio": self.fair_ratio,
            "growth": self.growth,
        }
        return {
            "operation": self.operation.key,
            "target_ms": self.operation.target,
            "medians_ms": {name: round(ms, 4) for name, ms in self.by_column.items()},
            **{name: None if ratio is None else round(ratio, 3) for name, ratio in ratios.items()},
            "misses": self.misses,
        }

    @property
    def fair_ratio(self) -> float | None:
        """To the target as it would be on a machine as slow as this one is now."""
        return None if self.target_ratio is None else self.target_ratio / self.slowness

    @property
    def misses(self) -> bool:
        too_dear = self.fair_ratio is not None and self.fair_ratio > 1
        return too_dear or (self.operation.grows and self.growth is not None and self.growth > GROWTH)


def slowness(column: Mapping[str, float]) -> float:
    """How much more bare Flask costs here and now than where the targets were set; 1 where it was not measured."""
    found = [column[key] / ms for key, ms in FLOORS.items() if column.get(key)]
    return statistics.mean(found) if found else 1.0


def rows(columns: Mapping[str, Mapping[str, float]], judged: str, smaller: str | None) -> list[Row]:
    """`columns` are medians; `judged` is compared with floor and target, and with `smaller`, the same site before.

    What was not measured on the judged one is judged by the first that has it. Growth is in floors of its own hour.
    """
    found = []
    for operation in OPERATIONS:
        values = {name: column[operation.key] for name, column in columns.items() if operation.key in column}
        if not values:
            continue
        ms = values.get(judged, next(iter(values.values())))
        floor = sum(columns[judged].get(key, 0.0) for key in operation.floor)
        before = values.get(smaller) if smaller and judged in values else None
        drift = slowness(columns[judged]) / slowness(columns[smaller]) if before and smaller else 1.0
        found.append(
            Row(
                operation,
                values,
                ms / floor if floor else None,
                ms / operation.target if operation.target else None,
                slowness(columns[judged]),
                ms / before / drift if before else None,
            )
        )
    return found


def printed(found: Sequence[Row], columns: Sequence[str]) -> str:
    """The table as text; “!” marks what misses its target."""
    head = ["CPU ms per operation, server", *columns, "× floor", "target", "× target", "at our floor", "× growth", ""]
    lines = [head] + [
        [
            row.operation.label,
            *(_number(row.by_column.get(name), 3 if row.operation.key == "row" else 2) for name in columns),
            _number(row.floor_ratio, 1),
            _number(row.operation.target, 1),
            _number(row.target_ratio, 2),
            _number(row.fair_ratio, 2),
            _number(row.growth, 2),
            "!" if row.misses else "",
        ]
        for row in found
    ]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    text = [
        "  ".join(
            cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    ]
    return "\n".join([text[0], "-" * len(text[0]), *text[1:]])


def _number(value: float | None, places: int) -> str:
    return "" if value is None else f"{value:.{places}f}"
