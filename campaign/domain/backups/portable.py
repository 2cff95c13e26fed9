"""How a backup is written down: rows as lines of JSON, files as they are, the same from SQLite and PostgreSQL.

    {"head": …}                                 when, at which migration
    {"table": "account", "columns": [...]}      then its rows, one list a line
    {"file": "packets/…", "bytes": n}           then its bytes, then {"sha256": …}
    {"end": {"tables": {…}, "files": n}}        without it, the end is missing

What this database keeps as text and the other as a moment is written as what it means, so that a backup of one can
be restored into the other.
"""

import base64
import enum
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, BinaryIO, Protocol

from sqlalchemy import Column, Date, Enum, LargeBinary, Table

from campaign.database import Base, Moment

FORMAT = 1
PIECE = 64 * 1024


class Illegible(Exception):
    """What was read back is not what a backup holds; the place is said, never what stood there."""


class Shelf(Protocol):
    """Where files are kept, as a backup sees it; met by `gateways/store.py`."""

    def everything(self) -> list[str]: ...

    def open(self, path: str) -> BinaryIO: ...

    def write_from(self, path: str, pieces: Iterator[bytes]) -> None:
        """All of it or nothing."""

    def remove(self, path: str) -> None: ...


@dataclass(frozen=True)
class Head:
    made_at: str
    revision: str
    site: str
    dialect: str


@dataclass(frozen=True)
class Begun:
    """The rows of this table follow."""

    table: Table
    columns: list[Column[Any]]


@dataclass(frozen=True)
class Row:
    table: Table
    values: dict[str, Any]


@dataclass(frozen=True)
class File:
    """Its bytes must be read before the next part is asked for."""

    path: str
    size: int
    pieces: Iterator[bytes]


@dataclass
class Totals:
    """How much there is, by table and of files."""

    tables: dict[str, int] = field(default_factory=dict)
    files: int = 0

    @property
    def rows(self) -> int:
        return sum(self.tables.values())


Part = Head | Begun | Row | File | Totals


def tables() -> list[Table]:
    """Every table, each after those that it refers to."""
    return list(Base.metadata.sorted_tables)


def line(said: Any) -> bytes:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def plain(value: Any) -> Any:
    """A value of a row as JSON has it."""
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, date):  # a moment is one too
        return value.isoformat()
    return value.value if isinstance(value, enum.Enum) else value


def meant(column: Column[Any], value: Any) -> Any:
    """What that JSON means in this column."""
    if value is None:
        return None
    if isinstance(column.type, LargeBinary):
        return base64.b64decode(value)
    if isinstance(column.type, Moment):
        return datetime.fromisoformat(value)
    if isinstance(column.type, Date):
        return date.fromisoformat(value)
    if isinstance(column.type, Enum) and column.type.enum_class is not None:
        return column.type.enum_class(value)
    return value


def parts(stream: BinaryIO) -> Iterator[Part]:
    """What a backup holds, in its order. Raises Illegible where it is not one, or its end is missing."""
    known = {table.name: table for table in tables()}
    begun: Begun | None = None
    for text in iter(stream.readline, b""):
        said = _said(text)
        if isinstance(said, list):
            yield _row(begun, said)
        elif "head" in said:
            yield _head(said["head"])
        elif "table" in said:
            begun = _begun(known, said)
            yield begun
        elif "file" in said:
            yield from _file(stream, said)
        elif "end" in said:
            yield Totals(**said["end"])
            return
        else:
            raise Illegible("a line of a kind that is not known")
    raise Illegible("the end is missing")


def _said(text: bytes) -> Any:
    try:
        said = json.loads(text)
    except ValueError:
        raise Illegible("a line that is no JSON") from None
    if not isinstance(said, list | dict):
        raise Illegible("a line of a kind that is not known")
    return said


def _head(said: dict[str, Any]) -> Head:
    if said.get("format") != FORMAT:
        raise Illegible(f"a format that is not known here: {said.get('format')}")
    return Head(said["made_at"], said["revision"], said["site"], said["dialect"])


def _begun(known: dict[str, Table], said: dict[str, Any]) -> Begun:
    table = known.get(said["table"])
    if table is None:
        raise Illegible(f"a table that is not known here: {said['table']}")
    unknown = set(said["columns"]) - set(table.columns.keys())
    if unknown:
        raise Illegible(f"{table.name} has columns that are not known here: {', '.join(sorted(unknown))}")
    return Begun(table, [table.columns[name] for name in said["columns"]])


def _row(begun: Begun | None, said: list[Any]) -> Row:
    if begun is None or len(said) != len(begun.columns):
        raise Illegible("a row that belongs to no table")
    try:
        values = {c.name: meant(c, v) for c, v in zip(begun.columns, said, strict=True)}
    except (ValueError, TypeError):
        raise Illegible(f"{begun.table.name} has a value of the wrong kind") from None
    return Row(begun.table, values)


def _file(stream: BinaryIO, said: dict[str, Any]) -> Iterator[Part]:
    digest, left = hashlib.sha256(), int(said["bytes"])

    def pieces() -> Iterator[bytes]:
        nonlocal left
        while left:
            piece = stream.read(min(PIECE, left))
            if not piece:
                raise Illegible(f"{said['file']} ends too early")
            left -= len(piece)
            digest.update(piece)
            yield piece

    yield File(said["file"], left, pieces())
    if left or _said(stream.readline()).get("sha256") != digest.hexdigest():
        raise Illegible(f"{said['file']} is not what was kept")
