"""A memory of one second: what is the same for everybody is made once a second in each process.

It holds facts and finished HTML, never a form that somebody sent. A take-down or a switch is seen a second later.
What does not exist is not remembered, so that made-up addresses cannot fill it.
"""

from collections.abc import Callable, Hashable
from time import monotonic
from typing import Any, TypeVar

from flask import current_app

T = TypeVar("T")
LASTS = 1.0  # seconds
ROOM = 500  # things, before what is over is swept out


class Memory:
    """What was made within the last second, by key."""

    def __init__(self, lasts: float = LASTS, clock: Callable[[], float] = monotonic) -> None:
        self._lasts, self._clock = lasts, clock
        self._kept: dict[Hashable, tuple[float, Any]] = {}

    def keep(self, key: Hashable, make: Callable[[], T | None]) -> T | None:
        """What is remembered under `key`, or what `make` returns; None is passed on and not remembered."""
        now = self._clock()
        known = self._kept.get(key)
        if known and known[0] > now:
            return known[1]  # type: ignore[no-any-return]
        made = make()
        if made is not None:
            self._sweep(now)
            self._kept[key] = (now + self._lasts, made)
        return made

    def _sweep(self, now: float) -> None:
        if len(self._kept) < ROOM:
            return
        kept = {key: value for key, value in self._kept.items() if value[0] > now}
        self._kept = kept if len(kept) < ROOM else {}

    def forget(self) -> None:
        self._kept = {}


def memory() -> Memory:
    """That of the running app."""
    kept: Memory = current_app.extensions.setdefault("public_memory", Memory())
    return kept
