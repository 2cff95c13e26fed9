"""Posting letters: a row in the transaction of its cause, claimed with a lease, settled after each attempt.

Losing the queue or the worker loses no letter: a row whose lease has ended is due again. The one letter
that may be repeated is the one in flight when a worker dies between the mail server's "yes" and our commit.
"""

import enum
import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, LargeBinary, String, bindparam, or_, select, text, update

from campaign.database import Moment, after_commit, db
from campaign.domain import pausing, switching
from campaign.models.letter import Letter, LetterState
from campaign.models.signature import Signature
from campaign.models.site import Switch

LEASE = timedelta(minutes=5)
OVER = (LetterState.SENT, LetterState.FAILED, LetterState.NOT_WANTED)
ATTEMPTS = 12  # doubling from one minute and capped at four hours: about a day and a half


class Fate(enum.Enum):
    SENT = "sent"
    LATER = "later"  # a temporary failure
    NEVER = "never"  # a permanent one
    NOT_WANTED = "not wanted"


def post_to_signature(kind: str, public_id: bytes, *, at: datetime, due_at: datetime | None = None) -> None:
    """Post a letter to the signer of that row, to leave at `due_at`.

    For a row that has ended, the letter is written as not wanted: what is refused in silence costs the same.
    """
    row = {"letter": secrets.token_bytes(16), "kind": kind, "signature": public_id, "at": at, "due_at": due_at or at}
    db.session.execute(_POST_TO_SIGNATURE, row)


_POST_TO_SIGNATURE = text(
    """
    INSERT INTO letter (public_id, kind, state, lang, signature_id, params, attempts, posted_at, due_at)
    SELECT :letter, :kind, CASE WHEN state IN ('expired', 'withdrawn', 'removed') THEN 'not_wanted' ELSE 'queued' END,
        lang, id, '{}', 0, :at, :due_at
    FROM signature WHERE public_id = :signature
    """
).bindparams(
    bindparam("letter", type_=LargeBinary()),
    bindparam("signature", type_=LargeBinary()),
    bindparam("kind", type_=String()),
    bindparam("at", type_=Moment()),
    bindparam("due_at", type_=Moment()),
)


def post(
    kind: str,
    *,
    at: datetime,
    account_id: int | None = None,
    email_box: bytes | None = None,
    public_id: bytes | None = None,
    lang: str = "en",
    params: dict[str, str] | None = None,
) -> Letter:
    """Post a letter to an account, or to a sealed address (bound to the letter's own `public_id`)."""
    letter = Letter(
        public_id=public_id or secrets.token_bytes(16),
        kind=kind,
        state=LetterState.QUEUED,
        lang=lang,
        account_id=account_id,
        email_box=email_box,
        params=params or {},
        attempts=0,
        posted_at=at,
        due_at=at,
    )
    db.session.add(letter)
    db.session.flush()
    after_commit("letters")
    return letter


def claim(limit: int, *, at: datetime) -> list[int]:
    """Take up to `limit` due letters under a lease and return their ids, oldest first; none while stopped.

    Letters about somebody who is paused wait, and leave once that is over.
    """
    if switching.is_stopped(Switch.LETTERS):
        return []
    due = (
        select(Letter.id)
        .where(Letter.state.in_([LetterState.QUEUED, LetterState.SENDING]), Letter.due_at <= at)
        .order_by(Letter.due_at, Letter.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    if resting := pausing.resting_petitions():
        about = select(Signature.id).where(Signature.petition_id.in_(resting))
        due = due.where(or_(Letter.signature_id.is_(None), Letter.signature_id.not_in(about)))
    ids = list(db.session.scalars(due))
    if ids:
        db.session.execute(
            update(Letter)
            .where(Letter.id.in_(ids))
            .values(state=LetterState.SENDING, due_at=at + LEASE, attempts=Letter.attempts + 1)
        )
    return ids


def settle(letter_id: int, fate: Fate, *, fault: str | None = None, at: datetime) -> None:
    """Record how an attempt ended. A temporary failure is tried again, ever more slowly, `ATTEMPTS` times."""
    if fate is Fate.SENT:  # nearly always so: one statement, as a crowd waits for its letters
        over = {"state": LetterState.SENT, "fault": fault, "sent_at": at, "email_box": None}
        db.session.execute(update(Letter).where(Letter.id == letter_id).values(over))
        return
    letter = db.session.get_one(Letter, letter_id)
    letter.fault = fault
    if fate is Fate.LATER and letter.attempts < ATTEMPTS:
        letter.state = LetterState.QUEUED
        letter.due_at = at + min(timedelta(minutes=2 ** (letter.attempts - 1)), timedelta(hours=4))
        return
    letter.state = LetterState.NOT_WANTED if fate is Fate.NOT_WANTED else LetterState.FAILED
    letter.email_box = None


def release(letter_ids: list[int], *, at: datetime) -> None:
    """Give back what was claimed and not tried, as the server is down; due again in a minute."""
    db.session.execute(
        update(Letter)
        .where(Letter.id.in_(letter_ids), Letter.state == LetterState.SENDING)
        .values(state=LetterState.QUEUED, due_at=at + timedelta(minutes=1), attempts=Letter.attempts - 1)
    )


def forget_sent(*, before: datetime) -> int:
    """Delete letters that ended before that moment; how many."""
    done: CursorResult[Any] = db.session.execute(  # type: ignore[assignment]
        Letter.__table__.delete().where(Letter.state.in_(OVER), Letter.posted_at < before)  # type: ignore[attr-defined]
    )
    return done.rowcount


def signer_of(letter_id: int) -> bytes | None:
    """The public id of the signature a letter went to; None for a letter to anybody else."""
    whose = select(Signature.public_id).join(Letter, Letter.signature_id == Signature.id)
    return db.session.scalar(whose.where(Letter.id == letter_id))
