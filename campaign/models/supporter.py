"""Who asked for news, and who must never be written to again.

A subscription belongs to one campaign and is keyed with that campaign's secret: nothing links a
person across campaigns.
"""

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, SmallInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from campaign.database import Base, Moment, word


class SubscriptionState(enum.StrEnum):
    ACTIVE = "active"
    ENDED = "ended"


class Subscription(Base):
    __tablename__ = "subscription"
    __table_args__ = (UniqueConstraint("campaign_id", "email_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[bytes] = mapped_column(LargeBinary(16), unique=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    state: Mapped[SubscriptionState] = mapped_column(word(SubscriptionState), default=SubscriptionState.ACTIVE)
    email_key: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    email_box: Mapped[bytes | None] = mapped_column(LargeBinary)
    lang: Mapped[str] = mapped_column(String(20))
    wording: Mapped[str] = mapped_column(Text)  # the sentence that was ticked
    asked_at: Mapped[datetime] = mapped_column(Moment)
    confirmed_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    link_version: Mapped[int] = mapped_column(SmallInteger, default=1)


class Suppression(Base):
    """Outlives the person's data, and is looked at last before a letter leaves."""

    __tablename__ = "suppression"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    email_key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    reason: Mapped[str] = mapped_column(String(40))
    since: Mapped[datetime] = mapped_column(Moment)
