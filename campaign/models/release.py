"""A release: names leave the house encrypted to a checked key, asked for by one person and approved by another."""

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.database import Base, Moment, word
from campaign.models.account import Account
from campaign.models.delivery import Copy
from campaign.models.packet import Packet


class RecipientKey(Base):
    """A public key of somebody who may be given names; usable once its fingerprint was compared by a second person."""

    __tablename__ = "recipient_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    addressee_id: Mapped[str | None] = mapped_column(ForeignKey("addressee.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    holder: Mapped[str] = mapped_column(String(200))  # the office that holds the private half
    public_key: Mapped[str] = mapped_column(Text)
    fingerprint: Mapped[str] = mapped_column(String(64))  # SHA-256 of the key as it is written
    added_at: Mapped[datetime] = mapped_column(Moment)
    added_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    checked_at: Mapped[datetime | None] = mapped_column(Moment)
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    checked_how: Mapped[str] = mapped_column(String(200), default="")
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    added_by: Mapped[Account] = relationship(foreign_keys=[added_by_id])
    checked_by: Mapped[Account | None] = relationship(foreign_keys=[checked_by_id])

    __table_args__ = (
        CheckConstraint("addressee_id IS NULL OR organisation_id IS NULL", name="one_holder"),
        CheckConstraint("checked_by_id IS NULL OR checked_by_id <> added_by_id", name="checked_by_another"),
    )

    @property
    def is_usable(self) -> bool:
        return self.checked_at is not None and self.ended_at is None


class Way(enum.StrEnum):
    STAFF = "staff"  # somebody of the house fetches one copy, once
    RECIPIENT = "recipient"  # a named recipient fetches it, until the receipt


class Release(Base):
    __tablename__ = "packet_release"
    __table_args__ = (CheckConstraint("approved_by_id IS NULL OR approved_by_id <> asked_by_id", name="two_people"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[bytes] = mapped_column(LargeBinary(16), unique=True)
    packet_id: Mapped[int] = mapped_column(ForeignKey("packet.id"), index=True)
    way: Mapped[Way] = mapped_column(word(Way))
    key_id: Mapped[int | None] = mapped_column(ForeignKey("recipient_key.id"))
    reason: Mapped[str] = mapped_column(String(300))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    approved_at: Mapped[datetime | None] = mapped_column(Moment)
    fetched_at: Mapped[datetime | None] = mapped_column(Moment)  # the first time
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    copy_id: Mapped[int | None] = mapped_column(ForeignKey("packet_copy.id"))
    # of a named recipient
    organisation: Mapped[str] = mapped_column(String(200), default="")
    email_box: Mapped[bytes | None] = mapped_column(LargeBinary)  # emptied when access closes
    is_addressee: Mapped[bool] = mapped_column(default=False)
    tries: Mapped[int] = mapped_column(SmallInteger, default=0)  # wrong codes
    received_at: Mapped[datetime | None] = mapped_column(Moment)
    # of a large packet, whose copy a worker prepares (domain/packets/preparing.py)
    wanted_at: Mapped[datetime | None] = mapped_column(Moment)
    prepared_at: Mapped[datetime | None] = mapped_column(Moment)
    seen_lowered: Mapped[int | None]  # how often somebody had come to show less when the lines were looked at
    fault: Mapped[str] = mapped_column(String(300), default="", server_default=text("''"))

    packet: Mapped[Packet] = relationship()
    key: Mapped[RecipientKey | None] = relationship()
    copy: Mapped[Copy | None] = relationship()
    asked_by: Mapped[Account] = relationship(foreign_keys=[asked_by_id])
    approved_by: Mapped[Account | None] = relationship(foreign_keys=[approved_by_id])
