import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from campaign.database import db, unit_of_work
from campaign.domain.signatures import counting
from campaign.models.ledger import EntryKind, LedgerEntry
from campaign.models.signature import CountryCount, DayCount, SignatureState
from tests.make import NOON

A_DAY = timedelta(days=1)


def entries(petition):
    query = select(LedgerEntry).where(LedgerEntry.petition_id == petition.id).order_by(LedgerEntry.seq)
    return list(db.session.scalars(query))


def kept(model, key, petition):
    rows = db.session.scalars(select(model).where(model.petition_id == petition.id))
    return {getattr(row, key): row.signatures for row in rows}


def test_numbers_are_given_in_order_of_confirmation_not_of_signing(make):
    petition = make.open_petition()
    rows = [make.pending_signature(petition) for _ in range(3)]
    for minute, i in enumerate((2, 0, 1)):
        make.confirm(rows[i], at=NOON + timedelta(minutes=minute))
    make.count(petition)
    assert [row.number for row in rows] == [2, 3, 1]


@pytest.mark.feature(51)
def test_counting_twice_counts_once(make):
    petition = make.open_petition()
    make.confirmed_signatures(3, petition)
    assert [make.count(petition) for _ in range(3)] == [3, 0, 0]
    assert (petition.signature_count, petition.ledger_size, petition.last_number) == (3, 3, 3)


@pytest.mark.feature(49)
def test_only_confirmed_signatures_are_in_the_number(make):
    petition = make.open_petition()
    confirmed, held, withdrawn, removed = make.confirmed_signatures(4, petition)
    make.pending_signature(petition)
    held.state = SignatureState.HELD
    db.session.commit()
    make.count(petition)
    assert petition.signature_count == 3
    make.withdraw(withdrawn)
    make.withdraw(removed, not_me=True)
    make.count(petition)
    assert petition.signature_count == 1
    assert confirmed.counted


def test_a_counted_signature_that_is_held_and_let_go_keeps_its_number(make):
    petition = make.open_petition()
    (row,) = make.confirmed_signatures(1, petition)
    for state in (SignatureState.CONFIRMED, SignatureState.HELD, SignatureState.CONFIRMED):
        row.state = state
        db.session.commit()
        make.count(petition)
    assert [(e.kind, e.delta, e.number) for e in entries(petition)] == [
        (EntryKind.SIGNED, 1, 1),
        (EntryKind.REMOVED, -1, 1),
        (EntryKind.RESTORED, 1, 1),
    ]
    assert petition.signature_count == 1


def test_the_count_is_the_sum_of_the_ledger(make):
    petition = make.open_petition()
    rows = make.confirmed_signatures(6, petition)
    make.count(petition)
    for row in rows[:2]:
        make.withdraw(row)
    make.confirmed_signatures(3, petition)
    make.count(petition, at=NOON + A_DAY)
    ledger = entries(petition)
    assert petition.signature_count == sum(e.delta for e in ledger) == 7
    assert [e.seq for e in ledger] == list(range(1, 12))
    assert sorted(e.number for e in ledger if e.kind is EntryKind.SIGNED) == list(range(1, 10))


def test_a_batch_ends_where_it_was_told_to_and_the_next_goes_on(make):
    petition = make.open_petition()
    make.confirmed_signatures(5, petition)
    steps = []
    for _ in range(4):
        with unit_of_work():
            steps.append(counting.count(petition.id, at=NOON, limit=2))
    assert steps == [2, 2, 1, 0]
    assert [e.seq for e in entries(petition)] == [1, 2, 3, 4, 5]


def test_a_leaf_is_the_hash_of_its_entry_and_of_a_receipt_that_only_the_signer_knows(make):
    petition = make.open_petition()
    (row,) = make.confirmed_signatures(1, petition)
    receipt = row.receipt_id
    make.count(petition)
    day = NOON.date().isoformat()
    canonical = f'[1,"signed",1,1,"{day}","{receipt.hex()}"]'
    assert entries(petition)[0].leaf == hashlib.sha256(b"\x00" + canonical.encode()).digest()


def test_an_entry_holds_no_country_and_no_key_of_anybody(make):
    assert {c.name for c in LedgerEntry.__table__.columns} == {
        "petition_id", "seq", "kind", "delta", "number", "day", "leaf",
    }  # fmt: skip


@pytest.mark.feature(58)
def test_countries_and_days_are_counted_beside_the_ledger(make):
    petition = make.open_petition()
    rows = [make.confirmed_signature(petition, make.signer(country=code)) for code in ("FR", "FR", "TJ")]
    make.count(petition)
    make.withdraw(rows[2])
    make.confirmed_signature(petition, make.signer(country="DE"))
    make.count(petition, at=NOON + A_DAY)
    assert kept(CountryCount, "country", petition) == {"FR": 2, "TJ": 0, "DE": 1}
    assert kept(DayCount, "day", petition) == {
        NOON.date().isoformat(): 3,
        (NOON + A_DAY).date().isoformat(): 0,
    }


def test_the_words_are_frozen_by_their_first_counted_signature(make):
    petition = make.open_petition()
    assert petition.text.frozen_at is None
    make.confirmed_signature(petition)
    make.count(petition)
    assert petition.text.frozen_at == NOON


def test_only_petitions_on_which_something_waits_are_looked_at(make):
    quiet, busy = make.open_petition(), make.open_petition()
    make.confirmed_signature(quiet)
    make.count(quiet)
    make.confirmed_signature(busy)
    assert counting.due_petitions() == [busy.id]


@pytest.mark.feature(51)
def test_counters_that_run_at_once_count_each_signature_once(make, app):
    petition = make.open_petition()
    make.confirmed_signatures(30, petition)
    db.session.commit()
    id = petition.id
    db.session.rollback()

    def count(_):
        with app.app_context(), unit_of_work():
            return counting.count(id, at=NOON, limit=10)

    with ThreadPoolExecutor(6) as pool:
        steps = list(pool.map(count, range(9)))
    assert sum(steps) == 30
    assert petition.signature_count == 30
    assert sorted(e.number for e in entries(petition)) == list(range(1, 31))


@pytest.mark.parametrize(
    "change",
    [
        update(LedgerEntry).values(delta=5),
        delete(LedgerEntry),
        delete(LedgerEntry).where(LedgerEntry.seq == 1),
    ],
    ids=["update", "delete all", "delete one"],
)
def test_the_database_refuses_to_change_or_delete_an_entry(make, change):
    petition = make.counted_petition(2)
    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(change.execution_options(synchronize_session=False))
    db.session.rollback()
    assert [e.delta for e in entries(petition)] == [1, 1]


@pytest.mark.parametrize("house", ["postgresql"], indirect=True)  # SQLite knows no TRUNCATE
def test_postgresql_refuses_to_empty_the_ledger(make):
    make.counted_petition(1)
    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(db.text("TRUNCATE ledger_entry"))
    db.session.rollback()


def test_the_database_refuses_a_second_entry_at_the_same_place(make):
    petition = make.counted_petition(1)
    same = {"petition_id": petition.id, "seq": 1, "kind": EntryKind.PAPER, "delta": 9, "day": "2026-01-01"}
    with pytest.raises(IntegrityError):
        db.session.execute(insert(LedgerEntry), {**same, "leaf": b"x" * 32})
