"""A petition: a letter to one or more addressees, with the exact words people sign.

The words live in `PetitionText`, dated and hashed; a signature points at the version it signed.
"""

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, ForeignKey, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.database import Base, Moment, word
from campaign.models.addressee import Addressee
from campaign.models.campaign import Campaign, State


class Petition(Base):
    __tablename__ = "petition"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)  # TJ-2017-001
    state: Mapped[State] = mapped_column(word(State), default=State.DRAFT)
    opened_at: Mapped[datetime | None] = mapped_column(Moment)
    closes_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    # Released or died, and the day that is said of: what ended it before its time (domain/cases/overtaking.py).
    closed_because: Mapped[str | None] = mapped_column(String(20))
    closed_as_of: Mapped[str | None] = mapped_column(String(10))
    goal: Mapped[int] = mapped_column(default=1000)
    shows_names: Mapped[bool] = mapped_column(Boolean, default=False)
    # The last number whose name was looked at where the key of names is (domain/signatures/reviewing.py).
    names_looked_to: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    asks_for_proof: Mapped[bool] = mapped_column(Boolean, default=False, server_default=text("false"))
    people_per_address: Mapped[int] = mapped_column(default=2)
    funding_line: Mapped[str] = mapped_column(String(300), default="")
    hash_secret: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    # Which addresses are one mailbox, as of the opening (domain/mailboxes.py): the keys of its signers depend on it.
    mailbox_rules: Mapped[list[str] | None] = mapped_column(JSON)
    # When the last letter to a form without a proof of work was set to leave (domain/signatures/proving.py).
    unproved_letter_at: Mapped[datetime | None] = mapped_column(Moment)

    # How long names are kept (domain/upkeep/retention.py): until when staff decided, while it is open; then the purge.
    kept_until: Mapped[date | None]
    purge_begun_at: Mapped[datetime | None] = mapped_column(Moment)
    purged_at: Mapped[datetime | None] = mapped_column(Moment)

    # Kept by the counter alone (domain/signatures/counting.py): what the ledger adds up to.
    signature_count: Mapped[int] = mapped_column(default=0)
    paper_count: Mapped[int] = mapped_column(default=0, server_default=text("0"))  # how many of these are on paper
    ledger_size: Mapped[int] = mapped_column(default=0)
    last_number: Mapped[int] = mapped_column(default=0)
    counted_at: Mapped[datetime | None] = mapped_column(Moment)
    # How many were taken out after review, by reason (domain/signatures/vetting.py): what a page may say without counting.
    removed_counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)

    campaign: Mapped[Campaign] = relationship(back_populates="petitions")
    texts: Mapped[list["PetitionText"]] = relationship(
        back_populates="petition", order_by="PetitionText.version, PetitionText.id", cascade="all, delete-orphan"
    )
    asks: Mapped[list["Ask"]] = relationship(
        back_populates="petition", order_by="Ask.position", cascade="all, delete-orphan"
    )
    addressees: Mapped[list["PetitionAddressee"]] = relationship(
        back_populates="petition",
        order_by="PetitionAddressee.position, PetitionAddressee.addressee_id",
        cascade="all, delete-orphan",
    )

    @property
    def text(self) -> "PetitionText":
        """The version of the first language that is signed today; the letter was first written in it."""
        return [text for text in self.texts if text.lang == self.texts[0].lang][-1]

    @property
    def translations(self) -> list["PetitionText"]:
        """What is signed today in other languages, the latest version of each."""
        latest = {text.lang: text for text in self.texts if text.lang != self.texts[0].lang}
        return [text for text in latest.values() if text.ended_at is None]

    def is_open(self, at: datetime) -> bool:
        return self.state is State.OPEN and (self.closes_at is None or at < self.closes_at)


class PetitionText(Base):
    """One version of the words in one language, with the sentence that its signers tick.

    `frozen_at` is set by its first signature: later changes are a new version. Each language counts its own versions;
    the first words that were written are those of the letter's first language, all others are translations of it.
    """

    __tablename__ = "petition_text"
    __table_args__ = (UniqueConstraint("petition_id", "version", "lang"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petition.id", ondelete="CASCADE"))
    version: Mapped[int] = mapped_column(default=1)
    lang: Mapped[str] = mapped_column(String(20), default="en")
    title: Mapped[str] = mapped_column(String(200))
    occasion: Mapped[str] = mapped_column(String(400), default="")
    salutation: Mapped[str] = mapped_column(String(100))
    paragraphs: Mapped[list[str]] = mapped_column(JSON)
    asks_lead: Mapped[str] = mapped_column(String(200))
    asks: Mapped[list[dict[str, str]]] = mapped_column(JSON)  # {"text": …, "to": …}, as signed
    closing: Mapped[str] = mapped_column(String(100))
    consent: Mapped[str] = mapped_column(Text)  # the sentence ticked; names every addressee of this version
    addressee_ids: Mapped[list[str]] = mapped_column(JSON)
    effective_at: Mapped[datetime] = mapped_column(Moment)
    frozen_at: Mapped[datetime | None] = mapped_column(Moment)
    sha256: Mapped[str] = mapped_column(String(64))
    # Of a translation: {"sentence": with a place for the addressees, "titles": {addressee's id: title as translated}}
    consent_parts: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    ended_at: Mapped[datetime | None] = mapped_column(Moment)  # the letter is not offered in this language any more

    petition: Mapped[Petition] = relationship(back_populates="texts")


class AskState(enum.StrEnum):
    ASKED = "asked"
    MET = "met"
    REFUSED = "refused"


class Ask(Base):
    __tablename__ = "ask"
    __table_args__ = (UniqueConstraint("petition_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petition.id", ondelete="CASCADE"))
    position: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    asked_of: Mapped[str] = mapped_column(String(200))
    state: Mapped[AskState] = mapped_column(word(AskState), default=AskState.ASKED)

    petition: Mapped[Petition] = relationship(back_populates="asks")


class PetitionAddressee(Base):
    __tablename__ = "petition_addressee"

    petition_id: Mapped[int] = mapped_column(ForeignKey("petition.id", ondelete="CASCADE"), primary_key=True)
    addressee_id: Mapped[str] = mapped_column(ForeignKey("addressee.id"), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)

    petition: Mapped[Petition] = relationship(back_populates="addressees")
    addressee: Mapped[Addressee] = relationship()
