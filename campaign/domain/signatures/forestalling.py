"""Forestalling: forms that nobody has confirmed yet, and that are like the signatures staff take out of the count.

Left alone, they would be confirmed an hour later and count. Deleting them would lose a real person among them without
a trace. So each gets a word in its suspicion: once confirmed it is *held*, its signer sees what anybody sees, and
staff decide. Undoing the removal takes the word away, and what was held for nothing else counts.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import CursorResult, case, func, null, select, update

from campaign.database import after_commit, db
from campaign.domain.signatures import vetting
from campaign.domain.signatures.suspecting import Reason
from campaign.models.signature import Signature, SignatureState

_WORD = Reason.LIKE_REMOVED.value
_MARKED = (SignatureState.PENDING, SignatureState.HELD, SignatureState.REMOVED)


def waiting(matching: Sequence[Any]) -> int:
    """How many forms that are like that wait to be confirmed."""
    query = select(func.count()).select_from(Signature).where(*matching, Signature.state == SignatureState.PENDING)
    return db.session.scalar(query) or 0


def hold_back(matching: Sequence[Any], invalidation_id: int) -> int:
    """Have them held once they are confirmed; how many. One that an earlier removal holds back stays with that."""
    waits = Signature.state == SignatureState.PENDING
    return _change(
        update(Signature)
        .where(*matching, waits, Signature.suspicion.is_(None) | ~vetting.has_word(_WORD))
        .values(suspicion=func.coalesce(Signature.suspicion + " ", "") + _WORD, invalidation_id=invalidation_id)
    )


def let_go(invalidation_id: int) -> None:
    """Take the word away again; what was held for that alone is confirmed, and the counter gives it its number."""
    theirs = Signature.invalidation_id == invalidation_id, Signature.state.in_(_MARKED), vetting.has_word(_WORD)
    held = Signature.state == SignatureState.HELD
    alone = Signature.suspicion == _WORD
    _change(update(Signature).where(*theirs, held, alone).values(state=SignatureState.CONFIRMED))
    _change(
        update(Signature)
        .where(Signature.invalidation_id == invalidation_id, vetting.has_word(_WORD))
        .values(suspicion=case((alone, null()), else_=func.replace(Signature.suspicion, f" {_WORD}", "")))
    )
    after_commit("count")


def _change(statement: Any) -> int:
    done: CursorResult[Any] = db.session.execute(  # type: ignore[assignment]
        statement.execution_options(synchronize_session=False)
    )
    return done.rowcount
