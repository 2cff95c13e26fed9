"""Organisations, and the petitions they put their name to."""

from datetime import date

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.database import Base
from campaign.models.petition import Petition


class Organisation(Base):
    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(80), default="non-governmental organisation")
    website: Mapped[str] = mapped_column(String(300), default="")


class Cosigner(Base):
    """An organisation under one petition. `basis` says what shows that it signed."""

    __tablename__ = "cosigner"
    __table_args__ = (UniqueConstraint("petition_id", "organisation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petition.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    signatory: Mapped[str] = mapped_column(String(200), default="")
    signatory_title: Mapped[str] = mapped_column(String(200), default="")
    basis: Mapped[str] = mapped_column(String(300))
    signed_on: Mapped[date | None]

    organisation: Mapped[Organisation] = relationship()
    petition: Mapped[Petition] = relationship(backref="cosigners")
