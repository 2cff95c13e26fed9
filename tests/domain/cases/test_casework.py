import secrets
from datetime import date, timedelta

import pytest

from campaign.database import db, unit_of_work
from campaign.domain.cases import casework
from campaign.models.prisoner import Fact, Prisoner, Topic


@pytest.mark.feature(108)
@pytest.mark.parametrize(("days", "stale"), [(0, False), (90, False), (91, True)])
def test_a_record_is_stale_when_nobody_has_looked_for_more_than_ninety_days(days, stale):
    assert casework.is_stale(date(2026, 1, 1), date(2026, 1, 1) + timedelta(days=days)) is stale


@pytest.mark.parametrize("text", ["2017", "2017-06", "2017-06-30", "2016-02-29"])
def test_a_date_is_written_as_exactly_as_it_is_known(text):
    assert casework.is_partial_date(text)


@pytest.mark.parametrize(
    "text", ["", "17", "2017-13", "2017-02-29", "2017-6", "June 2017", "２０１７", "0000", "2017-06-30T"]
)
def test_what_is_no_date_is_refused(text):
    assert not casework.is_partial_date(text)


def test_facts_of_one_rank_keep_their_order_after_the_first_is_changed(make):
    """PostgreSQL moves a changed row to the end; what is printed must not follow it."""
    prisoner = make.prisoner()
    with unit_of_work():
        for value in (secrets.token_hex(950) for _ in range(4)):  # they fill the page that the rows stand on
            prisoner.facts.append(
                Fact(topic=Topic.WORK, value=value, as_of="2017-06", happened="2017", last_checked_by="Staff",
                     last_checked_on=date(2017, 6, 1), position=prisoner.facts[0].position)
            )  # fmt: skip
            db.session.flush()
    ids = [fact.id for fact in prisoner.facts]
    with unit_of_work():
        db.session.get_one(Fact, ids[0]).value = secrets.token_hex(950)
    with unit_of_work():
        assert [fact.id for fact in db.session.get_one(Prisoner, prisoner.id).facts] == ids
