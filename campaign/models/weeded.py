"""A name that staff struck from the sheets of one packet before it was sealed. The signature counts as before."""

import enum
from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.database import Base, Moment, word
from campaign.models.account import Account


class WeedingReason(enum.StrEnum):
    """A word of this list: the journal may hold nothing of a signer."""

    NO_NAME = "no_name"  # no person's name
    INSULT = "insult"
    DOUBLE = "double"  # looks like the same person a second time
    DANGER = "danger"  # to be named here could harm the signer
    ASKED = "asked"  # the signer asked for it
    ILLEGIBLE = "illegible"


class WeededLine(Base):
    """Deleted when it is put back; who did either is in the journal."""

    __tablename__ = "weeded_line"

    packet_id: Mapped[int] = mapped_column(ForeignKey("packet.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    reason: Mapped[WeedingReason] = mapped_column(word(WeedingReason))
    at: Mapped[datetime] = mapped_column(Moment)
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))

    by: Mapped[Account] = relationship()
