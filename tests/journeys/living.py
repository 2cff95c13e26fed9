"""A site that runs as it runs for people: gunicorn, a worker and a mail server, each a process or a port of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode

from tests.databases import House
from tests.fakes import PostOffice
from tests.house.rooms import ROOT
from tests.nursery import NURSERY, Process


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_about: object) -> None:
        return None


OPENER = urllib.request.build_opener(NoRedirect, urllib.request.ProxyHandler({}))


class LivingSite:
    """On the database of a test; what its processes say is in `said`."""

    def __init__(self, house: House, post_office: PostOffice, folder: Path, **settings: str) -> None:
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "said.txt"
        given = {
            "SITE_URL": self.url,
            "MAIL_URL": post_office.url,
            "QUEUE_URL": f"sqlite:///{folder / 'queue.sqlite'}",
            "STORE": str(folder / "store"),
        }
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("CAMPAIGN_", "FLASK_"))}
        self.environ = clean | house.environ | {f"CAMPAIGN_{n}": v for n, v in (given | settings).items()}
        self.is_cold = False  # its processes read every module themselves, as those of people do
        self.web: Process | None = None
        self.workers: list[Process] = []

    def start_web(self, processes: int = 2) -> None:
        command = ["gunicorn", "wsgi:app", f"--bind=127.0.0.1:{self.port}", f"--workers={processes}"]
        self.web = self.start([*command, "--no-control-socket", "--log-level=warning"])
        self._wait_until_it_answers()

    def start_worker(self) -> Process:
        worker = self.start(["flask", "--app", "wsgi", "worker"])
        self.workers.append(worker)
        return worker

    def command(self, *words: str) -> str:
        """What `flask …` prints on the site's database."""
        ran = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *words],
            cwd=ROOT, env=self.environ, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    def stop(self) -> None:
        for process in [self.web, *self.workers]:
            if process is not None and process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in [self.web, *self.workers]:
            if process is not None:
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()

    @property
    def said(self) -> str:
        return self.log.read_text("utf-8", "replace") if self.log.exists() else ""

    def post(self, path: str, fields: Mapping[str, str], headers: Mapping[str, str] | None = None) -> tuple[int, str]:
        """Status and where it leads, as a browser's form would get it."""
        url = path if path.startswith("http") else self.url + path
        request = urllib.request.Request(url, urlencode(fields).encode(), dict(headers or {}), method="POST")  # noqa: S310
        try:
            with OPENER.open(request, timeout=60) as answer:
                return answer.status, ""
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.code, answer.headers.get("Location", "")

    def get(self, path: str) -> str:
        with OPENER.open(self.url + path, timeout=60) as answer:
            return str(answer.read().decode())

    def start(self, command: list[str]) -> Process:
        """`python -m` with these words."""
        with self.log.open("ab") as log:
            return NURSERY.start(command, self.environ, log.fileno(), log.fileno(), cold=self.is_cold)

    def _wait_until_it_answers(self) -> None:
        end = time.monotonic() + 30
        while time.monotonic() < end:
            assert self.web is not None
            assert self.web.poll() is None, self.said
            try:
                self.get("/healthz")
            except OSError:
                time.sleep(0.03)
            else:
                return
        raise AssertionError(f"the site did not start within 30 s:\n{self.said}")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
