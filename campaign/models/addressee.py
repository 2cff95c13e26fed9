"""Whom petitions and communications are addressed to: dated records, because offices change hands.

Packets print titles; a holder's name only while staff confirmed it lately.
"""

import enum
from datetime import date, timedelta

from sqlalchemy import JSON, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.database import Base, word

CONFIRMATION_LASTS = timedelta(days=30)


class AddresseeKind(enum.StrEnum):
    OFFICE = "office"
    THEMATIC = "thematic"
    COUNTRY = "country"
    GOVERNMENT = "government"


class Addressee(Base):
    __tablename__ = "addressee"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)  # "sg", "wgad"
    kind: Mapped[AddresseeKind] = mapped_column(word(AddresseeKind))
    title: Mapped[str] = mapped_column(String(300))
    address_lines: Mapped[list[str]] = mapped_column(JSON, default=list)
    country: Mapped[str] = mapped_column(String(2), default="")  # of the address: chooses the paper
    salutation: Mapped[str] = mapped_column(String(100), default="")
    holder: Mapped[str | None] = mapped_column(String(200))
    holder_until: Mapped[date | None]
    email: Mapped[str | None] = mapped_column(String(200))
    email_is_verified: Mapped[bool] = mapped_column(default=False)
    languages: Mapped[list[str]] = mapped_column(JSON, default=list)
    use_when: Mapped[str] = mapped_column(Text, default="")
    created_by: Mapped[str] = mapped_column(String(300), default="")
    last_renewal: Mapped[str] = mapped_column(String(300), default="")
    what_is_verified: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="")
    sources: Mapped[list[str]] = mapped_column(JSON, default=list)
    as_of: Mapped[date]
    last_confirmed_on: Mapped[date | None]
    last_confirmed_by: Mapped[str | None] = mapped_column(String(200))

    def is_confirmed(self, on: date) -> bool:
        return self.last_confirmed_on is not None and on - self.last_confirmed_on <= CONFIRMATION_LASTS
