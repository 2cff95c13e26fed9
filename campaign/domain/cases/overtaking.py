"""Overtaking: a release or a death closes the letters that are for that person alone, and their counts stand still.

A letter that goes on asking for the release of somebody who is free, or dead, hurts the family and every other
letter. Those for several people go on, and staff decide. Withdrawing stays possible, because it is the signer's right.
If the news was wrong and staff say so, the letters that it closed are open again.
"""

from datetime import datetime

from sqlalchemy import select

from campaign.database import db
from campaign.domain import journalling
from campaign.models.campaign import Campaign, State
from campaign.models.petition import Petition
from campaign.models.prisoner import Prisoner, Status

ENDS = {Status.RELEASED, Status.DIED}


def follow(prisoner: Prisoner, *, account_id: int | None, at: datetime) -> list[Petition]:
    """Close or open again what the person's status asks for; the petitions that changed."""
    follows = _close if prisoner.status in ENDS else _open_again
    changed = [petition for petition in _alone(prisoner) if follows(petition, prisoner, at)]
    for petition in changed:
        act = "petition closed" if petition.closed_because else "petition opened again"
        journalling.note(act, "petition", petition.slug, account_id=account_id, at=at, status=prisoner.status.value)
    db.session.flush()
    return changed


def _close(petition: Petition, prisoner: Prisoner, at: datetime) -> bool:
    closes = petition.state in {State.OPEN, State.PAUSED}
    if closes:
        petition.state, petition.closed_at = State.CLOSED, at
    if closes or petition.closed_because is not None:
        petition.closed_because, petition.closed_as_of = prisoner.status.value, prisoner.status_as_of
    return closes


def _open_again(petition: Petition, prisoner: Prisoner, at: datetime) -> bool:
    """What was closed by mistake, unless its signers are being forgotten: that has no way back."""
    if petition.purge_begun_at is not None:
        return False
    opens = petition.closed_because is not None and petition.state is State.CLOSED
    petition.closed_because = petition.closed_as_of = None
    if opens:
        petition.state, petition.closed_at = State.OPEN, None
    return opens


def _alone(prisoner: Prisoner) -> list[Petition]:
    theirs = select(Petition).join(Campaign).where(Campaign.prisoners.any(Prisoner.id == prisoner.id))
    return [p for p in db.session.scalars(theirs) if len(p.campaign.prisoners) == 1]
