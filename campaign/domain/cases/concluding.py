"""Concluding: pausing and closing a letter, recording what the addressee answered, taking down and restoring.

What is taken down leaves a tombstone at its address: when, on what ground and in what words, never the text itself,
which may be the very thing that does harm. Signers keep their own pages: they can withdraw all the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select

from campaign.database import db
from campaign.domain.errors import Refused
from campaign.models.campaign import Campaign, State
from campaign.models.delivery import Delivery
from campaign.models.ending import Ground, OfficialAnswer, Takedown
from campaign.models.packet import Packet
from campaign.models.petition import Petition

_MAY_GO = (State.OPEN, State.PAUSED, State.CLOSED, State.ANSWERED)


class NotNow(Refused):
    """This does not follow from the state in which the letter is now. Look at its page again."""


class SignersForgotten(Refused):
    """The signers of this letter are forgotten: nobody could sign it without being counted twice. It stays closed."""


class AnswerTooEarly(Refused):
    """This day lies in the future, or before the letter was opened."""


class TakenDown(Refused):
    """This was taken down."""

    def __init__(self, tombstone: "Tombstone") -> None:
        super().__init__(tombstone.reference)
        self.tombstone = tombstone


@dataclass(frozen=True)
class Tombstone:
    """What stands in public where something was taken down."""

    reference: str
    ground: Ground
    words: str
    at: datetime
    is_campaign: bool


@dataclass(frozen=True)
class Step:
    """One dated line of what became of a letter."""

    what: str  # "opened", "handed_over", "answer", "closed"
    on: date
    whom: str = ""
    text: str = ""
    source: str = ""
    packet: str = ""


def pause(petition: Petition) -> None:
    if petition.state is not State.OPEN:
        raise NotNow
    petition.state = State.PAUSED
    db.session.flush()


def resume(petition: Petition) -> None:
    """Raises NotNow, SignersForgotten."""
    if petition.state is not State.PAUSED:
        raise NotNow
    if petition.purge_begun_at is not None:
        raise SignersForgotten
    petition.state = State.OPEN
    db.session.flush()


def close(petition: Petition, *, at: datetime) -> None:
    """For good: closing begins the time after which signers are forgotten. With an answer, it is answered."""
    if petition.state not in {State.OPEN, State.PAUSED}:
        raise NotNow
    petition.state = State.ANSWERED if answers(petition) else State.CLOSED
    petition.closed_at = at
    db.session.flush()


def answer(
    petition: Petition, *, from_whom: str, on: date, text: str, source: str, closes: bool, by: str, at: datetime
) -> OfficialAnswer:
    """Publish what an addressee answered; a closed letter becomes answered, an open one if `closes` says so."""
    if petition.state not in _MAY_GO:
        raise NotNow
    if on > at.date() or (petition.opened_at and on < petition.opened_at.date()):
        raise AnswerTooEarly
    row = OfficialAnswer(
        petition_id=petition.id,
        from_whom=from_whom.strip(),
        on=on,
        text=text.strip(),
        source=source.strip(),
        added_at=at,
        added_by=by,
    )
    db.session.add(row)
    db.session.flush()
    if petition.state is State.CLOSED:
        petition.state = State.ANSWERED
    elif closes and petition.state in {State.OPEN, State.PAUSED}:
        close(petition, at=at)
    db.session.flush()
    return row


def answers(petition: Petition) -> Sequence[OfficialAnswer]:
    query = select(OfficialAnswer).where(OfficialAnswer.petition_id == petition.id)
    return db.session.scalars(query.order_by(OfficialAnswer.on, OfficialAnswer.id)).all()


def take_down(thing: Petition | Campaign, ground: Ground, words: str, *, by: str, at: datetime) -> Takedown:
    """Take a letter, or a campaign with all its letters, out of sight. Raises NotNow."""
    if thing.state not in _MAY_GO:
        raise NotNow
    row = Takedown(ground=ground, words=words.strip(), was=thing.state, at=at, by=by)
    if isinstance(thing, Petition):
        row.petition_id = thing.id
    else:
        row.campaign_id = thing.id
    db.session.add(row)
    thing.state = State.TAKEN_DOWN
    if isinstance(thing, Petition) and thing.closed_at is None:
        thing.closed_at = at  # the time of forgetting runs while it is out of sight
    db.session.flush()
    return row


def restore(thing: Petition | Campaign, *, by: str, at: datetime) -> None:
    """Put it back as it was; a letter whose signers are forgotten comes back closed. Raises NotNow."""
    row = takedown_of(thing)
    if row is None or thing.state is not State.TAKEN_DOWN:
        raise NotNow
    row.restored_at, row.restored_by, thing.state = at, by, row.was
    if isinstance(thing, Petition) and row.was in {State.OPEN, State.PAUSED}:
        if thing.purge_begun_at is not None:
            thing.state = State.CLOSED
        else:
            thing.closed_at = None
    db.session.flush()


def takedown_of(thing: Petition | Campaign) -> Takedown | None:
    """The taking down that holds now."""
    column = Takedown.petition_id if isinstance(thing, Petition) else Takedown.campaign_id
    return db.session.scalar(
        select(Takedown).where(column == thing.id, Takedown.restored_at.is_(None)).order_by(Takedown.id.desc()).limit(1)
    )


def petition_tombstone(slug: str) -> Tombstone | None:
    """What stands where this petition was; its own, or that of its campaign."""
    petition = db.session.scalar(select(Petition).where(Petition.slug == slug))
    if petition is None:
        return None
    row = db.session.scalar(
        select(Takedown)
        .where(
            or_(Takedown.petition_id == petition.id, Takedown.campaign_id == petition.campaign_id),
            Takedown.restored_at.is_(None),
        )
        .order_by(Takedown.petition_id.is_(None), Takedown.id.desc())
        .limit(1)
    )
    return _stone(row, petition.reference) if row else None


def campaign_tombstone(slug: str) -> Tombstone | None:
    campaign = db.session.scalar(select(Campaign).where(Campaign.slug == slug, Campaign.state == State.TAKEN_DOWN))
    row = takedown_of(campaign) if campaign else None
    return _stone(row, campaign.reference) if campaign and row else None


def _stone(row: Takedown, reference: str) -> Tombstone:
    return Tombstone(reference, row.ground, row.words, row.at, row.campaign_id is not None)


def course(slug: str) -> tuple[Step, ...]:
    """What became of the letter so far, in the order of its days."""
    petition = db.session.scalars(select(Petition).where(Petition.slug == slug)).one()
    steps = [Step("opened", petition.opened_at.date())] if petition.opened_at else []
    steps += [Step("answer", a.on, a.from_whom, a.text, a.source) for a in answers(petition)]
    handed = (
        select(Delivery)
        .join(Packet)
        .where(Packet.petition_id == petition.id, Delivery.handed_over_on.is_not(None), ~Packet.is_specimen)
    )
    for delivery in db.session.scalars(handed):
        if delivery.handed_over_on is not None:
            packet = delivery.packet
            steps.append(Step("handed_over", delivery.handed_over_on, packet.addressee.title, packet=packet.reference))
    if petition.closed_at:
        steps.append(Step("closed", petition.closed_at.date()))
    return tuple(sorted(steps, key=lambda step: step.on))
