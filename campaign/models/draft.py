"""A draft: the whole of what somebody proposes for one campaign, before anything of it is public.

Its content is one JSON value (domain/proposal.py says its shape), so that half-written things never stand among
records that pages and packets are made of. Approval writes them there, in one transaction, and is the only way in.
"""

import enum
from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.database import Base, Moment, word
from campaign.models.account import Account
from campaign.models.campaign import Campaign
from campaign.models.petition import Petition


class DraftState(enum.StrEnum):
    WRITING = "writing"  # a visitor's: until the mailbox is confirmed
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"

    @property
    def is_over(self) -> bool:
        return self in {DraftState.APPROVED, DraftState.REJECTED, DraftState.WITHDRAWN}


class Reason(enum.StrEnum):
    """Why a draft was rejected; the sentences are in web/proposals.py and in the letter."""

    KNOWN_ALREADY = "known_already"
    SOURCES_MISSING = "sources_missing"
    CONSENT_MISSING = "consent_missing"
    TOO_RISKY = "too_risky"
    FACTS_DOUBTFUL = "facts_doubtful"
    NOT_OUR_WORK = "not_our_work"
    VIOLENCE = "violence"
    ANOTHER_ADDRESSEE = "another_addressee"
    UNCLEAR = "unclear"


class Check(enum.StrEnum):
    """What whoever approves has looked at, each by itself: do no harm."""

    CONSENT = "consent"
    RISK = "risk"
    FAMILY = "family"
    SOURCES = "sources"
    NAMES = "names"
    WORDS = "words"
    ADDRESSEES = "addressees"
    FILES = "files"


class Draft(Base):
    """`campaign_id` is set where it changes a campaign that is there; `petition_id` where it changes its letter.

    Its author is an account, or a visitor whose address lies in a box bound to `public_id`.
    """

    __tablename__ = "draft"
    __table_args__ = (CheckConstraint("account_id IS NULL OR email_box IS NULL", name="one_author"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[bytes] = mapped_column(LargeBinary(16), unique=True)
    link_version: Mapped[int] = mapped_column(default=1)
    state: Mapped[DraftState] = mapped_column(word(DraftState), default=DraftState.WRITING, index=True)
    content: Mapped[dict[str, object]] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(default=1)  # one more with each save
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    email_box: Mapped[bytes | None] = mapped_column(LargeBinary)
    lang: Mapped[str] = mapped_column(String(20), default="en")
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"), index=True)
    petition_id: Mapped[int | None] = mapped_column(ForeignKey("petition.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    saved_at: Mapped[datetime] = mapped_column(Moment)
    submitted_at: Mapped[datetime | None] = mapped_column(Moment)

    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    reason: Mapped[Reason | None] = mapped_column(word(Reason))
    reason_words: Mapped[str] = mapped_column(Text, default="")
    checks: Mapped[list[str]] = mapped_column(JSON, default=list)

    held_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    held_until: Mapped[datetime | None] = mapped_column(Moment)

    author: Mapped[Account | None] = relationship(foreign_keys=[account_id])
    decided_by: Mapped[Account | None] = relationship(foreign_keys=[decided_by_id])
    held_by: Mapped[Account | None] = relationship(foreign_keys=[held_by_id])
    campaign: Mapped[Campaign | None] = relationship()
    petition: Mapped[Petition | None] = relationship()

    def holder(self, at: datetime) -> Account | None:
        """Whoever holds it now: others may read it, and change nothing."""
        return self.held_by if self.held_until is not None and at < self.held_until else None


class OldAddress(Base):
    """An address that a campaign or petition once had; it leads to where it is now, for ever."""

    __tablename__ = "old_address"
    __table_args__ = (UniqueConstraint("kind", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))  # "campaign", "petition"
    slug: Mapped[str] = mapped_column(String(80))
    thing_id: Mapped[int]
    since: Mapped[datetime] = mapped_column(Moment)
