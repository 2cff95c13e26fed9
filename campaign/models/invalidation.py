"""Removing many signatures at once: conditions, a written reason, and a way back.

The rows keep their boxes until the time for undoing is over; only then are they emptied for good.
"""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.database import Base, Moment, word
from campaign.models.petition import Petition


class InvalidationState(enum.StrEnum):
    PREPARED = "prepared"  # counted beforehand, not begun
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"  # stopped on the way; what was removed stays removed until undone
    UNDOING = "undoing"
    UNDONE = "undone"


class Invalidation(Base):
    __tablename__ = "invalidation"

    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petition.id"), index=True)
    state: Mapped[InvalidationState] = mapped_column(word(InvalidationState), default=InvalidationState.PREPARED)
    conditions: Mapped[dict[str, Any]] = mapped_column(JSON)  # typed names and addresses only as keyed hashes
    reason: Mapped[str] = mapped_column(Text)
    public_reason: Mapped[str] = mapped_column(
        String(40)
    )  # a word of domain/signatures/vetting.py, counted on the public page
    matched: Mapped[int] = mapped_column(default=0)  # counted beforehand
    waiting: Mapped[int] = mapped_column(default=0, server_default=text("0"))  # unconfirmed forms, counted beforehand
    held_back: Mapped[int] = mapped_column(default=0, server_default=text("0"))  # of those, held once confirmed
    done: Mapped[int] = mapped_column(default=0)
    restored: Mapped[int] = mapped_column(default=0)
    skipped: Mapped[int] = mapped_column(default=0)  # not restored: signed again meanwhile, or emptied
    cursor: Mapped[int] = mapped_column(default=0)  # the last signature looked at, so that none is looked at twice
    upto: Mapped[int] = mapped_column(default=0)  # the last signature there was when it was counted beforehand
    created_at: Mapped[datetime] = mapped_column(Moment)
    created_by: Mapped[str] = mapped_column(String(200))
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    lease_until: Mapped[datetime | None] = mapped_column(Moment)

    petition: Mapped[Petition] = relationship()
