"""Invalidating: taking many signatures out of the count at once, by conditions, with a way back.

Staff describe what is wrong, see how many it would be, write down why, and begin. A worker does it in batches under
a lease, so that a killed worker loses and doubles nothing; what is not done yet can be stopped, and what is done can
be undone for thirty days, each signature under the number it had. Every step goes through the ledger, so the
public number follows down and up again. Forms like them that nobody has confirmed yet are counted beside them, and
held back (domain/signatures/forestalling.py), or they would be in the count an hour later. Only signatures that were there at
the counting are touched. What somebody types is kept as a keyed hash.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import CursorResult, func, or_, select, update

from campaign.database import after_commit, db
from campaign.domain.errors import Refused
from campaign.domain.sealing import Seal
from campaign.domain.signatures import forestalling, unveiling, vetting
from campaign.domain.signatures.forgetting import EXACT_TIMES_LAST
from campaign.domain.signatures.vetting import STANDING, SignedAgain
from campaign.models.invalidation import Invalidation, InvalidationState
from campaign.models.petition import Petition
from campaign.models.signature import RemovalReason, Signature, SignatureState, Visibility

BATCH = 500  # signatures in one transaction
LEASE = timedelta(minutes=2)
UNDO_LASTS = timedelta(days=30)
BELL = "invalidations"
_WORKING = (InvalidationState.RUNNING, InvalidationState.UNDOING)


class NoCondition(Refused):
    """Say what is wrong with them: without a condition it would be every signature there is."""


class HourGone(Refused):
    """Hours are known for two days only; after that a day is all there is. Leave the hour empty."""


class NothingMatches(Refused):
    """No signature is like that, so nothing was begun."""


class ReasonMissing(Refused):
    """Write down why, so that it can be understood and judged later."""


class NotNow(Refused):
    """This is not possible in the state it is in: look at the page once more."""


class UndoOver(Refused):
    """This can be undone for thirty days. After that, what was kept of the signatures is deleted."""


@dataclass(frozen=True)
class Conditions:
    """All that is filled in must be true of a signature. Keys are in hex, days are in UTC and written 2017-06-09."""

    domain_key: str = ""
    email_key: str = ""
    name_key: str = ""
    network_key: str = ""
    country: str = ""
    day_from: str = ""
    day_to: str = ""
    hour: int | None = None  # of `day_from`, while exact times are kept
    visibility: str = ""
    suspicion: str = ""
    state: str = ""  # only the held, or only the confirmed
    is_unproved: bool = False
    is_bounced: bool = False  # its mailbox is not there, or did not take five letters within thirty days

    @property
    def is_empty(self) -> bool:
        return not self.kept()

    def kept(self) -> dict[str, Any]:
        """What is filled in, as the row keeps it."""
        return {name: value for name, value in asdict(self).items() if value not in ("", None, False)}


def conditions_of(invalidation: Invalidation) -> Conditions:
    known = {field.name for field in fields(Conditions)}
    return Conditions(**{name: value for name, value in invalidation.conditions.items() if name in known})


@dataclass(frozen=True)
class Typed:
    """What a person types whole: a mail domain, an address, a name. None of it is kept."""

    domain: str = ""
    address: str = ""
    name: str = ""

    def keys(self, petition: Petition, *, seal: Seal) -> dict[str, str]:
        """The same as keyed hashes, for `Conditions`. Raises vetting.KeysErased, names.NameRefused."""
        found = {}
        if self.domain:
            found["domain_key"] = vetting.domain_key(petition, self.domain, seal=seal).hex()
        if self.address:
            found["email_key"] = vetting.email_key(petition, self.address, seal=seal).hex()
        if self.name:
            found["name_key"] = vetting.name_key(petition, self.name, seal=seal).hex()
        return found


def count(petition: Petition, conditions: Conditions) -> int:
    """How many signatures stand today that are like that. Changes nothing. Raises NoCondition."""
    if conditions.is_empty:
        raise NoCondition
    query = select(func.count()).select_from(Signature).where(*_matching(petition.id, conditions))
    return db.session.scalar(query) or 0


def count_waiting(petition: Petition, conditions: Conditions) -> int:
    """How many unconfirmed forms are like that; none where staff ask for the held or the confirmed alone."""
    return 0 if conditions.state else forestalling.waiting(_alike(petition.id, conditions))


def prepare(petition: Petition, conditions: Conditions, *, by: str, at: datetime) -> Invalidation:
    """Count beforehand and write it down, without beginning anything. Raises NoCondition, HourGone."""
    if conditions.hour is not None and conditions.day_from and _first_hour(conditions) < at - EXACT_TIMES_LAST:
        raise HourGone
    row = Invalidation(
        petition_id=petition.id,
        state=InvalidationState.PREPARED,
        conditions=conditions.kept(),
        reason="",
        public_reason="",
        matched=count(petition, conditions),
        waiting=count_waiting(petition, conditions),
        upto=db.session.scalar(select(func.max(Signature.id))) or 0,
        created_at=at,
        created_by=by,
    )
    db.session.add(row)
    db.session.flush()
    return row


def begin(invalidation: Invalidation, *, reason: str, public_reason: RemovalReason) -> None:
    """Let a worker begin. Raises NotNow, NothingMatches, ReasonMissing."""
    _lock(invalidation)
    if invalidation.state is not InvalidationState.PREPARED:
        raise NotNow
    if not invalidation.matched and not invalidation.waiting:
        raise NothingMatches
    if not reason.strip():
        raise ReasonMissing
    invalidation.reason, invalidation.public_reason = reason.strip(), public_reason.value
    invalidation.state = InvalidationState.RUNNING
    db.session.flush()
    after_commit(BELL)


def cancel(invalidation: Invalidation, *, at: datetime) -> None:
    """Stop on the way. What was removed stays removed until it is undone. Raises NotNow."""
    _lock(invalidation)
    if invalidation.state not in {InvalidationState.PREPARED, InvalidationState.RUNNING}:
        raise NotNow
    _end(invalidation, InvalidationState.CANCELLED, at)


def undo(invalidation: Invalidation, *, at: datetime) -> None:
    """Put back what was removed, each under the number it had. Raises NotNow, UndoOver."""
    _lock(invalidation)
    if invalidation.state not in {InvalidationState.DONE, InvalidationState.CANCELLED} or not has_done(invalidation):
        raise NotNow
    if not may_be_undone(invalidation, at=at):
        raise UndoOver
    invalidation.state = InvalidationState.UNDOING
    invalidation.cursor, invalidation.finished_at = 0, None
    db.session.flush()
    after_commit(BELL)


def may_be_undone(invalidation: Invalidation, *, at: datetime) -> bool:
    finished = invalidation.finished_at
    return has_done(invalidation) and finished is not None and at < finished + UNDO_LASTS


def has_done(invalidation: Invalidation) -> bool:
    return bool(invalidation.done or invalidation.held_back)


def of(petition: Petition) -> Sequence[Invalidation]:
    """Those of one petition, the latest first."""
    query = select(Invalidation).where(Invalidation.petition_id == petition.id)
    return db.session.scalars(query.order_by(Invalidation.id.desc())).all()


def claim(*, at: datetime) -> int | None:
    """Take one that waits for a worker under a lease; its id. The caller commits."""
    query = select(Invalidation.id).where(Invalidation.state.in_(_WORKING), _is_free(at)).order_by(Invalidation.id)
    for found in db.session.scalars(query):
        taken: CursorResult[Any] = db.session.execute(  # type: ignore[assignment]
            update(Invalidation)
            .where(Invalidation.id == found, Invalidation.state.in_(_WORKING), _is_free(at))
            .values(lease_until=at + LEASE)
            .execution_options(synchronize_session=False)
        )
        if taken.rowcount:
            return found
    return None


def step(invalidation_id: int, *, at: datetime, limit: int = BATCH) -> bool:
    """One batch; whether there may be more. The caller commits and calls again.

    The petition is locked first, as the counter does, so that the two wait for each other.
    """
    row = db.session.get_one(Invalidation, invalidation_id)
    petition = db.session.get_one(Petition, row.petition_id, with_for_update={"key_share": True})
    _lock(row)
    if row.state not in _WORKING:
        return False
    if not row.cursor:
        _begin_with_the_waiting(row)
    if row.state is InvalidationState.RUNNING:
        seen, over = _remove_batch(row, at, limit), InvalidationState.DONE
    else:
        seen, over = _restore_batch(row, petition, limit), InvalidationState.UNDONE
    db.session.flush()
    vetting.keep_removed(petition)
    row.lease_until = at + LEASE
    if seen < limit:
        _end(row, over, at)
    db.session.flush()
    return seen == limit


def _begin_with_the_waiting(row: Invalidation) -> None:
    """Before the first batch, so that none of them is confirmed past it."""
    if row.state is InvalidationState.UNDOING:
        forestalling.let_go(row.id)
    elif row.waiting:
        alike = [*_alike(row.petition_id, conditions_of(row)), Signature.id <= row.upto]
        row.held_back += forestalling.hold_back(alike, row.id)


def _remove_batch(row: Invalidation, at: datetime, limit: int) -> int:
    ids = list(
        db.session.scalars(
            select(Signature.id)
            .where(*_matching(row.petition_id, conditions_of(row)), Signature.id > row.cursor, Signature.id <= row.upto)
            .order_by(Signature.id)
            .limit(limit)
            .with_for_update()
        )
    )
    if ids:
        ended = {"state": SignatureState.REMOVED, "place": None, "ended_at": at, "invalidation_id": row.id}
        db.session.execute(
            update(Signature).where(Signature.id.in_(ids)).values(removal_reason=row.public_reason, **ended),
            execution_options={"synchronize_session": False},
        )
        unveiling.hide(ids)
        row.cursor, row.done = ids[-1], row.done + len(ids)
        after_commit("count")
    return len(ids)


def _restore_batch(row: Invalidation, petition: Petition, limit: int) -> int:
    removed = db.session.scalars(
        select(Signature)
        .where(
            Signature.invalidation_id == row.id,
            Signature.state == SignatureState.REMOVED,
            Signature.id > row.cursor,
        )
        .order_by(Signature.id)
        .limit(limit)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for signature in removed:
        row.cursor = signature.id
        if _restored(signature, petition):
            row.restored += 1
        else:
            row.skipped += 1
    return len(removed)


def _restored(signature: Signature, petition: Petition) -> bool:
    """Back to what it was: one that was held and never counted is held again."""
    if signature.email_key is None or signature.name_box is None:
        return False
    was_held = signature.suspicion is not None and signature.number is None
    try:
        vetting.put_back(signature, petition, SignatureState.HELD if was_held else SignatureState.CONFIRMED)
    except SignedAgain:
        return False
    return True


def _matching(petition_id: int, asked: Conditions) -> list[Any]:
    states = (SignatureState(asked.state),) if asked.state else STANDING
    return [*_alike(petition_id, asked), Signature.state.in_(states)]


def _alike(petition_id: int, asked: Conditions) -> list[Any]:
    """All but the state."""
    found: list[Any] = [Signature.petition_id == petition_id]
    for column in ("domain_key", "email_key", "name_key", "network_key"):
        if key := getattr(asked, column):
            found.append(getattr(Signature, column) == bytes.fromhex(key))
    if asked.name_key:
        found.append(Signature.has_name)
    if asked.country:
        found.append(Signature.country == asked.country)
    if asked.visibility:
        found.append(Signature.visibility == Visibility(asked.visibility))
    if asked.suspicion:
        found.append(vetting.has_word(asked.suspicion))
    if asked.is_unproved:
        found.append(Signature.is_proved.is_(False))
    if asked.is_bounced:
        found.append(Signature.bounced_at.is_not(None))
    return found + _when(asked)


def _when(asked: Conditions) -> list[Any]:
    """The days on which, or the hour in which, the forms came in."""
    if asked.hour is not None and asked.day_from:
        start = _first_hour(asked)
        return [Signature.created_at >= start, Signature.created_at < start + timedelta(hours=1)]
    found = []
    if asked.day_from:
        found.append(Signature.created_at >= _start(asked.day_from))
    if asked.day_to:
        found.append(Signature.created_at < _start(asked.day_to) + timedelta(days=1))
    return found


def _first_hour(asked: Conditions) -> datetime:
    return _start(asked.day_from) + timedelta(hours=asked.hour or 0)


def _start(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time.min, UTC)


def _is_free(at: datetime) -> Any:
    return or_(Invalidation.lease_until.is_(None), Invalidation.lease_until < at)


def _end(row: Invalidation, state: InvalidationState, at: datetime) -> None:
    row.state, row.finished_at, row.lease_until = state, at, None
    db.session.flush()


def _lock(row: Invalidation) -> None:
    db.session.refresh(row, with_for_update={"key_share": True})
