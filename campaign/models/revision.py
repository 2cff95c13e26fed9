"""What the record of a person said before each change, so that a correction can be read and answered for.

A revision holds the words; the journal holds only its id. The public reads those that changed something that was
public (domain/cases/correcting.py); what was confidential before or after stays with staff.
"""

import enum
from datetime import datetime

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.database import Base, Moment, word
from campaign.models.prisoner import Prisoner

Said = dict[str, str | None]


class About(enum.StrEnum):
    FACT = "fact"
    STATUS = "status"
    PERSON = "person"
    NAME = "name"
    SOURCE = "source"


class Revision(Base):
    """One change. `was` is empty for what was added, `now` for what was taken away."""

    __tablename__ = "revision"

    id: Mapped[int] = mapped_column(primary_key=True)
    prisoner_id: Mapped[int] = mapped_column(ForeignKey("prisoner.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    about: Mapped[About] = mapped_column(word(About))
    thing_id: Mapped[int | None]  # of the fact, name or source; it outlives them, so it is no foreign key
    was: Mapped[Said] = mapped_column(JSON, default=dict)
    now: Mapped[Said] = mapped_column(JSON, default=dict)
    was_public: Mapped[bool] = mapped_column(default=False)
    is_public: Mapped[bool] = mapped_column(default=False)  # what it says now, at the time of the change
    may_be_repeated: Mapped[bool] = mapped_column(default=True)  # no: the old words would do harm again

    prisoner: Mapped[Prisoner] = relationship()
