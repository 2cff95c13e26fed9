"""A packet: what was frozen for one addressee at one moment, and the files made from it.

`frozen` is the canonical record that the seal hashes; the printed lines are in `PacketLine`, as
number, form and salted hash, never as text. A later withdrawal makes an addendum, never an edit.
"""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.database import Base, Moment, word
from campaign.models.addressee import Addressee
from campaign.models.petition import Petition


class PacketState(enum.StrEnum):
    DRAFT = "draft"
    CHECKED = "checked"
    SEALED = "sealed"
    BUILT = "built"
    SUPERSEDED = "superseded"
    DESTROYED = "destroyed"


class Level(enum.StrEnum):
    """How much of signers a packet may show at most, least first."""

    TOTALS = "totals"
    INITIALS = "initials"
    FULL = "full"


class Paper(enum.StrEnum):
    A4 = "a4"
    US_LETTER = "us-letter"


class PrintedAs(enum.StrEnum):
    NAME = "name"
    INITIALS = "initials"
    WITHHELD = "withheld"
    WITHDRAWN = "withdrawn"
    REMOVED = "removed"


class Packet(Base):
    __tablename__ = "packet"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(24), unique=True)  # TJ-2017-001-A1
    petition_id: Mapped[int] = mapped_column(ForeignKey("petition.id"), index=True)
    addressee_id: Mapped[str] = mapped_column(ForeignKey("addressee.id"), index=True)
    level: Mapped[Level] = mapped_column(word(Level))
    paper: Mapped[Paper] = mapped_column(word(Paper), default=Paper.A4)
    state: Mapped[PacketState] = mapped_column(word(PacketState), default=PacketState.DRAFT)
    is_specimen: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Moment)
    created_by: Mapped[str] = mapped_column(String(200), default="")
    checked_by: Mapped[str | None] = mapped_column(String(200))
    checked_at: Mapped[datetime | None] = mapped_column(Moment)
    cut_off: Mapped[datetime | None] = mapped_column(Moment)
    sealed_at: Mapped[datetime | None] = mapped_column(Moment)
    sealed_by: Mapped[str | None] = mapped_column(String(200))
    salt: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    frozen: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    seal: Mapped[str | None] = mapped_column(String(64))
    manifest_sha256: Mapped[str | None] = mapped_column(String(64))
    built_at: Mapped[datetime | None] = mapped_column(Moment)
    progress: Mapped[int] = mapped_column(default=0)  # of 100
    lease_until: Mapped[datetime | None] = mapped_column(Moment)
    fault: Mapped[str | None] = mapped_column(Text)  # why the last build stopped; names nobody

    petition: Mapped[Petition] = relationship()
    addressee: Mapped[Addressee] = relationship()


class PacketLine(Base):
    __tablename__ = "packet_line"

    packet_id: Mapped[int] = mapped_column(ForeignKey("packet.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    printed_as: Mapped[PrintedAs] = mapped_column(word(PrintedAs))
    line_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
