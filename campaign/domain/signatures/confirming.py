"""Confirming: the link of a letter turns its own pending row into a signature, once per person.

A second row of the same person answers the same and adds no signature. Of what it asks for, the protective part is
kept (less visibility, silence), so that somebody who signs again in order to hide is hidden; and news, once, as the
answered letter proves that the mailbox's owner wants them. Rows of one address are the same person unless both carry
a name and the names differ.

A row that came in under suspicion (domain/signatures/suspecting.py) becomes *held* by the same statements: its signer
sees what anybody sees, and the counter leaves it out until staff have looked.

When a thousand people press the button in one minute this is what the site does, so it reads what it needs in one
statement of plain columns and writes in one, without records of the petition, its campaign and everybody in it.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.util import identity_key

from campaign.database import after_commit, db
from campaign.domain import pausing, posting
from campaign.domain.errors import CaseEnded, LinkExpired, LinkUnknown, PetitionClosed, SignatureEnded, SignatureRemoved
from campaign.domain.links import Claim
from campaign.domain.signatures import unveiling
from campaign.domain.signatures.signing import pending_since
from campaign.domain.supporters import subscribing
from campaign.models.campaign import Campaign, State
from campaign.models.petition import Petition
from campaign.models.signature import Signature, SignatureState, Visibility

WELCOME = "welcome"  # with the receipt, to whoever asked for news; nobody else gets a second letter
_STANDING = (SignatureState.CONFIRMED, SignatureState.HELD)


@dataclass(frozen=True)
class Shown:
    """What the page with the button may say: never who."""

    petition_slug: str
    visibility: Visibility
    wants_silence: bool
    wants_updates: bool


@dataclass(frozen=True)
class Found:
    """The row of a link and what its petition says of it, as `_FOUND` reads them: the same names in the same order."""

    id: int
    petition_id: int
    state: SignatureState
    link_version: int
    created_at: datetime
    visibility: Visibility
    wants_updates: bool
    wants_silence: bool
    has_name: bool
    name_key: bytes | None
    email_key: bytes | None
    suspicion: str | None
    keeps_name: bool
    slug: str
    campaign_id: int
    petition_state: State
    closes_at: datetime | None
    closed_because: str | None
    people_per_address: int
    campaign_runs: bool


_FOUND = (
    select(
        Signature.id,
        Signature.petition_id,
        Signature.state,
        Signature.link_version,
        Signature.created_at,
        Signature.visibility,
        Signature.wants_updates,
        Signature.wants_silence,
        Signature.has_name,
        Signature.name_key,
        Signature.email_key,
        Signature.suspicion,
        Signature.name_box.is_not(None),
        Petition.slug,
        Petition.campaign_id,
        Petition.state,
        Petition.closes_at,
        Petition.closed_because,
        Petition.people_per_address,
        pausing.running(),
    )
    .select_from(Signature)
    .join(Petition, Petition.id == Signature.petition_id)
    .join(Campaign, Campaign.id == Petition.campaign_id)
)


def show(claim: Claim, *, at: datetime) -> Shown:
    """What confirming would do. Changes nothing. Raises LinkUnknown, LinkExpired, SignatureEnded."""
    row = _find(claim, at, lock=False)
    return Shown(row.slug, row.visibility, row.wants_silence, row.wants_updates and not row.wants_silence)


def confirm(
    claim: Claim,
    *,
    lower_to: Visibility | None = None,
    silence: bool = False,
    organisation: str = "",
    at: datetime,
) -> str:
    """Confirm the row of this link and return its petition's slug; again and again the same answer.

    `lower_to` may only lower what was chosen when signing; `silence` is “never write to me again”; `organisation` is
    who runs the site, to whom a wish for news is said. Raises LinkUnknown, LinkExpired, SignatureEnded,
    SignatureRemoved, PetitionClosed.
    """
    row = _find(claim, at, lock=True)
    if row.state in _STANDING:
        _protect(row, visibility=lower_to, silence=silence, at=at)
        return row.slug
    if row.closed_because is not None:
        raise CaseEnded
    closed = row.petition_state is not State.OPEN or (row.closes_at is not None and at >= row.closes_at)
    if closed or not row.campaign_runs:
        raise PetitionClosed
    _protect(row, visibility=lower_to, silence=silence, at=at)
    lowest = min(row.visibility, lower_to or row.visibility, key=lambda v: v.rank)
    _give_place(row, visibility=lowest, silence=silence or row.wants_silence, organisation=organisation, at=at)
    return row.slug


def _find(claim: Claim, at: datetime, *, lock: bool) -> Found:
    query = _FOUND.where(Signature.public_id == claim.public_id)
    told = db.session.execute(query.with_for_update(key_share=True, of=Signature) if lock else query).one_or_none()
    if told is None or told.link_version != claim.version:
        raise LinkUnknown
    row = Found(*tuple(told))
    if row.state is SignatureState.REMOVED and row.keeps_name:
        raise SignatureRemoved
    if row.state in {SignatureState.WITHDRAWN, SignatureState.REMOVED}:
        raise SignatureEnded
    late = row.state is SignatureState.PENDING and row.created_at < pending_since(at)
    if row.state is SignatureState.EXPIRED or late:
        raise LinkExpired
    return row


def _give_place(row: Found, *, visibility: Visibility, silence: bool, organisation: str, at: datetime) -> None:
    """Take the first free place of the address; the unique index decides a race, and the loser looks again."""
    for _ in range(3):
        standing = standing_rows(row)
        same = next((other for other in standing if is_same_person(row, other)), None)
        if same is not None:
            _protect(same, visibility=visibility, silence=silence, at=at)
            if row.wants_updates and not silence:
                _begin_news(row, same.public_id, organisation=organisation, at=at)
                _write(row, wants_updates=False)  # its link, opened again, does not undo that she left meanwhile
            return
        taken = {other.place for other in standing}
        place = next((p for p in range(1, row.people_per_address + 1) if p not in taken), None)
        if place is None:
            return
        state = SignatureState.HELD if row.suspicion else SignatureState.CONFIRMED
        try:
            with db.session.begin_nested():
                _write(row, state=state, place=place, slot=None, confirmed_at=at)
        except IntegrityError:
            continue
        _settle(row, silence=silence, organisation=organisation, at=at)
        return


def _settle(row: Found, *, silence: bool, organisation: str, at: datetime) -> None:
    if silence:
        _protect(row, visibility=None, silence=True, at=at)
    elif row.wants_updates:
        _begin_news(row, None, organisation=organisation, at=at)
    after_commit("count")


def _begin_news(row: Found, standing: bytes | None, *, organisation: str, at: datetime) -> None:
    """The news that this form asked for, as those of the `standing` signature; and a letter that says so.

    Who gets them already gets no other letter.
    """
    form = db.session.get_one(Signature, row.id, populate_existing=True)
    whose = standing or form.public_id
    has_begun = subscribing.begin(form, campaign_id=row.campaign_id, signed_as=whose, organisation=organisation, at=at)
    if has_begun or standing is None:
        posting.post_to_signature(WELCOME, whose, at=at)
        after_commit("letters")


def _protect(row: Found | Signature, *, visibility: Visibility | None, silence: bool, at: datetime) -> None:
    """Show less, and write no more: silence also ends news that an earlier form of the same address asked for."""
    if visibility is not None and visibility.rank < row.visibility.rank:
        _write(row, visibility=visibility)
        unveiling.hide([row.id])
    if silence:
        _write(row, wants_silence=True, email_box=None)
        subscribing.end_of_person(row.id, at=at)


def _write(row: Found | Signature, **values: object) -> None:
    """What the session holds of the row already is read anew when it is next asked for."""
    db.session.execute(
        update(Signature).where(Signature.id == row.id).values(**values).execution_options(synchronize_session=False)
    )
    if (known := db.session.identity_map.get(identity_key(Signature, row.id))) is not None:
        db.session.expire(known)


def standing_rows(row: Found | Signature) -> list[Signature]:
    """The confirmed rows of the same address on the same petition."""
    query = select(Signature).where(
        Signature.petition_id == row.petition_id,
        Signature.email_key == row.email_key,
        Signature.state.in_(_STANDING),
        Signature.id != row.id,
    )
    return list(db.session.scalars(query.order_by(Signature.place)))


def is_same_person(one: Found | Signature, other: Signature) -> bool:
    return not (one.has_name and other.has_name) or one.name_key == other.name_key
