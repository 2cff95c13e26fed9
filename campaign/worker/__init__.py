"""The worker: huey as bell and clock. A task only says "look now"; what to do stands in the rows.

Every task finds its work by reading rows, claims it with a lease, is safe to run twice, and is swept up
every minute after a crash. Losing the queue loses nothing but a minute.
"""

import time
from collections.abc import Callable
from threading import Lock
from typing import Any

import structlog
from flask import Flask
from huey import Huey, RedisHuey, SqliteHuey, crontab

from campaign.settings import Settings
from campaign.worker.counting import (
    compare_books,
    count_signatures,
    group_people,
    hear_of_gifts,
    invalidate,
    look_at_trends,
    look_for_floods,
    show_names,
)
from campaign.worker.forgetting import forget, purge, sweep_files, tally_forms
from campaign.worker.printing import build_addenda, build_packets, prepare_copies
from campaign.worker.writing import BATCH, notice, nudge, read_returns, remind, send_letters, send_updates

__all__ = [
    "BATCH",
    "DELAY",
    "LOOKS",
    "Worker",
    "build_addenda",
    "build_packets",
    "compare_books",
    "count_signatures",
    "forget",
    "group_people",
    "hear_of_gifts",
    "invalidate",
    "look_at_trends",
    "look_for_floods",
    "notice",
    "nudge",
    "open_queue",
    "prepare_copies",
    "purge",
    "read_returns",
    "remind",
    "send_letters",
    "send_updates",
    "show_names",
    "sweep_files",
    "tally_forms",
]

log = structlog.get_logger()

DELAY = 0.5  # seconds a bell waits, so that one is enough for what is committed meanwhile


def open_queue(settings: Settings) -> Huey:
    """The queue of bells: a file by default, Redis where several machines work."""
    if settings.queue_url.startswith("sqlite:///"):
        return SqliteHuey("campaign", filename=settings.queue_url.removeprefix("sqlite:///"), results=False)
    return RedisHuey("campaign", url=settings.queue_url, results=False)


class Worker:
    """Registers the tasks on a queue and rings them."""

    def __init__(self, app: Flask, huey: Huey) -> None:
        self.app = app
        self.huey = huey
        self._rung: dict[str, float] = {}
        self._guard = Lock()
        self._looks = {name: huey.task(name=f"look_{name}")(self._in_app(look)) for name, look in LOOKS.items()}
        for name, look in LOOKS.items():
            huey.periodic_task(crontab(), name=f"sweep_{name}")(self._in_app(look))
        huey.periodic_task(crontab(minute="17"), name="forget")(self._in_app(forget))

    def ring(self, bell: str) -> None:
        """Ask for a look at `bell`. One bell in the future is enough for every row committed before it."""
        with self._guard:
            clock = time.monotonic()
            if self._rung.get(bell, 0.0) > clock:
                return
            self._rung[bell] = clock + DELAY
        try:
            self._looks[bell].schedule(delay=DELAY)
        except Exception:  # the queue may be down; the sweep of the minute finds the rows
            log.warning("bell not rung", bell=bell)

    def _in_app(self, look: Callable[[], object]) -> Callable[[], None]:
        def run() -> None:
            with self.app.app_context():
                look()

        return run


LOOKS: dict[str, Callable[[], Any]] = {
    "letters": send_letters,
    "count": count_signatures,
    "packets": build_packets,
    "addenda": build_addenda,
    "copies": prepare_copies,
    "reminders": remind,
    "alerts": look_for_floods,
    "invalidations": invalidate,
    "names": show_names,
    "people": group_people,
    "trends": look_at_trends,
    "gifts": hear_of_gifts,
    "books": compare_books,
    "updates": send_updates,
    "nudges": nudge,
    "notices": notice,
    "returns": read_returns,
}
