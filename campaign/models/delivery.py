"""A delivery: the way of a packet from built to answered, as a chain of custody."""

import enum
from datetime import date, datetime
from typing import cast

from sqlalchemy import ForeignKey, String, Table, Text, UniqueConstraint, text
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

    @property
    def is_accepted(self) -> bool:
        """Somebody there took it; what was posted, left or refused was not handed over."""
        return self in {Outcome.ACCEPTED, Outcome.ACCEPTED_WITHOUT_MEETING}


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
    happened_on: Mapped[date | None]  # where it was recorded later than it happened
    words: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))  # outcome, hash, mark of a copy

    delivery: Mapped[Delivery] = relationship(back_populates="custody")


append_only(cast(Table, CustodyEntry.__table__))


class CopyKind(enum.StrEnum):
    PAPER = "paper"
    DIGITAL = "digital"


class Copy(Base):
    """One numbered copy of a packet. Its mark, written on it or lying in it, tells which one was found."""

    __tablename__ = "packet_copy"
    __table_args__ = (UniqueConstraint("packet_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    packet_id: Mapped[int] = mapped_column(ForeignKey("packet.id"))
    number: Mapped[int]
    mark: Mapped[str] = mapped_column(String(16), unique=True)
    kind: Mapped[CopyKind] = mapped_column(word(CopyKind))
    meant_for: Mapped[str] = mapped_column(String(200), default="")
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[str] = mapped_column(String(200))


class ReceiptScan(Base):
    """The signed receipt as a picture or PDF, written anew. It may hold an official's name: never public."""

    __tablename__ = "receipt_scan"

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"), index=True)
    name: Mapped[str] = mapped_column(String(40))  # of its file in the store
    sent_sha256: Mapped[str] = mapped_column(String(64))  # of the file as it came
    kept_sha256: Mapped[str] = mapped_column(String(64))
    kept_at: Mapped[datetime] = mapped_column(Moment)
    kept_by: Mapped[str] = mapped_column(String(200))
    ended_at: Mapped[datetime | None] = mapped_column(Moment)  # its time is over; its file goes with the next sweep

    delivery: Mapped[Delivery] = relationship()


class ReminderState(enum.StrEnum):
    SET = "set"
    DONE = "done"


class Reminder(Base):
    """A day on which staff want to ask the addressee again. Nothing goes to an addressee by itself."""

    __tablename__ = "reminder"

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"), index=True)
    due_on: Mapped[date] = mapped_column(index=True)
    note: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[ReminderState] = mapped_column(word(ReminderState), default=ReminderState.SET)
    set_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    told_at: Mapped[datetime | None] = mapped_column(Moment)  # when the account was told that it is due
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)  # when staff had it mailed to the addressee

    delivery: Mapped[Delivery] = relationship(backref="reminders")
