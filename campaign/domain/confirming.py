"""Confirming: the link of a letter turns its own pending row into a signature, once per person.

A second row of the same person answers the same and adds nothing; of what it asks for, only the
protective part is kept (less visibility, silence), so that somebody who signs again in order to hide is
hidden; so is whoever opens the link once more and asks for less. Rows of one address are the same person unless
both carry a name and the names differ.

A row that came in under suspicion (domain/suspecting.py) becomes *held* by the same statements: its signer sees
what anybody sees, and the counter leaves it out until staff have looked.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from campaign.database import after_commit, db
from campaign.domain import pausing, subscribing, unveiling
from campaign.domain.errors import CaseEnded, LinkExpired, LinkUnknown, PetitionClosed, SignatureEnded, SignatureRemoved
from campaign.domain.links import Claim
from campaign.domain.signing import pending_since
from campaign.models.petition import Petition
from campaign.models.signature import Signature, SignatureState, Visibility

_STANDING = (SignatureState.CONFIRMED, SignatureState.HELD)


@dataclass(frozen=True)
class Shown:
    """What the page with the button may say: never who."""

    petition_slug: str
    visibility: Visibility
    wants_silence: bool


def show(claim: Claim, *, at: datetime) -> Shown:
    """What confirming would do. Changes nothing. Raises LinkUnknown, LinkExpired, SignatureEnded."""
    row = _row(claim, at, lock=False)
    petition = db.session.get_one(Petition, row.petition_id)
    return Shown(petition.slug, row.visibility, row.wants_silence)


def confirm(claim: Claim, *, lower_to: Visibility | None = None, silence: bool = False, at: datetime) -> str:
    """Confirm the row of this link and return its petition's slug; again and again the same answer.

    `lower_to` may only lower what was chosen when signing; `silence` is “never write to me again”. Raises LinkUnknown,
    LinkExpired, SignatureEnded, SignatureRemoved, PetitionClosed.
    """
    row = _row(claim, at, lock=True)
    petition = db.session.get_one(Petition, row.petition_id)
    if row.state in _STANDING:
        _protect(row, petition, visibility=lower_to, silence=silence, at=at)
        return petition.slug
    if petition.closed_because is not None:
        raise CaseEnded
    if not petition.is_open(at) or pausing.is_resting(petition.campaign):
        raise PetitionClosed
    _protect(row, petition, visibility=lower_to, silence=silence, at=at)
    _give_place(row, petition, at)
    return petition.slug


def _row(claim: Claim, at: datetime, *, lock: bool) -> Signature:
    query = select(Signature).where(Signature.public_id == claim.public_id)
    row = db.session.scalar(query.with_for_update(key_share=True) if lock else query)
    if row is None or row.link_version != claim.version:
        raise LinkUnknown
    if row.state is SignatureState.REMOVED and row.name_box is not None:
        raise SignatureRemoved
    if row.state in {SignatureState.WITHDRAWN, SignatureState.REMOVED}:
        raise SignatureEnded
    late = row.state is SignatureState.PENDING and row.created_at < pending_since(at)
    if row.state is SignatureState.EXPIRED or late:
        raise LinkExpired
    return row


def _give_place(row: Signature, petition: Petition, at: datetime) -> None:
    """Take the first free place of the address; the unique index decides a race, and the loser looks again."""
    for _ in range(3):
        standing = standing_rows(row)
        same = next((other for other in standing if is_same_person(row, other)), None)
        if same is not None:
            _protect(same, petition, visibility=row.visibility, silence=row.wants_silence, at=at)
            return
        taken = {other.place for other in standing}
        place = next((p for p in range(1, petition.people_per_address + 1) if p not in taken), None)
        if place is None:
            return
        try:
            with db.session.begin_nested():
                row.state = SignatureState.HELD if row.suspicion else SignatureState.CONFIRMED
                row.place, row.slot = place, None
                row.confirmed_at = at
                db.session.flush()
        except IntegrityError:
            db.session.refresh(row, with_for_update={"key_share": True})
            continue
        _settle(row, petition, at)
        return


def _settle(row: Signature, petition: Petition, at: datetime) -> None:
    if row.wants_updates and not row.wants_silence:
        subscribing.begin(row, campaign_id=petition.campaign_id, at=at)
    if row.wants_silence:
        _protect(row, petition, visibility=None, silence=True, at=at)
    db.session.flush()
    after_commit("count")


def standing_rows(row: Signature) -> list[Signature]:
    """The confirmed rows of the same address on the same petition."""
    query = select(Signature).where(
        Signature.petition_id == row.petition_id,
        Signature.email_key == row.email_key,
        Signature.state.in_(_STANDING),
        Signature.id != row.id,
    )
    return list(db.session.scalars(query.order_by(Signature.place)))


def is_same_person(one: Signature, other: Signature) -> bool:
    return not (one.has_name and other.has_name) or one.name_key == other.name_key


def _protect(row: Signature, petition: Petition, *, visibility: Visibility | None, silence: bool, at: datetime) -> None:
    """Show less, and write no more: silence also ends news that an earlier form of the same address asked for."""
    if visibility is not None and visibility.rank < row.visibility.rank:
        row.visibility = visibility
        unveiling.hide([row.id])
    if silence:
        row.wants_silence, row.email_box = True, None
        subscribing.end_of_person(row, campaign_id=petition.campaign_id, at=at)
    db.session.flush()
