"""Invented signers are sealed, counted and shown like real ones."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import regex
from sqlalchemy import func, select

from campaign.database import db, unit_of_work
from campaign.demo import loading, reading, signing
from campaign.domain.sealing import Opener, Seal
from campaign.domain.signatures import recounting
from campaign.models.ledger import LedgerEntry
from campaign.models.letter import Letter
from campaign.models.petition import Petition
from campaign.models.signature import CountryCount, DayCount, Signature, SignatureState, Visibility
from campaign.models.site import ListEntry, ListName

pytestmark = pytest.mark.usefixtures("demonstration")
MANY = 600


@pytest.fixture
def petition() -> Petition:
    return db.session.scalars(select(Petition).where(Petition.slug == loading.PETITION)).one()


def add(number: int, at: datetime, seal: Seal) -> int:
    with unit_of_work():
        return signing.add_signatures(loading.PETITION, number, at=at, seal=seal)


def rows() -> list[Signature]:
    return list(db.session.scalars(select(Signature).order_by(Signature.number)))


def total(column: object) -> int:
    return db.session.scalar(select(func.coalesce(func.sum(column), 0))) or 0  # type: ignore[arg-type]


def test_every_sum_agrees_with_the_signatures(petition: Petition, noon: datetime, seal: Seal) -> None:
    assert add(MANY, noon, seal) == MANY
    assert petition.signature_count == petition.ledger_size == petition.last_number == MANY
    assert total(LedgerEntry.delta) == total(CountryCount.signatures) == total(DayCount.signatures) == MANY
    assert [row.number for row in rows()] == list(range(1, MANY + 1))
    assert {row.state for row in rows()} == {SignatureState.CONFIRMED}
    assert all(row.counted for row in rows())
    assert recounting.recount(petition, at=noon).faults == []
    assert petition.text.frozen_at is not None


def test_adding_again_adds_and_nobody_stands_twice(petition: Petition, noon: datetime, seal: Seal) -> None:
    add(40, noon, seal)
    assert add(25, noon + timedelta(hours=1), seal) == 65
    assert len({row.email_key for row in rows()}) == 65
    assert recounting.recount(petition, at=noon).faults == []


def test_the_names_open_for_their_rows_and_come_in_twenty_scripts(noon: datetime, seal: Seal, opener: Opener) -> None:
    add(MANY * 2, noon, seal)
    scripts = {pool.script for pool in reading.names().pools}
    seen: Counter[str] = Counter()
    for row in rows():
        assert row.name_box is not None
        name = opener.open(row.name_box, row.public_id)
        assert row.has_name is bool(name)
        assert name or row.visibility is Visibility.COUNTED
        seen.update(script for script in scripts if regex.search(rf"\p{{{script}}}", name))
    assert set(seen) == scripts
    assert len(scripts) == 20


def test_signatures_are_spread_over_four_weeks_and_never_into_the_future(
    petition: Petition, noon: datetime, seal: Seal
) -> None:
    add(MANY, noon, seal)
    days = {row.confirmed_at.astimezone(UTC).date() for row in rows() if row.confirmed_at}
    assert len(days) == 28
    assert petition.opened_at is not None
    for row in rows():
        assert row.confirmed_at is not None
        assert petition.opened_at <= row.confirmed_at <= noon
        if noon - row.confirmed_at > timedelta(days=3):
            assert row.confirmed_at.time() == datetime.min.time()
    assert db.session.scalar(select(func.count()).select_from(DayCount)) == 28


def test_every_choice_of_visibility_is_made_and_never_more_than_counted_where_it_is_dangerous(
    noon: datetime, seal: Seal
) -> None:
    db.session.add(ListEntry(name=ListName.HIGH_RISK_COUNTRY, value="DE", note="", added_at=noon))
    db.session.commit()
    add(MANY, noon, seal)
    assert {row.visibility for row in rows()} == set(Visibility)
    german = [row for row in rows() if row.country == "DE"]
    assert len(german) > 10
    assert {row.visibility for row in german} == {Visibility.COUNTED}


def test_the_same_start_invents_the_same_people(noon: datetime) -> None:
    first, second = (list(signing.invent(50, random.Random(7))) for _ in range(2))  # noqa: S311
    assert first == second
    assert list(signing.invent(50, random.Random(8))) != first  # noqa: S311


def test_no_letter_is_posted_to_anybody(noon: datetime, seal: Seal) -> None:
    add(30, noon, seal)
    assert db.session.scalar(select(func.count()).select_from(Letter)) == 0
