"""Numbers kept beside the ledger, so that no page counts signers: what is signed now, and how many forms came to be.

None of them holds anything of a person. The short marks of time end after a day; the rest is by day.
"""

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.database import Base, Moment, word
from campaign.models.petition import Petition


class RecentCount(Base):
    """What the counter appended within ten minutes from `since`: signed less withdrawn and removed. Gone after a day.

    What is taken out of the count pulls it down, so that a flood which staff have removed is not "signed most".
    """

    __tablename__ = "recent_count"

    petition_id: Mapped[int] = mapped_column(ForeignKey("petition.id", ondelete="CASCADE"), primary_key=True)
    since: Mapped[datetime] = mapped_column(Moment, primary_key=True)
    signatures: Mapped[int] = mapped_column(default=0)


class Span(enum.StrEnum):
    HOUR = "hour"
    DAY = "day"


class Trend(Base):
    """One of the few letters that are signed most just now, as the worker last saw it (domain/signatures/trending.py)."""

    __tablename__ = "trend"

    span: Mapped[Span] = mapped_column(word(Span), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petition.id", ondelete="CASCADE"), index=True)
    signatures: Mapped[int]
    seen_at: Mapped[datetime] = mapped_column(Moment)

    petition: Mapped[Petition] = relationship()


class FormTally(Base):
    """Forms sent on one day, and how many of them were confirmed since. Kept by the worker (domain/signatures/gauging.py)."""

    __tablename__ = "form_tally"

    petition_id: Mapped[int] = mapped_column(ForeignKey("petition.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    forms: Mapped[int] = mapped_column(default=0)
    confirmed: Mapped[int] = mapped_column(default=0)
