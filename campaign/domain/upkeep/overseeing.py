"""Overseeing: what waits and what is stuck, in numbers. No name of a signer is ever read here."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from campaign.database import db
from campaign.models.campaign import Campaign, State
from campaign.models.delivery import Delivery, DeliveryState
from campaign.models.ledger import LedgerEntry
from campaign.models.letter import Letter, LetterState
from campaign.models.packet import Packet, PacketState
from campaign.models.petition import Petition
from campaign.models.signature import Signature, SignatureState
from campaign.models.update import UpdateLetter

LATE = timedelta(minutes=2)  # a worker that runs needs seconds
TAIL = 20


@dataclass(frozen=True)
class Waiting:
    """What the worker should be doing. `since` is when the oldest of it became due."""

    what: str  # "letters", "signatures", "packets"
    number: int
    since: datetime | None

    def is_late(self, at: datetime) -> bool:
        return self.since is not None and at - self.since > LATE


def waiting(*, at: datetime) -> list[Waiting]:
    """Letters due, signatures not counted yet, packets sealed and not built."""
    letters = select(func.count(), func.min(Letter.due_at)).where(
        Letter.state.in_([LetterState.QUEUED, LetterState.SENDING]), Letter.due_at <= at
    )
    uncounted = select(func.count(), func.min(Signature.confirmed_at)).where(
        Signature.counted != (Signature.state == SignatureState.CONFIRMED),
        Signature.state == SignatureState.CONFIRMED,
    )
    packets = select(func.count(), func.min(Packet.sealed_at)).where(
        Packet.state == PacketState.SEALED, Packet.fault.is_(None), Packet.lease_until.is_(None)
    )
    found = {"letters": letters, "signatures": uncounted, "packets": packets}
    return [Waiting(what, *db.session.execute(query).one()) for what, query in found.items()]


def letters() -> list[tuple[LetterState, int, datetime | None]]:
    """How many letters stand in each state, and when the oldest of them was posted."""
    rows = db.session.execute(select(Letter.state, func.count(), func.min(Letter.posted_at)).group_by(Letter.state))
    found = {state: (number, oldest) for state, number, oldest in rows}
    return [(state, *found[state]) for state in LetterState if state in found]


def faults_of_letters() -> list[tuple[str, int]]:
    """Why letters failed, as codes, the commonest first."""
    return _faults(Letter)


def faults_of_news() -> list[tuple[str, int]]:
    """The same of letters of news."""
    return _faults(UpdateLetter)


def _faults(kind: type[Letter] | type[UpdateLetter]) -> list[tuple[str, int]]:
    rows = db.session.execute(
        select(kind.fault, func.count()).where(kind.state == LetterState.FAILED).group_by(kind.fault)
    )
    return sorted(((fault or "", number) for fault, number in rows), key=lambda row: (-row[1], row[0]))


_ORDERS: dict[str, Any] = {
    "petition": Petition.slug,
    "reference": Petition.reference,
    "state": Petition.state,
    "count": Petition.signature_count,
    "opened": Petition.opened_at,
    "counted": Petition.counted_at,
}


def petitions(
    *, order: str = "-count", state: str = "", words: str = "", limit: int | None = None
) -> Sequence[Petition]:
    """Petitions for a table. `order` is a column, with a minus in front for the largest first."""
    column = _ORDERS.get(order.lstrip("-"), Petition.signature_count)
    query = select(Petition).order_by(column.desc() if order.startswith("-") else column, Petition.id)
    if state in set(State):
        query = query.where(Petition.state == State(state))
    if words:
        like = f"%{_plain(words)}%"
        query = query.where(Petition.slug.ilike(like, escape="\\") | Petition.reference.ilike(like, escape="\\"))
    return db.session.scalars(query.limit(limit)).all()


_PACKET_ORDERS: dict[str, Any] = {
    "reference": Packet.reference,
    "state": Packet.state,
    "made": Packet.created_at,
    "sealed": Packet.sealed_at,
}


_UNDER_WAY = (PacketState.DRAFT, PacketState.CHECKED, PacketState.SEALED, PacketState.BUILT)


def under_way(limit: int = 20) -> list[tuple[Packet, Delivery | None]]:
    """Packets that are not over, the newest first, each with its delivery. One statement."""
    rows = db.session.execute(
        select(Packet, Delivery)
        .outerjoin(Delivery, Delivery.packet_id == Packet.id)
        .where(Packet.state.in_(_UNDER_WAY))
        .order_by(Packet.created_at.desc(), Packet.id.desc())
        .limit(limit)
        .options(joinedload(Packet.addressee))
    )
    return [(packet, delivery) for packet, delivery in rows]


def packets(
    *, order: str = "-made", state: str = "", words: str = "", petition: Petition | None = None, reached: bool = True
) -> Sequence[Packet]:
    """Packets for a table; with `reached` false only those of which no receipt is on record."""
    column = _PACKET_ORDERS.get(order.lstrip("-"), Packet.created_at)
    query = select(Packet).order_by(column.desc() if order.startswith("-") else column, Packet.id)
    if state in set(PacketState):
        query = query.where(Packet.state == PacketState(state))
    if words:
        query = query.where(Packet.reference.ilike(f"%{_plain(words)}%", escape="\\"))
    if petition is not None:
        query = query.where(Packet.petition_id == petition.id)
    if not reached:
        query = query.outerjoin(Delivery, Delivery.packet_id == Packet.id).where(*without_receipt())
    return db.session.scalars(query).all()


def without_receipt() -> tuple[Any, ...]:
    """Packets that were built for somebody and of which no receipt is on record: a condition on both tables."""
    return (
        Packet.state == PacketState.BUILT,
        Packet.is_specimen.is_(False),
        or_(Delivery.id.is_(None), Delivery.state.in_((DeliveryState.PREPARED, DeliveryState.HANDED_OVER))),
    )


def _plain(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def states(petition: Petition) -> dict[str, int]:
    """How many signatures of a petition stand in each state."""
    rows = db.session.execute(
        select(Signature.state, func.count()).where(Signature.petition_id == petition.id).group_by(Signature.state)
    )
    found = Counter({state.value: number for state, number in rows})
    return {state.value: found[state.value] for state in SignatureState}


def ledger_tail(petition: Petition) -> Sequence[LedgerEntry]:
    """The latest entries, the newest first."""
    return db.session.scalars(
        select(LedgerEntry).where(LedgerEntry.petition_id == petition.id).order_by(LedgerEntry.seq.desc()).limit(TAIL)
    ).all()


def delivery(packet: Packet) -> Delivery | None:
    return db.session.scalar(select(Delivery).where(Delivery.packet_id == packet.id))


def campaigns() -> Sequence[Campaign]:
    return db.session.scalars(select(Campaign).order_by(Campaign.position, Campaign.id)).all()
