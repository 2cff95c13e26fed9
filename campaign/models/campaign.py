"""A campaign: the public page of one case, or of several cases with one occasion."""

import enum
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, String, Table, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.database import Base, Moment, word
from campaign.models.prisoner import Prisoner

if TYPE_CHECKING:
    from campaign.models.petition import Petition


class State(enum.StrEnum):
    """Of campaigns and petitions alike."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"
    ANSWERED = "answered"
    REJECTED = "rejected"
    TAKEN_DOWN = "taken_down"

    @property
    def is_public(self) -> bool:
        return self in {State.OPEN, State.CLOSED, State.ANSWERED}


PUBLIC_STATES = tuple(s for s in State if s.is_public)

campaign_prisoners = Table(
    "campaign_prisoner",
    Base.metadata,
    Column("campaign_id", ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True),
    Column("prisoner_id", ForeignKey("prisoner.id"), primary_key=True, index=True),
    Column("position", Integer, nullable=False, default=0),
)


class Campaign(Base):
    __tablename__ = "campaign"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)  # TJ-2017-001
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(String(500))
    body: Mapped[str] = mapped_column(Text, default="")  # Markdown
    country: Mapped[str] = mapped_column(String(2), index=True)
    state: Mapped[State] = mapped_column(word(State), default=State.DRAFT)
    facts_as_of: Mapped[str] = mapped_column(String(10))
    is_demonstration: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=100)  # on the home page, lowest first
    opened_at: Mapped[datetime | None] = mapped_column(Moment)
    hash_secret: Mapped[bytes | None] = mapped_column(LargeBinary(32))

    # Several letters, and how many people stand behind them together (domain/signatures/grouping.py). `joined_at`: since when
    # there are several; then both kinds of boxes are gone through; `people_since`: from when on the total is kept;
    # `people_until`: when it stood still, as names of one letter were deleted.
    joined_at: Mapped[datetime | None] = mapped_column(Moment)
    addresses_matched_at: Mapped[datetime | None] = mapped_column(Moment)
    names_matched_at: Mapped[datetime | None] = mapped_column(Moment)
    people_since: Mapped[datetime | None] = mapped_column(Moment)
    people_until: Mapped[datetime | None] = mapped_column(Moment)
    people_count: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    people_unmatched: Mapped[int] = mapped_column(default=0, server_default=text("0"))  # signatures nobody can match

    prisoners: Mapped[list[Prisoner]] = relationship(
        secondary=campaign_prisoners,
        order_by=(campaign_prisoners.c.position, campaign_prisoners.c.prisoner_id),
    )
    petitions: Mapped[list["Petition"]] = relationship(back_populates="campaign", order_by="Petition.id")
