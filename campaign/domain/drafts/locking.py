"""Locking: one member of staff at a time works on a draft; the others read it, and see who has it.

A hold ends by itself, for people go home. Taking it over from somebody is allowed, says from whom, and is journalled:
a colleague's illness stops nothing, and nobody does it unseen.
"""

from datetime import datetime, timedelta

from campaign.database import db
from campaign.domain.errors import Refused
from campaign.domain.journalling import note
from campaign.models.account import Account
from campaign.models.draft import Draft

LASTS = timedelta(minutes=30)


class Held(Refused):
    """Somebody on the staff is working on this at the moment. Look again in half an hour, or ask them."""


class NotHeld(Refused):
    """Take this draft into your hands first, so that nobody else decides about it at the same moment."""


def hold(draft: Draft, who: Account, *, over: bool = False, seen: int | None = None, at: datetime) -> None:
    """Take the draft for half an hour, or for another half hour. Raises Held, unless `over` takes it from somebody.

    `seen` is the account that the page named: if another has it by now, nobody is overtaken unseen.
    """
    holder = draft.holder(at)
    if holder is not None and holder.id != who.id:
        if not over or seen not in {None, holder.id}:
            raise Held
        note("draft taken over", "draft", str(draft.id), account_id=who.id, at=at, from_account=holder.id)
    draft.held_by_id, draft.held_until = who.id, at + LASTS
    db.session.flush()
    db.session.expire(draft, ["held_by"])


def release(draft: Draft, who: Account) -> None:
    """Give it back; giving back what one does not hold changes nothing."""
    if draft.held_by_id == who.id:
        draft.held_by_id = draft.held_until = None
        db.session.flush()


def needs(draft: Draft, who: Account, *, at: datetime) -> None:
    """For whoever decides. Raises Held where another has it, NotHeld where nobody has."""
    holder = draft.holder(at)
    if holder is None:
        raise NotHeld
    if holder.id != who.id:
        raise Held


def refuse_held(draft: Draft, *, at: datetime) -> None:
    """Raises Held while anybody has it."""
    if draft.holder(at) is not None:
        raise Held
