"""Forgetting on time: pending forms after seven days, exact times and networks after two, letters after a month.

What staff removed is emptied thirty days later, when the time for putting it back is over.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, and_, delete, exists, func, or_, select, update

from campaign.database import db
from campaign.domain import posting
from campaign.domain.signatures.signing import pending_since
from campaign.models.letter import Letter
from campaign.models.signature import PERSONAL, Signature, SignatureState

EXACT_TIMES_LAST = timedelta(hours=48)
LETTERS_LAST = timedelta(days=30)
REMOVED_LAST = timedelta(days=30)
_EMPTY: dict[str, None] = dict.fromkeys(PERSONAL)
_TIMES = (Signature.created_at, Signature.confirmed_at, Signature.ended_at)


def expire_pending(*, at: datetime) -> int:
    """Empty the forms that nobody confirmed within seven days; how many."""
    done: CursorResult[Any] = db.session.execute(  # type: ignore[assignment]
        update(Signature)
        .where(Signature.state == SignatureState.PENDING, Signature.created_at < pending_since(at))
        .values(state=SignatureState.EXPIRED, slot=None, ended_at=at, **_EMPTY)
        .execution_options(synchronize_session=False)
    )
    return done.rowcount


def cut_times(*, at: datetime, limit: int = 5000) -> int:
    """Cut the times of signing to the day once they are two days old; how many rows were cut.

    The order of confirmation is kept by the numbers, which the counter gave long before.
    """
    before = at - EXACT_TIMES_LAST
    exact = or_(*(and_(column < before, _has_time(column)) for column in _TIMES))
    rows = db.session.execute(select(Signature.id, *_TIMES).where(exact).limit(limit)).all()
    if rows:
        db.session.execute(update(Signature), [_cut(row, before) for row in rows])
    return len(rows)


def cut_letters(*, at: datetime, limit: int = 5000) -> int:
    """Cut the times of letters that have ended to the day once they are two days old; how many rows were cut.

    Else the confirmation of a signature and the receipt of a gift would say for a month who did both at once.
    """
    before = at - EXACT_TIMES_LAST
    old = Letter.posted_at < before, or_(Letter.sent_at.is_(None), Letter.sent_at < before)
    exact = or_(_has_time(Letter.posted_at), _has_time(Letter.sent_at))
    ended = select(Letter.id, Letter.posted_at, Letter.sent_at).where(Letter.state.in_(posting.OVER), *old, exact)
    rows = db.session.execute(ended.limit(limit)).all()
    cut = [
        {"id": id, "posted_at": _day(posted), "due_at": _day(posted), "sent_at": sent and _day(sent)}
        for id, posted, sent in rows
    ]
    if cut:
        db.session.execute(update(Letter), cut)
    return len(cut)


def empty_removed(*, at: datetime) -> int:
    """Empty the boxes and keys of signatures that staff removed thirty days ago; how many."""
    done: CursorResult[Any] = db.session.execute(  # type: ignore[assignment]
        update(Signature)
        .where(
            Signature.state == SignatureState.REMOVED,
            Signature.ended_at < at - REMOVED_LAST,
            Signature.name_box.is_not(None),
        )
        .values(**_EMPTY)
        .execution_options(synchronize_session=False)
    )
    return done.rowcount


def forget_networks(*, at: datetime) -> int:
    """Empty the hashes of networks once they are two days old, in every state; how many."""
    done: CursorResult[Any] = db.session.execute(  # type: ignore[assignment]
        update(Signature)
        .where(Signature.network_key.is_not(None), Signature.created_at < at - EXACT_TIMES_LAST)
        .values(network_key=None)
        .execution_options(synchronize_session=False)
    )
    return done.rowcount


def _cut(row: Any, before: datetime) -> dict[str, Any]:
    times = {name: getattr(row, name) for name in ("created_at", "confirmed_at", "ended_at")}
    return {"id": row.id} | {name: _day(t) if t is not None and t < before else t for name, t in times.items()}


def forget_letters(*, at: datetime) -> int:
    """Delete the rows of letters that ended a month ago; how many."""
    return posting.forget_sent(before=at - LETTERS_LAST)


def forget_expired(*, at: datetime) -> int:
    """Delete the empty rows of forms that came to nothing, once their letters are deleted; how many."""
    done: CursorResult[Any] = db.session.execute(  # type: ignore[assignment]
        delete(Signature)
        .where(Signature.state == SignatureState.EXPIRED, Signature.ended_at < at - LETTERS_LAST)
        .where(~exists().where(Letter.signature_id == Signature.id))
        .execution_options(synchronize_session=False)
    )
    return done.rowcount


def _day(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _has_time(column: Any) -> Any:
    """Whether a stored moment is anything but midnight UTC."""
    if db.session.get_bind().dialect.name == "sqlite":
        return func.strftime("%H%M%f", column) != "000000.000"
    return func.date_trunc("day", func.timezone("UTC", column)) != func.timezone("UTC", column)
