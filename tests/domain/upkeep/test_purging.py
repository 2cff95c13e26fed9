"""Names go when their time is over, in steps that may be interrupted anywhere; counts stay."""

import sqlite3
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from campaign.database import db, fold_journal, unit_of_work
from campaign.domain.errors import LinkUnknown
from campaign.domain.packets import delivering
from campaign.domain.signatures import recounting, withdrawing
from campaign.domain.supporters import subscribing
from campaign.domain.upkeep import purging, retention
from campaign.domain.upkeep.retention import Rule
from campaign.gateways.store import FileStore
from campaign.models.campaign import State
from campaign.models.delivery import Outcome
from campaign.models.ledger import LedgerEntry
from campaign.models.packet import Level, Packet, PacketState
from campaign.models.petition import Petition
from campaign.models.signature import Signature, SignatureState
from campaign.models.supporter import Subscription, SubscriptionState
from tests.make import NOON

PERSONAL = (
    "name_box",
    "email_box",
    "email_key",
    "name_key",
    "person_key",
    "person_name_key",
    "subscription_key",
    "receipt_id",
    "domain_key",
    "network_key",
)
LONG_AFTER = NOON + timedelta(days=700)


@pytest.fixture
def store(tmp_path):
    return FileStore(tmp_path / "store")


def close(petition, at=NOON):
    with unit_of_work():
        petition.state, petition.closed_at = State.CLOSED, at
    return petition


def closed(make, n=3):
    return close(make.counted_petition(n))


def purge(petition, store, *, at=LONG_AFTER, limit=1000):
    steps = []
    while True:
        with unit_of_work():
            steps.append(purging.step(petition.id, store=store, at=at, limit=limit))
        if not steps[-1]:
            db.session.expire_all()
            return steps


def left(petition):
    rows = db.session.scalars(select(Signature).where(Signature.petition_id == petition.id))
    return sum(any(getattr(row, name) is not None for name in PERSONAL) for row in rows)


def packet(petition, reference="TJ-2017-001-A1", level=Level.FULL):
    with unit_of_work():
        row = Packet(
            reference=reference,
            petition_id=petition.id,
            addressee_id="sg",
            level=level,
            state=PacketState.BUILT,
            created_at=NOON,
            built_at=NOON,
            salt=b"s" * 32,
        )
        db.session.add(row)
    return row


def deliver(petition, *, receipted_at):
    sent = packet(petition)
    with unit_of_work():
        delivery = delivering.prepare(sent, place="", by="Nora", at=NOON)
        delivering.hand_over(delivery, Outcome.ACCEPTED, on=NOON.date(), place="", by="Nora", at=NOON)
        delivering.receipt(delivery, reference="", by="Nora", at=receipted_at)
    return sent


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2017, 1, 31), 1, date(2017, 2, 28)),
        (date(2017, 12, 15), 1, date(2018, 1, 15)),
        (date(2017, 6, 9), 21, date(2019, 3, 9)),
        (date(2016, 2, 29), 12, date(2017, 2, 28)),
    ],
)
def test_months_are_months_of_the_calendar(day, months, then):
    assert retention.months_after(day, months) == then


def test_without_a_delivery_names_go_21_months_after_closing_and_not_a_day_earlier(make):
    petition = closed(make)
    due = retention.due(petition, at=NOON)
    assert (due.rule, due.on) == (Rule.CLOSED, retention.months_after(NOON.date(), 21))
    on = NOON.replace(year=due.on.year, month=due.on.month, day=due.on.day)
    assert retention.expired(at=on - timedelta(days=1)) == []
    assert retention.expired(at=on) == [petition.id]


def test_after_a_delivery_with_a_receipt_names_go_one_month_later(make):
    petition = closed(make)
    deliver(petition, receipted_at=NOON + timedelta(days=40))
    due = retention.due(petition, at=NOON)
    assert (due.rule, due.on) == (Rule.DELIVERED, retention.months_after((NOON + timedelta(days=40)).date(), 1))


def test_a_hand_over_without_a_receipt_is_no_delivery_with_a_receipt(make):
    petition = closed(make)
    sent = packet(petition)
    with unit_of_work():
        delivery = delivering.prepare(sent, place="", by="Nora", at=NOON)
        delivering.hand_over(delivery, Outcome.LEFT, on=NOON.date(), place="", by="Nora", at=NOON)
        delivering.close(delivery, by="Nora", at=NOON)
    assert retention.due(petition, at=NOON).rule is Rule.CLOSED


def test_who_signed_after_the_delivery_is_kept_until_a_month_after_closing(make):
    petition = make.counted_petition(1)
    deliver(petition, receipted_at=NOON)
    assert retention.due(petition, at=NOON).rule is Rule.OPEN
    close(petition, NOON + timedelta(days=90))
    assert retention.due(petition, at=NOON).on == retention.months_after((NOON + timedelta(days=90)).date(), 1)


def test_an_open_petition_is_never_emptied_by_itself_but_staff_are_asked_each_year(make, store):
    petition = make.counted_petition(2)
    assert retention.undecided(at=NOON) == []
    assert retention.undecided(at=LONG_AFTER) == [petition]
    assert retention.expired(at=LONG_AFTER) == []
    assert purge(petition, store) == [0]
    assert left(petition) == 2


def test_staff_decide_for_one_year_at_most(make):
    petition = make.counted_petition(1)
    year = retention.months_after(NOON.date(), 12)
    for wrong in (year + timedelta(days=1), NOON.date()):
        with pytest.raises(retention.TooFar):
            retention.keep_until(petition, wrong, at=NOON)
    with unit_of_work():
        retention.keep_until(petition, year, at=NOON)
    assert retention.due(petition, at=NOON).on == year
    with pytest.raises(retention.NotRunning):
        retention.keep_until(close(petition), year, at=NOON)


@pytest.mark.feature(101)
def test_a_purge_empties_every_signer_and_keeps_count_ledger_and_numbers(make, store):
    petition = make.open_petition()
    rows = make.confirmed_signatures(3, petition)
    make.count(petition)
    make.withdraw(rows[1])
    make.count(petition)
    make.pending_signature(petition)
    before = petition.signature_count, petition.last_number, petition.ledger_size
    entries = db.session.scalar(select(func.count()).select_from(LedgerEntry))
    close(petition)
    assert purge(petition, store)[-1] == 0
    assert left(petition) == 0
    assert petition.hash_secret is None
    assert petition.purged_at == LONG_AFTER
    assert (petition.signature_count, petition.last_number, petition.ledger_size) == before
    assert db.session.scalar(select(func.count()).select_from(LedgerEntry)) == entries
    assert sorted(n for (n,) in db.session.execute(select(Signature.number).where(Signature.number > 0))) == [1, 2, 3]
    assert not db.session.scalars(select(Signature).where(Signature.state == SignatureState.PENDING)).all()
    with unit_of_work():
        assert recounting.recount(petition, at=LONG_AFTER).faults == []
    assert retention.due(petition, at=LONG_AFTER).rule is Rule.FORGOTTEN


@pytest.mark.feature(101)
def test_a_purge_interrupted_anywhere_goes_on_where_it_was_and_skips_nobody(make, store):
    petition = closed(make, 7)
    for done in (2, 4):
        with unit_of_work():
            assert purging.step(petition.id, store=store, at=LONG_AFTER, limit=2) == 2
        with pytest.raises(KeyboardInterrupt), unit_of_work():  # stopped within a batch: that batch never happened
            purging.step(petition.id, store=store, at=LONG_AFTER, limit=2)
            raise KeyboardInterrupt
        db.session.expire_all()
        assert left(petition) == 7 - done
        assert petition.purged_at is None
        assert retention.expired(at=LONG_AFTER) == [petition.id]
    assert purge(petition, store, limit=2) == [2, 1, 0]
    assert left(petition) == 0
    assert retention.expired(at=LONG_AFTER) == []


def test_a_purge_once_begun_is_finished_even_if_somebody_opens_the_petition_again(make, store):
    petition = closed(make, 3)
    with unit_of_work():
        purging.step(petition.id, store=store, at=LONG_AFTER, limit=1)
        petition.state, petition.closed_at = State.OPEN, None
    assert retention.expired(at=LONG_AFTER) == [petition.id]
    purge(petition, store)
    assert left(petition) == 0


@pytest.mark.feature(116)
def test_the_secret_of_a_campaign_goes_with_the_last_of_its_petitions(make, store):
    one = closed(make, 1)
    other = close(make.petition(campaign=one.campaign), NOON + timedelta(days=60))
    purge(one, store, at=NOON + timedelta(days=650))
    assert one.campaign.hash_secret is not None
    purge(other, store, at=LONG_AFTER + timedelta(days=60))
    assert one.campaign.hash_secret is None


def test_neither_an_old_letter_nor_a_subscription_leads_back_to_a_row(make, store):
    petition = make.open_petition()
    row = make.confirmed_signature(petition, make.signer(wants_updates=True))
    make.count(petition)
    claim, known_as = make.claim(row), row.public_id
    purge(close(petition), store)
    with pytest.raises(LinkUnknown):
        withdrawing.show(claim)
    subscription = db.session.scalars(select(Subscription)).one()
    assert subscription.state is SubscriptionState.ACTIVE, "a subscription has a life of its own"
    assert subscription.email_box is not None
    assert subscription.public_id == known_as != row.public_id
    with unit_of_work():
        subscribing.end(subscription.public_id, at=LONG_AFTER)
    assert subscription.email_box is None


def test_printed_packets_with_names_go_with_them_and_their_manifest_stays(make, store):
    petition = closed(make)
    named, totals = packet(petition), packet(petition, "TJ-2017-001-A2", Level.TOTALS)
    for row in (named, totals):
        for name in ("manifest.json", "volume-1.pdf"):
            store.write(f"packets/{row.reference}/{name}", b"%PDF")
    purge(petition, store)
    assert store.names(f"packets/{named.reference}") == ["manifest.json"]
    assert (named.state, named.salt) == (PacketState.DESTROYED, None)
    assert len(store.names(f"packets/{totals.reference}")) == 2
    assert totals.state is PacketState.BUILT


def test_what_would_go_is_said_beforehand_and_nothing_is_changed(make):
    petition = closed(make, 3)
    packet(petition)
    (planned,) = purging.plan(at=LONG_AFTER)
    assert (planned.slug, planned.signatures, planned.packets) == (petition.slug, 3, 1)
    assert left(petition) == 3
    assert petition.hash_secret is not None


def test_a_purge_before_its_day_does_nothing(make, store):
    petition = closed(make)
    assert purge(petition, store, at=NOON + timedelta(days=600)) == [0]
    assert left(petition) == 3
    assert petition.purge_begun_at is None


@pytest.mark.feature(101)
def test_after_a_purge_the_files_of_the_database_hold_nothing_of_a_box(make, store, house):
    if house.settings.database_url.startswith("postgresql"):
        pytest.skip("only SQLite keeps what was overwritten in a file beside it")
    petition = closed(make, 3)
    boxes = [row.name_box for row in db.session.scalars(select(Signature))]
    assert all(box in files(house) for box in boxes)
    purge(petition, store)
    db.session.remove()
    db.engine.dispose()
    assert fold_journal()
    assert not any(box in files(house) for box in boxes)


def files(house):
    path = house.database.path
    with sqlite3.connect(path):
        return b"".join(p.read_bytes() for p in path.parent.glob("campaign.sqlite*"))


def test_every_signer_of_a_petition_is_looked_at_once_however_many(make, store):
    petition = closed(make, 5)
    assert purge(petition, store, limit=2) == [2, 2, 1, 0]
    assert db.session.get(Petition, petition.id).purged_at == LONG_AFTER
