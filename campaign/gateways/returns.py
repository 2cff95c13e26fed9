"""Returns: the mailbox in which letters lie that came back, read by the worker or by a command.

What is no genuine report of a letter of ours changes nothing. In a maildir every message that was read is marked as
seen and none is deleted, so let no person read her letters there; reading a report again changes nothing either.
"""

import mailbox
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import structlog

from campaign.database import unit_of_work
from campaign.domain.links import Links
from campaign.domain.supporters import bouncing
from campaign.gateways import bounces

log = structlog.get_logger()


def take_all(messages: Iterable[bytes], links: Links, *, now: Callable[[], datetime]) -> tuple[int, int, int]:
    """Act on each, one commit a report: how many messages, genuine reports, and mailboxes written to no more."""
    total = taken = suppressed = 0
    for raw in messages:
        total += 1
        report = bounces.read(raw, links)
        if report is None:
            continue
        with unit_of_work():
            outcome = bouncing.take(report, at=now())
        taken += 1
        suppressed += outcome is bouncing.Outcome.SUPPRESSED
    return total, taken, suppressed


def in_maildir(path: Path) -> Iterator[bytes]:
    """What was not seen yet. Each is marked once it was acted on, so that a stop repeats it and loses none."""
    box = mailbox.Maildir(path, create=False)
    for key, message in box.items():
        if "S" not in message.get_flags():
            yield message.as_bytes()
            message.add_flag("S")
            message.set_subdir("cur")
            box[key] = message


def in_mbox(path: Path) -> Iterator[bytes]:
    """All of them, every time."""
    with closing(mailbox.mbox(path, create=False)) as box:
        yield from (message.as_bytes() for message in box)


class Box:
    """The mailbox of the settings; an mbox is read again only once it changed."""

    def __init__(self) -> None:
        self._read: tuple[Path, int, int] | None = None

    def look(self, kind: str, path: Path, links: Links, *, now: Callable[[], datetime]) -> int:
        """How many genuine reports there were. A mailbox that cannot be read is logged and tried again."""
        try:
            if kind == "maildir":
                return take_all(in_maildir(path), links, now=now)[1]
            about = path.stat()
            known = (path, about.st_mtime_ns, about.st_size)
            if known == self._read:
                return 0
            taken = take_all(in_mbox(path), links, now=now)[1]
            self._read = known
        except (OSError, mailbox.Error) as fault:
            log.error("mailbox of returned letters not readable", fault=type(fault).__name__)
            return 0
        return taken
