"""Processes of the site without the cost of their start: each is forked from one that has only read our modules.

Reading the modules takes three seconds of a processor, and the tests start hundreds of processes. Those that come from
here are like others: `python -m …` with an environment, files and a session of their own, that can be killed.
Where there is no Linux, and where a test asks for it, they start cold.
"""

import gc
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from typing import NoReturn

from tests.house.rooms import ROOT


class Infant:
    """A process from the nursery, with what the tests use of subprocess.Popen."""

    def __init__(self, line: socket.socket, command: Sequence[str], env: Mapping[str, str], out: int, err: int) -> None:
        self._line, self._words = line, line.makefile("rb")
        order = json.dumps({"command": [*command], "env": {**env}}).encode()
        socket.send_fds(line, [len(order).to_bytes(4, "big")], [out, err])
        line.sendall(order)
        self.pid = int(self._words.readline())
        self.returncode: int | None = None

    def poll(self) -> int | None:
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None:
            if not select.select([self._line], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired("a process of the nursery", timeout or 0)
            with self._line, self._words:
                self.returncode = int(self._words.readline())
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


Process = Infant | subprocess.Popen[bytes]


class Nursery:
    """One for each process that runs tests, begun when it is first needed."""

    def __init__(self) -> None:
        self._parent: subprocess.Popen[bytes] | None = None
        self._address = f"\0campaign-nursery-{os.getpid()}"

    def start(
        self, command: Sequence[str], env: Mapping[str, str], out: int, err: int, *, cold: bool = False
    ) -> Process:
        """`python -m` with these words, and these two files for what it says."""
        if cold or sys.platform != "linux":
            return subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True,
            )  # fmt: skip
        if self._parent is None:
            self._begin()
        line = socket.socket(socket.AF_UNIX)
        line.connect(self._address)
        return Infant(line, command, env, out, err)

    def close(self) -> None:
        """It ends once its processes have."""
        if self._parent:
            with self._parent:
                pass
            self._parent = None

    def _begin(self) -> None:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("CAMPAIGN_", "FLASK_"))}
        command = [sys.executable, "-m", "tests.nursery", self._address[1:]]
        self._parent = subprocess.Popen(
            command, cwd=ROOT, env=clean, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )
        assert self._parent.stdout
        assert self._parent.stdout.readline() == b"ready\n", "the nursery did not start"


NURSERY = Nursery()
READ = (
    "campaign.app", "flask.cli", "gunicorn.app.wsgiapp", "gunicorn.workers.gthread", "gunicorn.workers.sync",
    "huey.consumer", "tests.stripe_double.__main__",
)  # fmt: skip


# ---- the process from which the others are forked ------------------------------------------------------


def main() -> None:
    """Read the modules; then fork at each order, until whoever began us is gone."""
    for module in READ:
        import_module(module)
    door = socket.socket(socket.AF_UNIX)
    door.bind(f"\0{sys.argv[1]}")
    door.listen(64)
    gc.collect()
    gc.freeze()
    os.write(1, b"ready\n")
    ready: list[object] = []
    while sys.stdin not in ready:
        if door in ready:
            line, _ = door.accept()
            if os.fork() == 0:
                door.close()
                _keep(line)
            line.close()
        ready = select.select([door, sys.stdin], [], [], 1)[0]
        _reap(os.WNOHANG)
    _reap(0)


def _reap(how: int) -> None:
    """So that their time is counted as ours."""
    try:
        while os.waitpid(-1, how)[0]:
            pass
    except ChildProcessError:
        return


def _keep(line: socket.socket) -> NoReturn:
    """Fork the process that was ordered, wait for it, and say how it ended."""
    size, files, *_ = socket.recv_fds(line, 4, 2)
    with line.makefile("rb") as words:
        order = json.loads(words.read(int.from_bytes(size, "big")))
    pid = os.fork()
    if pid == 0:
        _become(line, order["command"], order["env"], files)
    for file in files:
        os.close(file)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    with suppress(OSError):  # perhaps nobody waits for it any more
        line.sendall(b"%d\n" % status)
    os._exit(0)


def _become(line: socket.socket, command: list[str], env: dict[str, str], files: list[int]) -> NoReturn:
    os.setsid()
    files = [os.open(os.devnull, os.O_RDONLY), *files]
    for place, file in enumerate(files):
        os.dup2(file, place)
    for file in files:
        os.close(file)
    os.environ.clear()
    os.environ.update(env)
    with line:
        line.sendall(b"%d\n" % os.getpid())
    sys.argv = [*command]
    runpy.run_module(command[0], run_name="__main__", alter_sys=True)
    sys.exit(0)


if __name__ == "__main__":
    main()
