"""An assent: an act that takes two people. One asks and says why, another agrees, and then it is done once.

That the two are different people, and neither the one whom it is about, is the database's to keep.
"""

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.database import Base, Moment, word
from campaign.models.account import Account
from campaign.models.addressee import Addressee
from campaign.models.petition import Petition


class AssentKind(enum.StrEnum):
    RESET_FACTOR = "reset_factor"  # of `account`: two admins
    TAKE_NAMES = "take_names"  # out of `petition` as a table, once, for `addressee` or for nobody
    SHOW_NAMES = "show_names"  # on the public page of `petition`


class AssentState(enum.StrEnum):
    ASKED = "asked"
    AGREED = "agreed"
    USED = "used"
    REFUSED = "refused"  # or called back by whoever asked


class Assent(Base):
    __tablename__ = "assent"
    __table_args__ = (
        CheckConstraint("agreed_by_id IS NULL OR agreed_by_id <> asked_by_id", name="two_people"),
        CheckConstraint(
            "account_id IS NULL OR "
            "(asked_by_id <> account_id AND (agreed_by_id IS NULL OR agreed_by_id <> account_id))",
            name="not_the_owner",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[AssentKind] = mapped_column(word(AssentKind))
    state: Mapped[AssentState] = mapped_column(word(AssentState), default=AssentState.ASKED, index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    petition_id: Mapped[int | None] = mapped_column(ForeignKey("petition.id"))
    addressee_id: Mapped[str | None] = mapped_column(ForeignKey("addressee.id"))
    reason: Mapped[str] = mapped_column(String(500))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(Moment)
    agreed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    agreed_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    account: Mapped[Account | None] = relationship(foreign_keys=[account_id])
    petition: Mapped[Petition | None] = relationship()
    addressee: Mapped[Addressee | None] = relationship()
    asked_by: Mapped[Account] = relationship(foreign_keys=[asked_by_id])
    agreed_by: Mapped[Account | None] = relationship(foreign_keys=[agreed_by_id])
