"""One run against Stripe's own test mode, where a key of it is set: what the double says, Stripe says too."""

import os
from datetime import UTC, datetime, timedelta

import pytest

from campaign.domain.giving.paying import Order, Paid, TillRefused
from campaign.gateways.payments import Till

KEY = os.environ.get("CAMPAIGN_TEST_STRIPE_KEY", "")
pytestmark = pytest.mark.skipif(not KEY.startswith(("sk_test_", "rk_test_")), reason="no CAMPAIGN_TEST_STRIPE_KEY")


@pytest.mark.parametrize("monthly", [False, True])
def test_stripe_takes_what_we_send_and_tells_what_we_read(monthly):
    till = Till(KEY, "whsec_unused", descriptor="DONATION")
    reference, at = os.urandom(16).hex(), datetime.now(UTC)
    back = "https://letters.example/gift/x"
    order = Order(f"try-{reference}", 2500, "EUR", monthly, "tryingitout1", reference, "en", back, f"{back}/stopped")
    first, again = till.begin(order), till.begin(order)
    assert first == again, "the same attempt is the same page"
    session = first.partition("#")[0].rpartition("/")[2]
    assert till.standing(session, reference) is Paid.OPEN
    assert till.standing(session, "another") is None
    assert till.look("session", session).charge is None
    with pytest.raises(TillRefused):
        till.look("charge", "ch_nothing")
    assert till.answers()
    assert list(till.reports(at - timedelta(days=1))) is not None
    assert list(till.lines(at - timedelta(days=1))) is not None
