import os
import signal
import time

import pytest
from sqlalchemy import func, select, update

from campaign.collaborators import now
from campaign.database import db, unit_of_work
from campaign.demo import signing
from campaign.domain.signatures import invalidating, recounting
from campaign.domain.signatures.invalidating import Conditions
from campaign.models.invalidation import Invalidation, InvalidationState
from campaign.models.ledger import EntryKind, LedgerEntry
from campaign.models.signature import RemovalReason, Signature, SignatureState

PEOPLE = 3000


def start(site):
    """A process that does this work of the worker's alone."""
    return site.start(["tests.journeys.invalidate"])


def seen():
    """The row of the removal and how many signatures it has taken out, as committed."""
    db.session.rollback()
    row = db.session.scalars(select(Invalidation)).one()
    taken = select(func.count()).where(Signature.invalidation_id == row.id, Signature.state == SignatureState.REMOVED)
    return row, db.session.scalar(taken) or 0


def kill_in_the_middle(site):
    """Kill a worker once it has done something more, and let its lease end; whether it was still at work."""
    before = progress()
    worker = start(site)
    end = time.monotonic() + 30
    while progress() == before and worker.poll() is None and time.monotonic() < end:
        time.sleep(0.005)
    was_at_work = worker.poll() is None
    os.killpg(worker.pid, signal.SIGKILL) if was_at_work else None
    worker.wait()
    db.session.rollback()
    db.session.execute(update(Invalidation).values(lease_until=now()))
    db.session.commit()
    return was_at_work


def progress():
    row, _ = seen()
    return row.done + row.restored + row.skipped


def work_to_the_end(site):
    assert start(site).wait(60) == 0, site.said


@pytest.mark.feature(46)
@pytest.mark.postgres
@pytest.mark.parametrize("house", ["postgresql"], indirect=True)
def test_a_removal_killed_in_the_middle_goes_on_and_nothing_is_removed_or_put_back_twice(make, tools, living):
    petition = make.open_petition()
    with unit_of_work():
        signing.add_signatures(petition.slug, PEOPLE, at=now(), seal=tools.seal)
    with unit_of_work():
        row = invalidating.prepare(petition, Conditions(state="confirmed"), by="Nora", at=now())
        invalidating.begin(row, reason="All of it was invented.", public_reason=RemovalReason.ROBOT)
    site = living()

    kills = sum(kill_in_the_middle(site) for _ in range(3))
    row, taken = seen()
    assert kills >= 2
    assert 0 < row.done == taken < PEOPLE
    work_to_the_end(site)
    row, taken = seen()
    assert (row.state, row.done, taken) == (InvalidationState.DONE, PEOPLE, PEOPLE)
    counted(make, petition)
    assert petition.signature_count == 0

    with unit_of_work():
        invalidating.undo(row, at=now())
    kills = sum(kill_in_the_middle(site) for _ in range(2))
    row, taken = seen()
    assert kills >= 1
    assert row.restored == PEOPLE - taken
    work_to_the_end(site)
    row, taken = seen()
    assert (row.state, row.restored, row.skipped, taken) == (InvalidationState.UNDONE, PEOPLE, 0, 0)
    counted(make, petition)
    assert petition.signature_count == PEOPLE
    numbers = select(LedgerEntry.kind, func.count(), func.count(LedgerEntry.number.distinct())).group_by(
        LedgerEntry.kind
    )
    kinds = (EntryKind.SIGNED, EntryKind.REMOVED, EntryKind.RESTORED)
    assert sorted(map(tuple, db.session.execute(numbers))) == sorted((kind, PEOPLE, PEOPLE) for kind in kinds)
    assert recounting.recount(petition, at=now()).faults == []


def counted(make, petition):
    while make.count(petition, at=now()):
        pass
    db.session.refresh(petition)
