"""A site of its own for the benchmark: a fresh database, the reference case, gunicorn and the worker.

Everything listens on 127.0.0.1 and is gone afterwards. No setting of the site is softened: the only one that
differs from a plain installation is that one proxy is trusted, so that visitors may have addresses.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

from campaign.demo.loading import PETITION
from tests.bench import floor
from tests.bench.processes import Backends, Meter
from tests.databases import postgres_server

ROOT = Path(__file__).resolve().parents[2]
FONTS = ROOT / "instance" / "fonts"
WORKERS = 3
PATIENCE = 60.0  # seconds until a server must answer


def has_fonts() -> bool:
    return FONTS.is_dir() and any(FONTS.iterdir())


class Place:
    """A database to measure on: one of PostgreSQL, made for this run and dropped after it, or an SQLite file."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.kind = kind
        self.folder = folder
        self.server, self.name = "", f"campaign_bench_{uuid4().hex[:10]}"
        if kind == "postgresql":
            self.server = postgres_server()
            self._run(f'CREATE DATABASE "{self.name}"')
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def url(self) -> str:
        """Where bare drivers find it: an address of PostgreSQL or the path of the file."""
        if not self.server:
            return str(self.folder / "campaign.sqlite")
        head, _, query = self.server.partition("?")
        return head.rpartition("/")[0] + f"/{self.name}" + (f"?{query}" if query else "")

    @property
    def site_url(self) -> str:
        return self.url.replace("postgresql://", "postgresql+psycopg://") if self.server else f"sqlite:///{self.url}"

    def backends(self) -> Backends | None:
        return Backends(self.server, self.name) if self.server else None

    def drop(self) -> None:
        if self.server:
            self._run(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, statement: str) -> None:
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(statement)


class Site:
    """The site on one database, prepared and seeded by its own commands and functions."""

    slug = PETITION

    def __init__(self, place: Place, mail_port: int) -> None:
        self.place = place
        self.port = free_port()
        self.environ = bare_environ() | {
            "CAMPAIGN_INSTANCE": str(place.folder),
            "CAMPAIGN_DATABASE_URL": place.site_url,
            "CAMPAIGN_MAIL_URL": f"smtp://127.0.0.1:{mail_port}",
            "CAMPAIGN_SITE_URL": self.base,
            "CAMPAIGN_TRUSTED_PROXIES": "1",
            "BENCH_SERVER": place.server,
            "BENCH_DATABASE": place.name,
        }
        if has_fonts():
            (place.folder / "fonts").symlink_to(FONTS)
        for words in (["db", "upgrade"], ["keys", "register"], ["demo"]):
            self._do("flask", "--app", "wsgi", *words)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def seed(self, total: int) -> dict[str, Any]:
        """Bring the petition to that many counted signatures."""
        return self.measure_alone("seeding", str(total))

    def measure_alone(self, module: str, *words: str) -> dict[str, Any]:
        """What a program of ours that runs beside the site says of itself, as JSON on its last line."""
        found: dict[str, Any] = json.loads(self._do(f"tests.bench.{module}", *words).splitlines()[-1])
        return found

    def alone(self, module: str, *words: str) -> list[str]:
        return [sys.executable, "-m", f"tests.bench.{module}", *words]

    @contextmanager
    def serving(self) -> Iterator[int]:
        """Three web processes; the id of the first of their tree."""
        with _running(_gunicorn("wsgi:app", self.port), self.environ, self.place.folder / "web.log") as process:
            wait_for(f"{self.base}/readyz")
            yield process.pid

    @contextmanager
    def working(self) -> Iterator[int]:
        """The worker; the id of its process."""
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
        with _running(command, self.environ, self.place.folder / "worker.log") as process:
            time.sleep(4)  # until it has started and waits; what starting costs is nobody's signature
            yield process.pid

    def _do(self, module: str, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", module, *words], cwd=ROOT, env=self.environ, capture_output=True, text=True
        )
        if done.returncode:
            raise RuntimeError(f"{module} {' '.join(words)}: {done.stderr[-2000:]}")
        return done.stdout


@contextmanager
def bare_flask(place: Place) -> Iterator[tuple[str, Meter]]:
    """The floor, under the same gunicorn on the same database."""
    connection = floor.connect(place.url)
    for statement in floor.SCHEMA:
        connection.execute(statement)
    connection.close()
    port = free_port()
    with ExitStack() as stack:
        environ = bare_environ() | {"FLOOR_DATABASE": place.url}
        command = _gunicorn("tests.bench.floor:app", port)
        process = stack.enter_context(_running(command, environ, place.folder / "floor.log"))
        wait_for(f"http://127.0.0.1:{port}/page")
        yield f"http://127.0.0.1:{port}", Meter([process.pid], place.backends())


def bare_environ() -> dict[str, str]:
    """Ours without any setting of a site, so that the benchmark can never touch one."""
    return {name: value for name, value in os.environ.items() if not name.startswith("CAMPAIGN_")}


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _gunicorn(app: str, port: int) -> list[str]:
    how = [f"--bind=127.0.0.1:{port}", f"--workers={WORKERS}", "--no-control-socket", "--log-level=warning"]
    return [sys.executable, "-m", "gunicorn", app, *how]


@contextmanager
def _running(command: list[str], environ: dict[str, str], log: Path) -> "Iterator[subprocess.Popen[bytes]]":
    with log.open("ab") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=out, stderr=out)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(address: str) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(address):  # noqa: S310 - an address of ours
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    raise RuntimeError(f"nothing answered at {address}")
