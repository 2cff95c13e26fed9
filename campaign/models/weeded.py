"""A name that staff struck from the sheets of one packet before it was sealed. The signature counts as before.

Number, or sheet and line, as they are printed: that and a reason, nothing of the signer.
"""

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, SmallInteger
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


class WeededPaperLine(Base):
    """The same for a line of a paper sheet, which has no number but its place on the paper."""

    __tablename__ = "weeded_paper_line"

    packet_id: Mapped[int] = mapped_column(ForeignKey("packet.id", ondelete="CASCADE"), primary_key=True)
    sheet: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    line: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    reason: Mapped[WeedingReason] = mapped_column(word(WeedingReason))
    at: Mapped[datetime] = mapped_column(Moment)
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))

    by: Mapped[Account] = relationship()
