"""Reconciling: comparing our books with the payment company's, line by line, every day.

Three questions. Is there a report that never came here? Is there a line of their balance that stands in no book of
ours, or stands there otherwise? Has a monthly gift passed its day without a payment? What is missing is fetched and
booked in the same way as if it had been reported; what differs is told to staff and mended by nobody.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from campaign.database import db
from campaign.domain import alerting
from campaign.domain.giving import booking, hearing
from campaign.domain.giving.paying import Line, Told
from campaign.models.donation import Plan, PlanState
from campaign.models.movement import Comparison, Movement, MovementKind, PaymentReport, ReportState

EVERY = timedelta(hours=24)
REACHES = timedelta(days=20)  # the company tells of its reports for thirty days
LATE_AFTER = timedelta(days=4)  # of a monthly gift without payment or report
AT_ONCE = 500
OWN = {MovementKind.PAYOUT, MovementKind.OTHER}  # no gift stands behind them


@dataclass(frozen=True)
class Found:
    """What their side holds, read before anything is written here."""

    reports: Sequence[Told]
    lines: Sequence[Line]


@dataclass(frozen=True)
class Gaps:
    reports: int  # that never came
    lines: int  # that stood in no book
    renewals: int  # monthly gifts that passed their day
    differing: int

    @property
    def missed(self) -> int:
        return self.reports + self.lines + self.renewals


def is_due(*, at: datetime) -> bool:
    last = latest()
    return last is None or last.at <= at - EVERY


def latest() -> Comparison | None:
    return db.session.scalar(select(Comparison).order_by(Comparison.at.desc(), Comparison.id.desc()).limit(1))


def ask_again(found: Found, *, at: datetime) -> Gaps:
    """Write down, as reports that wait, whatever is missing here; lines of the company itself are booked at once."""
    reports = sum(hearing.record(told, at=at, was_missed=True) for told in found.reports)
    known = _known([line.id for line in found.lines])
    lines = differing = 0
    for line in found.lines:
        if line.id in known:
            differing += known[line.id] != (line.amount, line.fee, line.net, line.currency)
            continue
        lines += 1
        if booking.KINDS.get(line.kind, MovementKind.OTHER) in OWN:
            booking.line(line, None)
            if line.source.startswith("po_"):
                _ask(f"line:{line.id}", "payout", line.source, at=at)
        elif line.source:
            _ask(f"line:{line.id}", "source", line.source, at=at)
    return Gaps(reports, lines, _renewals(at=at), differing)


def still_missing(found: Found) -> int:
    """Lines that stand in no book after all: of others who use the account, or of gifts nobody could read."""
    known = _known([line.id for line in found.lines])
    return sum(line.id not in known for line in found.lines)


def close(found: Found, gaps: Gaps, still: int, *, at: datetime) -> Comparison:
    """Write the comparison down, and tell staff where something was missing or differs."""
    row = Comparison(
        at=at, reports=len(found.reports), lines=len(found.lines), missed=gaps.missed,
        mended=max(0, gaps.missed - still), differing=gaps.differing,
    )  # fmt: skip
    db.session.add(row)
    if gaps.missed or gaps.differing:
        says = f"The comparison with the payment company found {gaps.missed} thing(s) that were not here"
        says += f" ({gaps.reports} report(s), {gaps.lines} line(s), {gaps.renewals} monthly payment(s))"
        says += f"; {still} could not be booked" if still else " and booked them"
        says += f"; {gaps.differing} line(s) differ." if gaps.differing else "."
        alerting.note("giving", says, at=at)
    db.session.flush()
    return row


def _renewals(*, at: datetime) -> int:
    """Monthly gifts whose day passed long ago: they are looked at anew, as no report came."""
    late = select(Plan.id, Plan.subscription, Plan.renews_on).where(
        Plan.state != PlanState.ENDED, Plan.renews_on < (at - LATE_AFTER).date()
    )
    rows = db.session.execute(late.order_by(Plan.id)).all()
    for plan_id, subscription, day in rows:
        _ask(f"renewal:{plan_id}:{day}", "plan", subscription, at=at)
    return len(rows)


def _ask(id: str, look_at: str, subject: str, *, at: datetime) -> None:
    """As a report of our own, so that it is tried like any other; one that was tried in vain is tried again."""
    told = Told(id, "comparison", look_at, subject, at)
    if not hearing.record(told, at=at, was_missed=True):
        row = db.session.get_one(PaymentReport, id)
        row.state, row.due_at, row.attempts = ReportState.WAITING, at, 0


def _known(ids: Sequence[str]) -> dict[str, tuple[int, int, int, str]]:
    found: dict[str, tuple[int, int, int, str]] = {}
    for start in range(0, len(ids), AT_ONCE):
        rows = db.session.execute(
            select(Movement.txn, Movement.amount, Movement.fee, Movement.net, Movement.currency).where(
                Movement.txn.in_(ids[start : start + AT_ONCE])
            )
        )
        found |= {txn: (amount, fee, net, currency) for txn, amount, fee, net, currency in rows}
    return found


def given_up() -> int:
    """Reports that were tried in vain."""
    return db.session.scalar(select(func.count()).where(PaymentReport.state == ReportState.GIVEN_UP)) or 0


def read(reports: Iterable[Told], lines: Iterable[Line]) -> Found:
    return Found(tuple(reports), tuple(lines))
