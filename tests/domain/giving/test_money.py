"""Amounts as people write them, in currencies with two places, none and three."""

import pytest

from campaign.domain.giving import money
from campaign.domain.giving.money import (
    AmountFractional,
    AmountTooLarge,
    AmountTooSmall,
    AmountUnclear,
    CurrencyUnknown,
)

TAKEN = [
    ("EUR", "25", 2500), ("EUR", "12.50", 1250), ("EUR", "12,5", 1250), ("EUR", " 1 000 ", 100000),
    ("EUR", "٢٥", 2500), ("JPY", "1000", 1000), ("JPY", "10 000", 10000),
    ("EUR", "1\u202f000,50", 100050), ("KWD", "3.500", 3500), ("KWD", "3,5", 3500), ("VND", "250000", 250000),
]  # fmt: skip
REFUSED = [
    ("EUR", "", AmountUnclear), ("EUR", "-5", AmountUnclear), ("EUR", "1,000.50", AmountUnclear),
    ("EUR", "1e3", AmountUnclear), ("EUR", "0x10", AmountUnclear), ("EUR", "9" * 40, AmountUnclear),
    ("EUR", "25.", AmountUnclear), ("EUR", "½", AmountUnclear), ("EUR", "0", AmountTooSmall),
    ("EUR", "0.50", AmountTooSmall), ("EUR", "1,000", AmountFractional), ("EUR", "10001", AmountTooLarge),
    ("JPY", "1000.5", AmountFractional), ("JPY", "1,000", AmountFractional), ("JPY", "100", AmountTooSmall),
    ("EUR", "12 50", AmountUnclear), ("EUR", "1 00", AmountUnclear), ("JPY", "10 0000", AmountUnclear),
    ("KWD", "3.505", AmountFractional), ("KWD", "0.5", AmountTooSmall),
]  # fmt: skip


@pytest.mark.feature(83)
def test_amounts_are_read_as_people_write_them_and_refused_where_they_are_unclear():
    for code, typed, amount in TAKEN:
        assert money.parse(typed, money.currency(code)) == amount, (code, typed)
    for code, typed, fault in REFUSED:
        with pytest.raises(fault):
            money.parse(typed, money.currency(code))
    with pytest.raises(CurrencyUnknown):
        money.currency("XXX")


def test_every_sensible_amount_may_be_given_and_places_agree():
    for currency in money.CURRENCIES.values():
        assert [money.judged(amount, currency) for amount in currency.sensible] == list(currency.sensible)
        assert money.digits(currency.code) == currency.digits
    assert [money.plain(a, c) for a, c in ((-1250, "EUR"), (1000, "JPY"), (3005, "KWD"))] == ["-12.50", "1000", "3.005"]
