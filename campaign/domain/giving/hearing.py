"""Hearing what the payment company reports: each report once, whenever, however often and in whatever order it comes.

A report is written down by its id and answered at once; the worker then reads the state anew and books it, and marks
the report done *in the transaction that has its effect*: killed before, it is done again; killed after, it is done.
A report that cannot be booked is tried again, ever more slowly; none is forgotten before it was booked.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from campaign.database import after_commit, db
from campaign.domain import alerting, limits, switching
from campaign.domain.giving.paying import Told
from campaign.models.movement import PaymentReport, ReportState
from campaign.models.site import Switch

LEASE = timedelta(minutes=5)
ATTEMPTS = 20  # doubling from half a minute and capped at six hours: about three days
KEPT = timedelta(days=40)  # longer than the company keeps what it would report again
HOUR = timedelta(hours=1)
STOP = "stop asked for by staff"  # a request of our own, which waits as reports do
_NO_EFFECT = {"charge.failed"}  # counted, see `watch_cards`
_INSERT: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def record(told: Told, *, at: datetime, was_missed: bool = False) -> bool:
    """Write a report down; False if it is known. One statement, so that however many come at once one is first."""
    state = ReportState.DONE if told.kind in _NO_EFFECT else ReportState.WAITING
    row = {
        "id": told.id, "kind": told.kind, "look_at": told.look_at, "subject": told.subject, "state": state,
        "happened_at": told.happened, "came_at": at, "due_at": at, "attempts": 0, "fault": "", "was_missed": was_missed,
    }  # fmt: skip
    new = _INSERT[db.session.get_bind().dialect.name](PaymentReport).values(row).on_conflict_do_nothing()
    is_new = db.session.scalar(new.returning(PaymentReport.id)) is not None
    after_commit("gifts")
    return is_new


def claim(limit: int, *, at: datetime) -> list[str]:
    """Take up to `limit` reports under a lease, those that happened first before others."""
    due = (
        select(PaymentReport.id)
        .where(PaymentReport.state == ReportState.WAITING, PaymentReport.due_at <= at)
        .order_by(PaymentReport.happened_at, PaymentReport.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = list(db.session.scalars(due))
    if ids:
        _set(ids, due_at=at + LEASE, attempts=PaymentReport.attempts + 1)
    return ids


def hold(report_id: str) -> PaymentReport | None:
    """The report, locked until the unit ends; None if it is done by now."""
    waiting = select(PaymentReport).where(PaymentReport.id == report_id, PaymentReport.state == ReportState.WAITING)
    return db.session.scalar(waiting.with_for_update())


def done(report: PaymentReport) -> None:
    report.state, report.fault = ReportState.DONE, ""
    db.session.flush()


def failed(report_id: str, fault: str, *, at: datetime) -> None:
    """Try it again later; after very many times only the comparison of the books does."""
    report = hold(report_id)
    if report is None:
        return
    report.fault = fault[:80]
    if report.attempts >= ATTEMPTS:
        report.state = ReportState.GIVEN_UP
        alerting.note("giving", f"A report of the payment company ({report.kind}) could not be booked.", at=at)
    report.due_at = at + min(timedelta(seconds=30 * 2 ** (report.attempts - 1)), timedelta(hours=6))
    db.session.flush()


def give_back(ids: Sequence[str], *, at: datetime) -> None:
    """Nobody tried: the company does not answer at all. Due again in a minute."""
    _set(ids, due_at=at + timedelta(minutes=1), attempts=PaymentReport.attempts - 1)


def waiting(*, at: datetime) -> tuple[int, timedelta]:
    """How many reports wait, and for how long the oldest does."""
    number, oldest = db.session.execute(
        select(func.count(), func.min(PaymentReport.came_at)).where(PaymentReport.state == ReportState.WAITING)
    ).one()
    return number, at - oldest if oldest else timedelta(0)


def watch_cards(*, at: datetime) -> bool:
    """Stop giving by card where very many cards were refused within the hour: somebody tries stolen ones.

    True if it was stopped now. Staff read why, and start it again.
    """
    refused = select(func.count()).where(PaymentReport.kind == "charge.failed", PaymentReport.came_at > at - HOUR)
    often = db.session.scalar(refused) or 0
    if often < limits.read()["giving.refused.hour"] or switching.is_stopped(Switch.GIVING):
        return False
    reason = f"{often} cards were refused within an hour: somebody may be trying stolen ones."
    switching.stop(Switch.GIVING, by="the site itself", reason=reason, at=at)
    alerting.note("giving", f"Giving was stopped: {reason}", at=at)
    return True


def forget(*, at: datetime) -> int:
    """Delete reports that are done and older than what could come again; how many."""
    over = delete(PaymentReport).where(PaymentReport.state == ReportState.DONE, PaymentReport.came_at < at - KEPT)
    gone: CursorResult[Any] = db.session.execute(over)  # type: ignore[assignment]
    return gone.rowcount


def _set(ids: Sequence[str], **values: Any) -> None:
    still = update(PaymentReport).where(PaymentReport.id.in_(ids), PaymentReport.state == ReportState.WAITING)
    db.session.execute(still.values(values).execution_options(synchronize_session=False))
