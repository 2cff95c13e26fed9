"""Whether this node may serve: asked at start, by `/readyz` and by `flask doctor`.

A server that seals to a key nobody registered, or writes into old tables, would lose names; it stops instead.
"""

from functools import cache

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import SQLAlchemyError

from campaign.database import db
from campaign.domain import keeping
from campaign.settings import ROOT, Settings


def faults(settings: Settings) -> list[str]:
    """What would lose data if this process served, each with what to do; empty when all is well.

    Needs an app context. Leaves no transaction open.
    """
    try:
        if not is_current():
            return ["the database is not at the newest migration: run `flask --app wsgi db upgrade`"]
        unknown = keeping.unregistered(mail=settings.mail_public_key, names=settings.names_public_key)
    except SQLAlchemyError:
        return ["the database does not answer at CAMPAIGN_DATABASE_URL"]
    finally:
        db.session.rollback()
    return [
        f"the {purpose} key of this node is not registered in the database: is it mistyped? "
        "If it is new, run `flask --app wsgi keys register`"
        for purpose in unknown
    ]


def is_current() -> bool:
    """Whether the database stands at the newest migration."""
    with db.engine.connect() as connection:
        return set(MigrationContext.configure(connection).get_current_heads()) == _newest()


@cache
def _newest() -> set[str]:
    return set(ScriptDirectory(str(ROOT / "migrations")).get_heads())


def newest() -> str:
    """The newest migration by name, as backups remember it."""
    return " ".join(sorted(_newest()))
