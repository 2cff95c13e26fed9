""" "Mail me my links": find a person's signatures by the address they type, and answer alike for everybody.

The same statements run whether or not the address is known; a letter is always posted, and the worker
drops the one that would have nothing to say.
"""

import secrets
from datetime import datetime

from sqlalchemy import select

from campaign.database import db
from campaign.domain import mailboxes, posting
from campaign.domain.sealing import Seal
from campaign.models.petition import Petition
from campaign.models.signature import Signature, SignatureState

_ALIVE = (SignatureState.PENDING, SignatureState.CONFIRMED, SignatureState.HELD)


def mail_links(address: str, *, lang: str, at: datetime, seal: Seal) -> None:
    """Post a letter that lists the lasting link of every signature of this address."""
    held = db.session.execute(
        select(Petition.hash_secret, Petition.mailbox_rules).where(Petition.hash_secret.is_not(None))
    )
    keys = [
        seal.email_key(secret, address, mailboxes.SHIPPED if rules is None else tuple(rules))
        for secret, rules in held
        if secret
    ]
    found = db.session.scalars(
        select(Signature.id).where(Signature.email_key.in_(keys), Signature.state.in_(_ALIVE)).order_by(Signature.id)
    )
    letter_id = secrets.token_bytes(16)
    posting.post(
        "your-links",
        at=at,
        public_id=letter_id,
        email_box=seal.address_box(address, letter_id),
        lang=lang,
        params={"signatures": " ".join(str(i) for i in found)},
    )
