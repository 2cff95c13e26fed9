"""The cashier: goes through the reports that wait, asks the payment company how things stand, and books it.

While the company is asked no transaction is open: on SQLite it would hold up everybody who signs.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from campaign.database import db, take_bells, unit_of_work
from campaign.domain.giving import booking, halting, hearing, reconciling
from campaign.domain.giving.acknowledging import Books
from campaign.domain.giving.paying import Payments, TillDown, TillRefused
from campaign.models.movement import Comparison, PaymentReport

log = structlog.get_logger()

BATCH = 25  # reports under one lease


def hear(
    till: Payments | None,
    books: Books,
    *,
    ring: Callable[[str], object] = lambda bell: None,
    now: Callable[[], datetime],
) -> int:
    """Book what waits; how many reports are done. The company being down is no fault of a report."""
    done = 0
    while till is not None:
        with unit_of_work():
            ids = hearing.claim(BATCH, at=now())
        if not ids:
            break
        for place, report_id in enumerate(ids):
            try:
                done += _book(report_id, till, books, now)
            except TillDown:
                log.warning("the payment company does not answer", reports=len(ids) - place)
                with unit_of_work():
                    hearing.give_back(ids[place:], at=now())
                return done
            except Exception as fault:  # its text may quote a person, so only its name is kept
                _failed(report_id, fault, now)
        for bell in take_bells():
            ring(bell)
    if till is not None:
        with unit_of_work():
            hearing.watch_cards(at=now())
    return done


def compare(
    till: Payments, books: Books, *, now: Callable[[], datetime], reaches: timedelta = reconciling.REACHES
) -> Comparison:
    """Compare both sides, fetch what is missing, and write down how it went. Raises TillDown, TillRefused.

    What was reported while theirs was read is no gap: the worker is given the chance to book it first.
    """
    at = now()
    found = reconciling.read(till.reports(at - reaches), till.lines(at - reaches))
    hear(till, books, now=now)
    with unit_of_work():
        gaps = reconciling.ask_again(found, at=at)
    hear(till, books, now=now)
    with unit_of_work():
        halting.tell(at=at)
        return reconciling.close(found, gaps, reconciling.still_missing(found), at=at)


def compare_if_due(till: Payments | None, books: Books, *, now: Callable[[], datetime]) -> bool:
    """Once a day; True if it was done now. Where the company does not answer it is tried again in a minute."""
    if till is None:
        return False
    with unit_of_work():
        is_due = reconciling.is_due(at=now())
    if not is_due:
        return False
    try:
        compare(till, books, now=now)
    except (TillDown, TillRefused) as fault:
        log.warning("books not compared", fault=type(fault).__name__)
        return False
    return True


def _book(report_id: str, till: Payments, books: Books, now: Callable[[], datetime]) -> int:
    report = db.session.get_one(PaymentReport, report_id, populate_existing=True)
    look_at, subject, kind = report.look_at, report.subject, report.kind
    db.session.rollback()
    if kind == hearing.STOP:
        till.stop(subject)  # again is the same, should the booking below not come about
    look = till.look(look_at, subject)
    with unit_of_work():
        held = hearing.hold(report_id)
        if held is None:
            return 0
        booking.book(look, books, at=now())
        hearing.done(held)
    return 1


def _failed(report_id: str, fault: Exception, now: Callable[[], datetime]) -> None:
    kind = f"refused: {fault.code}" if isinstance(fault, TillRefused) else type(fault).__name__
    log.error("report not booked", report=report_id, fault=kind)
    with unit_of_work():
        hearing.failed(report_id, kind, at=now())
