"""What visitors report about a published case: a release, a death, an error, a danger. No sender is kept."""

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.database import Base, Moment, word
from campaign.models.campaign import Campaign
from campaign.models.petition import Petition


class ReportReason(enum.StrEnum):
    RELEASED = "released"
    DIED = "died"
    ERROR = "error"
    DANGER = "danger"
    OTHER = "other"


class ReportState(enum.StrEnum):
    OPEN = "open"
    ACTED_ON = "acted_on"
    DISMISSED = "dismissed"


class Report(Base):
    __tablename__ = "report"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), index=True)
    petition_id: Mapped[int | None] = mapped_column(ForeignKey("petition.id"), index=True)
    reason: Mapped[ReportReason] = mapped_column(word(ReportReason))
    words: Mapped[str] = mapped_column(Text)  # whatever somebody typed: shown to staff alone, never in the journal
    at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[ReportState] = mapped_column(word(ReportState), default=ReportState.OPEN, index=True)
    looked_at_by: Mapped[str | None] = mapped_column(String(200))
    looked_at_at: Mapped[datetime | None] = mapped_column(Moment)
    outcome: Mapped[str] = mapped_column(Text, default="")

    campaign: Mapped[Campaign] = relationship()
    petition: Mapped[Petition | None] = relationship()
