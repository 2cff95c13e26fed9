"""Restoring: reading a backup back, either to prove that it can be done or into an empty database.

A backup is the past. Who withdrew, unsubscribed or was forgotten since it was made stands in it again. So a restored
site writes to nobody: letters that waited are not wanted any more, and the switch of letters is stopped with the
reason, until staff have read what to do and start it again. What was due to be forgotten is forgotten at once.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, BinaryIO

from sqlalchemy import Connection, Table, delete, exists, func, insert, select, update

from campaign.domain.backups.agreeing import Sums
from campaign.domain.backups.portable import Begun, File, Head, Illegible, Part, Row, Shelf, Totals, parts, tables
from campaign.domain.errors import Refused
from campaign.models.draft import RejectionReason
from campaign.models.letter import Letter, LetterState
from campaign.models.site import ListEntry, RegisteredKey, StoppedSwitch, Switch

TOGETHER = 500
# What a new database holds by itself: `keys register` may have been run; the first reasons, and the countries where
# signing may be dangerous, come with the tables.
_COME_BY_THEMSELVES = (RegisteredKey, RejectionReason, ListEntry)
_MAY_BE_THERE = {each.__tablename__ for each in _COME_BY_THEMSELVES}


class NotEmpty(Refused):
    """There is something in this database or store already. A backup is restored into empty ones only."""


class AnotherMigration(Refused):
    """This backup was made at another migration of the database."""

    def __init__(self, wanted: str, here: str) -> None:
        super().__init__(wanted, here)
        self.wanted, self.here = wanted, here


@dataclass(frozen=True)
class Verdict:
    """What was read back. `faults` are differences that were in the data already when they were saved."""

    head: Head
    totals: Totals
    faults: list[str]


def check(stream: BinaryIO, tell: Callable[[int], object] = lambda _rows: None) -> Verdict:
    """Read all of it and touch nothing. Raises Illegible."""
    return _read(parts(stream), tell=tell)


def restore(
    stream: BinaryIO,
    connection: Connection,
    shelf: Shelf,
    *,
    revision: str,
    at: datetime,
    tell: Callable[[int], object] = lambda _rows: None,
) -> Verdict:
    """Write all of it into the empty database of `connection` and the empty store; the caller commits.

    Raises NotEmpty, AnotherMigration, Illegible; what was put into the store is then taken out again.
    """
    if shelf.everything() or any(_has_rows(connection, table) for table in tables()):
        raise NotEmpty
    for each in _COME_BY_THEMSELVES:
        connection.execute(delete(each))
    written: list[str] = []

    def put(part: File) -> None:
        written.append(part.path)
        shelf.write_from(part.path, part.pieces)

    try:
        verdict = _read(_rows_into(connection, parts(stream), revision), put=put, tell=tell)
        _count_on(connection)
        _write_to_nobody(connection, verdict.head, at=at)
    except BaseException:
        for path in written:
            with suppress(OSError):
                shelf.remove(path)
        raise
    return verdict


def _read(
    found: Iterator[Part], *, put: Callable[[File], None] | None = None, tell: Callable[[int], object]
) -> Verdict:
    head, totals, sums = None, Totals(), Sums()
    for part in found:
        if isinstance(part, Head):
            head = part
        elif isinstance(part, Begun):
            totals.tables[part.table.name] = 0
        elif isinstance(part, Row):
            totals.tables[part.table.name] += 1
            sums.add(part)
            tell(1)
        elif isinstance(part, File):
            _take(part, sums, put)
            totals.files += 1
        elif totals != part:
            raise Illegible("it holds another number of rows or files than its end says")
    if head is None:
        raise Illegible("it does not say what it is")
    return Verdict(head, totals, sums.faults())


def _take(part: File, sums: Sums, put: Callable[[File], None] | None) -> None:
    digest, watching = hashlib.sha256(), sums.watch(part.path)

    def seen() -> Iterator[bytes]:
        for piece in part.pieces:
            digest.update(piece)
            watching(piece)
            yield piece

    if put is None:
        for _ in seen():
            pass
    else:
        put(File(part.path, part.size, seen()))
    sums.kept(part.path, digest.hexdigest())


def _rows_into(connection: Connection, found: Iterator[Part], revision: str) -> Iterator[Part]:
    """Every part passes by; rows go into their tables on the way, some hundred at a time."""
    waiting: list[Row] = []
    for part in found:
        if isinstance(part, Head) and part.revision != revision:
            raise AnotherMigration(part.revision, revision)
        if isinstance(part, Row):
            waiting.append(part)
        if waiting and (not isinstance(part, Row) or len(waiting) == TOGETHER):
            _insert(connection, waiting)
            waiting = []
        yield part


def _insert(connection: Connection, rows: list[Row]) -> None:
    for _name, some in groupby(rows, key=lambda row: row.table.name):
        found = list(some)
        connection.execute(insert(found[0].table), [row.values for row in found])


def _has_rows(connection: Connection, table: Table) -> bool:
    return table.name not in _MAY_BE_THERE and bool(connection.scalar(select(exists(select(table)))))


def _count_on(connection: Connection) -> None:
    """PostgreSQL gives numbers by counters of its own, which go on after the highest that was restored."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables():
        column: Any = table.autoincrement_column
        if column is not None:
            highest = select(func.max(column)).scalar_subquery()
            counter = func.pg_get_serial_sequence(table.name, column.name)
            connection.execute(select(func.setval(counter, func.coalesce(highest, 1), highest.is_not(None))))


def _write_to_nobody(connection: Connection, head: Head, *, at: datetime) -> None:
    connection.execute(
        update(Letter)
        .where(Letter.state.in_([LetterState.QUEUED, LetterState.SENDING]))
        .values(state=LetterState.NOT_WANTED, email_box=None)
    )
    reason = (
        f"Restored from a backup of {head.made_at[:16]} UTC. People who left since then stand here again: "
        "read the page “After a restore” of the runbook before letters go out."
    )
    connection.execute(delete(StoppedSwitch).where(StoppedSwitch.name == Switch.LETTERS))
    connection.execute(insert(StoppedSwitch).values(name=Switch.LETTERS, since=at, by="restore", reason=reason))
