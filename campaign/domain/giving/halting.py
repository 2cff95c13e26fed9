"""Halting: ending every monthly gift of a campaign, because it is over or its prisoner is free.

Nobody may go on taking money for a campaign that has ended without somebody deciding so. Staff see such gifts, are
told of them every day, and can have them all ended: each is a request that waits like a report, so that it survives
a stop of the worker and silence of the payment company, and is done once. Each donor gets the letter of an ended gift,
which says no campaign and no reason.
"""

from datetime import datetime

from sqlalchemy import Select, func, or_, select

from campaign.database import db
from campaign.domain import alerting
from campaign.domain.giving import hearing
from campaign.domain.giving.paying import Told
from campaign.models.campaign import Campaign, State
from campaign.models.donation import Fund, Plan, PlanState
from campaign.models.movement import PaymentReport, ReportState

TAKING = (State.OPEN, State.PAUSED)  # a pause ends


def asked(plan: Plan, *, at: datetime) -> None:
    """Have one monthly gift ended; asked again, it is the same request, and one tried in vain is tried anew."""
    report_id = f"stop:{plan.subscription}"
    if not hearing.record(Told(report_id, hearing.STOP, "plan", plan.subscription, at), at=at):
        row = db.session.get_one(PaymentReport, report_id)
        if row.state is not ReportState.WAITING:
            row.state, row.due_at, row.attempts = ReportState.WAITING, at, 0
    plan.renews_on = None


def stop_all(campaign_id: int, *, at: datetime) -> int:
    """Have every monthly gift of a campaign ended; how many run."""
    running = select(Plan).where(Plan.campaign_id == campaign_id, Plan.state != PlanState.ENDED)
    plans = db.session.scalars(running.order_by(Plan.id)).all()
    for plan in plans:
        asked(plan, at=at)
    db.session.flush()
    return len(plans)


def running(campaign_id: int) -> tuple[int, int]:
    """How many monthly gifts run, and for how many of them it was asked that they end."""
    mine = select(func.count()).where(Plan.campaign_id == campaign_id, Plan.state != PlanState.ENDED)
    waits = select(PaymentReport.subject).where(
        PaymentReport.kind == hearing.STOP, PaymentReport.state == ReportState.WAITING
    )
    return db.session.scalar(mine) or 0, db.session.scalar(mine.where(Plan.subscription.in_(waits))) or 0


def left_running() -> list[tuple[Campaign, int]]:
    """Campaigns that take no gifts any more and still get monthly ones; how many each."""
    rows = db.session.execute(_left().order_by(Campaign.title, Campaign.id))
    return [(campaign, number) for campaign, number in rows]


def tell(*, at: datetime) -> None:
    """Tell staff of them, in numbers alone."""
    left = left_running()
    if left:
        number = sum(n for _, n in left)
        says = f"{number} monthly gift(s) still run for {len(left)} campaign(s) that take none any more: see Giving."
        alerting.note("giving", says, at=at)


def _left() -> Select[Campaign, int]:
    return (
        select(Campaign, func.count(Plan.id))
        .join(Fund, Fund.campaign_id == Campaign.id)
        .join(Plan, Plan.campaign_id == Campaign.id)
        .where(Plan.state != PlanState.ENDED, or_(Campaign.state.not_in(TAKING), Fund.is_open.is_(False)))
        .group_by(Campaign.id)
    )
