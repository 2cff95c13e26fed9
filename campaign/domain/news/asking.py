"""Asking for news without signing, and moving them to another address: a form, and a letter that confirms it.

Whoever sends the form is answered alike: the same statements run whether or not the address is known, and nothing has
changed until the letter to that mailbox is answered. What then lifts an entry of the list is said in
domain/supporters/suppressing.py: a form alone lifts nothing, the answered letter all but a complaint; whoever
complained gets not even that letter.

A move begins a subscription at the new address and ends the one at the old in one transaction, and takes along what
is on its way (domain/news/following.py). A signature keeps the
address with which it was confirmed: its key is what makes it count once, and the letter to that mailbox what proves
it.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, delete, select

from campaign.database import db
from campaign.domain import mailboxes, pausing, posting
from campaign.domain.errors import LinkUnknown, Refused, Resting
from campaign.domain.links import Claim
from campaign.domain.news import following
from campaign.domain.sealing import Seal
from campaign.domain.signatures import withdrawing
from campaign.domain.supporters import subscribing, suppressing
from campaign.domain.supporters.subscribing import Asked
from campaign.models.campaign import PUBLIC_STATES, Campaign
from campaign.models.petition import Petition
from campaign.models.signature import Signature
from campaign.models.supporter import NewsRequest, Reason, Subscription, SubscriptionState

WORDING = (
    "Write to me when there is news of this case. I am 16 or older and agree that my address is kept, sealed, for "
    "these letters alone until I stop them: that I want them shows a political opinion."
)
WORDING_VERSION = "form 1"  # raised with every change of the sentence above
CONFIRM, MOVE, MOVING = "news-confirm", "address-confirm", "address-notice"
LASTS = timedelta(days=7)


class NewsExpired(Refused):
    """This link was valid for seven days and has expired. Ask once more, and we send a new letter."""


class NoMoreNews(Refused):
    """There can be no more news of this campaign: it is over, and its signers are forgotten."""


@dataclass(frozen=True)
class AskedFor:
    """What the page of the letter's link says before its button is pressed, and after."""

    campaign: str
    wording: str
    is_move: bool
    is_confirmed: bool


def is_possible(slug: str) -> bool:
    """Whether news of this campaign can be asked for."""
    return db.session.scalar(select(Campaign.hash_secret).where(Campaign.slug == slug)) is not None


def ask(slug: str, address: str, *, lang: str, organisation: str, at: datetime, seal: Seal) -> None:
    """Post the letter that confirms it. Raises NoMoreNews."""
    campaign = db.session.scalars(select(Campaign).where(Campaign.slug == slug)).one()
    _ask(campaign, address, lang=lang, organisation=organisation, at=at, seal=seal)


def ask_as_signer(claim: Claim, address: str, *, lang: str, organisation: str, at: datetime, seal: Seal) -> None:
    """The same from a signer's own page; from the address of the signature it is known to be the signer's.

    Raises LinkUnknown, SignatureEnded, NoMoreNews.
    """
    whose = withdrawing.show(claim).public_id
    row = db.session.scalars(select(Signature).where(Signature.public_id == whose)).one()
    petition = db.session.get_one(Petition, row.petition_id)
    key = seal.email_key(petition.hash_secret or b"", address, mailboxes.rules_of(petition))
    signed_as = whose if key == row.email_key else None
    _ask(petition.campaign, address, lang=lang, organisation=organisation, signed_as=signed_as, at=at, seal=seal)


def ask_to_move(claim: Claim, address: str, *, lang: str, at: datetime, seal: Seal) -> None:
    """Post a letter to the new address, which confirms it, and a notice to the old one. Raises LinkUnknown.

    A later wish takes the place of an earlier one. Nothing is posted where the letters have stopped.
    """
    row = subscribing.of_claim(claim)
    if row.state is SubscriptionState.ENDED or row.email_box is None:
        return
    stay(claim)
    campaign = db.session.get_one(Campaign, row.campaign_id)
    _ask(campaign, address, lang=lang, organisation=row.organisation, moves=row, at=at, seal=seal)
    posting.post(MOVING, at=at, email_box=row.email_box, lang=lang, params={"subscription": row.public_id.hex()})


def stay(claim: Claim) -> None:
    """Take back the wish to move. Raises LinkUnknown."""
    mine = NewsRequest.subscription_id == subscribing.of_claim(claim).id, NewsRequest.confirmed_at.is_(None)
    db.session.execute(delete(NewsRequest).where(*mine).execution_options(synchronize_session=False))


def moves_until(claim: Claim, *, at: datetime) -> datetime | None:
    """Until when a move waits for the answer of the new mailbox; None where none does. Raises LinkUnknown."""
    waits = select(NewsRequest.asked_at).where(
        NewsRequest.subscription_id == subscribing.of_claim(claim).id,
        NewsRequest.confirmed_at.is_(None),
        NewsRequest.asked_at > at - LASTS,
    )
    asked_at = db.session.scalar(waits.order_by(NewsRequest.id.desc()).limit(1))
    return asked_at + LASTS if asked_at is not None else None


def _ask(
    campaign: Campaign,
    address: str,
    *,
    lang: str,
    organisation: str,
    at: datetime,
    seal: Seal,
    signed_as: bytes | None = None,
    moves: Subscription | None = None,
) -> None:
    if campaign.hash_secret is None:
        raise NoMoreNews
    public_id = secrets.token_bytes(16)
    email_key = seal.subscription_key(campaign.hash_secret, address)
    person_key = seal.person_key(campaign.hash_secret, address)
    known = db.session.scalar(subscribing.of_keys(campaign.id, [email_key, person_key]).with_only_columns(_PUBLIC_ID))
    box_of = known or public_id
    row = NewsRequest(
        public_id=public_id,
        campaign_id=campaign.id,
        subscription_id=moves.id if moves else None,
        box_of=box_of,
        email_box=seal.address_box(address, box_of),
        email_key=email_key,
        person_key=person_key,
        signed_as=signed_as,
        lang=lang,
        wording=WORDING,
        wording_version=WORDING_VERSION,
        organisation=organisation,
        asked_at=at,
    )
    db.session.add(row)
    box = seal.address_box(address, public_id)
    posting.post(MOVE if moves else CONFIRM, at=at, public_id=public_id, email_box=box, lang=lang)


_PUBLIC_ID = Subscription.public_id


def is_wanted(public_id: bytes, *, at: datetime) -> bool:
    """Whether its letter may leave: it waits for an answer, and nobody complained of our letters from that mailbox."""
    row = db.session.scalar(select(NewsRequest).where(NewsRequest.public_id == public_id))
    if row is None or row.confirmed_at is not None or row.asked_at <= at - LASTS:
        return False
    return _runs(row) and not suppressing.is_final(row.campaign_id, _keys(row))


def show(claim: Claim, *, at: datetime) -> AskedFor:
    """Raises LinkUnknown, NewsExpired, Resting."""
    row = _row(claim, at)
    campaign = db.session.get_one(Campaign, row.campaign_id)
    return AskedFor(campaign.title, row.wording, row.subscription_id is not None, row.confirmed_at is not None)


def confirm(claim: Claim, *, at: datetime) -> None:
    """Begin, wake or move the subscription; again: the same answer. Raises LinkUnknown, NewsExpired, Resting."""
    row = _row(claim, at, lock=True)
    if row.confirmed_at is not None:
        return
    row.confirmed_at = at
    if row.subscription_id is None:
        subscribing.wake(_asked(row, row), at=at)
    else:
        _move(row, db.session.get_one(Subscription, row.subscription_id), at)
    row.email_box = row.email_key = row.person_key = None
    db.session.flush()


def _move(row: NewsRequest, old: Subscription, at: datetime) -> None:
    if old.state is SubscriptionState.ENDED:
        return
    if old.email_key in _keys(row):  # the same mailbox, written otherwise
        if row.box_of == old.public_id:
            old.email_box = row.email_box
        return
    listed = following.still_listed(old)
    if not subscribing.wake(_asked(row, old), at=at):
        return
    new = db.session.scalar(subscribing.of_keys(row.campaign_id, _keys(row)))
    subscribing.end(old.public_id, reason=Reason.UNSUBSCRIBED, at=at)
    if new is not None:
        following.bring_along(old, new, listed, at=at)


def _asked(row: NewsRequest, consent: NewsRequest | Subscription) -> Asked:
    """What begins at the mailbox of this row. Who moves takes along what she had agreed to."""
    return Asked(
        campaign_id=row.campaign_id,
        keys=tuple(_keys(row)),
        public_id=row.box_of,
        email_box=row.email_box or b"",
        signed_as=consent.signed_as,
        lang=subscribing.spoken(db.session.get_one(Campaign, row.campaign_id), consent.lang),
        wording=consent.wording,
        wording_version=consent.wording_version,
        organisation=consent.organisation,
        asked_at=consent.asked_at,
    )


def _keys(row: NewsRequest) -> list[bytes]:
    return [key for key in (row.email_key, row.person_key) if key is not None]


def _row(claim: Claim, at: datetime, *, lock: bool = False) -> NewsRequest:
    query = select(NewsRequest).where(NewsRequest.public_id == claim.public_id)
    row = db.session.scalar(query.with_for_update() if lock else query)
    if row is None or claim.version != 1:
        raise LinkUnknown
    if row.confirmed_at is None and row.asked_at <= at - LASTS:
        raise NewsExpired
    if not _runs(row):
        raise Resting
    return row


def _runs(row: NewsRequest) -> bool:
    campaign = db.session.get_one(Campaign, row.campaign_id)
    return campaign.state in PUBLIC_STATES and not pausing.is_resting(campaign)


def erase(address: str, *, seal: Seal) -> None:
    """Delete what was asked for from this address, or for it, and waits for an answer."""
    held = db.session.scalars(select(Campaign.hash_secret).where(Campaign.hash_secret.is_not(None)))
    keys = [seal.subscription_key(secret or b"", address) for secret in held]
    db.session.execute(
        delete(NewsRequest).where(NewsRequest.email_key.in_(keys)).execution_options(synchronize_session=False)
    )


def forget(*, at: datetime) -> int:
    """Delete what was asked for a week ago, answered or not; how many."""
    done: CursorResult[object] = db.session.execute(  # type: ignore[assignment]
        delete(NewsRequest).where(NewsRequest.asked_at <= at - LASTS).execution_options(synchronize_session=False)
    )
    return done.rowcount
