"""A delivery: the way of a packet from built to answered, as a chain of custody."""

import enum
from datetime import date, datetime
from typing import cast

from sqlalchemy import ForeignKey, String, Table, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.database import Base, Moment, append_only, word
from campaign.models.packet import Packet


class DeliveryState(enum.StrEnum):
    PREPARED = "prepared"
    HANDED_OVER = "handed_over"
    RECEIPTED = "receipted"
    ANSWERED = "answered"
    CLOSED = "closed"


class Outcome(enum.StrEnum):
    ACCEPTED = "accepted"
    ACCEPTED_WITHOUT_MEETING = "accepted_no_meeting"
    REFUSED = "refused"
    LEFT = "left"
    POSTED = "posted"
    EMAILED = "emailed"


class Delivery(Base):
    __tablename__ = "delivery"

    id: Mapped[int] = mapped_column(primary_key=True)
    packet_id: Mapped[int] = mapped_column(ForeignKey("packet.id"), unique=True)
    state: Mapped[DeliveryState] = mapped_column(word(DeliveryState), default=DeliveryState.PREPARED)
    outcome: Mapped[Outcome | None] = mapped_column(word(Outcome))
    outcome_words: Mapped[str] = mapped_column(Text, default="")  # by whom refused, and with what words; tracking
    place: Mapped[str] = mapped_column(String(200), default="")
    handed_over_on: Mapped[date | None]
    addressee_reference: Mapped[str] = mapped_column(String(100), default="")
    answered_on: Mapped[date | None]
    answer: Mapped[str] = mapped_column(Text, default="")

    packet: Mapped[Packet] = relationship(backref="deliveries")
    custody: Mapped[list["CustodyEntry"]] = relationship(back_populates="delivery", order_by="CustodyEntry.id")


class CustodyEntry(Base):
    """One hand to the next; the database itself refuses to change or delete it."""

    __tablename__ = "custody_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment)
    what: Mapped[str] = mapped_column(String(200))
    place: Mapped[str] = mapped_column(String(200), default="")
    by: Mapped[str] = mapped_column(String(200))

    delivery: Mapped[Delivery] = relationship(back_populates="custody")


append_only(cast(Table, CustodyEntry.__table__))
