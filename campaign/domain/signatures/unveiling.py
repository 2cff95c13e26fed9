"""Unveiling: the page of names, for signers who chose to be seen, where staff have switched it on.

The public site cannot open a box. So the worker, where it holds the key of names, keeps the few names that may be
shown in a small table in clear: the latest two hundred who chose their name or their initials, already looked at,
and never from a country where signing is dangerous. A row goes in the transaction in which its signer withdraws or
changes the choice, in which staff remove the signature, and in which the page is switched off; the page itself
asks the signature once more before it shows anything. Switching it on opens many names at once, so one member of
staff asks and another does it; anybody of them switches it off alone.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, or_, select, text

from campaign.database import after_commit, db
from campaign.domain import assenting, names
from campaign.domain.assenting import AssentOver
from campaign.domain.errors import SealBroken
from campaign.domain.sealing import Opener
from campaign.domain.signatures import tallying
from campaign.models.account import Account
from campaign.models.assent import Assent, AssentKind
from campaign.models.campaign import PUBLIC_STATES, Campaign, State
from campaign.models.petition import Petition
from campaign.models.signature import (
    CountryCount,
    Lowered,
    NameReview,
    ShownName,
    Signature,
    SignatureState,
    Visibility,
)
from campaign.models.site import ListEntry, ListName

LATEST = 200
_SEEN = (Visibility.PUBLIC, Visibility.INITIALS)


@dataclass(frozen=True)
class Unveiled:
    """One line of the page: a name or initials, as chosen, and the country.

    Beside initials a country in which few signed would point at somebody; it is "", which means other countries.
    """

    number: int
    text: str
    country: str


def ask(petition: Petition, reason: str, *, by: Account, at: datetime) -> Assent:
    """Ask somebody else on the staff to switch the page on. Raises ReasonMissing, AskedAlready."""
    return assenting.ask(AssentKind.SHOW_NAMES, reason, by=by, petition=petition, at=at)


def agree(assent: Assent, *, by: Account, at: datetime) -> None:
    """The second yes switches it on. Raises AnotherNeeded, AssentOver."""
    if assent.petition is None:
        raise AssentOver
    assenting.agree(assent, by=by, at=at)
    assenting.done(assent, at=at)
    switch_on(assent.petition)


def switch_on(petition: Petition) -> None:
    """Show names from now on; a worker that holds the key of names fills the page within a minute."""
    petition.shows_names = True
    db.session.flush()
    after_commit("names")


def switch_off(petition: Petition) -> None:
    """Show none, and keep none in clear."""
    petition.shows_names = False
    db.session.execute(delete(ShownName).where(ShownName.petition_id == petition.id))
    db.session.flush()


def hide(signature_ids: Collection[int]) -> None:
    """Delete what stands in clear of these signers. Called in the transaction that ends or lowers a signature."""
    if signature_ids:
        _delete(signature_ids)
        db.session.execute(_LOWERED, {"ids": list(signature_ids)})


def _delete(signature_ids: Collection[int]) -> None:
    db.session.execute(delete(ShownName).where(ShownName.signature_id.in_(signature_ids)))


_LOWERED = text(
    "INSERT INTO lowered (petition_id, times) SELECT petition_id, 1 FROM signature WHERE id IN :ids "
    "AND number IS NOT NULL GROUP BY petition_id ON CONFLICT (petition_id) DO UPDATE SET times = lowered.times + 1"
).bindparams(bindparam("ids", expanding=True))


def times_lowered(petition_id: int) -> int:
    """How often somebody withdrew, was removed or came to show less, until now."""
    return db.session.scalar(select(Lowered.times).where(Lowered.petition_id == petition_id)) or 0


def page(petition_slug: str) -> tuple[Unveiled, ...] | None:
    """What the page shows, the latest first; None where it is off, or the petition is not public."""
    petition_id = db.session.scalar(_showing().where(Petition.slug == petition_slug))
    if petition_id is None:
        return None
    query = (
        select(Signature.number, ShownName.text, Signature.country, Signature.visibility)
        .join(Signature, Signature.id == ShownName.signature_id)
        .where(Signature.petition_id == petition_id, *_may_be_seen())
        .order_by(Signature.number.desc())
        .limit(LATEST)
    )
    large = _large_countries(petition_id)
    return tuple(
        Unveiled(number or 0, text, country if choice is Visibility.PUBLIC or country in large else "")
        for number, text, country, choice in db.session.execute(query)
    )


def petitions() -> list[int]:
    """Ids of petitions whose page is on."""
    return list(db.session.scalars(_showing()))


def prepare(petition_id: int, opener: Opener, *, latest: int = LATEST) -> int:
    """Bring the table of one petition up to date; how many boxes were opened. The caller commits.

    The rows are locked, so that nobody who withdraws meanwhile can be put back.
    """
    locked = select(Petition.id).where(Petition.id == petition_id, Petition.shows_names)
    if db.session.scalar(locked.with_for_update(key_share=True)) is None:
        return 0
    wanted = db.session.execute(_wanted(petition_id, latest)).all()
    ids = {row.id for row in wanted}
    known = set(db.session.scalars(select(ShownName.signature_id).where(ShownName.petition_id == petition_id)))
    _delete(known - ids)
    opened = [_line(petition_id, row, opener) for row in wanted if row.id not in known]
    found = [line for line in opened if line is not None]
    if found:
        db.session.execute(insert(ShownName), found)
    return len(opened)


def put_away() -> int:
    """Delete names in clear of petitions whose page is off or which are no longer public; how many."""
    done: Any = db.session.execute(delete(ShownName).where(ShownName.petition_id.not_in(_showing())))
    return int(done.rowcount)


def _large_countries(petition_id: int) -> set[str]:
    counts = select(CountryCount.country, CountryCount.signatures).where(CountryCount.petition_id == petition_id)
    rows = db.session.execute(counts).all()
    return {code for code, _ in tallying.by_country((code, number) for code, number in rows).shown}


def _showing() -> Any:
    readable = [*PUBLIC_STATES, State.PAUSED]
    return (
        select(Petition.id)
        .join(Campaign)
        .where(Petition.shows_names, Petition.state.in_(readable), Campaign.state.in_(PUBLIC_STATES))
    )


def _may_be_seen() -> Sequence[Any]:
    dangerous = select(ListEntry.value).where(ListEntry.name == ListName.HIGH_RISK_COUNTRY)
    return (
        Signature.state == SignatureState.CONFIRMED,
        Signature.counted,
        Signature.has_name,
        Signature.visibility.in_(_SEEN),
        Signature.country.not_in(dangerous),
        or_(Signature.name_review.is_(None), Signature.name_review == NameReview.ACCEPTED),
    )


def _wanted(petition_id: int, latest: int) -> Any:
    looked_to = select(Petition.names_looked_to).where(Petition.id == petition_id).scalar_subquery()
    return (
        select(Signature.id, Signature.public_id, Signature.name_box, Signature.visibility)
        .where(Signature.petition_id == petition_id, Signature.number <= looked_to, *_may_be_seen())
        .order_by(Signature.number.desc())
        .limit(latest)
        .with_for_update(key_share=True)
    )


def _line(petition_id: int, row: Any, opener: Opener) -> dict[str, Any] | None:
    """A name that cannot be opened here is left out; the packet's checks say how many there are."""
    try:
        name = opener.open(row.name_box, row.public_id)
    except SealBroken:
        return None
    text = names.initials(name) if row.visibility is Visibility.INITIALS else name
    return {"signature_id": row.id, "petition_id": petition_id, "text": text} if text else None
