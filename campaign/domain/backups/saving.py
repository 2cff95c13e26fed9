"""Saving: everything the site would need to stand up again, as one stream.

All rows as they were at one moment, however long the writing takes and whoever signs meanwhile: one transaction that
only reads, repeatable on PostgreSQL and a snapshot on SQLite. Then the files of the store. A file that the worker
deletes meanwhile is left out: it had to go. Rows are read a few hundred at a time, so that memory stays small.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import BinaryIO

from sqlalchemy import Connection, Table, func, select

from campaign.database import db
from campaign.domain.backups.agreeing import Sums
from campaign.domain.backups.portable import FORMAT, PIECE, Row, Shelf, Totals, line, plain, tables

TOGETHER = 500  # rows


@contextmanager
def one_moment() -> Iterator[Connection]:
    """A connection that sees the database as it is now, until it is left."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        yield connection


def how_much(connection: Connection) -> int:
    """Rows in all, for whoever waits."""
    return sum(connection.scalar(select(func.count()).select_from(table)) or 0 for table in tables())


def save(
    out: BinaryIO,
    connection: Connection,
    shelf: Shelf,
    *,
    site: str,
    revision: str,
    at: datetime,
    tell: Callable[[int], object] = lambda _rows: None,
) -> tuple[Totals, list[str]]:
    """Write all of it; what there was, and where the counts did not add up already."""
    totals, sums = Totals(), Sums()
    head = {"format": FORMAT, "made_at": at.isoformat(), "revision": revision, "site": site}
    out.write(line({"head": {**head, "dialect": connection.dialect.name}}))
    for table in tables():
        totals.tables[table.name] = _table(out, connection, table, sums, tell)
    for path in shelf.everything():
        totals.files += _file(out, shelf, path, sums)
    out.write(line({"end": {"tables": totals.tables, "files": totals.files}}))
    return totals, sums.faults()


def _table(out: BinaryIO, connection: Connection, table: Table, sums: Sums, tell: Callable[[int], object]) -> int:
    names, rows = [column.name for column in table.columns], 0
    out.write(line({"table": table.name, "columns": names}))
    query = select(table).order_by(*table.primary_key.columns)
    for some in connection.execution_options(yield_per=TOGETHER).execute(query).partitions():
        for row in some:
            out.write(line([plain(value) for value in row]))
            sums.add(Row(table, dict(zip(names, row, strict=True))))
        rows += len(some)
        tell(len(some))
    return rows


def _file(out: BinaryIO, shelf: Shelf, path: str, sums: Sums) -> int:
    try:
        file = shelf.open(path)
    except FileNotFoundError:
        return 0
    with file:
        left = file.seek(0, 2)
        file.seek(0)
        out.write(line({"file": path, "bytes": left}))
        digest, whole = hashlib.sha256(), sums.watch(path)
        while left:
            piece = file.read(min(PIECE, left))
            left -= len(piece)
            digest.update(piece)
            whole(piece)
            out.write(piece)
        out.write(line({"sha256": digest.hexdigest()}))
    sums.kept(path, digest.hexdigest())
    return 1
