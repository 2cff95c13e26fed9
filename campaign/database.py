"""The database: one metadata, moments in UTC, states as words, and the rule of who commits.

Domain functions add and flush. The edge commits: `web/commits.py` per request, `unit_of_work` per
task or command. On SQLite a unit that will write says so before its first statement, so that it
begins IMMEDIATE: two writers then wait for each other instead of failing half-way.
"""

import enum
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    DDL,
    DateTime,
    Dialect,
    Enum,
    MetaData,
    Table,
    TypeDecorator,
    event,
    insert,
)
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import DeclarativeBase

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(metadata=Base.metadata)

_writes: ContextVar[bool] = ContextVar("writes", default=False)


class Moment(TypeDecorator[datetime]):
    """An aware moment in UTC. SQLite keeps it naive; a naive moment is refused, never guessed."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment must be aware")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def word(states: type[enum.Enum]) -> Enum:
    """A column that stores the enum's values as words, checked by the database."""
    return Enum(
        states,
        values_callable=lambda members: [str(m.value) for m in members],
        native_enum=False,
        create_constraint=True,
        length=20,
        name=states.__name__.lower(),
    )


def append_only(table: Table) -> None:
    """Have the database refuse UPDATE and DELETE on the table, on SQLite and PostgreSQL alike."""
    for dialect, statements in append_only_guards(table.name).items():
        for statement in statements:
            event.listen(table, "after_create", _ddl(statement, dialect))


def _ddl(statement: str, dialect: str) -> Any:
    return DDL(statement.replace("%", "%%")).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]


def append_only_guards(name: str) -> dict[str, list[str]]:
    """The statements that make the guards, by dialect."""
    sqlite = [
        f"CREATE TRIGGER {name}_no_{act.lower()} BEFORE {act} ON {name} "
        f"BEGIN SELECT RAISE(ABORT, '{name} is append-only'); END"
        for act in ("UPDATE", "DELETE")
    ]
    postgresql = [
        f"CREATE FUNCTION {name}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{name} is append-only'; END $$",
        f"CREATE TRIGGER {name}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {name} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {name}_refuse()",
    ]
    return {"sqlite": sqlite, "postgresql": postgresql}


@contextmanager
def writing() -> Iterator[None]:
    """Mark what happens inside as a unit that will write (see the module's rule)."""
    token = _writes.set(True)
    try:
        yield
    finally:
        _writes.reset(token)


@contextmanager
def unit_of_work() -> Iterator[None]:
    """Commit at the end, or roll all of it back: the edge of tasks and commands."""
    with writing():
        try:
            yield
            db.session.commit()
        except BaseException:
            db.session.rollback()
            raise


def after_commit(bell: str) -> None:
    """Ask that the worker look at `bell` once the running unit is committed."""
    db.session.info.setdefault("bells", set()).add(bell)


def take_bells() -> set[str]:
    """The bells asked for since last taken; the edge rings them after its commit."""
    bells: set[str] = db.session.info.pop("bells", set())
    return bells


def insert_columns(table: Table, columns: Mapping[str, Sequence[Any]], **same: int) -> None:
    """Insert many rows, given as columns, into `table`; `same` has one value for all of them.

    For whole numbers, words of ours and bytes; defaults are not filled in. PostgreSQL copies them, as a statement
    is far dearer row by row.
    """
    if db.engine.dialect.name != "postgresql":
        rows = [dict(zip(columns, row, strict=True)) | same for row in zip(*columns.values(), strict=True)]
        db.session.execute(insert(table), rows)
        return
    names, behind = ", ".join([*columns, *same]), "".join(f"\t{value}" for value in same.values())
    spelled = zip(*([_spelled(value) for value in values] for values in columns.values()), strict=True)
    driver: Any = db.session.connection().connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
        copy.write("".join(["\t".join(row) + behind + "\n" for row in spelled]))


def _spelled(value: int | enum.Enum | bytes) -> str:
    """As PostgreSQL reads it in a COPY."""
    if isinstance(value, bytes):
        return r"\\x" + value.hex()
    return str(value.value if isinstance(value, enum.Enum) else value)


def fold_journal() -> bool:
    """On SQLite, bring the write-ahead file into the database and empty it, as it still holds what was overwritten.

    False while somebody reads; it is then tried again after the next purge. Elsewhere there is nothing to do.
    """
    if db.engine.dialect.name != "sqlite":
        return True
    with db.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")  # a checkpoint is refused inside a transaction
        busy, _pages, _moved = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
        connection.exec_driver_sql("BEGIN")
    return not busy


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # we say BEGIN ourselves, below
    for pragma in (
        "foreign_keys=ON",
        "journal_mode=WAL",
        "busy_timeout=20000",
        "secure_delete=ON",
        "synchronous=FULL",
    ):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _writes.get() else "BEGIN")
