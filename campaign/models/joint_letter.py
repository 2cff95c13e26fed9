"""A joint letter: several organisations, several prisoners, one occasion, one addressee, as a packet of its own kind.

The packet carries addressee, states, seal and manifest. What organisations are asked to approve is a `JointText`: a
version frozen with its hash, which never changes; a decision belongs to one version.
"""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.database import Base, Moment, word
from campaign.models.attachment import Attachment
from campaign.models.organisation import Organisation
from campaign.models.packet import Packet


class JointLetter(Base):
    """`words` is what staff write, and `people` whom it names, in order; both may change until it is sealed."""

    __tablename__ = "joint_letter"

    packet_id: Mapped[int] = mapped_column(ForeignKey("packet.id", ondelete="CASCADE"), primary_key=True)
    lang: Mapped[str] = mapped_column(String(20))
    words: Mapped[dict[str, Any]] = mapped_column(JSON)
    people: Mapped[list[int]] = mapped_column(JSON)  # ids of prisoners
    deadline: Mapped[datetime | None] = mapped_column(Moment)  # until when organisations may approve

    packet: Mapped[Packet] = relationship()
    texts: Mapped[list["JointText"]] = relationship(
        back_populates="letter", order_by="JointText.version", cascade="all, delete-orphan"
    )
    invitations: Mapped[list["Invitation"]] = relationship(
        back_populates="letter", order_by="Invitation.position, Invitation.id", cascade="all, delete-orphan"
    )

    @property
    def text(self) -> "JointText | None":
        """The version that organisations decide on now."""
        return self.texts[-1] if self.texts else None


class JointText(Base):
    """One version as it was put before the organisations."""

    __tablename__ = "joint_text"
    __table_args__ = (UniqueConstraint("packet_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    packet_id: Mapped[int] = mapped_column(ForeignKey("joint_letter.packet_id", ondelete="CASCADE"))
    version: Mapped[int]
    contents: Mapped[dict[str, Any]] = mapped_column(JSON)
    sha256: Mapped[str] = mapped_column(String(64))
    frozen_at: Mapped[datetime] = mapped_column(Moment)
    frozen_by: Mapped[str] = mapped_column(String(200))

    letter: Mapped[JointLetter] = relationship(back_populates="texts")


class Approval(enum.StrEnum):
    WAITING = "waiting"
    APPROVED = "approved"
    DECLINED = "declined"


class Invitation(Base):
    """One organisation asked to sign. The address of its signatory lies in a box that nobody is shown.

    Name and title are what the signatory typed, and are printed. `basis` is only set in a demonstration: what shows
    that the organisation signed, where nobody could be asked.
    """

    __tablename__ = "joint_invitation"
    __table_args__ = (
        UniqueConstraint("packet_id", "organisation_id"),
        CheckConstraint("approval = 'waiting' OR text_id IS NOT NULL", name="decided_on_a_text"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[bytes] = mapped_column(LargeBinary(16), unique=True)
    link_version: Mapped[int] = mapped_column(default=1)
    packet_id: Mapped[int] = mapped_column(ForeignKey("joint_letter.packet_id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    position: Mapped[int]
    email_box: Mapped[bytes | None] = mapped_column(LargeBinary)
    own_domain: Mapped[bool] = mapped_column(default=False)  # the mailbox is at the organisation's own website
    signatory: Mapped[str] = mapped_column(String(200), default="")
    signatory_title: Mapped[str] = mapped_column(String(200), default="")
    logo_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id"), index=True)
    approval: Mapped[Approval] = mapped_column(word(Approval), default=Approval.WAITING)
    text_id: Mapped[int | None] = mapped_column(ForeignKey("joint_text.id"))  # the version that was decided on
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    reason: Mapped[str] = mapped_column(String(1000), default="")
    basis: Mapped[str] = mapped_column(String(300), default="")
    asked_at: Mapped[datetime | None] = mapped_column(Moment)  # of the version that is before it now
    reminded_at: Mapped[datetime | None] = mapped_column(Moment)

    letter: Mapped[JointLetter] = relationship(back_populates="invitations")
    organisation: Mapped[Organisation] = relationship()
    logo: Mapped[Attachment | None] = relationship()
