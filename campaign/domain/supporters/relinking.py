""" "Mail me my links": find what is a person's by the address they type, and answer alike for everybody.

Whoever asks, the site writes one row with the address in a sealed box and looks nothing up: no clock can tell who is
known. The worker looks when it writes the letter, and drops the one that would have nothing to say. So the signatures
of one person under several campaigns stand together nowhere, not even in the row of a letter that waits.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from campaign.database import db
from campaign.domain import mailboxes, posting
from campaign.domain.sealing import Seal
from campaign.models.petition import Petition
from campaign.models.signature import Signature, SignatureState

_ALIVE = (SignatureState.PENDING, SignatureState.CONFIRMED, SignatureState.HELD)


def mail_links(address: str, *, lang: str, at: datetime, seal: Seal) -> None:
    """Post a letter that lists the lasting links of this address: signatures, news, gifts (gateways/letters.py)."""
    letter_id = secrets.token_bytes(16)
    posting.post("your-links", at=at, public_id=letter_id, email_box=seal.address_box(address, letter_id), lang=lang)


def signatures_of(address: str, *, seal: Seal) -> Sequence[Signature]:
    """Every signature of this address that has a link: on each petition under its own secret and rules."""
    held = db.session.execute(
        select(Petition.hash_secret, Petition.mailbox_rules).where(Petition.hash_secret.is_not(None))
    )
    keys = [
        seal.email_key(secret, address, mailboxes.SHIPPED if rules is None else tuple(rules))
        for secret, rules in held
        if secret
    ]
    found = select(Signature).where(Signature.email_key.in_(keys), Signature.state.in_(_ALIVE))
    return db.session.scalars(found.order_by(Signature.id)).all()
