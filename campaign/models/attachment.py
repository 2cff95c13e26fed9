"""Images and files of campaigns: what is kept of an upload, and where it stands in public.

An upload belongs to nobody but the drafts whose content names it, until an approval sets it on a campaign's page.
"""

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.database import Base, Moment, word
from campaign.models.campaign import Campaign


class AttachmentKind(enum.StrEnum):
    IMAGE = "image"
    FILE = "file"


class Attachment(Base):
    """One upload, written anew. `name` is random: it says nothing of what it holds and cannot be guessed."""

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(32), unique=True)
    kind: Mapped[AttachmentKind] = mapped_column(word(AttachmentKind))
    media_type: Mapped[str] = mapped_column(String(60))
    size: Mapped[int]  # bytes of what is served, of an image the large JPEG
    sha256: Mapped[str] = mapped_column(String(64))
    width: Mapped[int] = mapped_column(default=0)  # of a large image, in pixels
    height: Mapped[int] = mapped_column(default=0)
    added_at: Mapped[datetime] = mapped_column(Moment)
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)


class PublicAttachment(Base):
    """What stands on a campaign's page. `mark` is its short name in the text, such as image-1."""

    __tablename__ = "public_attachment"
    __table_args__ = (UniqueConstraint("campaign_id", "mark"), UniqueConstraint("campaign_id", "attachment_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachment.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    mark: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200), default="")
    alt: Mapped[str] = mapped_column(String(300), default="")
    caption: Mapped[str] = mapped_column(String(300), default="")
    credit: Mapped[str] = mapped_column(String(200), default="")
    rights: Mapped[str] = mapped_column(String(300), default="")

    attachment: Mapped[Attachment] = relationship()
    campaign: Mapped[Campaign] = relationship()
