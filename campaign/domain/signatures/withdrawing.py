"""What a signer may do later, by the lasting link of the letter: see, show less or more, withdraw.

Withdrawing deletes both boxes, all keys and the receipt id at once; the counter then appends −1. The row
keeps only its number, so that a printed sheet can strike it. One last letter tells the mailbox: a sealed copy of the
address waits with it, and goes when it has left. Whoever asked for silence gets none.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from campaign.database import after_commit, db
from campaign.domain import names, posting, spellings
from campaign.domain.errors import LinkUnknown, NameNeeded, SignatureEnded, SignatureRemoved, StaysCounted
from campaign.domain.links import Claim
from campaign.domain.sealing import Seal
from campaign.domain.signatures import burmese, grouping, reviewing, unveiling
from campaign.domain.signatures.confirming import is_same_person, standing_rows
from campaign.domain.supporters import subscribing
from campaign.models.petition import Petition
from campaign.models.signature import PERSONAL, NameReview, RemovalReason, Signature, SignatureState, Visibility
from campaign.models.supporter import Reason

LAST_LETTER = "withdrawn"
_OVER = {SignatureState.WITHDRAWN, SignatureState.REMOVED, SignatureState.EXPIRED}


@dataclass(frozen=True)
class OwnSignature:
    """What the signer's own page shows: nothing out of a box."""

    public_id: bytes  # of the standing row, also where the link is of a repetition
    petition_slug: str
    campaign_slug: str
    state: SignatureState
    visibility: Visibility
    country: str
    has_name: bool
    number: int | None
    receipt_id: str | None
    signed_at: datetime
    confirmed_at: datetime | None
    wants_silence: bool
    is_young: bool


def show(claim: Claim) -> OwnSignature:
    """The signature of this link. Raises LinkUnknown; SignatureEnded once withdrawn."""
    row = _row(claim)
    petition = db.session.get_one(Petition, row.petition_id)
    looks_confirmed = SignatureState.CONFIRMED if row.state is SignatureState.HELD else row.state
    return OwnSignature(
        public_id=row.public_id,
        petition_slug=petition.slug,
        campaign_slug=petition.campaign.slug,
        state=looks_confirmed,
        visibility=row.visibility,
        country=row.country,
        has_name=row.has_name,
        number=row.number,
        receipt_id=row.receipt_id.hex() if row.receipt_id else None,
        signed_at=row.created_at,
        confirmed_at=row.confirmed_at,
        wants_silence=row.wants_silence,
        is_young=row.stays_counted,
    )


def change_visibility(claim: Claim, to: Visibility, *, typed_name: str = "", seal: Seal) -> None:
    """Show less at once; show more only with the name typed again, as nobody here can read the first one.

    Who signed without a name gives it now. Raises NameNeeded, names.NameRefused, LinkUnknown, SignatureEnded.
    """
    row = _row(claim, lock=True)
    if to.rank > row.visibility.rank:
        if row.stays_counted:
            raise StaysCounted
        _check_name(row, typed_name, seal)
    row.visibility = to
    unveiling.hide([row.id])
    db.session.flush()


def withdraw(claim: Claim, *, not_me: bool = False, at: datetime) -> None:
    """End the signature and delete what was kept of it. Raises LinkUnknown; SignatureEnded if done before.

    “It was not me” ends the form that this very link came from: a stranger may have typed the address of
    somebody who has signed, and that signature stays.
    """
    row = _linked(claim, lock=True) if not_me else _row(claim, lock=True)
    if not_me:
        end(row, SignatureState.REMOVED, reason=RemovalReason.NOT_OWNER, at=at)
        subscribing.end_of_signature(row.public_id, reason=Reason.NOT_ME, at=at)
    else:
        forms = _unconfirmed_forms(row)
        _tell(row, at=at)
        for form in [*forms, row]:
            end(form, SignatureState.WITHDRAWN, reason=None, at=at)


def _tell(row: Signature, *, at: datetime) -> None:
    """Post the last letter to a mailbox that had confirmed, under the id to which its box is bound."""
    if row.confirmed_at is None or row.wants_silence or row.email_box is None:
        return
    campaign = db.session.get_one(Petition, row.petition_id).campaign_id
    about = {"campaign": str(campaign)}
    posting.post(LAST_LETTER, at=at, email_box=row.email_box, public_id=row.public_id, lang=row.lang, params=about)


def end(row: Signature, state: SignatureState, *, reason: RemovalReason | None, at: datetime) -> None:
    """Empty the row of everything personal; what is left is a number and a state."""
    with grouping.following(row.petition_id, [row] if row.counted else []):
        row.state, row.ended_at, row.removal_reason = state, at, reason
        row.slot = row.place = None
        for column in PERSONAL:
            setattr(row, column, None)
    unveiling.hide([row.id])
    db.session.flush()
    after_commit("count")


def _row(claim: Claim, *, lock: bool = False) -> Signature:
    """The row of the link or, where that one was a repetition, the standing row of the same person."""
    row = _linked(claim, lock=lock)
    if row.state is SignatureState.PENDING:
        return next((other for other in standing_rows(row) if is_same_person(row, other)), row)
    return row


def _unconfirmed_forms(row: Signature) -> list[Signature]:
    """What the same person filled in besides and never confirmed: it goes too, not a week later."""
    query = select(Signature).where(
        Signature.petition_id == row.petition_id,
        Signature.email_key == row.email_key,
        Signature.state == SignatureState.PENDING,
        Signature.id != row.id,
    )
    return [form for form in db.session.scalars(query.with_for_update(key_share=True)) if is_same_person(row, form)]


def _linked(claim: Claim, *, lock: bool) -> Signature:
    query = select(Signature).where(Signature.public_id == claim.public_id)
    row = db.session.scalar(query.with_for_update(key_share=True) if lock else query)
    if row is None or row.link_version != claim.version:
        raise LinkUnknown
    if row.state is SignatureState.REMOVED and row.name_box is not None:
        raise SignatureRemoved
    if row.state in _OVER:
        raise SignatureEnded
    return row


def _check_name(row: Signature, typed: str, seal: Seal) -> None:
    if not typed.strip():
        raise NameNeeded
    petition = db.session.get_one(Petition, row.petition_id)
    if petition.hash_secret is None:
        raise NameNeeded
    meant = burmese.in_unicode(typed) if burmese.zawgyi_suspected(typed) else None
    if row.has_name and meant and row.name_key == seal.name_key(petition.hash_secret, spellings.skeleton(meant)):
        typed = meant  # signed as Unicode, typed again as at the first time
    name = names.accepted(typed)
    key = seal.name_key(petition.hash_secret, spellings.skeleton(name))
    if row.has_name and key != row.name_key:
        raise NameNeeded
    if row.name_review is None and names.hold_reasons(name, reviewing.prisoners_of(petition)):
        row.name_review = NameReview.WAITING
    if not row.has_name:
        with grouping.following(petition.id, [row]):
            row.name_box, row.name_key, row.has_name = seal.name_box(name, row.public_id), key, True
            if grouping.is_kept(petition.campaign) and petition.campaign.hash_secret:
                row.person_name_key = seal.person_name_key(petition.campaign.hash_secret, spellings.skeleton(name))
