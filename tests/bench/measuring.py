"""Measuring: an operation is done many times by several visitors at once, and what the server used is divided."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from tests.bench.processes import Meter, machine_busy
from tests.bench.visitors import Person, Unexpected

Act = Callable[[Person], Awaitable[object]]
AT_ONCE = 4
GIVES_UP = 20  # errors


@dataclass
class Measured:
    """One run of one operation. CPU in milliseconds per operation that was answered as it should be."""

    operation: str
    done: int
    errors: int = 0
    app_ms: float = 0.0
    database_ms: float = 0.0
    wall_s: float = 0.0
    p50_ms: float | None = None
    p95_ms: float | None = None
    other_cores: float | None = None  # used meanwhile by neither the server nor us: how noisy it was
    first_error: str = ""
    notes: dict[str, Any] = field(default_factory=dict)

    @property
    def server_ms(self) -> float:
        return self.app_ms + self.database_ms

    def record(self) -> dict[str, Any]:
        return {name: _short(value) for name, value in asdict(self).items()} | {"server_ms": _short(self.server_ms)}


async def measure(
    operation: str,
    people: Sequence[Person],
    act: Act,
    meter: Meter,
    *,
    at_once: int = AT_ONCE,
    pause: float = 0.0,
    finish: Callable[[], Awaitable[object]] | None = None,
) -> Measured:
    """Each of the people does it once; `finish` is what has to be over before the run is.

    With a pause they come one by one, and what the idle server uses is taken off.
    """
    idle = await _idle(meter) if pause else 0.0
    times: list[float] = []
    errors: list[str] = []
    app, database, busy = meter.app(), meter.database(), machine_busy()
    own, clock = time.process_time(), time.perf_counter()
    await _drive(iter(people), act, 1 if pause else at_once, pause, times, errors)
    if finish:
        await finish()
    wall, own = time.perf_counter() - clock, time.process_time() - own
    await asyncio.sleep(0.05)  # until the last answer's processes are done with it
    app, database, busy = meter.app() - app, meter.database() - database, machine_busy() - busy
    done = max(1, len(times))
    return Measured(
        operation,
        done=len(times),
        errors=len(errors),
        app_ms=1000 * max(0.0, app - idle * wall) / done,
        database_ms=1000 * database / done,
        wall_s=wall,
        p50_ms=1000 * statistics.median(times) if times else None,
        p95_ms=1000 * sorted(times)[int(0.95 * (len(times) - 1))] if times else None,
        other_cores=max(0.0, busy - app - database - own) / wall,
        first_error=errors[0] if errors else "",
    )


async def _drive(
    people: Iterator[Person], act: Act, at_once: int, pause: float, times: list[float], errors: list[str]
) -> None:
    async def visitor() -> None:
        for who in people:
            if len(errors) >= GIVES_UP:
                return
            began = time.perf_counter()
            try:
                await act(who)
                times.append(time.perf_counter() - began)
            except (Unexpected, OSError, TimeoutError, asyncio.IncompleteReadError) as fault:
                errors.append(f"{type(fault).__name__}: {fault}")
            await asyncio.sleep(pause)

    await asyncio.gather(*(visitor() for _ in range(at_once)))


async def _idle(meter: Meter, seconds: float = 2.0) -> float:
    """CPU seconds a second that the server uses while nobody comes."""
    before = meter.app()
    await asyncio.sleep(seconds)
    return (meter.app() - before) / seconds


def _short(value: Any) -> Any:
    return round(value, 4) if isinstance(value, float) else value
