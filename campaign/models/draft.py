"""A draft: the whole of what somebody proposes for one campaign, before anything of it is public.

Its content is one JSON value (domain/cases/proposal.py says its shape), so that half-written things never stand among
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
from campaign.models.team import Team


class DraftState(enum.StrEnum):
    WRITING = "writing"  # a visitor's: until the mailbox is confirmed
    GATHERING = "gathering"  # sent, and waiting for co-sponsors (domain/drafts/sponsoring.py)
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"

    @property
    def is_over(self) -> bool:
        return self in {DraftState.APPROVED, DraftState.REJECTED, DraftState.WITHDRAWN}


class RejectionReason(Base):
    """One reason of the list that staff keep (domain/drafts/reasoning.py); `sentence` is what the author reads.

    A retired one is not offered any more, and stays where it was given.
    """

    __tablename__ = "rejection_reason"

    code: Mapped[str] = mapped_column(String(20), primary_key=True)  # what the journal holds
    sentence: Mapped[str] = mapped_column(String(300))
    position: Mapped[int]
    retired_at: Mapped[datetime | None] = mapped_column(Moment)


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

    Its author is an account, with a team, or a visitor whose address lies in a box bound to `public_id`.
    """

    __tablename__ = "draft"
    __table_args__ = (CheckConstraint("account_id IS NULL OR email_box IS NULL", name="one_author"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[bytes] = mapped_column(LargeBinary(16), unique=True)
    link_version: Mapped[int] = mapped_column(default=1)
    state: Mapped[DraftState] = mapped_column(word(DraftState), default=DraftState.WRITING, index=True)
    content: Mapped[dict[str, object]] = mapped_column(JSON)
    # What was public when this was begun, or when its author last looked (domain/drafts/rebasing.py); NULL for what is new.
    base: Mapped[dict[str, object] | None] = mapped_column(JSON(none_as_null=True))
    version: Mapped[int] = mapped_column(default=1)  # one more with each save
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"), index=True)  # NULL: a visitor's, without a team
    email_box: Mapped[bytes | None] = mapped_column(LargeBinary)
    lang: Mapped[str] = mapped_column(String(20), default="en")
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"), index=True)
    petition_id: Mapped[int | None] = mapped_column(ForeignKey("petition.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    saved_at: Mapped[datetime] = mapped_column(Moment)
    submitted_at: Mapped[datetime | None] = mapped_column(Moment)

    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    reason: Mapped[str | None] = mapped_column(ForeignKey("rejection_reason.code"))
    reason_sentence: Mapped[str] = mapped_column(String(300), default="", server_default="")  # as it was on that day
    reason_words: Mapped[str] = mapped_column(Text, default="")
    checks: Mapped[list[str]] = mapped_column(JSON, default=list)
    replaced: Mapped[dict[str, object] | None] = mapped_column(JSON)  # what was public when it was decided

    # How many co-sponsors it needs, fixed when it is sent; the secret of their keys goes with them.
    cosponsors_needed: Mapped[int] = mapped_column(default=0, server_default="0")
    cosponsor_secret: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    gathering_since: Mapped[datetime | None] = mapped_column(Moment)

    held_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    held_until: Mapped[datetime | None] = mapped_column(Moment)

    author: Mapped[Account | None] = relationship(foreign_keys=[account_id])
    decided_by: Mapped[Account | None] = relationship(foreign_keys=[decided_by_id])
    held_by: Mapped[Account | None] = relationship(foreign_keys=[held_by_id])
    campaign: Mapped[Campaign | None] = relationship()
    petition: Mapped[Petition | None] = relationship()
    team: Mapped[Team | None] = relationship()

    def holder(self, at: datetime) -> Account | None:
        """Whoever holds it now: others may read it, and change nothing."""
        return self.held_by if self.held_until is not None and at < self.held_until else None


class CosponsorState(enum.StrEnum):
    AUTHOR = "author"  # holds the author's own address out of the number
    ASKED = "asked"
    CONFIRMED = "confirmed"


class Cosponsor(Base):
    """Somebody who stands behind a draft before staff look at it; deleted with the decision about it.

    Nobody sees who: the address lies in a box until its mailbox is confirmed, and is then deleted; the key, under the
    draft's own secret, keeps one mailbox from counting twice.
    """

    __tablename__ = "cosponsor"
    __table_args__ = (UniqueConstraint("draft_id", "email_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[bytes] = mapped_column(LargeBinary(16), unique=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("draft.id", ondelete="CASCADE"))
    state: Mapped[CosponsorState] = mapped_column(word(CosponsorState), default=CosponsorState.ASKED)
    email_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    email_box: Mapped[bytes | None] = mapped_column(LargeBinary)
    asked_at: Mapped[datetime] = mapped_column(Moment)

    draft: Mapped[Draft] = relationship()


class OldAddress(Base):
    """An address that a campaign or petition once had; it leads to where it is now, for ever."""

    __tablename__ = "old_address"
    __table_args__ = (UniqueConstraint("kind", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))  # "campaign", "petition"
    slug: Mapped[str] = mapped_column(String(80))
    thing_id: Mapped[int]
    since: Mapped[datetime] = mapped_column(Moment)
