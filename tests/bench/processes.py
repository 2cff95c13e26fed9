"""What the server's processes used, read from /proc: CPU to the nanosecond, without asking the server.

Absolute times drift with the machine; CPU per operation, and ratios inside one run, do not depend on how hungry
the client is. A PostgreSQL server may be shared, so only the backends of our own database are counted.
"""

import contextlib
import os
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import psycopg

PROC = Path("/proc")
TICK = os.sysconf("SC_CLK_TCK")


def runtime(pid: int) -> float:
    """CPU seconds of one process so far, all its threads."""
    try:
        stats = [task.joinpath("schedstat").read_text() for task in PROC.joinpath(str(pid), "task").iterdir()]
        return sum(int(stat.split()[0]) for stat in stats) / 1e9
    except FileNotFoundError:  # a kernel without schedstat, or a process that has ended
        fields = PROC.joinpath(str(pid), "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK


def tree(root: int) -> list[int]:
    """The process and all below it."""
    children: dict[int, list[int]] = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, ValueError):
                parent = entry.joinpath("stat").read_text().rpartition(")")[2].split()[1]
                children.setdefault(int(parent), []).append(int(entry.name))
    found, todo = [], [root]
    while todo:
        found.append(todo.pop())
        todo += children.get(found[-1], [])
    return found


def machine_busy() -> float:
    """CPU seconds that the whole machine has not been idle."""
    fields = [int(n) for n in PROC.joinpath("stat").read_text().splitlines()[0].split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / TICK


class Backends:
    """The processes that a PostgreSQL server runs for one database, asked over a connection to another one."""

    def __init__(self, server: str, database: str) -> None:
        self._connection = psycopg.connect(server, autocommit=True)
        self._database = database

    def pids(self) -> list[int]:
        found = self._connection.execute("SELECT pid FROM pg_stat_activity WHERE datname = %s", [self._database])
        return [pid for (pid,) in found]

    def close(self) -> None:
        self._connection.close()


class Meter:
    """CPU seconds of process trees and of a database's backends. The dead keep what was last read of them."""

    def __init__(self, roots: Sequence[int], backends: Backends | None) -> None:
        self.roots = list(roots)
        self.backends = backends
        self._of_app: dict[int, float] = {}
        self._of_database: dict[int, float] = {}

    def app(self) -> float:
        return _look([pid for root in self.roots for pid in tree(root)], self._of_app)

    def database(self) -> float:
        return _look(self.backends.pids(), self._of_database) if self.backends else 0.0

    @contextlib.contextmanager
    def watching(self, pause: float = 0.1) -> Iterator[None]:
        """Look at the backends all the while, so that what they used is known when they end."""
        over = threading.Event()

        def look() -> None:
            while not over.wait(pause):
                self.database()

        thread = threading.Thread(target=look, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


def _look(pids: Sequence[int], known: dict[int, float]) -> float:
    for pid in pids:
        with contextlib.suppress(OSError, ValueError):
            known[pid] = runtime(pid)
    return sum(known.values())
