from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from campaign.database import db, take_bells
from campaign.domain.cases import showing
from campaign.domain.signatures import confirming, forgetting, invalidating, vetting
from campaign.domain.signatures.invalidating import (
    Conditions,
    HourGone,
    NoCondition,
    NothingMatches,
    NotNow,
    ReasonMissing,
    Typed,
    UndoOver,
)
from campaign.models.invalidation import InvalidationState
from campaign.models.ledger import EntryKind, LedgerEntry
from campaign.models.signature import RemovalReason, Signature, SignatureState, Visibility
from tests.make import NOON
from tests.suspects import arrived, begun, finish, held_signature, invalidated

LATER = NOON + timedelta(minutes=5)


def robots(make, petition, n, domain="robots.example"):
    return [make.confirmed_signature(petition, make.signer(email=f"robot{i}@{domain}")) for i in range(n)]


def by_domain(make, petition, domain="robots.example"):
    return Conditions(**Typed(domain=domain).keys(petition, seal=make.seal))


def standing(petition):
    query = select(Signature.id).where(Signature.petition_id == petition.id, Signature.state == "confirmed")
    return list(db.session.scalars(query.order_by(Signature.id)))


@pytest.mark.feature(46)
def test_a_rehearsal_counts_and_changes_nothing(make):
    petition = make.counted_petition(2)
    robots(make, petition, 3)
    make.count(petition)
    row = invalidating.prepare(petition, by_domain(make, petition), by="Nora", at=NOON)
    finish()
    make.count(petition)
    assert (row.state, row.matched, row.done) == (InvalidationState.PREPARED, 3, 0)
    assert petition.signature_count == 5


@pytest.mark.feature(46)
def test_a_worker_removes_what_matched_and_nothing_else_and_the_count_follows(make):
    petition = make.counted_petition(2)
    bad = robots(make, petition, 3)
    make.count(petition)
    row = invalidated(petition, by_domain(make, petition), at=LATER)
    make.count(petition)
    assert (row.state, row.done, row.finished_at) == (InvalidationState.DONE, 3, LATER)
    assert petition.signature_count == 2
    assert {(s.state, s.removal_reason) for s in bad} == {(SignatureState.REMOVED, "robot")}
    entries = db.session.scalars(select(LedgerEntry).order_by(LedgerEntry.seq)).all()
    assert [(e.kind, e.delta, e.number) for e in entries[-3:]] == [(EntryKind.REMOVED, -1, n) for n in (3, 4, 5)]


@pytest.mark.feature(46)
def test_undoing_gives_everybody_back_the_number_they_had(make):
    petition = make.counted_petition(1)
    bad = robots(make, petition, 3)
    make.count(petition)
    row = invalidated(petition, by_domain(make, petition))
    make.count(petition)
    invalidating.undo(row, at=LATER)
    finish(at=LATER)
    make.count(petition)
    assert (row.state, row.restored, row.skipped) == (InvalidationState.UNDONE, 3, 0)
    assert petition.signature_count == 4
    assert [s.number for s in bad] == [2, 3, 4]
    kinds = [e.kind for e in db.session.scalars(select(LedgerEntry).order_by(LedgerEntry.seq))]
    assert kinds[-3:] == [EntryKind.RESTORED] * 3


@pytest.mark.feature(46)
def test_who_has_signed_again_meanwhile_is_skipped_by_undoing_and_reported(make):
    petition = make.open_petition()
    people = [make.signer(email=f"person{i}@town.example") for i in range(3)]
    for person in people:
        make.confirmed_signature(petition, person)
    make.count(petition)
    row = invalidated(petition, by_domain(make, petition, "town.example"))
    make.count(petition)
    again = make.confirmed_signature(petition, people[1])
    make.count(petition)
    invalidating.undo(row, at=LATER)
    finish(at=LATER)
    make.count(petition)
    assert (row.restored, row.skipped, petition.signature_count, again.number) == (2, 1, 3, 4)


@pytest.mark.feature(46)
def test_what_is_cancelled_on_the_way_stays_as_it_is_and_can_be_undone(make):
    petition = make.open_petition()
    robots(make, petition, 4)
    make.count(petition)
    row = begun(petition, by_domain(make, petition))
    assert invalidating.claim(at=NOON) == row.id
    assert invalidating.step(row.id, at=NOON, limit=2)
    invalidating.cancel(row, at=NOON)
    assert not invalidating.step(row.id, at=NOON, limit=2)
    make.count(petition)
    assert (row.state, row.done, petition.signature_count) == (InvalidationState.CANCELLED, 2, 2)
    invalidating.undo(row, at=LATER)
    finish(at=LATER)
    make.count(petition)
    assert petition.signature_count == 4


def waiting_robots(make, petition, n):
    return [make.pending_signature(petition, make.signer(email=f"late{i}@robots.example")) for i in range(n)]


@pytest.mark.feature(46)
def test_forms_like_those_removed_that_nobody_confirmed_yet_are_counted_beforehand_and_held_once_confirmed(make):
    petition = make.open_petition()
    robots(make, petition, 2)
    early, late = waiting_robots(make, petition, 2)
    person = make.pending_signature(petition)
    row = invalidated(petition, by_domain(make, petition))
    assert (row.matched, row.waiting, row.done, row.held_back) == (2, 2, 2, 2)
    for form in (early, late, person):
        assert confirming.confirm(make.claim(form), at=NOON) == petition.slug
    make.count(petition)
    assert (petition.signature_count, standing(petition)) == (1, [person.id])
    assert (early.state, early.suspicion) == (SignatureState.HELD, "like_removed")
    assert vetting.held_by_reason(petition) == {"like_removed": 2}


@pytest.mark.feature(46)
def test_undoing_lets_the_forms_go_that_were_held_back_and_keeps_what_was_held_for_more(make):
    petition = make.open_petition()
    confirmed, removed, unconfirmed, suspect = waiting_robots(make, petition, 4)
    suspect.suspicion = "honeypot"
    row = invalidated(petition, by_domain(make, petition))
    assert suspect.suspicion == "honeypot like_removed"
    for form in (confirmed, removed, suspect):
        confirming.confirm(make.claim(form), at=NOON)
    vetting.remove(removed, RemovalReason.ROBOT, at=NOON)
    invalidating.undo(row, at=LATER)
    finish(at=LATER)
    make.count(petition)
    assert (row.state, petition.signature_count) == (InvalidationState.UNDONE, 1)
    states = [(s.state.value, s.suspicion) for s in (confirmed, removed, unconfirmed, suspect)]
    assert states == [("confirmed", None), ("removed", "like_removed"), ("pending", None), ("held", "honeypot")]


def test_who_asks_for_the_confirmed_alone_holds_no_form_back(make):
    petition = make.open_petition()
    waiting_robots(make, petition, 1)
    asked = by_domain(make, petition)
    assert invalidating.count_waiting(petition, asked) == 1
    assert invalidating.count_waiting(petition, replace(asked, state="confirmed")) == 0


@pytest.mark.feature(53)
def test_a_goal_that_was_passed_is_a_goal_again_when_signatures_are_removed(make):
    petition = make.counted_petition(3)
    petition.goal = 5
    robots(make, petition, 3)
    make.count(petition)
    assert showing.petition(petition.slug).goal == 10
    row = invalidated(petition, by_domain(make, petition))
    make.count(petition)
    shown = showing.petition(petition.slug)
    assert (shown.signature_count, shown.goal) == (3, 5)
    assert sum(n for _, n in shown.days) == 3
    invalidating.undo(row, at=LATER)
    finish(at=LATER)
    make.count(petition)
    assert showing.petition(petition.slug).goal == 10


def test_a_second_worker_finds_nothing_while_the_lease_lasts_and_takes_over_afterwards(make):
    petition = make.open_petition()
    robots(make, petition, 3)
    row = begun(petition, by_domain(make, petition))
    assert invalidating.claim(at=NOON) == row.id
    assert invalidating.claim(at=NOON) is None
    invalidating.step(row.id, at=NOON, limit=1)
    late = NOON + invalidating.LEASE + timedelta(seconds=1)
    assert invalidating.claim(at=late) == row.id
    invalidating.step(row.id, at=late)
    assert (row.state, row.done, standing(petition)) == (InvalidationState.DONE, 3, [])


def test_two_workers_at_once_remove_nothing_twice(make):
    petition = make.open_petition()
    robots(make, petition, 5)
    row = begun(petition, by_domain(make, petition))
    while invalidating.step(row.id, at=NOON, limit=2):
        invalidating.step(row.id, at=NOON, limit=1)
    assert (row.state, row.done) == (InvalidationState.DONE, 5)


def test_who_signs_after_the_counting_beforehand_is_not_touched(make):
    petition = make.open_petition()
    robots(make, petition, 2)
    row = begun(petition, by_domain(make, petition))
    (late,) = [make.confirmed_signature(petition, make.signer(email="late@robots.example"))]
    finish()
    assert (row.done, standing(petition)) == (2, [late.id])


def test_who_is_put_back_by_hand_while_it_runs_is_not_removed_again(make):
    petition = make.open_petition()
    first, *_ = robots(make, petition, 4)
    row = begun(petition, by_domain(make, petition))
    invalidating.step(row.id, at=NOON, limit=2)
    vetting.restore(first)
    finish(at=LATER)
    assert standing(petition) == [first.id]


def test_a_held_signature_is_held_again_after_undoing_and_does_not_slip_into_the_count(make):
    petition = make.open_petition()
    suspect = held_signature(make, petition)
    row = invalidated(petition, Conditions(suspicion="honeypot"))
    invalidating.undo(row, at=LATER)
    finish(at=LATER)
    make.count(petition)
    assert (suspect.state, petition.signature_count) == (SignatureState.HELD, 0)


def test_after_thirty_days_nothing_can_be_undone(make):
    petition = make.open_petition()
    robots(make, petition, 2)
    row = invalidated(petition, by_domain(make, petition))
    with pytest.raises(UndoOver):
        invalidating.undo(row, at=NOON + timedelta(days=30))
    forgetting.empty_removed(at=NOON + timedelta(days=31))
    assert set(db.session.scalars(select(Signature.email_key))) == {None}


def test_every_condition_picks_what_it_says(make):
    petition = make.open_petition()
    leila = make.signer("Leïla Benhaddou", "leila@robots.example", country="DE", visibility=Visibility.PUBLIC)
    row = arrived(make, petition, leila, network=b"net", trap=True)
    make.confirmed_signature(petition)
    typed = {"domain": "Robots.example", "address": "LEILA@robots.example", "name": "leïla benhaddou"}
    keys = [Conditions(**Typed(**{kind: words}).keys(petition, seal=make.seal)) for kind, words in typed.items()]
    day = NOON.date().isoformat()
    picked = [
        *keys,
        Conditions(country="DE"),
        Conditions(visibility="public"),
        Conditions(suspicion="honeypot"),
        Conditions(state="held"),
        Conditions(network_key=row.network_key.hex()),
        Conditions(country="DE", day_from=day, day_to=day),
        Conditions(country="DE", day_from=day, hour=12),
        Conditions(country="DE", is_unproved=True),
    ]
    assert [invalidating.count(petition, each) for each in picked] == [1] * len(picked)
    tomorrow = (NOON + timedelta(days=1)).date().isoformat()
    missed = [
        Conditions(country="DE", day_from=tomorrow),
        Conditions(country="DE", day_to="2017-06-09"),
        Conditions(country="DE", day_from=day, hour=13),
        Conditions(country="DE", visibility="initials"),
        Conditions(country="DE", suspicion="honey"),
    ]
    assert [invalidating.count(petition, each) for each in missed] == [0] * len(missed)


def test_a_typed_name_does_not_pick_everybody_who_gave_none(make):
    petition = make.open_petition()
    make.confirmed_signature(petition, make.signer("", visibility=Visibility.COUNTED))
    nobody = Conditions(name_key=make.seal.name_key(petition.hash_secret, "").hex())
    assert invalidating.count(petition, nobody) == 0


def test_what_somebody_types_is_kept_as_a_hash_only(make):
    petition = make.open_petition()
    typed = Typed("robots.example", "leila@robots.example", "Leïla Benhaddou")
    row = invalidating.prepare(petition, Conditions(**typed.keys(petition, seal=make.seal)), by="Nora", at=NOON)
    assert set(row.conditions) == {"domain_key", "email_key", "name_key"}
    assert all(len(bytes.fromhex(key)) == 32 for key in row.conditions.values())


def test_without_a_condition_a_match_or_a_reason_nothing_begins(make):
    petition = make.counted_petition(1)
    with pytest.raises(NoCondition):
        invalidating.prepare(petition, Conditions(), by="Nora", at=NOON)
    old = Conditions(day_from=(NOON - timedelta(days=3)).date().isoformat(), hour=3)
    with pytest.raises(HourGone):
        invalidating.prepare(petition, old, by="Nora", at=NOON)
    none = invalidating.prepare(petition, Conditions(country="AQ"), by="Nora", at=NOON)
    with pytest.raises(NothingMatches):
        invalidating.begin(none, reason="why", public_reason=RemovalReason.ROBOT)
    one = invalidating.prepare(petition, Conditions(country="FR"), by="Nora", at=NOON)
    with pytest.raises(ReasonMissing):
        invalidating.begin(one, reason=" ", public_reason=RemovalReason.ROBOT)
    invalidating.begin(one, reason="why", public_reason=RemovalReason.ROBOT)
    assert take_bells() == {"invalidations"}
    with pytest.raises(NotNow):
        invalidating.begin(one, reason="why", public_reason=RemovalReason.ROBOT)
    with pytest.raises(NotNow):
        invalidating.undo(one, at=NOON)
