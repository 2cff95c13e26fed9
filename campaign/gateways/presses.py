"""A process beside this one that answers messages: one JSON message to it, one JSON head and some files back.

Each begins with its length in four bytes. The process gets an environment without any key, and what it says on its
error output is dropped, as it may quote names.
"""

import json
import os
import struct
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, cast

from campaign.domain.printing import PrintRefused

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 600  # seconds for one answer


class Child:
    """Runs a module of ours. A fault ends it; whoever has no more to ask closes it."""

    def __init__(self, module: str) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - a module of ours, no shell
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={
                "PATH": os.environ.get("PATH", ""),
                "PYTHONPATH": str(ROOT),
                "PYTHONDONTWRITEBYTECODE": "1",
                "MALLOC_ARENA_MAX": "2",
            },
        )

    def answer(self, message: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
        """The head, and as many files as its `sizes`. Raises PrintRefused where the process ended, or was too slow."""
        to, back = cast(IO[bytes], self._process.stdin), cast(IO[bytes], self._process.stdout)
        late = threading.Timer(PATIENCE, self._process.kill)
        late.start()
        try:
            _write(to, json.dumps(message).encode())
            head = json.loads(read(back))
            return head, [_take(back, size) for size in head.get("sizes", [])]
        except BaseException as fault:
            self._process.kill()
            self.close()
            if isinstance(fault, OSError | EOFError):
                raise PrintRefused("the printing process ended early") from None
            raise
        finally:
            late.cancel()

    def close(self) -> None:
        with suppress(OSError):
            self._process.communicate()


def read(stream: IO[bytes]) -> bytes:
    """What is behind a length. Raises EOFError where there is no more."""
    return _take(stream, struct.unpack(">I", _take(stream, 4))[0])


def reply(stream: IO[bytes], head: dict[str, Any], files: Sequence[bytes]) -> None:
    _write(stream, json.dumps({**head, "sizes": [len(file) for file in files]}).encode(), *files)


def _write(stream: IO[bytes], content: bytes, *files: bytes) -> None:
    stream.writelines([struct.pack(">I", len(content)), content, *files])
    stream.flush()


def _take(stream: IO[bytes], size: int) -> bytes:
    found = stream.read(size)
    if len(found) < size:
        raise EOFError
    return found
