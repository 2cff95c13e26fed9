"""Counts of limits in the memory of this process, where no Redis is.

The storage that comes with the library starts a thread for each request and looks through every key it holds;
under a crowd, each from a network of its own, that costs more than signing does. This one looks at the key that is
asked for, and once a minute at all of them.
"""

import time
from collections import deque
from collections.abc import Callable
from threading import Lock

from limits.storage import MovingWindowSupport, Storage

SWEEP = 60.0  # seconds


class Counters(Storage, MovingWindowSupport):
    """`counters://`: moving windows keep the moment of each hit, fixed windows a number and when it ends."""

    STORAGE_SCHEME = ["counters"]  # noqa: RUF012 - the library reads it so

    def __init__(
        self,
        uri: str | None = None,
        wrap_exceptions: bool = False,
        clock: Callable[[], float] = time.time,
        **_options: str,
    ) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions)
        self._clock = clock
        self._guard = Lock()
        self._hits: dict[str, tuple[int, deque[float]]] = {}
        self._numbers: dict[str, tuple[int, float]] = {}
        self._swept = clock()

    @property
    def base_exceptions(self) -> type[Exception]:
        return ValueError

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        now = self._clock()
        with self._guard:
            self._sweep(now)
            hits = self._hits.setdefault(key, (expiry, deque()))[1]
            _drop(hits, now - expiry)
            if len(hits) + amount > limit:
                return False
            hits.extend([now] * amount)
            return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        now = self._clock()
        with self._guard:
            hits = self._hits.get(key, (expiry, deque[float]()))[1]
            _drop(hits, now - expiry)
            return (hits[0], len(hits)) if hits else (now, 0)

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        now = self._clock()
        with self._guard:
            self._sweep(now)
            number, ends = self._numbers.get(key, (0, 0.0))
            if ends <= now:
                number, ends = 0, now + expiry
            self._numbers[key] = number + amount, ends
            return number + amount

    def get(self, key: str) -> int:
        number, ends = self._numbers.get(key, (0, 0.0))
        return number if ends > self._clock() else 0

    def get_expiry(self, key: str) -> float:
        return self._numbers.get(key, (0, self._clock()))[1]

    def check(self) -> bool:
        return True

    def reset(self) -> int:
        with self._guard:
            held = len(self._hits) + len(self._numbers)
            self._hits, self._numbers = {}, {}
            return held

    def clear(self, key: str) -> None:
        with self._guard:
            self._hits.pop(key, None)
            self._numbers.pop(key, None)

    def _sweep(self, now: float) -> None:
        """Forget what is over, so that a crowd leaves nothing behind."""
        if now - self._swept < SWEEP:
            return
        self._swept = now
        self._numbers = {key: value for key, value in self._numbers.items() if value[1] > now}
        self._hits = {key: value for key, value in self._hits.items() if value[1] and value[1][-1] > now - value[0]}


def _drop(hits: deque[float], before: float) -> None:
    while hits and hits[0] <= before:
        hits.popleft()
