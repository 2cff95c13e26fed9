"""How migrations run: on the app's own engine, without importing the app into any version file.

SQLite cannot alter most of a table, so changes there are made in batch: a new table, copied and renamed.
Foreign keys are not looked at meanwhile, or dropping the old table would empty those that point at it; they
are checked at the end.
"""

from alembic import context
from flask import current_app

from campaign.database import Base, Moment

config = context.config


def _engine():
    return current_app.extensions["migrate"].db.engine


def _render(kind, value, autogen):
    """Write our moments as what the database sees, so that a version file stands alone."""
    if kind == "type" and isinstance(value, Moment):
        return "sa.DateTime(timezone=True)"
    return False


def _ours(name, kind, _parents):
    return not (kind == "table" and name in {"alembic_version"})


def _options():
    return {
        "target_metadata": Base.metadata,
        "render_item": _render,
        "include_name": _ours,
        "compare_type": True,
        "render_as_batch": _engine().dialect.name == "sqlite",
    }


def run_offline():
    context.configure(url=str(_engine().url), literal_binds=True, **_options())
    with context.begin_transaction():
        context.run_migrations()


def run_online():
    with _engine().connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            _pragma(connection, "foreign_keys=OFF")
        context.configure(connection=connection, **_options())
        with context.begin_transaction():
            context.run_migrations()
        if is_sqlite:
            if broken := _pragma(connection, "foreign_key_check"):
                raise RuntimeError(f"foreign keys that point nowhere after migrating: {len(broken)}")
            _pragma(connection, "foreign_keys=ON")


def _pragma(connection, words):
    """Said to the driver itself: inside a transaction SQLite ignores it."""
    return connection.connection.dbapi_connection.execute(f"PRAGMA {words}").fetchall()


if context.is_offline_mode():
    run_offline()
else:
    run_online()
