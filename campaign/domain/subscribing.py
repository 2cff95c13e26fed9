"""Asking for news of a campaign, and stopping it.

Somebody who ticks the box and confirms the letter has confirmed both. A subscription takes the public id
and the box of the signature that asked for it, as the public site cannot seal the address again; from then
on it has a life of its own.
"""

from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import aliased

from campaign.database import db
from campaign.domain.errors import LinkUnknown
from campaign.domain.links import Claim
from campaign.models.petition import Petition
from campaign.models.signature import Signature
from campaign.models.supporter import Subscription, SubscriptionState

WORDING = "Write to me when there is news of this case. Optional; every letter has a link that stops them."


def begin(signature: Signature, *, campaign_id: int, at: datetime) -> None:
    """Subscribe the signer to the campaign, or wake an ended subscription. Once per person and campaign."""
    known = db.session.scalar(
        select(Subscription).where(
            Subscription.campaign_id == campaign_id,
            Subscription.email_key.in_([signature.subscription_key, signature.person_key]),
        )
    )
    if known is None:
        known = Subscription(campaign_id=campaign_id, email_key=signature.subscription_key)
        db.session.add(known)
    elif known.state is SubscriptionState.ACTIVE:
        return
    known.public_id, known.email_box = signature.public_id, signature.email_box
    known.state, known.lang, known.wording = SubscriptionState.ACTIVE, signature.lang, WORDING
    known.asked_at, known.confirmed_at, known.ended_at = signature.created_at, at, None
    known.link_version = 1
    db.session.flush()


def end_by_link(claim: Claim, *, at: datetime) -> None:
    """Stop the letters of one subscription; again: the same answer. Raises LinkUnknown."""
    row = db.session.scalar(select(Subscription).where(Subscription.public_id == claim.public_id))
    if row is None or row.link_version != claim.version:
        raise LinkUnknown
    end(row.public_id, at=at)


def end(public_id: bytes, *, at: datetime) -> None:
    """Stop the letters and delete the address; the key stays, so that the choice is remembered."""
    _end(db.session.scalar(select(Subscription).where(Subscription.public_id == public_id)), at)


def end_of_person(signature_id: int, *, at: datetime) -> None:
    """Stop the letters of whoever this signature is of, whichever of her forms had asked for them.

    Her forms are those of the same address on the same letter and, where several letters stand under one campaign,
    those of the same person key (domain/grouping.py).
    """
    this, other = aliased(Signature), aliased(Signature)
    same = or_(
        and_(other.petition_id == this.petition_id, other.email_key == this.email_key),
        other.person_key == this.person_key,
    )
    hers = db.session.execute(
        select(other.public_id, other.subscription_key, other.person_key, Petition.campaign_id)
        .select_from(this)
        .join(other, or_(other.id == this.id, same))
        .join(Petition, Petition.id == this.petition_id)
        .where(this.id == signature_id)
    ).all()
    keys = {key for row in hers for key in (row.subscription_key, row.person_key) if key is not None}
    theirs = select(Subscription).where(
        Subscription.campaign_id.in_({row.campaign_id for row in hers}),
        or_(Subscription.public_id.in_([row.public_id for row in hers]), Subscription.email_key.in_(keys)),
    )
    for subscription in db.session.scalars(theirs):
        _end(subscription, at)


def _end(row: Subscription | None, at: datetime) -> None:
    if row is None or row.state is SubscriptionState.ENDED:
        return
    row.state, row.ended_at, row.email_box = SubscriptionState.ENDED, at, None
    db.session.flush()
