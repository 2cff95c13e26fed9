"""Printing processes that are kept from one document to the next, and from one test to the next.

The site begins one for each document, as a process that has ended remembers no name; beginning it costs the tests more
than what most of them print. What comes out is the same, as these processes answer volume after volume on the site too.
"""

from pathlib import Path
from typing import Any

from campaign.gateways import presses

_idle: dict[tuple[object, ...], presses.Child] = {}


class KeptChild:
    """Has a process while it answers: the one that waits, if it read the same fonts from the same folder."""

    def __init__(self, module: str) -> None:
        self.module = module
        self._child: presses.Child | None = None
        self._kind: tuple[object, ...] = ()

    def answer(self, message: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
        if self._child is None:
            self._kind = (self.module, *_state(Path(message["fonts"])))
            self._child = _idle.pop(self._kind, None) or presses.Child(self.module)
        child, self._child = self._child, None
        answer = child.answer(message)  # a fault ends it
        self._child = child
        return answer

    def close(self) -> None:
        child, self._child = self._child, None
        if child and _idle.setdefault(self._kind, child) is not child:
            child.close()


def end() -> None:
    while _idle:
        _idle.popitem()[1].close()


def _state(folder: Path) -> tuple[object, ...]:
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    return (str(folder) if files else "", *((file.name, file.stat().st_mtime_ns) for file in files))
