"""Pacing: how fast letters of news may leave, to everybody together and to each receiving domain.

Each has a line: a moment at which the next letter may go. A letter that finds it far ahead is given its own turn at the
end and comes back then, so that a hundred thousand letters to one provider are looked at twice and not every minute.
A domain that answers "later" is left alone, twice as long each time. A domain is known by a keyed hash, made anew from
each opened address; nothing of a person leads to it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import LargeBinary, bindparam, delete, select, text

from campaign.database import Moment, db
from campaign.domain.limits import Limits
from campaign.models.update import MailPace

EVERYBODY = bytes(32)  # the line of all letters together
BURST = timedelta(minutes=1)  # what may go at once after a pause
LONGEST_REST = timedelta(hours=4)
_KEPT = timedelta(days=2)
_PUT = text(
    """
    INSERT INTO mail_pace (domain_key, next_at, not_before, refusals) VALUES (:key, :next_at, :not_before, :refusals)
    ON CONFLICT (domain_key) DO UPDATE SET
        next_at = excluded.next_at, not_before = excluded.not_before, refusals = excluded.refusals
    """
).bindparams(
    bindparam("key", type_=LargeBinary()),
    bindparam("next_at", type_=Moment()),
    bindparam("not_before", type_=Moment()),
)


@dataclass
class Line:
    """Where one line stands, in the hands of whoever has read it for this transaction."""

    key: bytes
    next_at: datetime
    not_before: datetime | None = None
    refusals: int = 0

    def turn(self, at: datetime, gap: timedelta) -> datetime:
        """When the next letter may go: now, or a moment that is from now on taken."""
        start = max(self.next_at, self.not_before or at, at)
        self.next_at = start + gap
        rests = self.not_before is not None and self.not_before > at
        return start if rests or start > at + BURST else at

    def refused(self, at: datetime) -> None:
        self.refusals += 1
        self.not_before = at + min(timedelta(minutes=2 ** (self.refusals - 1)), LONGEST_REST)


def is_quiet(at: datetime, limits: Limits) -> bool:
    """Whether staff want no letter of news to leave in this hour."""
    first, last, hour = limits["news.quiet.from"], limits["news.quiet.until"], at.astimezone(UTC).hour
    return first <= hour < last if first <= last else hour >= first or hour < last


def room(at: datetime, limits: Limits) -> int:
    """How many letters may leave now, to everybody together."""
    gap = timedelta(hours=1) / limits["news.hour"]
    (line,) = lines([EVERYBODY], at).values()
    return max(0, int((at + BURST - max(line.next_at, at)) / gap))


def leave(number: int, at: datetime, limits: Limits) -> None:
    """So many are leaving."""
    (line,) = lines([EVERYBODY], at).values()
    line.next_at = max(line.next_at, at) + number * (timedelta(hours=1) / limits["news.hour"])
    put([line])


def lines(keys: Iterable[bytes], at: datetime) -> dict[bytes, Line]:
    """The lines of these keys, held until the transaction ends."""
    found = {key: Line(key, at) for key in sorted(set(keys))}
    rows = select(MailPace).where(MailPace.domain_key.in_(found)).order_by(MailPace.domain_key).with_for_update()
    for row in db.session.scalars(rows.execution_options(populate_existing=True)):
        found[row.domain_key] = Line(row.domain_key, row.next_at, row.not_before, row.refusals)
    return found


def put(changed: Iterable[Line]) -> None:
    rows = [vars(line) for line in changed]
    if rows:
        db.session.execute(_PUT, rows)


def refused(key: bytes, at: datetime) -> None:
    """That domain answered "later"."""
    (line,) = lines([key], at).values()
    line.refused(at)
    put([line])


def taken(key: bytes, at: datetime) -> None:
    """It takes letters again."""
    (line,) = lines([key], at).values()
    line.refusals, line.not_before = 0, None
    put([line])


def forget(*, at: datetime) -> int:
    """Delete lines nobody stood in for two days; how many."""
    done = db.session.execute(
        delete(MailPace).where(MailPace.next_at < at - _KEPT).execution_options(synchronize_session=False)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]
