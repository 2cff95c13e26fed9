"""Mailing: an update fans out to its recipients, and each letter is claimed, looked at once more, and settled.

Recipients get their rows in batches, each in one transaction with the mark of how far it came, so that whoever goes on
after a stop begins there. A claimed letter has a lease; a worker that dies gives it back by time alone. Just before a
letter leaves it is asked once more whether it is still wanted: the update may be stopped, the person gone, the key of
her mailbox on the list. The one letter that may be repeated is the one in flight when a worker is killed, and it is
repeated with the same Message-ID.
"""

import enum
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    CursorResult,
    LargeBinary,
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    update,
)

from campaign.database import Moment, db
from campaign.domain import limits, mailboxes, pausing, switching
from campaign.domain.errors import SealBroken
from campaign.domain.news import filling, pacing, segmenting, updating
from campaign.domain.posting import Fate
from campaign.domain.sealing import Opener, Seal
from campaign.models.campaign import PUBLIC_STATES, Campaign
from campaign.models.letter import LetterState
from campaign.models.site import Switch
from campaign.models.supporter import Subscription, SubscriptionState
from campaign.models.update import Update, UpdateLetter, UpdateState

FAN_OUT = 2000  # rows in one transaction
LEASE = timedelta(minutes=1)
LATE = timedelta(minutes=2)  # whose turn was longer ago, as after quiet hours or a pause, takes another one
ATTEMPTS = 20  # doubling from one minute and capped at four hours: two days, as a mail provider may be down for one
ROWS_LAST = timedelta(days=30)
_OPEN = (LetterState.QUEUED, LetterState.SENDING)


@dataclass(frozen=True)
class Parcel:
    """One letter in the hands of a worker, its address open. It is never logged and never kept."""

    id: int
    update_id: int
    campaign_id: int
    public_id: bytes
    link_version: int
    lang: str
    attempts: int
    address: str
    email_key: bytes | None
    mailbox_key: bytes | None  # made anew from the address; None once the campaign's secret is erased
    domain_key: bytes
    is_troubled: bool = False  # its domain answered "later" the last time


@dataclass(frozen=True)
class Hand:
    """What was taken in hand: letters that may go now, and how many were found to wait for their turn."""

    parcels: list[Parcel]
    waiting: int = 0

    @property
    def is_empty(self) -> bool:
        return not self.parcels and not self.waiting


class Last(enum.Enum):
    """What is found when a letter is about to leave."""

    WANTED = "wanted"
    STOPPED = "stopped"
    NOT_WANTED = "not wanted"


# Fanning out


def begin_due(*, at: datetime) -> int:
    """Begin what has come to its hour; how many. From here on its words stand still and are public.

    What names a value that went since it was sent off goes back to its team, before the first letter.
    """
    due = (
        select(Update)
        .join(Campaign, Campaign.id == Update.campaign_id)
        .where(Update.state == UpdateState.SCHEDULED, Update.send_at <= at)
        .where(Campaign.state.in_(PUBLIC_STATES), pausing.running())
        .order_by(Update.send_at, Update.id)
        .with_for_update(of=Update, skip_locked=True)
    )
    rows = [row for row in db.session.scalars(due).all() if not updating.stop_if_value_lost(row, at=at)]
    for row in rows:
        row.state, row.begun_at, row.filled = UpdateState.SENDING, at, filling.values(row.campaign)
    db.session.flush()
    return len(rows)


def fan_out(*, at: datetime, limit: int = FAN_OUT) -> int:
    """Give the next recipients of one update their rows; how many subscriptions were gone through."""
    query = select(Update).where(Update.state == UpdateState.SENDING, Update.fanned_out_at.is_(None))
    row = db.session.scalar(query.order_by(Update.id).limit(1).with_for_update(skip_locked=True))
    if row is None or row.begun_at is None:
        return 0
    meant = segmenting.conditions(row.campaign_id, segmenting.read(row.segment), before=row.begun_at)
    ids = db.session.scalars(
        select(Subscription.id).where(*meant, Subscription.id > row.reached).order_by(Subscription.id).limit(limit)
    ).all()
    if ids:
        there = exists().where(UpdateLetter.update_id == row.id, UpdateLetter.subscription_id == Subscription.id)
        new = select(
            literal(row.id), Subscription.id, literal(LetterState.QUEUED.value), literal(0), literal(False), _moment(at)
        ).where(Subscription.id.in_(ids), ~there)
        columns = ["update_id", "subscription_id", "state", "attempts", "has_turn", "due_at"]
        db.session.execute(insert(UpdateLetter).from_select(columns, new.order_by(Subscription.id)))
        row.reached = ids[-1]
    if len(ids) < limit:
        row.fanned_out_at = at
    db.session.flush()
    return len(ids)


def _moment(at: datetime) -> Any:
    return bindparam("due_at_now", at, type_=Moment())


# Sending


def claim(most: int, *, opener: Opener, seal: Seal, at: datetime) -> Hand:
    """Take up to `most` letters whose turn has come; none while stopped, in quiet hours, or above the pace."""
    rules = limits.read()
    if switching.is_stopped(Switch.LETTERS) or pacing.is_quiet(at, rules):
        return Hand([])
    room = min(most, pacing.room(at, rules))
    if room <= 0:
        return Hand([])
    rows, late = _claimed(room, at)
    opened = [parcel for row in rows if (parcel := _opened(row, opener, seal, at, has_turn=row.id not in late))]
    parcels = _paced(opened, rules, at)
    if parcels:
        pacing.leave(len(parcels), at, rules)
    return Hand(parcels, len(rows) - len(parcels))


def _claimed(most: int, at: datetime) -> tuple[Sequence[Any], set[int]]:
    """The rows that are due, and the ids of those whose turn is over."""
    sending = (
        select(Update.id)
        .join(Campaign, Campaign.id == Update.campaign_id)
        .where(Update.state == UpdateState.SENDING, Campaign.state.in_(PUBLIC_STATES), pausing.running())
    )
    updates = db.session.scalars(sending.order_by(Update.begun_at, Update.id)).all()
    due = (
        select(UpdateLetter.id, UpdateLetter.due_at)
        .where(UpdateLetter.update_id.in_(updates), UpdateLetter.state.in_(_OPEN), UpdateLetter.due_at <= at)
        .order_by(UpdateLetter.update_id, UpdateLetter.due_at, UpdateLetter.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    found = db.session.execute(due).all() if updates else []
    if not found:
        return [], set()
    ids = [row.id for row in found]
    db.session.execute(
        update(UpdateLetter)
        .where(UpdateLetter.id.in_(ids))
        .values(state=LetterState.SENDING, due_at=at + LEASE, attempts=UpdateLetter.attempts + 1)
        .execution_options(synchronize_session=False)
    )
    rows = db.session.execute(_PARCELS.where(UpdateLetter.id.in_(ids))).all()
    return rows, {row.id for row in found if row.due_at < at - LATE}


_PARCELS = (
    select(
        UpdateLetter.id,
        UpdateLetter.update_id,
        UpdateLetter.attempts,
        UpdateLetter.has_turn,
        Subscription.campaign_id,
        Subscription.public_id,
        Subscription.link_version,
        Subscription.lang,
        Subscription.email_box,
        Subscription.email_key,
        Campaign.hash_secret,
    )
    .join(Subscription, Subscription.id == UpdateLetter.subscription_id)
    .join(Campaign, Campaign.id == Subscription.campaign_id)
    .order_by(UpdateLetter.id)
)


def _opened(row: Any, opener: Opener, seal: Seal, at: datetime, *, has_turn: bool) -> tuple[Parcel, bool] | None:
    if row.email_box is None:
        settle(row.id, Fate.NOT_WANTED, at=at)
        return None
    try:
        address = opener.open(row.email_box, row.public_id)
    except SealBroken:
        _wait(row.id, at + timedelta(hours=1), fault="address box not readable here")
        return None
    secret = row.hash_secret
    parcel = Parcel(
        id=row.id,
        update_id=row.update_id,
        campaign_id=row.campaign_id,
        public_id=row.public_id,
        link_version=row.link_version,
        lang=row.lang,
        attempts=row.attempts,
        address=address,
        email_key=row.email_key,
        mailbox_key=seal.subscription_key(secret, address) if secret else None,
        domain_key=seal.keyed("receiving domain", b"", mailboxes.domain_of(address)),
    )
    return parcel, row.has_turn and has_turn


def _paced(opened: list[tuple[Parcel, bool]], rules: limits.Limits, at: datetime) -> list[Parcel]:
    """Those that may go now; the others wait in the line of their domain."""
    lines = pacing.lines([parcel.domain_key for parcel, _ in opened], at)
    gap, now_going = timedelta(hours=1) / rules["news.domain.hour"], []
    for parcel, has_turn in opened:
        line = lines[parcel.domain_key]
        rests = line.not_before is not None and line.not_before > at
        turn = at if has_turn and not rests else line.turn(at, gap)
        if turn <= at:
            now_going.append(replace(parcel, is_troubled=line.refusals > 0))
        else:
            _wait(parcel.id, turn, has_turn=True)
    pacing.put(lines.values())
    return now_going


def _wait(letter_id: int, until: datetime, *, has_turn: bool = False, fault: str | None = None) -> None:
    """Not now, and it costs no attempt."""
    db.session.execute(
        update(UpdateLetter)
        .where(UpdateLetter.id == letter_id)
        .values(
            state=LetterState.QUEUED, due_at=until, has_turn=has_turn, fault=fault, attempts=UpdateLetter.attempts - 1
        )
        .execution_options(synchronize_session=False)
    )


_LAST = (
    text(
        """
    SELECT u.state AS sending, l.state AS letter, s.state AS wished, s.public_id AS whose, EXISTS (
        SELECT 1 FROM suppression AS x
        WHERE x.campaign_id = u.campaign_id AND x.email_key IN (s.email_key, :mailbox)
    ) AS is_listed
    FROM update_letter AS l
    JOIN campaign_update AS u ON u.id = l.update_id
    JOIN subscription AS s ON s.id = l.subscription_id
    WHERE l.id = :id
    """
    )
    .bindparams(bindparam("mailbox", type_=LargeBinary()))
    .columns(whose=LargeBinary)
)


def last_look(parcel: Parcel) -> Last:
    """Asked while the mail server waits: the last that is read of anything before the letter leaves."""
    found = db.session.execute(_LAST, {"id": parcel.id, "mailbox": parcel.mailbox_key or parcel.email_key})
    row = found.one_or_none()
    if row is None or row.sending != UpdateState.SENDING.value or row.letter != LetterState.SENDING.value:
        return Last.STOPPED
    if row.whose != parcel.public_id:  # she moved, or left and came back: it is taken in hand anew, with her address
        return Last.STOPPED
    if row.wished != SubscriptionState.ACTIVE.value or row.is_listed:
        return Last.NOT_WANTED
    return Last.WANTED


_SENT = text("UPDATE update_letter SET state = 'sent', sent_at = :at, fault = NULL WHERE id = :id").bindparams(
    bindparam("at", type_=Moment())
)


def settle(letter_id: int, fate: Fate, *, fault: str | None = None, attempts: int = 1, at: datetime) -> None:
    """Record how it ended; a temporary failure is tried again ever more slowly."""
    if fate is Fate.SENT:  # nearly always so
        db.session.execute(_SENT, {"id": letter_id, "at": at})
        return
    values: dict[str, Any] = {"fault": fault}
    if fate is Fate.LATER and attempts < ATTEMPTS:
        wait = min(timedelta(minutes=2 ** (attempts - 1)), timedelta(hours=4))
        values |= {"state": LetterState.QUEUED, "due_at": at + wait, "has_turn": False}
    else:
        values["state"] = LetterState.NOT_WANTED if fate is Fate.NOT_WANTED else LetterState.FAILED
    db.session.execute(
        update(UpdateLetter)
        .where(UpdateLetter.id == letter_id)
        .values(values)
        .execution_options(synchronize_session=False)
    )


def release(letter_ids: Sequence[int], *, after: timedelta = timedelta(0), at: datetime) -> None:
    """Give back what was claimed and not tried."""
    db.session.execute(
        update(UpdateLetter)
        .where(UpdateLetter.id.in_(letter_ids), UpdateLetter.state == LetterState.SENDING)
        .values(state=LetterState.QUEUED, due_at=at + after, has_turn=True, attempts=UpdateLetter.attempts - 1)
        .execution_options(synchronize_session=False)
    )


def finish(*, at: datetime) -> int:
    """End the updates of which nothing is left to send; how many."""
    left = exists().where(UpdateLetter.update_id == Update.id, UpdateLetter.state.in_(_OPEN))
    done: CursorResult[Any] = db.session.execute(  # type: ignore[assignment]
        update(Update)
        .where(Update.state == UpdateState.SENDING, Update.fanned_out_at.is_not(None), ~left)
        .values(state=UpdateState.SENT, ended_at=at)
        .execution_options(synchronize_session=False)
    )
    return done.rowcount


def forget(*, at: datetime) -> int:
    """Of an update that ended a month ago keep the totals alone, not who got it; how many rows were deleted."""
    over = select(Update).where(
        or_(Update.state == UpdateState.SENT, Update.state == UpdateState.CANCELLED), Update.ended_at < at - ROWS_LAST
    )
    deleted = 0
    for row in db.session.scalars(over.where(exists().where(UpdateLetter.update_id == Update.id)).order_by(Update.id)):
        mine = UpdateLetter.update_id == row.id
        counted = db.session.execute(
            select(UpdateLetter.state, func.count()).where(mine).group_by(UpdateLetter.state)
        ).all()
        row.totals = {state.value: n for state, n in counted}
        done: CursorResult[Any] = db.session.execute(  # type: ignore[assignment]
            delete(UpdateLetter).where(mine).execution_options(synchronize_session=False)
        )
        deleted += done.rowcount
    db.session.flush()
    return deleted
