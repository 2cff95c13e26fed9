"""What is held about one person: told to the person, found by staff from a whole address, and erased.

Nobody can look through people here. Who wants to know types the whole address; it is compared as a keyed hash with
each petition’s own secret, and is written down nowhere, the journal included. What is sealed is named as sealed: the
machine that answers may be unable to open it, and must not need to.

One thing has no hash: the address of a visitor who proposed a case. Those few boxes, deleted a month after the
decision, are opened one by one where the key of letters is, and compared; elsewhere they are left out, and said to be.
"""

import enum
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from campaign.database import db
from campaign.domain import journalling, mailboxes
from campaign.domain.drafts import proposing
from campaign.domain.errors import SealBroken
from campaign.domain.links import Claim
from campaign.domain.sealing import Opener, Seal
from campaign.domain.signatures import withdrawing
from campaign.domain.supporters import subscribing
from campaign.models.campaign import Campaign
from campaign.models.draft import Draft
from campaign.models.petition import Petition, PetitionText
from campaign.models.signature import PERSONAL, Signature, SignatureState
from campaign.models.supporter import Reason, Subscription, SubscriptionState

_GONE = {SignatureState.WITHDRAWN, SignatureState.EXPIRED}
_KEPT = tuple(column for column in PERSONAL if column != "receipt_id")


class Wish(enum.StrEnum):
    """Why staff erase; a list, so that nobody writes an address into the journal."""

    ASKED = "asked"  # the person wrote to us
    LAW = "law"  # an authority or a court ordered it
    MISTAKE = "mistake"  # it should never have been here


@dataclass(frozen=True)
class Found:
    """How much is held for an address under one petition or campaign; proposals stand by themselves, without slug."""

    slug: str
    signatures: int = 0
    subscriptions: int = 0
    proposals: int = 0


def everything(claim: Claim) -> dict[str, Any]:
    """All that is held about the signature of this link, for its owner. Raises LinkUnknown, SignatureEnded."""
    own = withdrawing.show(claim)
    row = db.session.scalars(select(Signature).where(Signature.public_id == claim.public_id)).one()
    words = db.session.get_one(PetitionText, row.text_id)
    subscription = db.session.scalar(select(Subscription).where(Subscription.public_id == row.public_id))
    return {
        "petition": own.petition_slug,
        "state": own.state.value,
        "number": row.number,
        "receipt": row.receipt_id.hex() if row.receipt_id else None,
        "visibility": row.visibility.value,
        "country": row.country,
        "language": row.lang,
        "is_under_16": row.stays_counted,
        "wants_updates": row.wants_updates,
        "wants_no_letters": row.wants_silence,
        "signed_at": _moment(row.created_at),
        "confirmed_at": _moment(row.confirmed_at),
        "text": {"language": words.lang, "version": words.version, "sha256": words.sha256, "consent": words.consent},
        "sealed": {
            "name": "kept in a sealed box" if row.name_box else None,
            "address": "kept in a sealed box" if row.email_box else None,
        },
        "keyed_hashes": [name for name in _KEPT if name.endswith("_key") and getattr(row, name) is not None],
        "news": {"since": _moment(subscription.confirmed_at), "state": subscription.state.value}
        if subscription
        else None,
    }


def find(address: str, *, seal: Seal, opener: Opener) -> list[Found]:
    """Where something is held for that address, as numbers. `opener` is that of letters, or opens nothing."""
    found: dict[str, list[int]] = {}
    for petition, rows in _signatures(address, seal):
        found.setdefault(petition.slug, [0, 0])[0] += len(rows)
    for campaign, subscription in _subscriptions(address, seal):
        if subscription.state is SubscriptionState.ACTIVE:
            found.setdefault(campaign.slug, [0, 0])[1] += 1
    proposals = len(_proposals(address, opener))
    places = [Found(slug, *numbers) for slug, numbers in sorted(found.items())]
    return [*places, Found("", proposals=proposals)] if proposals else places


def erase(
    address: str, wish: Wish, *, seal: Seal, opener: Opener, account_id: int | None, at: datetime
) -> tuple[int, int, int]:
    """Withdraw every signature of that address, stop its news, take back its proposals; how many of each.

    The ledger gets its −1 later. Of a proposal that was decided already only the address goes: what was published
    of it is the campaign’s record by now.
    """
    signatures = subscriptions = 0
    for _petition, rows in _signatures(address, seal, lock=True):
        for row in rows:
            was_removed, reason = row.state is SignatureState.REMOVED, row.removal_reason
            withdrawing.end(row, row.state if was_removed else SignatureState.WITHDRAWN, reason=None, at=at)
            row.removal_reason = reason  # what staff took out stays counted as taken out
            signatures += 1
    for _campaign, subscription in _subscriptions(address, seal):
        if subscription.state is SubscriptionState.ACTIVE:
            subscribing.end(subscription.public_id, reason=Reason.ERASED, at=at)
            subscriptions += 1
    proposals = _proposals(address, opener)
    for draft in proposals:
        if not draft.state.is_over:
            proposing.take_back(draft, at=at)
        draft.email_box = None
    db.session.flush()
    numbers = {"signatures": signatures, "subscriptions": subscriptions, "proposals": len(proposals)}
    journalling.note("person erased", "person", "-", account_id=account_id, at=at, wish=wish.value, **numbers)
    return signatures, subscriptions, len(proposals)


def note_search(*, found: int, account_id: int | None, at: datetime) -> None:
    """Looking for a person is an act too: the journal says that it was done, never for whom."""
    journalling.note("person looked for", "person", "-", account_id=account_id, at=at, places=found)


def _signatures(address: str, seal: Seal, *, lock: bool = False) -> list[tuple[Petition, list[Signature]]]:
    found = []
    for petition in db.session.scalars(select(Petition).where(Petition.hash_secret.is_not(None))):
        key = seal.email_key(petition.hash_secret or b"", address, mailboxes.rules_of(petition))
        query = select(Signature).where(
            Signature.petition_id == petition.id, Signature.email_key == key, Signature.state.not_in(_GONE)
        )
        if rows := list(db.session.scalars(query.with_for_update(key_share=True) if lock else query)):
            found.append((petition, rows))
    return found


def _subscriptions(address: str, seal: Seal) -> list[tuple[Campaign, Subscription]]:
    """Under the key of the person, with which signing makes them, or that of a subscription alone."""
    found = []
    for campaign in db.session.scalars(select(Campaign).where(Campaign.hash_secret.is_not(None))):
        secret = campaign.hash_secret or b""
        keys = [seal.person_key(secret, address), seal.subscription_key(secret, address)]
        query = select(Subscription).where(Subscription.campaign_id == campaign.id, Subscription.email_key.in_(keys))
        found += [(campaign, row) for row in db.session.scalars(query)]
    return found


def _proposals(address: str, opener: Opener) -> list[Draft]:
    """Those of this mailbox, as far as they can be opened here."""
    wanted, found = mailboxes.canonical(address, mailboxes.SHIPPED), []
    if not opener.key_ids:
        return []
    for draft in db.session.scalars(select(Draft).where(Draft.email_box.is_not(None)).order_by(Draft.id)):
        with suppress(SealBroken):
            author = opener.open(draft.email_box or b"", draft.public_id)
            if mailboxes.canonical(author, mailboxes.SHIPPED) == wanted:
                found.append(draft)
    return found


def _moment(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None
