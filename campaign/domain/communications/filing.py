"""Filing: what was handed in for one person, in which channel, and what became of it.

Bodies of the United Nations ask whether a case lies elsewhere, and some refuse it then. The register is for all
channels and for filings of others, too, as far as they are known. A row is corrected, never removed: the journal
says who did.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from campaign.database import db
from campaign.domain.cases import casework
from campaign.domain.communications import channels
from campaign.domain.errors import Refused
from campaign.models.communication import Channel, Communication, Filing
from campaign.models.packet import PacketState
from campaign.models.prisoner import Prisoner


class NotSent(Refused):
    """Only what is built can have been handed in, and a specimen never is."""


class DayAhead(Refused):
    """This day has not come yet."""


class ResultBefore(Refused):
    """A result cannot be older than what it answers."""


@dataclass(frozen=True)
class Filed:
    """One row as staff write it; days are partial dates, empty where not known."""

    channel: Channel
    body: str = ""
    filed_on: str = ""
    filed_by: str = ""
    reference: str = ""
    acknowledged_on: str = ""
    result: str = ""
    result_on: str = ""
    is_over: bool = False


def of(prisoner: Prisoner) -> Sequence[Filing]:
    """Everything on the register for this person, the oldest first; what has no date comes last."""
    rows = db.session.scalars(select(Filing).where(Filing.prisoner_id == prisoner.id)).all()
    return sorted(rows, key=lambda f: (not f.filed_on, f.filed_on, f.id))


def of_packet(packet_id: int) -> Filing | None:
    return db.session.scalar(select(Filing).where(Filing.packet_id == packet_id))


def enter(prisoner: Prisoner, filed: Filed, *, by: str, at: datetime) -> Filing:
    """A new row, for whatever was handed in by whomever. Raises DayAhead, ResultBefore."""
    _check(filed, at.date())
    row = Filing(prisoner=prisoner, recorded_at=at, recorded_by=by, **vars(filed))
    db.session.add(row)
    db.session.flush()
    return row


def submit(words: Communication, filed: Filed, *, by: str, at: datetime) -> Filing:
    """A built communication was handed in; its row stands for it. Raises NotSent, DayAhead, ResultBefore."""
    packet = words.packet
    if packet.is_specimen or packet.state is not PacketState.BUILT:
        raise NotSent
    known = of_packet(packet.id)
    if known is not None:
        correct(known, filed, at=at)
        return known
    row = enter(words.prisoner, filed, by=by, at=at)
    row.packet_id = packet.id
    db.session.flush()
    return row


def correct(row: Filing, filed: Filed, *, at: datetime) -> list[str]:
    """What became of it, or a better reference; which fields changed. Raises DayAhead, ResultBefore."""
    _check(filed, at.date())
    changed = [name for name, value in vars(filed).items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, getattr(filed, name))
    db.session.flush()
    return changed


def against(prisoner: Prisoner, channel: Channel, *, but: Filing | None = None) -> list[Filing]:
    """Rows that this channel may hold against another filing."""
    return [row for row in channels.in_the_way(channel, of(prisoner)) if row is not but]


def _check(filed: Filed, today: date) -> None:
    days = [filed.filed_on, filed.acknowledged_on, filed.result_on]
    if any(day and casework.first_day(day) > today for day in days):
        raise DayAhead
    later = [day for day in days[1:] if day]
    if filed.filed_on and any(casework.last_day(day) < casework.first_day(filed.filed_on) for day in later):
        raise ResultBefore
