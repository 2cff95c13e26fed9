"""Keeping the sealing keys: only a registered key is sealed to, so that a mistyped one loses no name."""

from datetime import datetime

from sqlalchemy import select

from campaign.database import db
from campaign.domain.sealing import key_id
from campaign.models.site import KeyPurpose, RegisteredKey


def register_keys(*, mail: bytes, names: bytes, at: datetime) -> list[RegisteredKey]:
    """Register both public keys; returns those that were new."""
    added = []
    for purpose, public_key in ((KeyPurpose.MAIL, mail), (KeyPurpose.NAMES, names)):
        if db.session.get(RegisteredKey, (key_id(public_key), purpose)) is None:
            row = RegisteredKey(key_id=key_id(public_key), purpose=purpose, public_key=public_key, registered_at=at)
            db.session.add(row)
            added.append(row)
    db.session.flush()
    return added


def unregistered(*, mail: bytes, names: bytes) -> list[KeyPurpose]:
    """The purposes whose key this database does not know."""
    known = {(p, key) for p, key in db.session.execute(select(RegisteredKey.purpose, RegisteredKey.public_key))}
    return [p for p, key in ((KeyPurpose.MAIL, mail), (KeyPurpose.NAMES, names)) if (p, key) not in known]
