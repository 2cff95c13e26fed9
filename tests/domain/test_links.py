from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from campaign.domain.errors import LinkUnknown
from campaign.domain.links import Links, Purpose

SITE, OTHER_SITE = Links(b"k" * 32), Links(b"l" * 32)
ID = bytes(range(16))
NOON = datetime(2026, 6, 9, 12, 20, tzinfo=UTC)


@pytest.mark.parametrize("purpose", Purpose)
def test_a_link_says_what_it_was_made_for(purpose):
    claim = SITE.claim(purpose, SITE.token(purpose, ID, 7))
    assert (claim.public_id, claim.version) == (ID, 7)


@pytest.mark.parametrize(("made", "used"), list(permutations(Purpose, 2)))
def test_a_link_is_good_for_one_purpose_only(made, used):
    with pytest.raises(LinkUnknown):
        SITE.claim(used, SITE.token(made, ID, 1))


@pytest.mark.parametrize("length", [0, 1, 2, 3, 20, 46])
def test_a_link_that_was_cut_is_unknown(length):
    with pytest.raises(LinkUnknown):
        SITE.claim(Purpose.CONFIRM, SITE.token(Purpose.CONFIRM, ID, 1)[:length])


@pytest.mark.parametrize("at", range(47))
def test_a_link_with_one_changed_letter_is_unknown(at):
    token = SITE.token(Purpose.CONFIRM, ID, 1)
    changed = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
    with pytest.raises(LinkUnknown):
        SITE.claim(Purpose.CONFIRM, changed)


@pytest.mark.parametrize("token", ["x", "é", "a b", "a/b+c", "==", "A" * 47, "A" * 400, "\u0000", "🕊"])
def test_what_is_no_link_at_all_is_unknown(token):
    with pytest.raises(LinkUnknown):
        SITE.claim(Purpose.CONFIRM, token)


def test_a_link_forged_without_the_sites_secret_is_unknown():
    with pytest.raises(LinkUnknown):
        SITE.claim(Purpose.CONFIRM, OTHER_SITE.token(Purpose.CONFIRM, ID, 1))


def test_a_link_fits_a_line_of_a_letter_and_needs_no_escaping():
    token = SITE.token(Purpose.CONFIRM, ID, 1)
    assert len(token) == 47
    assert token.replace("-", "").replace("_", "").isalnum()


def test_a_stamp_belongs_to_nobody():
    assert SITE.stamp(NOON) == SITE.stamp(NOON + timedelta(minutes=30))
    assert SITE.stamp(NOON) != SITE.stamp(NOON + timedelta(hours=1))


def test_a_stamp_is_good_at_once_and_for_a_day():
    stamp = SITE.stamp(NOON)
    for later in (timedelta(0), timedelta(seconds=1), timedelta(hours=24)):
        assert SITE.stamp_is_good(stamp, NOON + later)
    assert not SITE.stamp_is_good(stamp, NOON + timedelta(hours=25))
    assert not SITE.stamp_is_good(stamp, NOON - timedelta(hours=1))


@pytest.mark.parametrize("stamp", ["", ".", "2026060912", "2026060912.", "2026060912.00", "x.y", "é.é", "9" * 30])
def test_what_is_no_stamp_is_not_good(stamp):
    assert not SITE.stamp_is_good(stamp, NOON)


def test_a_stamp_of_another_site_or_moved_to_another_hour_is_not_good():
    hour, _, mac = SITE.stamp(NOON).partition(".")
    assert not SITE.stamp_is_good(OTHER_SITE.stamp(NOON), NOON)
    assert not SITE.stamp_is_good(f"{int(hour) + 1}.{mac}", NOON + timedelta(hours=1))
