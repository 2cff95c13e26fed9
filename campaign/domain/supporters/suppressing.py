"""Suppressing: who must not be written to, kept as keyed hashes that outlive everything else about the person.

The list is looked at last, when the address lies open and the letter is about to leave: whatever went wrong before,
nobody who left is written to. The replies to what a person does herself (confirming, her links) leave all the same,
or nobody could ever come back. A confirmed new request takes an entry away, for the letter that was confirmed proves
both the will and the mailbox; only a complaint stays, as a second one would harm everybody else's letters.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import LargeBinary, String, bindparam, delete, select, text

from campaign.database import Moment, db
from campaign.models.supporter import Reason, Suppression

_ADD = text(
    """
    INSERT INTO suppression (campaign_id, email_key, reason, since) VALUES (:campaign_id, :email_key, :reason, :since)
    ON CONFLICT (campaign_id, email_key) DO UPDATE SET reason = excluded.reason, since = excluded.since
    WHERE excluded.reason = 'complaint' AND suppression.reason <> 'complaint'
    """
).bindparams(
    bindparam("email_key", type_=LargeBinary()), bindparam("reason", type_=String()), bindparam("since", type_=Moment())
)


def add(campaign_id: int, email_key: bytes, reason: Reason, *, at: datetime) -> None:
    """Write it down; what is there stays, but for a complaint, which is never forgotten."""
    row = {"campaign_id": campaign_id, "email_key": email_key, "reason": reason.value, "since": at}
    db.session.execute(_ADD, row)


def lift(campaign_id: int, keys: Iterable[bytes]) -> bool:
    """Somebody asked again and confirmed it. False where a complaint forbids it."""
    theirs = (Suppression.campaign_id == campaign_id, Suppression.email_key.in_(list(keys)))
    if db.session.scalar(select(Suppression.reason).where(*theirs, Suppression.reason == Reason.COMPLAINT).limit(1)):
        return False
    db.session.execute(delete(Suppression).where(*theirs).execution_options(synchronize_session=False))
    return True


def is_listed(campaign_id: int, keys: Iterable[bytes]) -> bool:
    """Whether the mailbox behind one of these keys must not be written to about this campaign."""
    query = select(Suppression.campaign_id).where(
        Suppression.campaign_id == campaign_id, Suppression.email_key.in_(list(keys))
    )
    return db.session.scalar(query.limit(1)) is not None
