"""What belongs to the site as a whole: registered sealing keys and the lists that staff keep."""

import enum
from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from campaign.database import Base, Moment, word


class KeyPurpose(enum.StrEnum):
    MAIL = "mail"
    NAMES = "names"


class RegisteredKey(Base):
    """A public key that this database seals to; an unknown one stops the site before a name is lost."""

    __tablename__ = "registered_key"

    key_id: Mapped[bytes] = mapped_column(LargeBinary(4), primary_key=True)
    purpose: Mapped[KeyPurpose] = mapped_column(word(KeyPurpose), primary_key=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    registered_at: Mapped[datetime] = mapped_column(Moment)


class ListName(enum.StrEnum):
    HIGH_RISK_COUNTRY = "high_risk_country"


class ListEntry(Base):
    """One value of a list that staff edit at runtime."""

    __tablename__ = "list_entry"

    name: Mapped[ListName] = mapped_column(word(ListName), primary_key=True)
    value: Mapped[str] = mapped_column(String(200), primary_key=True)
    note: Mapped[str] = mapped_column(String(300), default="")
    added_at: Mapped[datetime] = mapped_column(Moment)
