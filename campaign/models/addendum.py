"""An addendum: what has become void in a packet since it was sealed, as numbers and never as names."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.database import Base, Moment
from campaign.models.packet import Packet


class Addendum(Base):
    """Each takes the place of the one before; `frozen` is the whole state since the packet's seal."""

    __tablename__ = "addendum"
    __table_args__ = (UniqueConstraint("packet_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    packet_id: Mapped[int] = mapped_column(ForeignKey("packet.id"))
    number: Mapped[int]
    reference: Mapped[str] = mapped_column(String(32), unique=True)  # TJ-2017-001-A1-V1
    sealed_at: Mapped[datetime] = mapped_column(Moment)
    sealed_by: Mapped[str] = mapped_column(String(200))
    frozen: Mapped[dict[str, Any]] = mapped_column(JSON)  # what the seal hashes
    seal: Mapped[str] = mapped_column(String(64))
    manifest_sha256: Mapped[str | None] = mapped_column(String(64))
    built_at: Mapped[datetime | None] = mapped_column(Moment)
    fault: Mapped[str | None] = mapped_column(Text)

    packet: Mapped[Packet] = relationship(backref="addenda")
