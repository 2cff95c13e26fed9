"""Responding: what staff do in the first hour after something went wrong, each act at once and in the journal.

Nothing here deletes anything: what was stopped is started again on the page of guards, who was signed out signs in
again, and a permission is given again by an admin. So it may be done on a suspicion.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from campaign.database import db
from campaign.domain import journalling, switching
from campaign.domain.accounts import organising
from campaign.domain.errors import Refused
from campaign.domain.upkeep import exporting
from campaign.models.account import Account
from campaign.models.draft import Draft
from campaign.models.journal import JournalEntry
from campaign.models.packet import Level, Packet, PacketState
from campaign.models.report import Report
from campaign.models.signature import ShownName, Signature
from campaign.models.site import Switch
from campaign.models.supporter import Subscription

CLOCK = timedelta(hours=72)  # GDPR Art. 33(1): from becoming aware to telling the authority
NOTICED, SETTLED = "breach noticed", "breach settled"


class NotYet(Refused):
    """Nobody notices something before it is so. Give a moment that is past."""


class ClockRuns(Refused):
    """A breach is being dealt with already, and its clock runs. Settle that one first."""


class NoClock(Refused):
    """No breach is being dealt with, so there is nothing to settle."""


@dataclass(frozen=True)
class Clock:
    """A breach that is being dealt with."""

    noticed_at: datetime

    @property
    def ends_at(self) -> datetime:
        return self.noticed_at + CLOCK

    def hours_left(self, at: datetime) -> int:
        """Whole hours; negative once it is over."""
        return int((self.ends_at - at) // timedelta(hours=1))


@dataclass(frozen=True)
class Held:
    """How much there is that could harm somebody, in numbers, as an authority will ask."""

    names: int
    addresses: int
    subscriptions: int
    shown_names: int
    printed_packets: int
    proposers: int
    reports: int
    accounts: int


def stop_everything(*, by: str, reason: str, account_id: int | None, at: datetime) -> int:
    """Stop every switch that still runs; how many. Pages go on being shown, which harms nobody."""
    stopped = sum(switching.stop(switch, by=by, reason=reason, at=at) for switch in Switch)
    journalling.note("everything stopped", "site", "-", account_id=account_id, at=at, switches=stopped, reason=reason)
    return stopped


def end_all_sessions(*, reason: str, account_id: int | None, at: datetime) -> int:
    """Sign everybody out, whoever asks for it included, and spend every link that sets a password; how many accounts.

    Each account gets a new mark, which no cookie and no link that is out there carries.
    """
    accounts = db.session.scalars(select(Account)).all()
    for account in accounts:
        account.fs_uniquifier = organising.new_mark()
    db.session.flush()
    n = len(accounts)
    journalling.note("all sessions ended", "site", "-", account_id=account_id, at=at, accounts=n, reason=reason)
    return n


def take_all_permissions(*, reason: str, account_id: int | None, at: datetime) -> int:
    """Nobody may take names out any more; how many could. An admin gives it again, one by one."""
    allowed = db.session.scalars(select(Account).where(Account.may_export)).all()
    for account in allowed:
        exporting.permit(account, False, by=None, at=at)
    n = len(allowed)
    journalling.note("all exports forbidden", "site", "-", account_id=account_id, at=at, accounts=n, reason=reason)
    return n


def clock() -> Clock | None:
    """The breach that is being dealt with; None if there is none."""
    latest = db.session.scalar(
        select(JournalEntry).where(JournalEntry.act.in_([NOTICED, SETTLED])).order_by(JournalEntry.id.desc()).limit(1)
    )
    if latest is None or latest.act == SETTLED:
        return None
    return Clock(datetime.fromisoformat(str(latest.details["noticed_at"])))


def notice(noticed_at: datetime, *, account_id: int | None, at: datetime) -> None:
    """Start the clock at the moment when somebody here first knew. Raises NotYet, ClockRuns."""
    if noticed_at > at:
        raise NotYet
    if clock() is not None:
        raise ClockRuns
    said = noticed_at.isoformat(timespec="minutes")
    journalling.note(NOTICED, "site", "-", account_id=account_id, at=at, noticed_at=said)


def settle(*, account_id: int | None, at: datetime) -> None:
    """The authority was told, or need not be, and people were. Raises NoClock."""
    if clock() is None:
        raise NoClock
    journalling.note(SETTLED, "site", "-", account_id=account_id, at=at)


def held() -> Held:
    def count(column: object) -> int:
        return db.session.scalar(select(func.count()).where(column)) or 0  # type: ignore[arg-type]

    printed = (Packet.level != Level.TOTALS) & Packet.state.in_([PacketState.BUILT, PacketState.SUPERSEDED])
    return Held(
        names=count(Signature.name_box.is_not(None)),
        addresses=count(Signature.email_box.is_not(None)),
        subscriptions=count(Subscription.email_box.is_not(None)),
        shown_names=db.session.scalar(select(func.count()).select_from(ShownName)) or 0,
        printed_packets=count(printed),
        proposers=count(Draft.email_box.is_not(None)),
        reports=count(Report.words != ""),
        accounts=db.session.scalar(select(func.count()).select_from(Account)) or 0,
    )
