"""Asking for news of a campaign, and stopping it.

Somebody who ticks the box and confirms the letter has confirmed both. A subscription takes the public id
and the box of the signature that asked for it, as the public site cannot seal the address again; from then
on it has a life of its own.
"""

from datetime import datetime

from sqlalchemy import select

from campaign.database import db
from campaign.domain.errors import LinkUnknown
from campaign.domain.links import Claim
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


def end_of_person(signature: Signature, *, campaign_id: int, at: datetime) -> None:
    """Stop the letters of whoever this signature is of, whichever of her forms had asked for them."""
    theirs = Subscription.campaign_id == campaign_id, Subscription.email_key == signature.person_key
    _end(db.session.scalar(select(Subscription).where(*theirs)), at)


def _end(row: Subscription | None, at: datetime) -> None:
    if row is None or row.state is SubscriptionState.ENDED:
        return
    row.state, row.ended_at, row.email_box = SubscriptionState.ENDED, at, None
    db.session.flush()
