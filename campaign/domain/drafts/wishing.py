"""Wishing: an addressee who is missing in the directory is asked for in words, and staff settle it.

A letter can only go to somebody of the directory, whose office and address a person has confirmed. Whoever writes need
not wait for that: the draft goes to staff with the wish. Nothing is published before staff have put an addressee of the
directory in its place, or decided that the letter goes to the others alone; the journal says which.
"""

from dataclasses import replace
from datetime import datetime

from campaign.database import db
from campaign.domain.cases import proposal
from campaign.domain.drafts import locking
from campaign.domain.errors import Refused
from campaign.domain.journalling import note
from campaign.models.account import Account
from campaign.models.addressee import Addressee
from campaign.models.draft import Draft, DraftState


class NothingWished(Refused):
    """No addressee is wished for here, or that was settled already."""


class AddresseeNeeded(Refused):
    """Choose who takes the place of the one wished for: without an addressee there is no letter."""


def settle(draft: Draft, who: Account, addressee: str, *, at: datetime) -> None:
    """Put an addressee of the directory in the place of the wish; an empty one leaves the letter to the others.

    Raises NothingWished, AddresseeNeeded, locking.Held, locking.NotHeld.
    """
    content = proposal.read(draft.content)
    letter = content.letter
    if draft.state is not DraftState.SUBMITTED or not letter.wished.strip():
        raise NothingWished
    locking.needs(draft, who, at=at)
    if addressee and db.session.get(Addressee, addressee) is None:
        raise AddresseeNeeded
    chosen = tuple(dict.fromkeys([*letter.addressees, *([addressee] if addressee else [])]))
    if not chosen:
        raise AddresseeNeeded
    draft.content = replace(content, letter=replace(letter, addressees=chosen, wished="")).as_json()
    draft.version += 1
    db.session.flush()
    note("wished addressee settled", "draft", str(draft.id), account_id=who.id, at=at, addressee=addressee or "none")
