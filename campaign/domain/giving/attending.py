"""Attending to donors: what they see of themselves by their link, stopping a monthly gift, and being forgotten.

Erasing takes name and address out of the donor's row at once and ends every link. What tax law keeps, the numbered
documents with the name on them, stays apart from it and is emptied when its own time is over.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, exists, select, update

from campaign.database import db
from campaign.domain import journalling, mailboxes, posting
from campaign.domain.errors import LinkUnknown, PlanOver, Refused
from campaign.domain.links import Claim
from campaign.domain.sealing import Seal
from campaign.models.donation import Donor, Fund, Gift, Plan, PlanState, Receipt
from campaign.models.movement import PaymentReport, ReportState

ACCOUNTS_YEARS = 10  # after the end of the year in which a document was issued
DONORS_LAST = timedelta(days=3 * 366)  # after the last gift, without a monthly one
STATEMENTS = "yearly statements sent"
TIMES_LAST = timedelta(hours=48)


class StatementsSent(Refused):
    """The statements of that year were sent already. A donor gets one again by the link in any letter."""


class StillGiving(Refused):
    """You still give every month. Stop that first, and then have your data erased."""


class FormOld(Refused):
    """This page lay open for more than a day. Nothing was changed: open it again from the letter."""


def donor(claim: Claim) -> Donor:
    """Raises LinkUnknown, also for a donor whose data were erased."""
    row = db.session.scalar(select(Donor).where(Donor.public_id == claim.public_id))
    if row is None or row.link_version != claim.version or row.box is None:
        raise LinkUnknown
    return row


def gift(claim: Claim) -> Gift | None:
    """The gift of an attempt, once it was booked."""
    return db.session.scalar(select(Gift).where(Gift.public_id == claim.public_id))


def donors_of(address: str, *, seal: Seal) -> Sequence[Donor]:
    """Whoever gave with this address: at each campaign another donor, under that campaign's own secret."""
    mailbox = mailboxes.canonical(address, mailboxes.SHIPPED)
    keys = [seal.keyed("donor", secret, mailbox) for secret in db.session.scalars(select(Fund.secret))]
    found = select(Donor).where(Donor.email_key.in_(keys), Donor.box.is_not(None))
    return db.session.scalars(found.order_by(Donor.id)).all()


def plan_of(row: Donor, plan_id: int) -> Plan:
    """Raises LinkUnknown for somebody else's."""
    found = next((plan for plan in row.plans if plan.id == plan_id), None)
    if found is None:
        raise LinkUnknown
    return found


def to_stop(row: Donor, plan_id: int) -> str:
    """What the company is to be told to end. Raises LinkUnknown, PlanOver."""
    plan = plan_of(row, plan_id)
    if plan.state is PlanState.ENDED:
        raise PlanOver
    return plan.subscription


def stopped(plan_id: int, *, at: datetime) -> None:
    """Write down that its donor stopped a monthly gift; its end is booked when the company reports it."""
    plan = db.session.get_one(Plan, plan_id)
    journalling.note("monthly gift stopped by its donor", "plan", str(plan_id), account_id=None, at=at)
    plan.renews_on = None
    db.session.flush()


def send_again(row: Donor, receipt_id: int, *, at: datetime) -> None:
    """Mail one document again. Raises LinkUnknown for somebody else's."""
    mine = select(Receipt.id).join(Gift, Gift.id == Receipt.gift_id).where(Gift.donor_id == row.id)
    if db.session.scalar(mine.where(Receipt.id == receipt_id)) is None:
        raise LinkUnknown
    _write(row, "gift-receipt", {"receipt": str(receipt_id)}, at=at)


def send_year(row: Donor, year: int, *, at: datetime) -> None:
    """Mail the statement of one year."""
    _write(row, "gift-statement", {"year": str(year)}, at=at)


def send_years(year: int, *, at: datetime) -> int:
    """Mail everybody who has documents of that year their statement, once; how many. Raises StatementsSent."""
    if journalling.search(journalling.Asked(act=STATEMENTS, subject_kind="giving", subject_id=str(year))):
        raise StatementsSent
    gave = exists().where(
        Gift.donor_id == Donor.id,
        Receipt.gift_id == Gift.id,
        Receipt.issued_on.between(date(year, 1, 1), date(year, 12, 31)),
    )
    donors = db.session.scalars(select(Donor).where(Donor.box.is_not(None), gave).order_by(Donor.id)).all()
    for row in donors:
        send_year(row, year, at=at)
    journalling.note(STATEMENTS, "giving", str(year), account_id=None, at=at, letters=len(donors))
    return len(donors)


def _write(row: Donor, kind: str, about: dict[str, str], *, at: datetime) -> None:
    if row.box is not None:
        posting.post(kind, at=at, email_box=row.box, lang=row.lang, params={"donor": str(row.id), **about})


def years(row: Donor) -> list[int]:
    mine = select(Receipt.issued_on).join(Gift, Gift.id == Receipt.gift_id).where(Gift.donor_id == row.id)
    return sorted({day.year for day in db.session.scalars(mine)}, reverse=True)


def erase(row: Donor, *, at: datetime) -> None:
    """Forget who this is, except for what accounting keeps. Raises StillGiving."""
    if any(plan.state is not PlanState.ENDED for plan in row.plans):
        raise StillGiving
    row.box, row.email_key, row.erased_on, row.link_version = None, None, at.date(), row.link_version + 1
    journalling.note("donor erased", "donor", str(row.id), account_id=None, at=at)
    db.session.flush()


def forget_donors(*, at: datetime) -> int:
    """Erase donors who gave nothing for three years and have no monthly gift; how many."""
    lately = exists().where(Gift.donor_id == Donor.id, Gift.given_on >= (at - DONORS_LAST).date())
    monthly = exists().where(Plan.donor_id == Donor.id, Plan.state != PlanState.ENDED)
    recent = exists().where(Plan.donor_id == Donor.id, Plan.began_on >= (at - DONORS_LAST).date())
    gone: CursorResult[Any] = db.session.execute(  # type: ignore[assignment]
        update(Donor)
        .where(Donor.box.is_not(None), ~lately, ~monthly, ~recent)
        .values(box=None, email_key=None, erased_on=at.date(), link_version=Donor.link_version + 1)
        .execution_options(synchronize_session=False)
    )
    return gone.rowcount


def forget_names(*, at: datetime) -> int:
    """Empty the names on documents whose years of accounting are over; how many."""
    before = date(at.year - ACCOUNTS_YEARS, 1, 1)
    gone: CursorResult[Any] = db.session.execute(  # type: ignore[assignment]
        update(Receipt)
        .where(Receipt.issued_on < before, Receipt.name_box.is_not(None))
        .values(name_box=None)
        .execution_options(synchronize_session=False)
    )
    return gone.rowcount


def cut_times(*, at: datetime) -> int:
    """Cut the moments of looks and of reports that are done to their day; how many rows.

    Beside the day of a signature, an exact time of a gift could say who gave.
    """
    before, done = at - TIMES_LAST, 0
    told = select(PaymentReport).where(
        PaymentReport.state == ReportState.DONE,
        PaymentReport.came_at < before,
        PaymentReport.came_at > before - timedelta(days=30),
    )
    for report in db.session.scalars(told):
        days = _day(report.came_at), _day(report.happened_at)
        done += (report.came_at, report.happened_at) != days
        report.came_at, report.happened_at = days
    tables: tuple[type[Gift] | type[Plan], ...] = (Gift, Plan)
    for table in tables:
        seen = table.seen_at
        rows: Any = db.session.scalars(select(table).where(seen < before, seen > before - timedelta(days=30)))
        for row in rows:
            day = _day(row.seen_at)
            done, row.seen_at = done + (row.seen_at != day), day
    db.session.flush()
    return done


def _day(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)
