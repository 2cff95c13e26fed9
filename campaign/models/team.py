"""A team: who writes a campaign together, from its first draft on. One owner, any number of editors and viewers.

The draft belongs to the team, and so does the campaign that comes of it; everybody else learns not even that a draft
is there. That a team has one owner and no second is the database's to keep.
"""

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.database import Base, Moment, word
from campaign.models.account import Account
from campaign.models.campaign import Campaign


class Part(enum.StrEnum):
    OWNER = "owner"  # also says who is in the team
    EDITOR = "editor"  # writes drafts and sends them to staff
    VIEWER = "viewer"  # reads drafts and numbers

    @property
    def writes(self) -> bool:
        return self is not Part.VIEWER


class Team(Base):
    """`campaign_id` is set once something of the team's was approved and became a campaign."""

    __tablename__ = "team"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"), unique=True)
    created_at: Mapped[datetime] = mapped_column(Moment)

    campaign: Mapped[Campaign | None] = relationship()
    members: Mapped[list["TeamMember"]] = relationship(cascade="all, delete-orphan", order_by="TeamMember.since")


_OWNS = text("part = 'owner'")


class TeamMember(Base):
    __tablename__ = "team_member"
    __table_args__ = (
        Index("ix_team_member_owner", "team_id", unique=True, sqlite_where=_OWNS, postgresql_where=_OWNS),
    )

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True, index=True)
    part: Mapped[Part] = mapped_column(word(Part))
    since: Mapped[datetime] = mapped_column(Moment)

    account: Mapped[Account] = relationship()


class TeamInvitation(Base):
    """Only the invited sees it: a list of who was asked would tell the owner who has an account here."""

    __tablename__ = "team_invitation"
    __table_args__ = (CheckConstraint("part <> 'owner'", name="no_owner"),)

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True, index=True)
    part: Mapped[Part] = mapped_column(word(Part))
    invited_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    invited_at: Mapped[datetime] = mapped_column(Moment)

    team: Mapped[Team] = relationship()
    invited_by: Mapped[Account] = relationship(foreign_keys=[invited_by_id])


class DraftHand(Base):
    """Somebody had a hand in a draft: saved it, or could write in it when it was sent to staff.

    It stays when she leaves the team, so that nobody can leave in order to approve what she wrote.
    """

    __tablename__ = "draft_hand"

    draft_id: Mapped[int] = mapped_column(ForeignKey("draft.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    savings: Mapped[int] = mapped_column(default=0)
    first_at: Mapped[datetime] = mapped_column(Moment)
    last_at: Mapped[datetime] = mapped_column(Moment)

    account: Mapped[Account] = relationship()
