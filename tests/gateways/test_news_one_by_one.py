"""Between two letters of news: what has left is recorded before the next one leaves, whatever happens then."""

import pytest
from sqlalchemy import event, func, select

from campaign.collaborators import now
from campaign.database import db
from campaign.models.update import UpdateLetter
from tests.news import scheduled, send, subscribers


@pytest.fixture
def campaign(make):
    return make.open_petition().campaign


def rows():
    return db.session.scalars(select(UpdateLetter).order_by(UpdateLetter.id)).all()


@pytest.mark.feature(66)
def test_no_letter_leaves_before_the_one_before_it_is_recorded(make, campaign, post_office):
    subscribers(make, campaign, 4)
    scheduled(make, campaign)
    recorded, engine = [], db.engine

    def answer(_letter):
        with engine.connect() as beside:
            recorded.append(beside.scalar(select(func.count()).where(UpdateLetter.sent_at.is_not(None))))
        return "250 taken"

    post_office.answer = answer
    assert (send(), recorded) == (4, [0, 1, 2, 3])
    assert [row.state for row in rows()] == ["sent"] * 4


@pytest.mark.feature(66)
def test_where_the_database_fails_between_two_letters_the_first_is_recorded_and_the_second_waits(
    make, campaign, post_office
):
    subscribers(make, campaign, 3)
    scheduled(make, campaign)
    looked = []

    def fail_at_the_second(connection, cursor, statement, *_):
        if "is_listed" in statement:
            looked.append(statement)
            if len(looked) == 2:
                raise RuntimeError("the database is gone for a moment")

    engine = db.engine
    event.listen(engine, "before_cursor_execute", fail_at_the_second)
    with pytest.raises(RuntimeError):
        send()
    event.remove(engine, "before_cursor_execute", fail_at_the_second)
    db.session.rollback()
    assert [row.state for row in rows()] == ["sent", "sending", "sending"]
    for row in rows():
        row.due_at = now()
    assert send() == 2
    assert len({str(m["To"]) for m in post_office.letters}) == len(post_office.letters) == 3
