"""Delivering: the way of a packet from hand to hand, until there is an answer.

Each step is an entry of the chain of custody, written once. Steps go forward only: printed, handed over,
receipted, answered or closed. A specimen is never delivered. What is typed here by staff (places, words of a
refusal) stays with staff; the public page shows steps, days and outcome.
"""

from datetime import date, datetime

from sqlalchemy import select

from campaign.database import db
from campaign.domain.errors import Refused
from campaign.domain.packets import copying
from campaign.models.communication import Communication
from campaign.models.delivery import CopyKind, CustodyEntry, Delivery, DeliveryState, Outcome
from campaign.models.packet import Packet, PacketState

BUILT, PRINTED, HANDED_OVER = "built", "printed", "handed_over"
RECEIPTED, ANSWERED, CLOSED = "receipted", "answered", "closed"
COPIED, REFERENCE = "copied", "reference"
STEPS = (BUILT, PRINTED, HANDED_OVER, RECEIPTED, ANSWERED, CLOSED)  # anything else was typed by staff
DELIVERED = {DeliveryState.HANDED_OVER, DeliveryState.RECEIPTED, DeliveryState.ANSWERED, DeliveryState.CLOSED}


class SpecimenStays(Refused):
    """This is a specimen: every page says that it is not for delivery, so no delivery can be recorded."""


class FiledNotDelivered(Refused):
    """A communication is handed in through its channel and entered in the filing register; it has no public page."""


class NotBuilt(Refused):
    """Only a finished packet can be delivered. Seal and build it first."""


class OutOfOrder(Refused):
    """This step does not follow from where the packet is now."""


class DayWrong(Refused):
    """This day lies in the future, or before the step that came before it."""


class WordsMissing(Refused):
    """Say what happened: who refused it and with what words, or how it was sent."""


def of(packet: Packet) -> Delivery | None:
    return db.session.scalar(select(Delivery).where(Delivery.packet_id == packet.id))


def when(packet: Packet, step: str) -> datetime | None:
    """When that step was first written down; None if it was not."""
    delivery = of(packet)
    return next((entry.at for entry in delivery.custody if entry.what == step), None) if delivery else None


def public(reference: str) -> Delivery | None:
    """The delivery that everybody may read about: handed over, and no specimen."""
    delivery = db.session.scalar(select(Delivery).join(Packet).where(Packet.reference == reference))
    if delivery is None or delivery.state not in DELIVERED or delivery.packet.is_specimen:
        return None
    return delivery


def begin(packet: Packet, *, by: str, at: datetime) -> Delivery:
    """Open the log of a finished packet, once; the first entry is that it was built.

    Raises SpecimenStays, FiledNotDelivered, NotBuilt.
    """
    if packet.is_specimen:
        raise SpecimenStays
    if db.session.get(Communication, packet.id) is not None:
        raise FiledNotDelivered
    if (known := of(packet)) is not None:
        return known
    if packet.state is not PacketState.BUILT or packet.built_at is None:
        raise NotBuilt
    delivery = Delivery(packet=packet, state=DeliveryState.PREPARED)
    db.session.add(delivery)
    db.session.flush()
    pass_on(delivery, BUILT, by=packet.sealed_by or by, at=packet.built_at)
    return delivery


def prepare(packet: Packet, *, copies: int = 1, place: str, by: str, at: datetime) -> Delivery:
    """The packet is printed, counted and bound; each copy gets its number and its mark.

    Raises SpecimenStays, NotBuilt, OutOfOrder, TooManyCopies.
    """
    delivery = begin(packet, by=by, at=at)
    if when(packet, PRINTED) is not None:
        raise OutOfOrder
    _follows(delivery, DeliveryState.PREPARED)
    made = copying.number(packet, CopyKind.PAPER, copies=copies, by=by, at=at)
    pass_on(delivery, PRINTED, place=place, words=copying.told(made), by=by, at=at)
    return delivery


def print_more(delivery: Delivery, *, copies: int, meant_for: str, by: str, at: datetime) -> None:
    """Further copies on paper, numbered on. Raises OutOfOrder once it is over, TooManyCopies."""
    _follows(delivery, DeliveryState.PREPARED, DeliveryState.HANDED_OVER, DeliveryState.RECEIPTED)
    made = copying.number(delivery.packet, CopyKind.PAPER, copies=copies, meant_for=meant_for, by=by, at=at)
    pass_on(delivery, COPIED, place=meant_for, words=copying.told(made), by=by, at=at)


def pass_on(
    delivery: Delivery,
    what: str,
    *,
    place: str = "",
    words: str = "",
    on: date | None = None,
    by: str,
    at: datetime,
) -> CustodyEntry:
    """One hand to the next. `what` is one of STEPS, or staff's own words such as “to the courier”.

    `on` is the day it happened, where that is not the day it is written down; `words` what must never be lost,
    such as an outcome, a hash or the mark of a copy. Raises DayWrong.
    """
    if on is not None and on > at.date():
        raise DayWrong
    entry = CustodyEntry(
        delivery_id=delivery.id, at=at, what=what, place=place.strip(), words=words.strip(), happened_on=on, by=by
    )
    db.session.add(entry)
    db.session.flush()
    db.session.expire(delivery, ["custody"])
    return entry


def hand_over(
    delivery: Delivery, outcome: Outcome, *, on: date, place: str, words: str = "", by: str, at: datetime
) -> None:
    """How the hand-over ended. Raises OutOfOrder, DayWrong, WordsMissing."""
    _follows(delivery, DeliveryState.PREPARED)
    if when(delivery.packet, PRINTED) is None and not copying.of(delivery.packet):
        raise OutOfOrder
    if on > at.date() or (delivery.packet.built_at and on < delivery.packet.built_at.date()):
        raise DayWrong
    if outcome in {Outcome.REFUSED, Outcome.POSTED} and not words.strip():
        raise WordsMissing
    delivery.state, delivery.outcome, delivery.handed_over_on = DeliveryState.HANDED_OVER, outcome, on
    delivery.place, delivery.outcome_words = place.strip(), words.strip()
    said = " · ".join(filter(None, (outcome.value, words.strip())))
    pass_on(delivery, HANDED_OVER, place=place, words=said, on=on, by=by, at=at)


def receipt(
    delivery: Delivery, *, reference: str, on: date | None = None, place: str = "", by: str, at: datetime
) -> None:
    """The addressee has confirmed it; `reference` is the addressee's own, where one was given.

    Raises OutOfOrder, DayWrong.
    """
    _follows(delivery, DeliveryState.HANDED_OVER)
    if on and delivery.handed_over_on and on < delivery.handed_over_on:
        raise DayWrong
    delivery.state = DeliveryState.RECEIPTED
    delivery.addressee_reference = reference.strip()
    pass_on(delivery, RECEIPTED, place=place, words=reference, on=on, by=by, at=at)


def refer(delivery: Delivery, reference: str, *, by: str, at: datetime) -> None:
    """The addressee's own reference became known later."""
    _follows(delivery, *DELIVERED)
    delivery.addressee_reference = reference.strip()
    pass_on(delivery, REFERENCE, words=reference, by=by, at=at)


def answer(delivery: Delivery, words: str, *, on: date, by: str, at: datetime) -> None:
    """The addressee has answered; `words` is the answer, which is published. Raises OutOfOrder, DayWrong.

    Here is where telling supporters hangs: the update that says so is theirs to want and staff's to write, and is
    posted by an act of its own, never by this one.
    """
    _follows(delivery, DeliveryState.HANDED_OVER, DeliveryState.RECEIPTED)
    if on > at.date() or (delivery.handed_over_on and on < delivery.handed_over_on):
        raise DayWrong
    if not words.strip():
        raise WordsMissing
    delivery.state, delivery.answered_on, delivery.answer = DeliveryState.ANSWERED, on, words.strip()
    pass_on(delivery, ANSWERED, on=on, by=by, at=at)


def close(delivery: Delivery, *, by: str, at: datetime) -> None:
    """Nothing more is expected. Raises OutOfOrder."""
    _follows(delivery, DeliveryState.HANDED_OVER, DeliveryState.RECEIPTED)
    delivery.state = DeliveryState.CLOSED
    pass_on(delivery, CLOSED, by=by, at=at)


def _follows(delivery: Delivery, *states: DeliveryState) -> None:
    if delivery.state not in states:
        raise OutOfOrder
