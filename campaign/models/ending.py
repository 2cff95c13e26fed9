"""What becomes of a letter besides signatures: an addressee's answer, or that it was taken down."""

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.database import Base, Moment, word
from campaign.models.campaign import Campaign, State
from campaign.models.petition import Petition


class Ground(enum.StrEnum):
    """Why something was taken down; the tombstone says which."""

    SAFETY = "safety"  # it may harm the person or others
    WISH = "wish"  # the person or the family asked
    ERROR = "error"  # it says something that is not true
    RIGHTS = "rights"  # somebody's rights, such as a picture
    LAW = "law"  # an order that those who run the site must follow
    RULES = "rules"  # the rules of the site


class Takedown(Base):
    """One taking down, of a petition or of a whole campaign; it stays on record after a restoring."""

    __tablename__ = "takedown"
    __table_args__ = (CheckConstraint("(petition_id IS NULL) <> (campaign_id IS NULL)", name="of_one_thing"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int | None] = mapped_column(ForeignKey("petition.id"), index=True)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"), index=True)
    ground: Mapped[Ground] = mapped_column(word(Ground))
    words: Mapped[str] = mapped_column(String(500))  # public
    was: Mapped[State] = mapped_column(word(State))
    at: Mapped[datetime] = mapped_column(Moment)
    by: Mapped[str] = mapped_column(String(200))
    restored_at: Mapped[datetime | None] = mapped_column(Moment)
    restored_by: Mapped[str | None] = mapped_column(String(200))

    petition: Mapped[Petition | None] = relationship()
    campaign: Mapped[Campaign | None] = relationship()


class OfficialAnswer(Base):
    """What an addressee answered, in full or as far as it may be published, with where it can be read."""

    __tablename__ = "official_answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petition.id"), index=True)
    from_whom: Mapped[str] = mapped_column(String(300))
    on: Mapped[date]
    text: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(500), default="")
    added_at: Mapped[datetime] = mapped_column(Moment)
    added_by: Mapped[str] = mapped_column(String(200))

    petition: Mapped[Petition] = relationship()
