from datetime import date, timedelta

import pytest

from campaign.domain import casework


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
