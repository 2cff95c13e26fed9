"""An update: what a campaign writes to those who asked for news, and one row for each who is to get it.

That nobody gets an update twice is the database's to keep: one row for each update and subscription.
"""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, SmallInteger, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.database import Base, Moment, word
from campaign.models.account import Account
from campaign.models.campaign import Campaign
from campaign.models.letter import LetterState


class UpdateState(enum.StrEnum):
    WRITING = "writing"
    WAITING = "waiting"  # the first letter of a campaign, until staff have read it
    SCHEDULED = "scheduled"
    SENDING = "sending"
    PAUSED = "paused"
    SENT = "sent"
    CANCELLED = "cancelled"

    @property
    def has_begun(self) -> bool:
        return self in {UpdateState.SENDING, UpdateState.PAUSED, UpdateState.SENT, UpdateState.CANCELLED}


class Update(Base):
    """`code` is its public address, which names nobody. `filled` are its values as they were when it began."""

    __tablename__ = "campaign_update"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    state: Mapped[UpdateState] = mapped_column(word(UpdateState), default=UpdateState.WRITING, index=True)
    version: Mapped[int] = mapped_column(default=1)
    segment: Mapped[dict[str, Any]] = mapped_column(
        JSON, default=dict
    )  # see domain/news/segmenting.py; empty: everybody
    filled: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(Moment)
    saved_at: Mapped[datetime] = mapped_column(Moment)
    send_at: Mapped[datetime | None] = mapped_column(Moment)
    approved_at: Mapped[datetime | None] = mapped_column(Moment)
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    returned: Mapped[str] = mapped_column(String(500), default="")  # why staff gave it back
    begun_at: Mapped[datetime | None] = mapped_column(Moment)  # from then on it is public
    fanned_out_at: Mapped[datetime | None] = mapped_column(Moment)  # every recipient has a row
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    reached: Mapped[int] = mapped_column(default=0)  # the last subscription that was given a row
    totals: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)  # by state, once the rows are deleted
    # Of a letter that nobody had to write (domain/news/noticing.py): the petition it is about, and the number reached.
    petition_id: Mapped[int | None] = mapped_column(ForeignKey("petition.id"), index=True)
    mark: Mapped[int | None]

    campaign: Mapped[Campaign] = relationship()
    author: Mapped[Account | None] = relationship(foreign_keys=[author_id])
    approved_by: Mapped[Account | None] = relationship(foreign_keys=[approved_by_id])
    texts: Mapped[list["UpdateText"]] = relationship(cascade="all, delete-orphan", order_by="UpdateText.lang")


class UpdateText(Base):
    """Its words in one language, in Markdown."""

    __tablename__ = "update_text"

    update_id: Mapped[int] = mapped_column(ForeignKey("campaign_update.id", ondelete="CASCADE"), primary_key=True)
    lang: Mapped[str] = mapped_column(String(20), primary_key=True)
    title: Mapped[str] = mapped_column(String(200), default="")
    body: Mapped[str] = mapped_column(Text, default="")


_OPEN = text("state IN ('queued', 'sending')")


class UpdateLetter(Base):
    """One update to one subscription; address and language stay where the subscription has them."""

    __tablename__ = "update_letter"
    __table_args__ = (
        UniqueConstraint("update_id", "subscription_id"),
        Index("ix_update_letter_due", "update_id", "due_at", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    update_id: Mapped[int] = mapped_column(ForeignKey("campaign_update.id"))
    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscription.id"), index=True)
    state: Mapped[LetterState] = mapped_column(word(LetterState), default=LetterState.QUEUED)
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    has_turn: Mapped[bool] = mapped_column(default=False)  # waits in the line of its receiving domain already
    due_at: Mapped[datetime] = mapped_column(Moment)  # also the end of the lease while sending
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    fault: Mapped[str | None] = mapped_column(String(80))


class MailPace(Base):
    """How fast letters of news may go to one receiving domain, known by a keyed hash; and to all of them together.

    No row of a person leads here: the hash is made anew from the opened address of each letter.
    """

    __tablename__ = "mail_pace"

    domain_key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    next_at: Mapped[datetime] = mapped_column(Moment)  # the end of its line
    not_before: Mapped[datetime | None] = mapped_column(Moment)  # it asked us to wait
    refusals: Mapped[int] = mapped_column(SmallInteger, default=0)  # in a row


class TroubleKind(enum.StrEnum):
    SOFT = "soft"
    HARD = "hard"
    COMPLAINT = "complaint"


class MailTrouble(Base):
    """A letter that came back, or was complained of; by the public id in its return path, never by an address."""

    __tablename__ = "mail_trouble"
    __table_args__ = (Index("ix_mail_trouble_whose", "public_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[bytes] = mapped_column(LargeBinary(16))
    kind: Mapped[TroubleKind] = mapped_column(word(TroubleKind))
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)  # of the report, so that it counts once
