import pytest

from campaign.database import db
from campaign.domain import limits
from campaign.domain.limits import DEFAULTS, LIMITS, LimitUnknown, LimitWrong
from campaign.models.site import ChangedLimit
from tests.make import NOON

PEAK = 2_000  # signatures a minute: the highest rate on record


@pytest.mark.feature(40)
def test_a_limit_is_its_default_until_staff_change_it_and_again_when_they_set_it_back(app):
    assert limits.read() == DEFAULTS
    assert limits.change("signing.minute", 12, by="Ada", at=NOON) == 30
    assert limits.read()["signing.minute"] == 12
    assert limits.change("signing.minute", 30, by="Ada", at=NOON) == 12
    assert limits.read() == DEFAULTS
    assert db.session.get(ChangedLimit, "signing.minute") is None


def test_a_limit_of_no_known_name_cannot_be_set(app):
    with pytest.raises(LimitUnknown):
        limits.change("signing.fortnight", 1, by="Ada", at=NOON)


@pytest.mark.parametrize(("name", "value"), [("signing.minute", 0), ("signing.hour", -1), ("address.day", 51)])
def test_a_limit_stays_within_what_makes_sense(app, name, value):
    with pytest.raises(LimitWrong):
        limits.change(name, value, by="Ada", at=NOON)
    assert limits.read() == DEFAULTS


def test_a_row_that_no_limit_is_named_after_changes_nothing(app):
    db.session.add(ChangedLimit(name="of old", value=1, changed_at=NOON, changed_by="Ada"))
    db.session.flush()
    assert limits.read() == DEFAULTS


def test_the_defaults_let_the_busiest_hour_on_record_pass():
    assert DEFAULTS["petition.minute"] >= 2 * PEAK
    assert DEFAULTS["petition.hour"] >= 60 * PEAK


def test_every_limit_says_what_it_counts_and_its_name_fits_its_column():
    for limit in LIMITS.values():
        assert limit.unit
        assert len(limit.name) <= 40
        assert limit.least <= limit.default <= limit.most
