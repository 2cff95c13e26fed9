"""Vetting: what staff do with one signature – look at it, let it count, take it out, put it back.

Looking shows numbers, days, countries and why it was held, never a name. Nobody browses names: a signature is found
by its number, day or country, or by typing the whole name or address, which is compared as a keyed hash. What is
taken out keeps its sealed boxes for thirty days, so that a mistake can be mended under the same number; then it is
emptied (domain/signatures/forgetting.py).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from datetime import date as Date
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError

from campaign.database import after_commit, db
from campaign.domain import mailboxes, names, spellings
from campaign.domain.errors import Refused
from campaign.domain.sealing import Seal
from campaign.domain.signatures import unveiling
from campaign.domain.signatures.confirming import is_same_person, standing_rows
from campaign.models.petition import Petition
from campaign.models.signature import RemovalReason, Signature, SignatureState

PAGE = 50
STANDING = (SignatureState.CONFIRMED, SignatureState.HELD)


class NotHeld(Refused):
    """This signature is not held for review any more."""


class NotStanding(Refused):
    """This signature does not stand: it was never confirmed, or it has ended already."""


class NotRemoved(Refused):
    """This signature was not removed by staff, so there is nothing to put back."""


class SignedAgain(Refused):
    """The same person has signed again meanwhile, and stands already. It was not put back."""


class TooLate(Refused):
    """What was kept of this signature has been deleted, so it cannot be put back."""


class KeysErased(Refused):
    """The secrets of this petition are deleted with its signers’ data: nobody can be found by name or address."""


@dataclass(frozen=True)
class Asked:
    """What to look for; all that is filled in must be true. Name and address are whole, as the person writes them."""

    number: int | None = None
    day: Date | None = None
    country: str = ""
    name: str = ""
    address: str = ""

    @property
    def is_empty(self) -> bool:
        return not any((self.number, self.day, self.country, self.name, self.address))


@dataclass(frozen=True)
class Around:
    """How many signatures of the petition share something with this one, itself included; 0 where it is not known."""

    domain: int
    network: int
    name: int


def held(petition: Petition, *, after: int = 0, reason: str = "", limit: int = PAGE) -> list[Signature]:
    """The quarantine, in the order in which people came; `after` is the id with which the last page ended."""
    query = select(Signature).where(
        Signature.petition_id == petition.id, Signature.state == SignatureState.HELD, Signature.id > after
    )
    if reason:
        query = query.where(has_word(reason))
    return list(db.session.scalars(query.order_by(Signature.id).limit(limit)))


def held_by_reason(petition: Petition) -> Counter[str]:
    """How many are held for each reason; a signature may have several."""
    rows = db.session.execute(
        select(Signature.suspicion, func.count())
        .where(Signature.petition_id == petition.id, Signature.state == SignatureState.HELD)
        .group_by(Signature.suspicion)
    )
    found: Counter[str] = Counter()
    for words, number in rows:
        for word in (words or "").split():
            found[word] += number
    return found


def waiting() -> list[tuple[Petition, int]]:
    """Petitions with something in quarantine, the most first."""
    rows = db.session.execute(
        select(Petition, func.count(Signature.id))
        .join(Signature, Signature.petition_id == Petition.id)
        .where(Signature.state == SignatureState.HELD)
        .group_by(Petition.id)
        .order_by(func.count(Signature.id).desc(), Petition.id)
    )
    return [(petition, number) for petition, number in rows]


def find(petition: Petition, asked: Asked, *, seal: Seal) -> list[Signature]:
    """At most a page of signatures, the newest first; none for an empty question. Raises KeysErased, NameRefused."""
    if asked.is_empty:
        return []
    query = select(Signature).where(Signature.petition_id == petition.id, Signature.state != SignatureState.PENDING)
    if asked.number is not None:
        query = query.where(Signature.number == asked.number)
    if asked.day is not None:
        start = datetime.combine(asked.day, time.min, UTC)
        query = query.where(Signature.confirmed_at >= start, Signature.confirmed_at < start + timedelta(days=1))
    if asked.country:
        query = query.where(Signature.country == asked.country)
    if asked.name:
        query = query.where(Signature.name_key == name_key(petition, asked.name, seal=seal))
    if asked.address:
        query = query.where(Signature.email_key == email_key(petition, asked.address, seal=seal))
    return list(db.session.scalars(query.order_by(Signature.id.desc()).limit(PAGE)))


def name_key(petition: Petition, typed: str, *, seal: Seal) -> bytes:
    """The hash of a whole name as signing keeps it. Raises KeysErased, names.NameRefused."""
    return seal.name_key(_secret(petition), spellings.skeleton(names.accepted(typed)))


def email_key(petition: Petition, typed: str, *, seal: Seal) -> bytes:
    """The hash of a whole address as signing keeps it. Raises KeysErased."""
    return seal.email_key(_secret(petition), typed, mailboxes.rules_of(petition))


def domain_key(petition: Petition, typed: str, *, seal: Seal) -> bytes:
    """The hash of a mail domain as signing keeps it. Raises KeysErased."""
    return seal.domain_key(_secret(petition), mailboxes.plain_domain(typed.strip().removeprefix("@")))


def around(row: Signature) -> Around:
    """How many others came from the same domain or network, or bear the same name."""
    return Around(
        domain=_sharing(row, Signature.domain_key, row.domain_key),
        network=_sharing(row, Signature.network_key, row.network_key),
        name=_sharing(row, Signature.name_key, row.name_key if row.has_name else None),
    )


def release(row: Signature) -> None:
    """Let a held signature count; the counter gives it the next number. Raises NotHeld."""
    _lock(row)
    if row.state is not SignatureState.HELD:
        raise NotHeld
    row.state = SignatureState.CONFIRMED
    db.session.flush()
    after_commit("count")


def remove(row: Signature, why: RemovalReason, *, at: datetime) -> None:
    """Take a signature out of the count, its boxes kept for thirty days. Raises NotStanding."""
    petition = _locked_petition(row)
    _lock(row)
    if row.state not in STANDING:
        raise NotStanding
    row.state, row.place = SignatureState.REMOVED, None
    row.removal_reason, row.ended_at, row.invalidation_id = why.value, at, None
    unveiling.hide([row.id])
    db.session.flush()
    keep_removed(petition)
    after_commit("count")


def restore(row: Signature) -> None:
    """Put a removed signature back, under the number it had. Raises NotRemoved, TooLate, SignedAgain."""
    petition = _locked_petition(row)
    _lock(row)
    if row.state is not SignatureState.REMOVED:
        raise NotRemoved
    if row.email_key is None or row.name_box is None:
        raise TooLate
    put_back(row, petition, SignatureState.CONFIRMED)
    keep_removed(petition)


def put_back(row: Signature, petition: Petition, state: SignatureState) -> None:
    """Give a removed row a free place of its address again. Raises SignedAgain."""
    standing = standing_rows(row)
    taken = {other.place for other in standing}
    place = next((p for p in range(1, petition.people_per_address + 1) if p not in taken), None)
    if place is None or any(is_same_person(row, other) for other in standing):
        raise SignedAgain
    try:
        with db.session.begin_nested():
            row.state, row.place = state, place
            row.removal_reason = row.ended_at = row.invalidation_id = None
            db.session.flush()
    except IntegrityError:
        raise SignedAgain from None
    after_commit("count")


def removed_by_reason(petition: Petition) -> tuple[tuple[str, int], ...]:
    """For everybody to read: how many confirmed signatures were taken out, for which reason, the most first."""
    return tuple(sorted(petition.removed_counts.items(), key=lambda row: (-row[1], row[0])))


def keep_removed(petition: Petition) -> None:
    """Count anew what was removed, so that no page has to. The caller has locked the petition."""
    rows = db.session.execute(
        select(Signature.removal_reason, func.count())
        .where(
            Signature.petition_id == petition.id,
            Signature.state == SignatureState.REMOVED,
            Signature.confirmed_at.is_not(None),
        )
        .group_by(Signature.removal_reason)
    )
    petition.removed_counts = {why or "": number for why, number in rows}
    db.session.flush()


def has_word(word: str) -> Any:
    """Whether that word stands in a row's suspicion."""
    column = Signature.suspicion
    return or_(column == word, column.like(f"{word} %"), column.like(f"% {word}"), column.like(f"% {word} %"))


def _sharing(row: Signature, column: Any, value: bytes | None) -> int:
    if value is None:
        return 0
    query = select(func.count()).where(Signature.petition_id == row.petition_id, column == value)
    return db.session.scalar(query) or 0


def _secret(petition: Petition) -> bytes:
    if petition.hash_secret is None:
        raise KeysErased
    return petition.hash_secret


def _locked_petition(row: Signature) -> Petition:
    """Always locked before its signatures, as the counter does, so that nobody waits for each other in a ring."""
    petition = db.session.get_one(Petition, row.petition_id)
    db.session.refresh(petition, with_for_update={"key_share": True})
    return petition


def _lock(row: Signature) -> None:
    db.session.refresh(row, with_for_update={"key_share": True})


def list_of(ids: Sequence[int], petition: Petition) -> list[Signature]:
    """Rows chosen on a page, in the order of their ids."""
    query = select(Signature).where(Signature.petition_id == petition.id, Signature.id.in_(ids))
    return list(db.session.scalars(query.order_by(Signature.id)))
