from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, select, update

from campaign.database import db, unit_of_work
from campaign.domain.signatures import recounting
from campaign.models.ledger import EntryKind, LedgerEntry
from campaign.models.petition import Petition
from campaign.models.signature import CountryCount, DayCount, Signature
from tests.make import NOON


def recount(petition):
    with unit_of_work():
        return recounting.recount(petition, at=NOON)


def total(petition):
    return sum(db.session.scalars(select(LedgerEntry.delta).where(LedgerEntry.petition_id == petition.id)))


def entry(petition, **values):
    same = {"petition_id": petition.id, "number": None, "day": NOON.date().isoformat(), "leaf": b"x" * 32}
    db.session.execute(insert(LedgerEntry), {**same, **values})


def number_is_off(petition):
    db.session.execute(update(Petition).values(signature_count=99))


def ledger_size_is_off(petition):
    db.session.execute(update(Petition).values(ledger_size=2))


def an_entry_was_invented(petition):
    entry(petition, seq=4, kind=EntryKind.SIGNED, delta=1, number=4)


def a_signature_was_lost(petition):
    first = select(Signature.id).order_by(Signature.id).limit(1).scalar_subquery()
    db.session.execute(delete(Signature).where(Signature.id == first).execution_options(synchronize_session=False))


def countries_are_off(petition):
    db.session.execute(update(CountryCount).values(signatures=1))


def a_country_was_invented(petition):
    db.session.execute(insert(CountryCount), {"petition_id": petition.id, "country": "XX", "signatures": 5})


def days_are_off(petition):
    db.session.execute(update(DayCount).values(signatures=77))


def last_number_is_off(petition):
    db.session.execute(update(Petition).values(last_number=1))


DRIFTS = {
    number_is_off: ("the public number was 99, is 3", 3),
    ledger_size_is_off: ("ledger size was kept as 2, is 3", 3),
    an_entry_was_invented: ("ledger adds up to 4, signatures to 3: corrected by -1", 3),
    a_signature_was_lost: ("ledger adds up to 3, signatures to 2: corrected by -1", 2),
    countries_are_off: ("counts by country were off", 3),
    a_country_was_invented: ("counts by country were off", 3),
    days_are_off: ("counts by day were off", 3),
    last_number_is_off: ("the last number given was kept as 1, is 3", 3),
}


@pytest.fixture
def petition(make):
    petition = make.counted_petition(3)
    db.session.execute(delete(db.metadata.tables["letter"]))  # so that a row can be lost at all
    db.session.commit()
    return petition


def test_a_petition_on_which_everything_agrees_is_left_alone(petition):
    report = recount(petition)
    assert (report.faults, report.count, petition.ledger_size) == ([], 3, 3)


@pytest.mark.feature(52)
@pytest.mark.parametrize("drift", DRIFTS, ids=lambda drift: drift.__name__)
def test_drift_is_reported_and_mended_for_good(petition, drift):
    said, count = DRIFTS[drift]
    drift(petition)
    db.session.commit()
    report = recount(petition)
    assert any(fault.startswith(said) for fault in report.faults)
    assert report.count == petition.signature_count == total(petition) == count
    assert recount(petition).faults == []


def test_a_correction_is_an_entry_of_its_own_and_changes_none(petition):
    an_entry_was_invented(petition)
    db.session.commit()
    recount(petition)
    last = db.session.get_one(LedgerEntry, (petition.id, 5))
    assert (last.kind, last.delta, last.number) == (EntryKind.CORRECTION, -1, None)


def test_counting_goes_on_after_a_recount(make, petition):
    last_number_is_off(petition)
    db.session.commit()
    recount(petition)
    newcomer = make.confirmed_signature(petition, at=NOON + timedelta(minutes=9))
    make.count(petition)
    assert (newcomer.number, petition.signature_count) == (4, 4)
    assert recount(petition).faults == []


def test_what_waits_to_be_counted_is_no_drift(make, petition):
    make.confirmed_signature(petition)
    assert recount(petition).faults == []
    make.count(petition)
    assert petition.signature_count == 4


def test_an_entry_of_paper_without_its_lines_is_drift_of_paper(petition):
    entry(petition, seq=4, kind=EntryKind.PAPER, delta=40)
    db.session.execute(update(Petition).values(signature_count=43, ledger_size=4, paper_count=40))
    db.session.commit()
    faults = recount(petition).faults
    assert "entries of paper add up to 40, lines to 0: corrected by -40" in faults
    assert (petition.signature_count, petition.paper_count) == (3, 0)
    assert recount(petition).faults == []


def test_one_petitions_drift_says_nothing_about_another(make, petition):
    other = make.counted_petition(2)
    db.session.execute(update(Petition).where(Petition.id == petition.id).values(signature_count=1))
    db.session.commit()
    assert recount(other).faults == []
    assert recount(petition).count == 3
