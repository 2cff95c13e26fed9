"""What a piece of work in this very process cost: its CPU, that of its children, and of its database."""

import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.bench.processes import Backends, Meter


class Spent:
    cpu_s = 0.0  # of this process and its children
    db_cpu_s = 0.0
    wall_s = 0.0


@contextmanager
def spending() -> Iterator[Spent]:
    spent = Spent()
    server = os.environ.get("BENCH_SERVER", "")
    meter = Meter([], Backends(server, os.environ["BENCH_DATABASE"]) if server else None)
    with meter.watching():
        database, own, clock = meter.database(), _own(), time.perf_counter()
        yield spent
        spent.wall_s, spent.cpu_s = time.perf_counter() - clock, _own() - own
    spent.db_cpu_s = meter.database() - database


def _own() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def peak_mb() -> dict[str, float]:
    """The most memory that this process, and that any of its children, ever held. MB."""
    whose = {"own": resource.RUSAGE_SELF, "child": resource.RUSAGE_CHILDREN}
    return {name: round(resource.getrusage(who).ru_maxrss / 1024, 1) for name, who in whose.items()}
