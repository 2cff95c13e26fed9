"""Asking for news of a campaign, and stopping it.

Somebody who ticks the box and confirms the letter has confirmed both. A subscription takes the public id and the box
of the signature that asked for it, as the public site cannot seal the address again; from then on it has a life of
its own, with a page behind a link of its own. News can be asked for without signing too (domain/news/asking.py).
Whatever ends a subscription also puts its key on the list of those who must not be written to
(domain/supporters/suppressing.py).
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, delete, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from campaign.database import db
from campaign.domain.errors import LinkUnknown, Refused
from campaign.domain.links import Claim
from campaign.domain.sealing import Seal
from campaign.domain.supporters import suppressing
from campaign.models.campaign import Campaign
from campaign.models.petition import Petition, PetitionText
from campaign.models.signature import Signature
from campaign.models.supporter import FormerLink, NewsRequest, Reason, Subscription, SubscriptionState

WORDING = "Write to me when there is news of this case. Optional; every letter has a link that stops them."
WORDING_VERSION = "1"  # raised with every change of the sentence above


class LanguageUnknown(Refused):
    """The letters of this campaign are not written in that language. Choose one of the list."""


@dataclass(frozen=True)
class Asked:
    """News that were asked for and confirmed. The box is bound to `public_id`; the first of `keys` is kept."""

    campaign_id: int
    keys: Sequence[bytes]
    public_id: bytes
    email_box: bytes
    signed_as: bytes | None  # the signature that it is known to be of
    lang: str
    wording: str
    wording_version: str
    organisation: str  # whoever runs the site
    asked_at: datetime


def begin(
    signature: Signature, *, campaign_id: int, signed_as: bytes | None = None, organisation: str = "", at: datetime
) -> bool:
    """Subscribe the signer to the campaign; whether letters begin by this.

    `signed_as` is her signature, where this form only repeats it; `organisation` is whoever runs the site.
    """
    asked = Asked(
        campaign_id=campaign_id,
        keys=[key for key in (signature.subscription_key, signature.person_key) if key is not None],
        public_id=signature.public_id,
        email_box=signature.email_box or b"",
        signed_as=signed_as or signature.public_id,
        lang=db.session.get_one(PetitionText, signature.text_id).lang,
        wording=WORDING,
        wording_version=WORDING_VERSION,
        organisation=organisation,
        asked_at=signature.created_at,
    )
    return wake(asked, at=at) and of_public_id(asked.public_id) is not None


def wake(asked: Asked, *, at: datetime) -> bool:
    """Begin a subscription, or wake an ended one; once per person and campaign. Whether there is a living one now.

    Nothing begins for a mailbox that once complained of our letters.
    """
    if not suppressing.lift(asked.campaign_id, asked.keys):
        return False
    known = db.session.scalar(of_keys(asked.campaign_id, asked.keys).with_for_update())
    if known is not None and known.state is SubscriptionState.ACTIVE:
        known.signed_as = known.signed_as or asked.signed_as
        return True
    if known is None:
        known = Subscription(campaign_id=asked.campaign_id, email_key=asked.keys[0])
    if known.public_id != asked.public_id:
        _rename(known, asked.public_id)
    known.email_box, known.signed_as = asked.email_box, asked.signed_as or known.signed_as
    known.state, known.wording, known.wording_version = SubscriptionState.ACTIVE, asked.wording, asked.wording_version
    known.asked_at, known.confirmed_at, known.ended_at = asked.asked_at, at, None
    known.lang, known.organisation = asked.lang, asked.organisation
    with suppress(IntegrityError), db.session.begin_nested():  # in the same instant another letter of hers was answered
        db.session.add(known)
    return True


def _rename(row: Subscription, public_id: bytes) -> None:
    """Give it the id that is inside its new box; what went out under the earlier one still finds it."""
    if row.id is not None:
        before = FormerLink(public_id=row.public_id, link_version=row.link_version, subscription_id=row.id)
        db.session.merge(before)
        db.session.execute(delete(FormerLink).where(FormerLink.public_id == public_id))  # it is the present one again
    row.public_id, row.link_version = public_id, 1


def of_keys(campaign_id: int, keys: Sequence[bytes]) -> Select[Subscription]:
    """The one of that person in that campaign, alive or ended."""
    theirs = select(Subscription).where(Subscription.campaign_id == campaign_id, Subscription.email_key.in_(keys))
    return theirs.order_by(Subscription.id).limit(1)


@dataclass(frozen=True)
class OwnSubscription:
    """What the page of a subscription shows: nothing out of a box."""

    campaign: str
    campaign_slug: str
    is_active: bool
    is_signer: bool  # known to be of a signature
    lang: str
    languages: tuple[str, ...]
    wording: str
    wording_version: str
    organisation: str
    asked_at: datetime
    confirmed_at: datetime
    ended_at: datetime | None

    def as_data(self) -> dict[str, object]:
        """The same for a file, with what is sealed named as sealed."""
        moments = {name: getattr(self, name) for name in ("asked_at", "confirmed_at", "ended_at")}
        return {
            "campaign": self.campaign,
            "state": "active" if self.is_active else "ended",
            "language": self.lang,
            "wording": self.wording,
            "wording_version": self.wording_version,
            "organisation": self.organisation,
            "known_to_be_a_signers": self.is_signer,
            **{name: at.isoformat(timespec="seconds") if at else None for name, at in moments.items()},
            "sealed": ["address"] if self.is_active else [],
            "keyed_hashes": ["email_key"],
        }


def show(claim: Claim) -> OwnSubscription:
    """What its page shows. Raises LinkUnknown."""
    row = of_claim(claim)
    campaign = db.session.get_one(Campaign, row.campaign_id)
    return OwnSubscription(
        campaign=campaign.title,
        campaign_slug=campaign.slug,
        is_signer=row.signed_as is not None,
        is_active=row.state is SubscriptionState.ACTIVE,
        lang=row.lang,
        languages=languages_of(campaign),
        wording=row.wording,
        wording_version=row.wording_version,
        organisation=row.organisation,
        asked_at=row.asked_at,
        confirmed_at=row.confirmed_at,
        ended_at=row.ended_at,
    )


def change_language(claim: Claim, lang: str) -> None:
    """Be written to in another of the campaign's languages. Raises LinkUnknown, LanguageUnknown."""
    row = of_claim(claim)
    if lang not in languages_of(db.session.get_one(Campaign, row.campaign_id)):
        raise LanguageUnknown
    row.lang = lang
    db.session.flush()


def languages_of(campaign: Campaign) -> tuple[str, ...]:
    """Those in which letters of the campaign can be signed today, the first letter's first language first."""
    found: dict[str, None] = {}
    for petition in campaign.petitions:
        if petition.texts:
            found |= dict.fromkeys([petition.text.lang, *(text.lang for text in petition.translations)])
    return tuple(found) or ("en",)


def of_public_id(public_id: bytes) -> Subscription | None:
    """The subscription that has this public id, or had it before it was woken anew."""
    return _of_link(public_id)[0]


def _of_link(public_id: bytes) -> tuple[Subscription | None, int]:
    """With the version that a link under this id must have."""
    row = db.session.scalar(select(Subscription).where(Subscription.public_id == public_id))
    if row is not None:
        return row, row.link_version
    former = db.session.get(FormerLink, public_id)
    if former is None:
        return None, 0
    return db.session.get_one(Subscription, former.subscription_id), former.link_version


def of_signature(public_id: bytes) -> Subscription | None:
    """What is known to be of that signature; the latest, where it has moved."""
    return db.session.scalars(_of_signature(public_id)).first()


def _of_signature(public_id: bytes) -> Select[Subscription]:
    hers = or_(Subscription.public_id == public_id, Subscription.signed_as == public_id)
    return select(Subscription).where(hers).order_by(Subscription.id.desc())


def spoken(campaign: Campaign, wished: str) -> str:
    """The language of the campaign for whoever reads the site in `wished`."""
    there = languages_of(campaign)
    return wished if wished in there else there[0]


def of_address(address: str, *, seal: Seal) -> Sequence[Subscription]:
    """Every subscription of this address that is alive: in each campaign under its own secret."""
    keys: list[bytes] = []
    for secret in db.session.scalars(select(Campaign.hash_secret).where(Campaign.hash_secret.is_not(None))):
        keys += [seal.subscription_key(secret or b"", address), seal.person_key(secret or b"", address)]
    found = select(Subscription).where(Subscription.email_key.in_(keys), Subscription.state == SubscriptionState.ACTIVE)
    return db.session.scalars(found.order_by(Subscription.id)).all()


def end_by_link(claim: Claim, *, at: datetime) -> None:
    """Stop the letters of one subscription; again: the same answer. Raises LinkUnknown."""
    end(of_claim(claim).public_id, at=at)


def end(public_id: bytes, *, reason: Reason = Reason.UNSUBSCRIBED, at: datetime) -> None:
    """Stop the letters and delete the address; the key stays, so that the choice is remembered."""
    _end(of_public_id(public_id), reason, at)


def end_of_signature(public_id: bytes, *, reason: Reason, at: datetime) -> None:
    """Stop whatever is known to be of that signature, wherever it goes to."""
    for row in db.session.scalars(_of_signature(public_id)):
        _end(row, reason, at)


def end_returned(public_id: bytes, *, reason: Reason, at: datetime) -> bool:
    """Stop what goes to the mailbox of a letter that came back, or of a signature without news; False if unknown."""
    row = of_public_id(public_id)
    if row is not None:
        _end(row, reason, at)
        return True
    hers = db.session.execute(
        select(Signature.subscription_key, Signature.person_key, Petition.campaign_id)
        .join(Petition, Petition.id == Signature.petition_id)
        .where(Signature.public_id == public_id)
    ).one_or_none()
    if hers is None:
        return False
    for key in filter(None, (hers.subscription_key, hers.person_key)):
        suppressing.add(hers.campaign_id, key, reason, at=at)
    return True


def end_of_person(signature_id: int, *, at: datetime) -> None:
    """Stop the letters of whoever this signature is of, whichever of her forms had asked for them.

    Her forms are those of the same address on the same letter and, where several letters stand under one campaign,
    those of the same person key (domain/signatures/grouping.py).
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
    for campaign_id in {row.campaign_id for row in hers}:
        for key in keys:
            suppressing.add(campaign_id, key, Reason.SILENCE, at=at)
    theirs = select(Subscription).where(
        Subscription.campaign_id.in_({row.campaign_id for row in hers}),
        or_(Subscription.public_id.in_([row.public_id for row in hers]), Subscription.email_key.in_(keys)),
    )
    for subscription in db.session.scalars(theirs.order_by(Subscription.id)):
        _end(subscription, Reason.SILENCE, at)


def of_claim(claim: Claim) -> Subscription:
    """The subscription of this link. Raises LinkUnknown."""
    row, version = _of_link(claim.public_id)
    if row is None or version != claim.version:
        raise LinkUnknown
    return row


def _end(row: Subscription | None, reason: Reason, at: datetime) -> None:
    if row is None:
        return
    if row.email_key is not None:
        suppressing.add(row.campaign_id, row.email_key, reason, at=at)
    if row.state is SubscriptionState.ENDED:
        return
    row.state, row.ended_at, row.email_box = SubscriptionState.ENDED, at, None
    moves = NewsRequest.subscription_id == row.id, NewsRequest.confirmed_at.is_(None)
    db.session.execute(delete(NewsRequest).where(*moves).execution_options(synchronize_session=False))
    db.session.flush()
