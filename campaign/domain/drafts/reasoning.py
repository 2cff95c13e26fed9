"""Reasoning: the list of reasons for which a draft is rejected, kept by staff while the site runs.

Whoever wrote something has to learn what to do better, so a rejection takes one sentence of this list; the sentence
goes into the letter and stays with the decision as it was on that day. A reason that is not wanted any more is
retired, never deleted. The list is never empty, for then nothing could be rejected.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, func, select

from campaign.database import db
from campaign.domain.errors import Refused
from campaign.models.draft import RejectionReason

# What a site begins with; the migration writes the same. Unchanged ones are translated, as they are known beforehand.
SHIPPED = (
    ("known_already", "There is a campaign for this already; it is stronger than two."),
    ("sources_missing", "Some statements have no source that others can read."),
    ("consent_missing", "It is not known that those named, or their families, agree."),
    ("too_risky", "Publishing this now could harm those named."),
    ("facts_doubtful", "Some facts could not be confirmed, or sources contradict them."),
    ("not_our_work", "This is not about people imprisoned for their politics or conscience."),
    ("violence", "It calls for violence or hatred, or excuses it."),
    ("another_addressee", "Those addressed cannot do what is asked of them."),
    ("unclear", "It is not clear enough what is asked, or for whom."),
)
LONGEST = 300


class SentenceNeeded(Refused):
    """Write the sentence that the author will read, in at most 300 signs."""


class SentenceKnown(Refused):
    """This sentence stands on the list already. If it is among the retired ones, bring that one back."""


class LastReason(Refused):
    """This is the only reason left. Add another first: without one, nothing could be rejected."""


def begin() -> None:
    """Put the shipped reasons on an empty list."""
    if db.session.scalar(select(func.count()).select_from(RejectionReason)):
        return
    for position, (code, sentence) in enumerate(SHIPPED, start=1):
        db.session.add(RejectionReason(code=code, sentence=sentence, position=position))
    db.session.flush()


def offered() -> Sequence[RejectionReason]:
    """The reasons to choose from, in the order of the list."""
    return db.session.scalars(_ordered().where(RejectionReason.retired_at.is_(None))).all()


def retired() -> Sequence[RejectionReason]:
    return db.session.scalars(_ordered().where(RejectionReason.retired_at.is_not(None))).all()


def chosen(code: str) -> RejectionReason | None:
    """The reason of that code, if it may still be given."""
    found = db.session.get(RejectionReason, code[:20])
    return found if found is not None and found.retired_at is None else None


def add(sentence: str) -> RejectionReason:
    """A new reason at the end of the list. Raises SentenceNeeded, SentenceKnown."""
    last = db.session.scalar(select(func.max(RejectionReason.position))) or 0
    row = RejectionReason(code=f"own-{secrets.token_hex(4)}", sentence=_checked(sentence), position=last + 1)
    db.session.add(row)
    db.session.flush()
    return row


def reword(reason: RejectionReason, sentence: str) -> None:
    """Other words from now on; decisions of before keep theirs. Raises SentenceNeeded, SentenceKnown."""
    reason.sentence = _checked(sentence, but=reason)
    db.session.flush()


def raise_up(reason: RejectionReason) -> None:
    """One place nearer to the top."""
    above = [other for other in offered() if other.position < reason.position]
    if above:
        reason.position, above[-1].position = above[-1].position, reason.position
        db.session.flush()


def lower(reason: RejectionReason) -> None:
    """One place further down."""
    below = [other for other in offered() if other.position > reason.position]
    if below:
        reason.position, below[0].position = below[0].position, reason.position
        db.session.flush()


def retire(reason: RejectionReason, *, at: datetime) -> None:
    """Offer it no longer. Raises LastReason."""
    if reason.retired_at is not None:
        return
    if len(offered()) == 1:
        raise LastReason
    reason.retired_at = at
    db.session.flush()


def bring_back(reason: RejectionReason) -> None:
    """Offer it again, where it stood."""
    reason.retired_at = None
    db.session.flush()


def _checked(sentence: str, *, but: RejectionReason | None = None) -> str:
    words = " ".join(sentence.split())
    if not 0 < len(words) <= LONGEST:
        raise SentenceNeeded
    known = db.session.scalar(select(RejectionReason).where(RejectionReason.sentence == words))
    if known is not None and known is not but:
        raise SentenceKnown
    return words


def _ordered() -> Select[RejectionReason]:
    return select(RejectionReason).order_by(RejectionReason.position, RejectionReason.code)
