"""Whom petitions and communications are addressed to: dated records, because offices change hands.

Packets print titles; a holder's name only while staff confirmed it lately.
"""

import enum
from datetime import date, datetime, timedelta
from typing import cast

from sqlalchemy import JSON, ForeignKey, String, Table, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.database import Base, Moment, append_only, word

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
    holder_since: Mapped[date | None]
    holder_until: Mapped[date | None]
    email: Mapped[str | None] = mapped_column(String(200))
    email_is_verified: Mapped[bool] = mapped_column(default=False)
    languages: Mapped[list[str]] = mapped_column(JSON, default=list)
    # By what ways it is reached: words of models/communication.py, as one mandate may have several.
    channels: Mapped[list[str]] = mapped_column(JSON, default=list, server_default=text("'[]'"))
    portal: Mapped[str] = mapped_column(String(300), default="", server_default=text("''"))
    limits: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    # Which questions of the case record must be answered before anything is sent there.
    consent_questions: Mapped[list[str]] = mapped_column(JSON, default=list, server_default=text("'[]'"))
    mandate_country: Mapped[str] = mapped_column(
        String(2), default="", server_default=text("''")
    )  # of a country mandate
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
        """Lately, and not before the office changed hands: who confirmed the old holder has not seen the new one."""
        confirmed = self.last_confirmed_on
        if confirmed is None or on - confirmed > CONFIRMATION_LASTS:
            return False
        return not self.has_changed_hands(confirmed, on)

    def has_changed_hands(self, since: date, on: date) -> bool:
        """Whether a term ended or began after `since`, by what the record says."""
        ended = self.holder_until is not None and since <= self.holder_until < on
        began = self.holder_since is not None and since < self.holder_since <= on
        return ended or began

    def holder_on(self, day: date) -> str | None:
        """Who may be named on that day: a term that runs, confirmed lately. Nobody else is printed."""
        runs = (self.holder_since is None or self.holder_since <= day) and (
            self.holder_until is None or day <= self.holder_until
        )
        return self.holder if runs and self.is_confirmed(day) else None


class AddresseeAct(enum.StrEnum):
    CONFIRMED = "confirmed"
    CORRECTED = "corrected"


class AddresseeChange(Base):
    """One confirmation, or one field that was corrected: what stood there, what stands there now, who, and why.

    The database refuses to change it: a packet of last year must be understood by what was known then.
    """

    __tablename__ = "addressee_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    addressee_id: Mapped[str] = mapped_column(ForeignKey("addressee.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment)
    by: Mapped[str] = mapped_column(String(200))
    act: Mapped[AddresseeAct] = mapped_column(word(AddresseeAct))
    field: Mapped[str] = mapped_column(String(40), default="")
    was: Mapped[str] = mapped_column(Text, default="")
    became: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(Text, default="")  # where it was read

    addressee: Mapped[Addressee] = relationship(backref="changes")


append_only(cast(Table, AddresseeChange.__table__))
