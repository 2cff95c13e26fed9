"""The photograph of a person: where its re-encoded files are, and the words for who cannot see it."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.database import Base, Moment
from campaign.models.prisoner import Prisoner


class Picture(Base):
    """One for each person. `name` is random: it says nothing of whom it shows."""

    __tablename__ = "picture"

    id: Mapped[int] = mapped_column(primary_key=True)
    prisoner_id: Mapped[int] = mapped_column(ForeignKey("prisoner.id", ondelete="CASCADE"), unique=True)
    name: Mapped[str] = mapped_column(String(32), unique=True)
    alt: Mapped[str] = mapped_column(String(300))
    credit: Mapped[str] = mapped_column(String(200), default="")
    width: Mapped[int]  # of the large one, in pixels
    height: Mapped[int]
    added_at: Mapped[datetime] = mapped_column(Moment)
    added_by: Mapped[str] = mapped_column(String(200))

    prisoner: Mapped[Prisoner] = relationship()
