"""Keyholding: public keys of those who may be given names, each compared with its owner before it is used.

The private half stays with the office that receives, so that a laptop taken at a border, a mailbox read on the way
or a stick that is lost opens nothing. A key is entered by one person; another compares its fingerprint with the
owner by a way that is not this site, and writes down how. A key is ended, never deleted, so that it can always be
said to which key a copy went.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import select

from campaign.database import db
from campaign.domain import frozen, journalling
from campaign.domain.errors import Refused
from campaign.models.account import Account
from campaign.models.addressee import Addressee
from campaign.models.organisation import Organisation
from campaign.models.release import RecipientKey


class KeyWrong(Refused):
    """This is no public key of age (age1…) or of SSH (ssh-ed25519 …). Never enter a private key here."""


class KeyKnown(Refused):
    """This key stands in the list already."""


class TwoOwners(Refused):
    """A key belongs to an addressee or to an organisation, not to both."""


class CompareYourself(Refused):
    """Whoever entered a key does not compare it too. Ask somebody else to read the fingerprint with its owner."""


class HowMissing(Refused):
    """Say how it was compared: with whom, and by which way."""


class Keys(Protocol):
    def plain(self, typed: str) -> str:
        """The key as it is kept. Raises KeyWrong."""


@dataclass(frozen=True)
class Owner:
    """The office that holds the private half, and what it is in our lists, if anything."""

    holder: str
    addressee: Addressee | None = None
    organisation: Organisation | None = None


def add(typed: str, owner: Owner, *, by: Account, at: datetime, keys: Keys) -> RecipientKey:
    """Raises KeyWrong, KeyKnown, TwoOwners."""
    if owner.addressee and owner.organisation:
        raise TwoOwners
    plain = keys.plain(typed)
    mark = frozen.digest(plain.encode())
    if db.session.scalar(select(RecipientKey).where(RecipientKey.fingerprint == mark, RecipientKey.ended_at.is_(None))):
        raise KeyKnown
    row = RecipientKey(
        addressee_id=owner.addressee.id if owner.addressee else None,
        organisation_id=owner.organisation.id if owner.organisation else None,
        holder=owner.holder.strip(),
        public_key=plain,
        fingerprint=mark,
        added_at=at,
        added_by_id=by.id,
    )
    db.session.add(row)
    db.session.flush()
    journalling.note("key entered", "key", str(row.id), account_id=by.id, at=at, fingerprint=mark)
    return row


def compare(row: RecipientKey, how: str, *, by: Account, at: datetime) -> None:
    """The fingerprint was read with its owner. Raises CompareYourself, HowMissing."""
    if by.id == row.added_by_id:
        raise CompareYourself
    if not how.strip():
        raise HowMissing
    if row.is_usable or row.ended_at is not None:
        return
    row.checked_at, row.checked_by_id, row.checked_how = at, by.id, how.strip()
    journalling.note("key compared", "key", str(row.id), account_id=by.id, at=at, fingerprint=row.fingerprint)


def end(row: RecipientKey, *, by: Account, at: datetime) -> None:
    """Nothing is encrypted to it any more."""
    if row.ended_at is None:
        row.ended_at = at
        journalling.note("key ended", "key", str(row.id), account_id=by.id, at=at, fingerprint=row.fingerprint)


def all_keys() -> Sequence[RecipientKey]:
    return db.session.scalars(select(RecipientKey).order_by(RecipientKey.ended_at.is_not(None), RecipientKey.id)).all()


def usable() -> list[RecipientKey]:
    return [row for row in all_keys() if row.is_usable]


def found(id: int) -> RecipientKey | None:
    return db.session.get(RecipientKey, id)
