"""Reporting: visitors tell staff that somebody was released or has died, or that a page is wrong or dangerous.

Whoever knows that first is often a neighbour or a lawyer who must not be found. So nothing is asked but the reason
and the words, nothing is kept of who sent them, and nothing changes on a page until staff have looked.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import case, func, select

from campaign.database import db
from campaign.domain import journalling
from campaign.domain.errors import Refused
from campaign.models.campaign import Campaign
from campaign.models.petition import Petition
from campaign.models.report import Report, ReportReason, ReportState

URGENT = (ReportReason.DANGER, ReportReason.DIED, ReportReason.RELEASED)
PAGE = 200


class OutcomeMissing(Refused):
    """Say what was found out or done, so that nobody has to ask twice."""


def report(campaign_slug: str, reason: ReportReason, words: str, *, letter: str = "", at: datetime) -> Report:
    """Put a report before staff. `letter` is the petition it is about; one of another campaign is left out."""
    campaign = db.session.scalars(select(Campaign).where(Campaign.slug == campaign_slug)).one()
    petition = db.session.scalar(select(Petition).where(Petition.slug == letter, Petition.campaign_id == campaign.id))
    row = Report(campaign=campaign, petition=petition, reason=reason, words=words.strip(), at=at)
    db.session.add(row)
    db.session.flush()
    return row


def look_at(row: Report, state: ReportState, *, outcome: str, by: str, account_id: int | None, at: datetime) -> None:
    """What staff made of it. Raises OutcomeMissing. The words stay out of the journal."""
    if state is not ReportState.OPEN and not outcome.strip():
        raise OutcomeMissing
    was = row.state
    row.state, row.outcome, row.looked_at_by, row.looked_at_at = state, outcome.strip(), by, at
    slug = row.campaign.slug
    journalling.note(
        "report looked at",
        "campaign",
        slug,
        account_id=account_id,
        at=at,
        report=row.id,
        was=was.value,
        now=state.value,
    )


def reports(*, every: bool = False) -> Sequence[Report]:
    """What waits for staff, dangers, deaths and releases first; or the latest of all."""
    if every:
        return list(db.session.scalars(select(Report).order_by(Report.id.desc()).limit(PAGE)))
    urgent = case({reason.value: n for n, reason in enumerate(URGENT)}, value=Report.reason, else_=len(URGENT))
    waiting = select(Report).where(Report.state == ReportState.OPEN).order_by(urgent, Report.id)
    return list(db.session.scalars(waiting.limit(PAGE)))


def waiting() -> int:
    """How many reports nobody has looked at."""
    return db.session.scalar(select(func.count()).where(Report.state == ReportState.OPEN)) or 0
