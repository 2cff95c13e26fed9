"""The journal: appended only, searched by act and thing."""

import pytest
from flask import Flask
from sqlalchemy import delete, update
from sqlalchemy.exc import DatabaseError

from campaign.database import db, unit_of_work
from campaign.domain import journalling
from campaign.domain.journalling import Asked, note
from campaign.models.journal import JournalEntry
from tests.make import NOON


@pytest.fixture
def _written(app: Flask) -> None:
    with unit_of_work():
        note("packet sealed", "packet", "A1", account_id=None, at=NOON, counted=3)
        note("packet downloaded", "packet", "A1", account_id=None, at=NOON)
        note("recounted", "petition", "letters", account_id=None, at=NOON)


@pytest.mark.usefixtures("_written")
def test_acts_are_found_by_what_was_done_and_to_what_the_latest_first() -> None:
    assert [e.act for e, _ in journalling.of("packet", "A1")] == ["packet downloaded", "packet sealed"]
    assert [e.subject_id for e, _ in journalling.search(Asked(act="recounted"))] == ["letters"]
    assert journalling.acts() == ["packet downloaded", "packet sealed", "recounted"]


@pytest.mark.usefixtures("_written")
@pytest.mark.parametrize("change", [update(JournalEntry).values(act="nothing"), delete(JournalEntry)])
def test_the_database_itself_refuses_to_change_the_journal(change: object) -> None:
    with pytest.raises(DatabaseError, match="append-only"), unit_of_work():
        db.session.execute(change)  # type: ignore[call-overload]


def test_an_act_that_is_rolled_back_leaves_no_row(app: Flask) -> None:
    with pytest.raises(ZeroDivisionError), unit_of_work():
        note("packet sealed", "packet", "A1", account_id=None, at=NOON)
        raise ZeroDivisionError
    assert journalling.acts() == []
