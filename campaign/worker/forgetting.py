"""What the retention rules ask for every hour, done in batches; a fault in one stops no other."""

import structlog

from campaign.collaborators import collaborators, now
from campaign.database import db, fold_journal, unit_of_work
from campaign.domain.cases import enclosing
from campaign.domain.paper import collecting
from campaign.domain.signatures import gauging
from campaign.domain.upkeep import duties, purging, retention
from campaign.domain.upkeep.duties import Duty

log = structlog.get_logger()


def forget() -> None:
    """What the retention rules ask for every hour. A duty that fails is tried again in an hour and stops no other."""
    done: dict[str, int] = {}
    for duty in duties.HOURLY:
        try:
            done[duty.name] = _do(duty)
        except Exception as fault:
            log.error("not forgotten", duty=duty.name, fault=type(fault).__name__)
    log.info("forgotten", **done)
    sweep_files()
    tally_forms()
    purge()


def _do(duty: Duty) -> int:
    done, more = 0, True
    while more:
        with unit_of_work():
            step = duty.do(at=now())
        done, more = done + step, duty.in_batches and step > 0
    return done


def sweep_files() -> int:
    """Delete images and files that no draft and no campaign holds, and scans nobody can read; how many."""
    swept, more = 0, True
    while more:
        with unit_of_work():
            store = collaborators().store
            step = enclosing.sweep_unused(store=store) + collecting.sweep(store=store)
        swept, more = swept + step, step > 0
    return swept


def tally_forms() -> int:
    """Count first and write then: on SQLite nobody who signs waits for the counting."""
    try:
        counted = gauging.count_forms(at=now())
    finally:
        db.session.rollback()
    with unit_of_work():
        return gauging.keep_tallies(counted, at=now())


def purge() -> int:
    """Forget the signers of every petition whose time is over, a batch in each commit; how many rows were emptied.

    A petition that cannot be finished is left for the next hour and stops no other.
    """
    emptied = 0
    with unit_of_work():
        due = retention.expired(at=now())
    for petition_id in due:
        try:
            emptied += _purge(petition_id)
        except Exception as fault:
            log.error("petition not forgotten", petition=petition_id, fault=type(fault).__name__)
    if due and not fold_journal():
        log.warning("the journal file of the database is in use and still holds what was overwritten")
    return emptied


def _purge(petition_id: int) -> int:
    emptied, more = 0, True
    while more:
        with unit_of_work():
            step = purging.step(petition_id, store=collaborators().store, at=now())
        emptied, more = emptied + step, step > 0
    log.info("signers forgotten", petition=petition_id, rows=emptied)
    return emptied
