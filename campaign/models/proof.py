"""Solved proofs of work: kept until they expire, so that none is spent twice."""

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from campaign.database import Base, Moment


class SpentProof(Base):
    __tablename__ = "spent_proof"

    challenge: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)
