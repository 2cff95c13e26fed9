"""The directory of addressees: confirmed on a day, corrected with a source, its past kept."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DatabaseError

from campaign.database import db, unit_of_work
from campaign.domain.cases import addressing
from campaign.domain.cases.addressing import Entry
from campaign.models.addressee import Addressee, AddresseeChange, AddresseeKind
from tests.make import NOON, Make

GUTERRES = Entry(
    title="Secretary-General of the United Nations",
    holder="António Guterres",
    holder_until=date(2026, 12, 31),
    channels=("petition",),
)


@pytest.fixture
def office(make: Make) -> Addressee:
    with unit_of_work():
        return addressing.add("sg", AddresseeKind.OFFICE, GUTERRES, source="its own page", by="Anna", at=NOON)


@pytest.mark.feature(110)
def test_who_confirmed_the_old_holder_has_not_seen_the_new_one(office: Addressee) -> None:
    before, after = datetime(2026, 12, 20, tzinfo=UTC), date(2027, 1, 5)
    with unit_of_work():
        addressing.confirm(office, by="Anna", at=before)
    assert office.is_confirmed(date(2026, 12, 31))
    assert office.holder_on(date(2026, 12, 31)) == "António Guterres"
    assert not office.is_confirmed(after), "the term ended in between, though thirty days are not over"
    assert office.holder_on(after) is None


@pytest.mark.feature(110)
def test_a_successor_is_entered_before_the_term_and_printed_from_its_first_day(office: Addressee) -> None:
    entry = replace(GUTERRES, holder="The Successor", holder_since=date(2027, 1, 1), holder_until=None)
    with unit_of_work():
        addressing.correct(office, entry, source="General Assembly", by="Anna", at=datetime(2026, 12, 28, tzinfo=UTC))
        addressing.confirm(office, by="Anna", at=datetime(2026, 12, 29, tzinfo=UTC))
    assert office.holder_on(date(2026, 12, 30)) is None
    with unit_of_work():
        addressing.confirm(office, by="Anna", at=datetime(2027, 1, 1, tzinfo=UTC))
    assert office.holder_on(date(2027, 1, 1)) == "The Successor"


@pytest.mark.feature(110)
def test_a_correction_needs_a_source_takes_the_confirmation_back_and_keeps_what_stood_there(
    office: Addressee,
) -> None:
    with unit_of_work():
        addressing.confirm(office, by="Anna", at=NOON)
    moved = replace(GUTERRES, address_lines=("First Avenue", "New York"))
    with pytest.raises(addressing.SourceMissing):
        addressing.correct(office, moved, source=" ", by="Samir", at=NOON)
    db.session.rollback()
    with unit_of_work():
        assert addressing.correct(office, moved, source="letterhead", by="Samir", at=NOON) == ["address_lines"]
    assert not office.is_confirmed(NOON.date())
    change = addressing.history(office)[0]
    assert (change.field, change.was, change.became, change.by) == (
        "address_lines", "", "First Avenue\nNew York", "Samir",
    )  # fmt: skip
    with unit_of_work():
        addressing.confirm(office, by="Anna", at=NOON)
        addressing.correct(office, replace(moved, note="Ring first."), source="a call", by="Anna", at=NOON)
    assert office.is_confirmed(NOON.date()), "a note leads nothing astray"


@pytest.mark.feature(110)
@pytest.mark.parametrize("change", [update(AddresseeChange).values(was="nothing"), delete(AddresseeChange)])
def test_the_database_refuses_to_change_the_past_of_an_addressee(office: Addressee, change: object) -> None:
    with pytest.raises(DatabaseError, match="append-only"):
        db.session.execute(change)  # type: ignore[call-overload]
    db.session.rollback()


def test_a_term_does_not_end_before_it_begins_and_a_short_name_is_given_once(office: Addressee, make: Make) -> None:
    backwards = replace(GUTERRES, holder_since=date(2027, 1, 1))
    with pytest.raises(addressing.TermBackwards):
        addressing.correct(office, backwards, source="x", by="Anna", at=NOON)
    with pytest.raises(addressing.AddresseeKnown):
        addressing.add("sg", AddresseeKind.OFFICE, GUTERRES, source="x", by="Anna", at=NOON + timedelta(days=1))
