"""A communication: one prisoner's case for the mandates of the United Nations, as a packet of the second kind.

The packet carries states, seal and manifest; this row beside it carries what only a communication has. Whatever
stands here may reach the Government, so it never holds a name of a signer, and its packet shows totals only.
"""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.database import Base, Moment, word
from campaign.models.packet import Packet
from campaign.models.prisoner import Prisoner


class Channel(enum.StrEnum):
    """A way into the United Nations. Each takes some languages and so many pages (domain/communications/channels.py)."""

    WGAD = "wgad"
    SPECIAL_PROCEDURES = "special_procedures"
    WGEID = "wgeid"
    HRC_COMPLAINT = "hrc_complaint"
    TREATY_BODY = "treaty_body"
    UPR = "upr"
    NGO_STATEMENT = "ngo_statement"
    PETITION = "petition"  # a letter with signatures: no procedure, no duty to answer


class Approach(enum.StrEnum):
    """What is asked of the mandates: to act at once, to take it up, or to give an opinion."""

    URGENT_APPEAL = "urgent_appeal"
    ALLEGATION = "allegation"
    REGULAR = "regular"


class Communication(Base):
    __tablename__ = "communication"

    packet_id: Mapped[int] = mapped_column(ForeignKey("packet.id", ondelete="CASCADE"), primary_key=True)
    prisoner_id: Mapped[int] = mapped_column(ForeignKey("prisoner.id"), index=True)
    channel: Mapped[Channel] = mapped_column(word(Channel))
    approach: Mapped[Approach] = mapped_column(word(Approach))
    lang: Mapped[str] = mapped_column(String(5))
    mandates: Mapped[list[str]] = mapped_column(JSON, default=list)  # ids of addressees, the packet's own first
    urgent_why: Mapped[str] = mapped_column(Text, default="")
    confidential: Mapped[str] = mapped_column(Text, default="")  # what the mandates must keep to themselves
    summary: Mapped[str] = mapped_column(Text, default="")
    context: Mapped[str] = mapped_column(Text, default="")  # pattern and past incidents
    remedies: Mapped[str] = mapped_column(Text, default="")
    # By category of the Working Group: {"II": {"why": "…", "articles": ["UDHR 19"]}}
    categories: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    requests: Mapped[list[str]] = mapped_column(JSON, default=list)  # codes of domain/cases/grounds.py
    other_requests: Mapped[list[str]] = mapped_column(JSON, default=list)
    # What the record says, in the language of the communication (domain/communications/restating.py).
    translations: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    packet: Mapped[Packet] = relationship()
    prisoner: Mapped[Prisoner] = relationship()
    annexes: Mapped[list["Annex"]] = relationship(order_by="Annex.position", cascade="all, delete-orphan")


class Annex(Base):
    """A copy of a document, cleaned of what it said of its maker. Its file name says nothing of what it is."""

    __tablename__ = "annex"
    __table_args__ = (UniqueConstraint("packet_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    packet_id: Mapped[int] = mapped_column(ForeignKey("communication.packet_id", ondelete="CASCADE"))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    suffix: Mapped[str] = mapped_column(String(4))  # pdf or jpg
    size: Mapped[int]
    pages: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))

    @property
    def file_name(self) -> str:
        return f"annex-{self.position:02}.{self.suffix}"


class Filing(Base):
    """What was filed for one person, where and when, and what became of it: in whatever channel, by whomever."""

    __tablename__ = "filing"

    id: Mapped[int] = mapped_column(primary_key=True)
    prisoner_id: Mapped[int] = mapped_column(ForeignKey("prisoner.id", ondelete="CASCADE"), index=True)
    packet_id: Mapped[int | None] = mapped_column(ForeignKey("packet.id"), index=True)
    channel: Mapped[Channel] = mapped_column(word(Channel))
    body: Mapped[str] = mapped_column(String(300), default="")  # which mandate or committee, in words
    filed_on: Mapped[str] = mapped_column(String(10), default="")  # a partial date, empty where not known
    filed_by: Mapped[str] = mapped_column(String(200), default="")
    reference: Mapped[str] = mapped_column(String(100), default="")
    acknowledged_on: Mapped[str] = mapped_column(String(10), default="")
    result: Mapped[str] = mapped_column(Text, default="")
    result_on: Mapped[str] = mapped_column(String(10), default="")
    is_over: Mapped[bool] = mapped_column(Boolean, default=False)  # nothing more is examined there
    recorded_at: Mapped[datetime] = mapped_column(Moment)
    recorded_by: Mapped[str] = mapped_column(String(200))

    prisoner: Mapped[Prisoner] = relationship()
    packet: Mapped[Packet | None] = relationship()
