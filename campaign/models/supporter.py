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


class Reason(enum.StrEnum):
    """Why somebody must not be written to. Only what a mailbox's owner called unwanted outlasts a new request."""

    UNSUBSCRIBED = "unsubscribed"
    SILENCE = "silence"  # "never write to me again"
    NOT_ME = "not_me"  # somebody else had typed the address
    ERASED = "erased"
    BOUNCED = "bounced"  # the mailbox is not there, or did not take five letters within thirty days
    COMPLAINT = "complaint"  # marked as unwanted where the mailbox is


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
    wording_version: Mapped[str] = mapped_column(String(20), default="1", server_default="1")
    organisation: Mapped[str] = mapped_column(String(200), default="", server_default="")  # to whom it was said
    asked_at: Mapped[datetime] = mapped_column(Moment)
    confirmed_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    link_version: Mapped[int] = mapped_column(SmallInteger, default=1)
    signed_as: Mapped[bytes | None] = mapped_column(LargeBinary(16), index=True)  # the signature it is known to be of


class FormerLink(Base):
    """A public id under which letters went before their subscription was woken anew: their links stop it for ever."""

    __tablename__ = "former_link"

    public_id: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    link_version: Mapped[int] = mapped_column(SmallInteger)
    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscription.id"), index=True)


class NewsRequest(Base):
    """A form that asks for news, or for another address of a subscription, until the letter to its mailbox is answered.

    `box_of` is the public id inside the box: that of the subscription which the answer makes or wakes. The keys and the
    box go when it is answered, the row a week after it was made.
    """

    __tablename__ = "news_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[bytes] = mapped_column(LargeBinary(16), unique=True)  # in its link, and of its letter
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    subscription_id: Mapped[int | None] = mapped_column(ForeignKey("subscription.id"), index=True)  # which moves
    box_of: Mapped[bytes] = mapped_column(LargeBinary(16))
    email_box: Mapped[bytes | None] = mapped_column(LargeBinary)
    email_key: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)
    person_key: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    signed_as: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    lang: Mapped[str] = mapped_column(String(20))
    wording: Mapped[str] = mapped_column(Text)
    wording_version: Mapped[str] = mapped_column(String(20))
    organisation: Mapped[str] = mapped_column(String(200))
    asked_at: Mapped[datetime] = mapped_column(Moment, index=True)
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)


class Suppression(Base):
    """Outlives the person's data, and is looked at last before a letter leaves."""

    __tablename__ = "suppression"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    email_key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    reason: Mapped[Reason] = mapped_column(word(Reason))
    since: Mapped[datetime] = mapped_column(Moment)
