"""Pausing: one switch takes everything about a person out of sight, and another puts it back.

A family asks to stop, a negotiation begins, a publication turns out to be dangerous: then there is no time to find
every page. So each page, list, search, packet and letter asks the rules below. A campaign whose people are all
paused rests as a whole; one that is also for others goes on without showing this person.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import selectinload

from campaign.database import db
from campaign.domain import journalling
from campaign.domain.errors import Refused
from campaign.models.campaign import Campaign, State
from campaign.models.petition import Petition
from campaign.models.prisoner import Prisoner

WHOLE = 4  # letters; shorter words of a name stand in too many texts to say anything


class ReasonMissing(Refused):
    """Say why: whoever is on duty next must know whether it may be ended."""


def pause(prisoner: Prisoner, *, reason: str, by: str, account_id: int | None, at: datetime) -> None:
    """Take everything about this person out of sight. Raises ReasonMissing; the journal gets no word of the reason."""
    if not reason.strip():
        raise ReasonMissing
    if prisoner.paused_at is None:
        prisoner.paused_at = at
        journalling.note("person paused", "prisoner", prisoner.slug, account_id=account_id, at=at)
    prisoner.paused_by, prisoner.paused_reason = by, reason.strip()
    db.session.flush()


def resume(prisoner: Prisoner, *, account_id: int | None, at: datetime) -> None:
    """Put all of it back as it was."""
    if prisoner.paused_at is None:
        return
    prisoner.paused_at, prisoner.paused_by, prisoner.paused_reason = None, None, ""
    journalling.note("person resumed", "prisoner", prisoner.slug, account_id=account_id, at=at)


def is_resting(campaign: Campaign) -> bool:
    """Whether everybody whom the campaign is for is paused."""
    return bool(campaign.prisoners) and all(p.is_paused for p in campaign.prisoners)


def running() -> ColumnElement[bool]:
    """The opposite of `is_resting`, asked of the database."""
    return or_(~Campaign.prisoners.any(), Campaign.prisoners.any(Prisoner.paused_at.is_(None)))


def resting_petitions() -> list[int]:
    """Petitions about which no letter leaves at present; hardly ever any."""
    if db.session.scalar(select(Prisoner.id).where(Prisoner.paused_at.is_not(None)).limit(1)) is None:
        return []
    return list(db.session.scalars(select(Petition.id).join(Campaign).where(~running())))


def campaign_rests(slug: str) -> bool:
    row = db.session.scalar(select(Campaign).where(Campaign.slug == slug))
    return row is not None and is_resting(row)


def petition_rests(slug: str) -> bool:
    row = db.session.scalar(select(Petition).where(Petition.slug == slug))
    return row is not None and is_resting(row.campaign)


def still_mentioned(prisoner: Prisoner) -> list[tuple[str, str]]:
    """Title and slug of campaigns that go on and in whose own words the person is named.

    What people sign is never rewritten by a switch, so staff have to see these and decide. In a campaign that is also
    for this person one word of the name is enough; in the words of others, where it may be somebody else's, two are.
    """
    spelled = [{w.casefold() for w in n.text.split() if len(w) >= WHOLE} for n in prisoner.names]
    hidden = {State.DRAFT, State.SUBMITTED, State.REJECTED, State.TAKEN_DOWN}
    going = db.session.scalars(
        select(Campaign)
        .where(running(), Campaign.state.not_in(hidden))
        .order_by(Campaign.position, Campaign.id)
        .options(selectinload(Campaign.prisoners).selectinload(Prisoner.facts), selectinload(Campaign.petitions))
    )
    return [(c.title, c.slug) for c in going if _names(c, spelled, 1 if prisoner in c.prisoners else 2)]


def _names(campaign: Campaign, spelled: list[set[str]], needed: int) -> bool:
    prose = _prose(campaign)
    return any(words and sum(word in prose for word in words) >= min(needed, len(words)) for words in spelled)


def _prose(campaign: Campaign) -> str:
    said = [campaign.title, campaign.summary, campaign.body]
    for other in campaign.prisoners:
        if not other.is_paused:
            said += [other.summary, other.status_note, *(fact.value for fact in other.facts if fact.is_printable)]
    for petition in campaign.petitions:
        for text in petition.texts:
            said += [text.title, text.occasion, *text.paragraphs, *(ask["text"] for ask in text.asks)]
    return " ".join(said).casefold()
