"""How long the names and addresses of a petition's signers are kept: one rule for each situation, and its day.

Once a letter is over: one month after it was closed or, if that is later, after the last delivery with a receipt.
Without such a delivery: 21 months after it was closed, as a delivery may take that long to come about. While a
letter is open, staff decide once a year whether names go on being kept; nobody deletes them behind the backs of
people who are still signing, as the same mailbox could then sign again and be counted twice.

Everything else that is about somebody, and how long it stays; the worker does each of these every hour, the command
`forget` does them by hand, and the page “What is kept here” tells staff (domain/upkeep/duties.py is the list of acts):

    name, address, keys of a signer       as above; at once on withdrawing                    purging, withdrawing
    sealed copy for their last letter     until it has left                                   withdrawing, posting
    … of a form that nobody confirmed     7 days; the empty row 30 days more                  forgetting
    … of what staff removed               30 days, in which it can be put back                forgetting
    hash of a signer's network            48 hours                                            forgetting
    exact time of signing                 48 hours, then the day                              forgetting
    row of a letter                       30 days; its address only until it is sent          posting, forgetting
    spent proof of work                   until it expires, an hour                           proving
    name on a page of names               as long as it is shown there                        unveiling
    printed packet with names             until its petition is purged                        purging
    address of who asked for news         until they unsubscribe; then a keyed hash           subscribing
    line of a paper sheet                 as the name of a signer; both readings until settled  keying, purging
    scan of a paper sheet                 90 days after it is settled; none once one withdrew  collecting
    scan of a receipt                     90 days after answer or end; 21 months at most      receipting
    recipient of a packet, its address    until access closes; 15 days at the longest         entrusting, releasing
    signatory of a joint letter, address  30 days after the seal or the deadline              cosigning
    proposal nobody confirmed             7 days                                              proposing
    address of who proposed a case        30 days after the decision                          emptying
    words of a draft                      90 days if refused, a year if approved              emptying
    image or file of a draft              as long as a draft or a campaign holds it           enclosing
    words of a report                     90 days after staff looked; a year at the longest   emptying
    old words that would do harm again    30 days                                             emptying
    old words nobody ever read            a year                                              emptying
    published record and its corrections  as long as the campaign is public                   correcting
    account of campaigner or staff        until an admin closes it                            organising
    journal                               for good: ids and counts, nobody's name             journalling
    backup                                30 days, as what was purged lives on in it          cli/backup.py
"""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import func, or_, select

from campaign.database import db
from campaign.domain import days
from campaign.domain.errors import Refused
from campaign.domain.packets import delivering
from campaign.models.campaign import State
from campaign.models.delivery import CustodyEntry, Delivery, DeliveryState
from campaign.models.packet import Packet
from campaign.models.petition import Petition

AFTER_DELIVERY, AFTER_CLOSING, BETWEEN_DECISIONS = 1, 21, 12  # months
_RUNS = (State.OPEN, State.PAUSED)
_NEVER_SIGNED = (State.DRAFT, State.SUBMITTED)
_REACHED = (DeliveryState.RECEIPTED, DeliveryState.ANSWERED, DeliveryState.CLOSED)


class Rule(enum.StrEnum):
    DELIVERED = "delivered"  # one month after the later of closing and last receipt
    CLOSED = "closed"  # 21 months after closing
    OPEN = "open"  # staff decide until `on`
    FORGOTTEN = "forgotten"  # `on` is the day of the purge
    NONE = "none"  # nobody can have signed


@dataclass(frozen=True)
class Due:
    """The rule that holds for a petition today, and the day on which its data go or staff decide again."""

    rule: Rule
    on: date | None

    def has_come(self, today: date) -> bool:
        """Whether the names must go now. Open letters are for staff to decide, see `undecided`."""
        return self.rule in {Rule.DELIVERED, Rule.CLOSED} and self.on is not None and self.on <= today


class NotRunning(Refused):
    """This petition is over: when its names go follows from its closing and its deliveries."""


class TooFar(Refused):
    """Names are kept for one year at a time. Choose a day within the next twelve months."""


def due(petition: Petition, *, at: datetime) -> Due:
    """What holds for this petition now."""
    if petition.purged_at is not None:
        return Due(Rule.FORGOTTEN, petition.purged_at.date())
    if petition.state in _NEVER_SIGNED:
        return Due(Rule.NONE, None)
    closed_on = closing_day(petition, at=at)
    if closed_on is None:
        return Due(Rule.OPEN, decide_by(petition))
    receipted_on = last_receipt(petition)
    if receipted_on is None:
        return Due(Rule.CLOSED, days.months_after(closed_on, AFTER_CLOSING))
    return Due(Rule.DELIVERED, days.months_after(max(receipted_on, closed_on), AFTER_DELIVERY))


def of(slug: str, *, at: datetime) -> Due:
    """What holds for the petition of that address, for its public page."""
    return due(db.session.scalars(select(Petition).where(Petition.slug == slug)).one(), at=at)


def closing_day(petition: Petition, *, at: datetime) -> date | None:
    """The day on which signing ended for good; None while it may go on."""
    ended = petition.closed_at
    if ended is None and petition.closes_at is not None and petition.closes_at <= at:
        ended = petition.closes_at
    if ended is None and petition.state not in _RUNS:  # closed by hand in the database: its opening is all we know
        ended = petition.opened_at
    if ended is None or (petition.state in _RUNS and ended > at):
        return None
    return ended.astimezone(UTC).date()


def last_receipt(petition: Petition) -> date | None:
    """The day of the last delivery's receipt; an answer without one proves that it arrived."""
    arrived = (
        select(func.min(CustodyEntry.at).label("at"))
        .join(Delivery, Delivery.id == CustodyEntry.delivery_id)
        .join(Packet, Packet.id == Delivery.packet_id)
        .where(
            Packet.petition_id == petition.id,
            Delivery.state.in_(_REACHED),
            CustodyEntry.what.in_([delivering.RECEIPTED, delivering.ANSWERED]),
        )
        .group_by(Delivery.id)
        .subquery()
    )
    latest: datetime | None = db.session.scalar(select(func.max(arrived.c.at)))
    return latest.date() if latest else None


def decide_by(petition: Petition) -> date | None:
    """The day until which it is decided that names of an open letter are kept."""
    if petition.kept_until is not None:
        return petition.kept_until
    return days.months_after(petition.opened_at.date(), BETWEEN_DECISIONS) if petition.opened_at else None


def keep_until(petition: Petition, until: date, *, at: datetime) -> None:
    """Staff decide that an open letter keeps its names until that day. Raises NotRunning, TooFar."""
    if due(petition, at=at).rule is not Rule.OPEN:
        raise NotRunning
    today = at.date()
    if not today < until <= days.months_after(today, BETWEEN_DECISIONS):
        raise TooFar
    petition.kept_until = until
    db.session.flush()


def undecided(*, at: datetime) -> Sequence[Petition]:
    """Open petitions whose year is over: staff must decide, or close them."""
    rows = db.session.scalars(select(Petition).where(Petition.state.in_(_RUNS)).order_by(Petition.id))
    return [p for p in rows if (d := due(p, at=at)).rule is Rule.OPEN and d.on is not None and d.on <= at.date()]


def expired(*, at: datetime) -> list[int]:
    """Ids of petitions whose names must go now, or whose purge was begun and is not finished."""
    rows = db.session.scalars(
        select(Petition)
        .where(
            Petition.purged_at.is_(None),
            Petition.state.not_in(_NEVER_SIGNED),
            or_(Petition.state.not_in(_RUNS), Petition.closes_at <= at, Petition.purge_begun_at.is_not(None)),
        )
        .order_by(Petition.id)
    )
    return [p.id for p in rows if p.purge_begun_at is not None or due(p, at=at).has_come(at.date())]
