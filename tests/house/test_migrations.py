import pytest
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from campaign.database import Base, db
from campaign.domain.cases import forewarning
from campaign.domain.signatures import lists
from campaign.models.site import ListName
from tests.databases import House, NoPostgres, Postgres, Sqlite
from tests.make import Make


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def fresh(request, tmp_path):
    """A site on a database of its own, brought up by its migrations."""
    try:
        database = Sqlite(tmp_path) if request.param == "sqlite" else Postgres()
    except NoPostgres as reason:
        pytest.skip(f"no PostgreSQL: {reason}")
    house = House(database, tmp_path)
    with house.app.app_context():
        yield house
        db.session.remove()
    house.close()


def tables():
    db.session.remove()
    return set(inspect(db.engine).get_table_names()) - {"alembic_version"}


def test_the_database_goes_up_down_to_nothing_and_up_again(fresh):
    assert tables() == set(Base.metadata.tables)
    downgrade(revision="base")
    assert tables() == set()
    upgrade()
    assert tables() == set(Base.metadata.tables)


def test_models_and_migrations_say_the_same(fresh):
    check()


def test_the_guards_of_the_ledger_come_with_the_migrations_and_come_back(fresh):
    downgrade(revision="base")
    upgrade()
    Make(fresh.app.extensions["collaborators"]).counted_petition(1)
    for change in ("UPDATE ledger_entry SET delta = 2", "DELETE FROM ledger_entry"):
        with pytest.raises(DBAPIError, match="append-only"):
            db.session.execute(text(change))
        db.session.rollback()


def risky():
    db.session.remove()
    return [entry.value for entry in lists.entries(ListName.HIGH_RISK_COUNTRY)]


def test_a_new_site_knows_where_signing_is_dangerous_and_puts_nothing_back_that_staff_removed(fresh):
    shipped = [code for code, _ in forewarning.SHIPPED]
    assert risky() == sorted(shipped)
    assert {"TJ", "RU", "IR"} < set(shipped)
    assert all(lists._check_country(code, None) == code for code in shipped)
    lists.remove(ListName.HIGH_RISK_COUNTRY, "TJ")
    db.session.commit()
    downgrade(revision="0008")
    upgrade()
    assert risky() == sorted({*shipped} - {"TJ"})
