"""Gifts and signatures are two stores: no column leads from one to the other, and one person leaves nothing equal."""

import pytest

from campaign.database import Base, db, unit_of_work
from campaign.domain.giving import booking
from tests.gifts import LEILA, Giving
from tests.house.test_privacy import values_of_act

GIVING = {"issuer", "fund", "donor", "plan", "gift", "receipt", "movement", "payment_report", "comparison"}
SIGNING = {"signature", "ledger_entry", "subscription", "suppression", "petition", "names_shown", "supporter"}


@pytest.mark.feature(118)
def test_no_column_leads_from_a_gift_to_a_signature_or_back():
    tables = Base.metadata.tables
    assert set(tables) >= GIVING
    reached = {name: {key.column.table.name for key in tables[name].foreign_keys} for name in tables}
    for name in GIVING:
        assert reached[name] <= GIVING | {"campaign"}, name
    assert [name for name in tables if name not in GIVING and reached[name] & GIVING] == []


@pytest.mark.feature(118)
def test_somebody_who_signs_and_gives_leaves_no_value_that_is_in_both_stores(make, client):
    giving = Giving(make)
    petition = make.open_petition(campaign=giving.campaign)

    def gives():
        with unit_of_work():
            booking.book(giving.look(giving.charge()), giving.books, at=make.now())

    signed = values_of_act(lambda: make.confirmed_signature(petition, make.signer(LEILA.name, LEILA.email)))
    gave = values_of_act(gives)

    def long(found, tables):
        return {
            value
            for (table, _), values in found.items()
            if (table in GIVING) == tables
            for value in values
            if _is(value)
        }

    ours, theirs = long(gave, True), long(signed, False)
    assert len(ours) > 5
    assert len(theirs) > 5
    assert ours & theirs == set()
    assert not any(table in GIVING for table, _ in signed)
    assert {table for table, _ in gave} <= GIVING | {"letter"}, "a gift writes nowhere else"
    db.session.rollback()


def _is(value):
    return isinstance(value, bytes | memoryview | str) and len(value) >= 8
