"""`make bench`: what each operation costs the server, in one table and as JSON under instance/bench/.

It measures and says; it never fails a build. Everything runs on 127.0.0.1, on databases made for it.
"""

import argparse
import asyncio
import json
import os
import platform
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from tests.bench import rounds, table
from tests.bench.measuring import Measured
from tests.bench.post import Sink
from tests.bench.rounds import Numbers
from tests.bench.site import ROOT, WORKERS, Place, Site, bare_flask, has_fonts
from tests.bench.visitors import Visitors
from tests.databases import NoPostgres

OUT = ROOT / "instance" / "bench"
SMALL = 1_000
PARTS = ("CPython", "Flask", "SQLAlchemy", "psycopg", "gunicorn", "typst")


class Bench:
    """One run of everything. `columns` holds what was measured, by site and size."""

    def __init__(self, wanted: argparse.Namespace) -> None:
        self.wanted = wanted
        self.numbers = Numbers(runs=wanted.runs)
        if wanted.quick:
            self.numbers = Numbers(read=80, paced=2, signed=40, whole=40, runs=wanted.runs)
        self.sink = Sink()
        self.columns: dict[str, list[Measured]] = {}
        self.seeding: list[dict[str, Any]] = []
        self.packets: list[dict[str, Any]] = []
        self.remarks: list[str] = []
        self.alike: dict[str, Any] = {}
        self._began = time.monotonic()

    async def run(self) -> None:
        await self.sink.open()
        if "postgresql" in self.wanted.on:
            try:
                with _place("postgresql") as place:
                    await self._on_postgresql(place)
            except NoPostgres as why:
                self.remarks.append(f"no PostgreSQL: {why}")
        if "sqlite" in self.wanted.on and not self.wanted.packets:
            with _place("sqlite") as place:
                await self._on_sqlite(place)
        self.sink.close()

    async def _on_postgresql(self, place: Place) -> None:
        """With a thousand signatures; on the way up a packet; then at the size of growth."""
        site = Site(place, self.sink.port)
        if self.wanted.packets:
            self._seed(site, self.wanted.lines)
            before = await self._floor(site)
            found = before + self._packets(site) + await self._floor(site)  # it takes minutes, in which machines change
            self.columns[f"PG {self.wanted.lines:,}"] = found
            return
        small, large = f"PG {SMALL:,}", f"PG {self.wanted.signatures:,}"
        self._seed(site, SMALL)
        self.columns[small] = await self._floor(site) + await self._visits(site, small)
        self._compare_answers(site)
        self._seed(site, self.wanted.lines)
        packets = self._packets(site)
        self._seed(site, self.wanted.signatures)
        self.columns[large] = await self._floor(site) + await self._visits(site, large) + packets

    async def _on_sqlite(self, place: Place) -> None:
        """The default of a fresh installation, once: to see that nothing is out of proportion."""
        self.numbers = replace(self.numbers, runs=1)
        site = Site(place, self.sink.port)
        self._seed(site, SMALL)
        name = f"SQLite {SMALL:,}"
        self.columns[name] = await self._floor(site) + await self._visits(site, name)

    def _seed(self, site: Site, total: int) -> None:
        self._say(f"{site.place.kind}: {total:,} signatures")
        self.seeding.append(site.seed(total) | {"on": site.place.kind})

    async def _floor(self, site: Site) -> list[Measured]:
        with bare_flask(site.place) as (base, meter):
            return await rounds.floor(Visitors(base, "", self.sink), meter, self.numbers)

    async def _visits(self, site: Site, name: str) -> list[Measured]:
        self._say(f"{name}: reading, signing, letters, confirming")
        visitors = Visitors(site.base, site.slug, self.sink)
        found = await rounds.visits(site, visitors, self.numbers)
        self._say(f"{name}: whole signatures, with the worker")
        found += await rounds.whole_signatures(site, visitors, self.numbers)
        for one in found:
            if one.errors:
                self.remarks.append(f"{name}, {one.operation}: {one.errors} error(s), the first: {one.first_error}")
        return found

    def _compare_answers(self, site: Site) -> None:
        self._say("forms of somebody new, known, blocked and full, in turn")
        self.alike = site.measure_alone("alike", str(self.wanted.alike))

    def _packets(self, site: Site) -> list[Measured]:
        if not has_fonts():
            self.remarks.append("instance/fonts is empty, so few names could be printed: run `make fonts`")
        self._say(f"packets of {self.wanted.lines:,} lines at the level “full”")
        found = []
        for _ in range(self.wanted.runs):
            told = site.measure_alone("packet")
            self.packets.append(told)
            lines, steps = told["lines"], (told["seal"], told["build"])
            found.append(
                Measured(
                    "row",
                    done=lines,
                    app_ms=1000 * sum(step["cpu_s"] for step in steps) / lines,
                    database_ms=1000 * sum(step["db_cpu_s"] for step in steps) / lines,
                    wall_s=sum(step["wall_s"] for step in steps),
                )
            )
        return found

    def _say(self, what: str) -> None:
        print(f"{time.monotonic() - self._began:5.0f} s  {what}", file=sys.stderr, flush=True)

    # What is told at the end

    def judge(self) -> tuple[list[table.Row], list[str]]:
        medians = {name: table.medians(found) for name, found in self.columns.items()}
        names = list(medians)
        large = f"PG {self.wanted.signatures:,}"
        judged = large if large in names else names[0]
        return table.rows(medians, judged, f"PG {SMALL:,}"), names

    def record(self, found: list[table.Row]) -> dict[str, Any]:
        return {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": {"cores": os.cpu_count(), "kernel": platform.release(), "load": os.getloadavg()},
            "made_with": {part: _version(part) for part in PARTS},
            "web_processes": WORKERS,
            "numbers": vars(self.numbers) | {"runs": self.wanted.runs},
            "rows": [row.record() for row in found],
            "runs": {name: [one.record() for one in column] for name, column in self.columns.items()},
            "packets": self.packets,
            "seeding": self.seeding,
            "alike": self.alike,
            "remarks": self.remarks,
        }

    def notes(self) -> list[str]:
        said = [*self._floors(), *self.remarks]
        for name, column in self.columns.items():
            ended = [one.notes for one in column if one.operation == "whole"]
            lost = sum(note["confirmed"] - note["counted"] for note in ended)
            if lost:
                said.append(f"{name}: {lost} confirmed signatures are not counted")
            rates = [f"{note['per_second']:g}" for note in ended]
            said.append(f"{name}: whole signatures a second, with the client beside it: {', '.join(rates)}")
        for kind, told in self.alike.get("kinds", {}).items():
            said.append(
                f"form of somebody {kind}, {self.alike['each']:,} in turn: median {told['median_ms']:.2f} ms; "
                f"against new ones KS {told['ks']:.3f}, p = {told['p']:.2f}"
            )
        for told in self.packets:
            wall = told["seal"]["wall_s"] + told["build"]["wall_s"]
            peak = told["peak_mb"]
            steps = {step: told[step]["cpu_s"] + told[step]["db_cpu_s"] for step in ("seal", "build")}
            said.append(
                f"packet of {told['lines']:,} lines: {wall:.1f} s, {1000 * wall / told['lines']:.3f} ms a line by the "
                f"clock; of CPU {1000 * steps['seal'] / told['lines']:.3f} ms a line to seal it and "
                f"{1000 * steps['build'] / told['lines']:.3f} to build it; "
                f"at most {peak['own']:.0f} MB in the builder and {peak['child']:.0f} MB in a press"
            )
        return said

    def _floors(self) -> Iterator[str]:
        for name, column in self.columns.items():
            slow = table.slowness(table.medians(column))
            yield f"{name}: bare Flask costs {slow:.2f} times what it did where the targets were set (“at our floor”)"


@contextmanager
def _place(kind: str) -> Iterator[Place]:
    place = Place(kind, Path(mkdtemp(prefix="campaign-bench-")))
    try:
        yield place
    finally:
        place.drop()


def _version(part: str) -> str:
    return platform.python_version() if part == "CPython" else version(part)


def _wanted() -> argparse.Namespace:
    asked = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__.splitlines()[0])
    asked.add_argument("--signatures", type=int, default=100_000, help="how many to grow to (default: %(default)s)")
    asked.add_argument("--lines", type=int, default=20_000, help="lines of the packet (default: %(default)s)")
    asked.add_argument("--runs", type=int, default=3, help="runs, of which the median counts (default: %(default)s)")
    asked.add_argument("--alike", type=int, default=1000, help="forms of each kind, in turn (default: %(default)s)")
    asked.add_argument(
        "--packets", action="store_true", help="only packets, such as --packets --lines 1000000 --runs 1"
    )
    asked.add_argument("--quick", action="store_true", help="few operations: to try the benchmark itself")
    asked.add_argument("--on", nargs="+", default=["postgresql", "sqlite"], choices=["postgresql", "sqlite"])
    return asked.parse_args()


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # so that nothing of ours stays behind
    bench = Bench(_wanted())
    asyncio.run(bench.run())
    found, names = bench.judge()
    print(table.printed(found, names), *bench.notes(), sep="\n")
    OUT.mkdir(parents=True, exist_ok=True)
    path = OUT / f"{datetime.now(UTC):%Y%m%d-%H%M%S}.json"
    path.write_text(json.dumps(bench.record(found), indent=1))
    print(f"written to {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
