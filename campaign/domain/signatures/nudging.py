"""Nudging: whoever filled in a form and has not answered its letter is reminded, a bounded number of times.

Once after two days, and if staff allow a second time, after five; then never. A stranger's address may have been typed,
so only the latest form of an address is reminded of, none that came in under suspicion or without the proof of work
its petition asks for, and none whose owner has confirmed another or does not want to be written to. The letter is not
the answer to anything its reader does, so the list of those who left is asked before it leaves (gateways/letters.py).
"""

from datetime import datetime, timedelta

from sqlalchemy import Select, exists, or_, select, update
from sqlalchemy.orm import aliased

from campaign.database import db
from campaign.domain import limits, pausing, posting
from campaign.domain.signatures.signing import pending_since
from campaign.models.campaign import Campaign, State
from campaign.models.petition import Petition
from campaign.models.signature import Signature, SignatureState

KIND = "confirm-reminder"
AFTER = (timedelta(days=2), timedelta(days=5))  # the first and the second
BATCH = 500
_STANDING = (SignatureState.CONFIRMED, SignatureState.HELD)


def nudge(*, at: datetime) -> int:
    """Post the reminders that are due; how many. Each form is marked in the same transaction."""
    most, posted = limits.read()["reminders.most"], 0
    for so_far, wait in enumerate(AFTER[:most]):
        rows = db.session.execute(_due(so_far, before=at - wait, at=at)).all()
        for row in rows:
            posting.post_to_signature(KIND, row.public_id, at=at)
        if rows:
            marked = update(Signature).where(Signature.id.in_([row.id for row in rows]))
            db.session.execute(marked.values(reminders=so_far + 1).execution_options(synchronize_session=False))
        posted += len(rows)
    return posted


def _due(so_far: int, *, before: datetime, at: datetime) -> Select[int, bytes]:
    other = aliased(Signature)
    later_or_confirmed = exists().where(
        other.petition_id == Signature.petition_id,
        other.email_key == Signature.email_key,
        or_(other.state.in_(_STANDING), (other.state == SignatureState.PENDING) & (other.id > Signature.id)),
    )
    return (
        select(Signature.id, Signature.public_id)
        .join(Petition, Petition.id == Signature.petition_id)
        .join(Campaign, Campaign.id == Petition.campaign_id)
        .where(
            Signature.state == SignatureState.PENDING,
            Signature.reminders == so_far,
            Signature.created_at <= before,
            Signature.created_at >= pending_since(at) + timedelta(days=1),  # there is a day left to answer
            Signature.suspicion.is_(None),
            Signature.bounced_at.is_(None),
            Signature.email_box.is_not(None),
            or_(Petition.asks_for_proof.is_(False), Signature.is_proved),
            Petition.state == State.OPEN,
            or_(Petition.closes_at.is_(None), Petition.closes_at > at),
            pausing.running(),
            ~later_or_confirmed,
        )
        .order_by(Signature.created_at, Signature.id)
        .limit(BATCH)
    )
