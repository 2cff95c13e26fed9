from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, StatementError

from campaign.database import Base, after_commit, db, take_bells, unit_of_work
from campaign.models.petition import Petition
from campaign.models.site import ListEntry, ListName

DUSHANBE = timezone(timedelta(hours=5))


def entry(value, at=datetime(2026, 6, 9, tzinfo=UTC)):
    return ListEntry(name=ListName.BLOCKED_COUNTRY, value=value, added_at=at)


def test_a_moment_without_a_zone_is_refused_and_never_guessed(app):
    db.session.add(entry("TJ", at=datetime(2026, 6, 9)))  # noqa: DTZ001 - that is the point
    with pytest.raises(StatementError, match="aware"):
        db.session.flush()


def test_a_moment_of_any_zone_comes_back_as_the_same_moment_in_utc(app):
    with unit_of_work():
        db.session.add(entry("TJ", at=datetime(2026, 6, 9, 3, 30, tzinfo=DUSHANBE)))
    row = db.session.scalars(select(ListEntry).where(ListEntry.name == ListName.BLOCKED_COUNTRY)).one()
    assert row.added_at == datetime(2026, 6, 8, 22, 30, tzinfo=UTC)
    assert row.added_at.utcoffset() == timedelta(0)


def test_states_are_stored_as_words_and_others_are_refused(make):
    make.open_petition()
    assert db.session.scalar(text("SELECT state FROM petition")) == "open"
    with pytest.raises(IntegrityError):
        db.session.execute(text("UPDATE petition SET state = 'OPEN'"))
    db.session.rollback()


def test_a_row_that_points_nowhere_is_refused(app):
    nowhere = text("INSERT INTO country_count (petition_id, country, signatures) VALUES (987654, 'FR', 1)")
    with pytest.raises(IntegrityError):
        db.session.execute(nowhere)
    db.session.rollback()


def test_a_unit_that_fails_leaves_nothing_behind(app):
    with pytest.raises(ZeroDivisionError), unit_of_work():
        db.session.add(entry("TJ"))
        db.session.flush()
        raise ZeroDivisionError
    assert db.session.scalars(select(ListEntry).where(ListEntry.name == ListName.BLOCKED_COUNTRY)).all() == []


def test_a_unit_that_ends_is_seen_by_others(app):
    with unit_of_work():
        db.session.add(entry("TJ"))
    db.session.remove()
    assert db.session.scalars(select(ListEntry.value).where(ListEntry.name == ListName.BLOCKED_COUNTRY)).all() == ["TJ"]


def test_a_bell_is_taken_once(app):
    after_commit("letters")
    after_commit("letters")
    after_commit("count")
    assert take_bells() == {"letters", "count"}
    assert take_bells() == set()


def test_units_that_write_at_once_wait_for_each_other_and_lose_nothing(make, app):
    petition = make.open_petition()
    id = petition.id
    db.session.commit()

    def add_one(_):
        with app.app_context(), unit_of_work():
            row = db.session.scalars(select(Petition).where(Petition.id == id).with_for_update()).one()
            row.goal += 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add_one, range(40)))
    db.session.expire_all()
    assert petition.goal == 1040


@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_sqlite_forgets_what_is_deleted_and_keeps_what_is_committed(app):
    pragmas = {name: db.session.scalar(text(f"PRAGMA {name}")) for name in ("secure_delete", "synchronous")}
    assert pragmas == {"secure_delete": 1, "synchronous": 2}
    assert db.session.scalar(text("PRAGMA journal_mode")) == "wal"


def test_every_constraint_has_a_name_so_that_a_migration_can_find_it():
    unnamed = [
        f"{table.name}: {constraint}"
        for table in Base.metadata.sorted_tables
        for constraint in table.constraints
        if constraint.name is None
    ]
    assert unnamed == []
