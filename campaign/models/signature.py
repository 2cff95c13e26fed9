"""A signature: two sealed boxes, a choice of visibility, and a place in the count.

The row can say that somebody signed, never who: the name and the address are sealed to keys that the
public site does not hold, and equality is tested through keyed hashes whose secret is erased with the
petition's data.
"""

import enum
from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from campaign.database import Base, Moment, word

OPEN_SLOTS = (1, 2, 3)  # how many unconfirmed rows one address may have on one petition


# The columns that hold something of a person, sealed or hashed; they are emptied together.
PERSONAL = (
    "name_box",
    "email_box",
    "email_key",
    "name_key",
    "person_key",
    "person_name_key",
    "subscription_key",
    "receipt_id",
    "domain_key",
    "network_key",
)


class SignatureState(enum.StrEnum):
    PENDING = "pending"
    CONFIRMED = "confirmed"
    HELD = "held"  # quarantined: looks confirmed to the signer, is not counted
    WITHDRAWN = "withdrawn"
    REMOVED = "removed"
    EXPIRED = "expired"


class Visibility(enum.StrEnum):
    """What others may see, least first."""

    COUNTED = "counted"
    ADDRESSEE = "addressee"
    INITIALS = "initials"
    PUBLIC = "public"

    @property
    def rank(self) -> int:
        return list(Visibility).index(self)


class RemovalReason(enum.StrEnum):
    """Why a signature was taken out of the count; the public page says how many for each."""

    ROBOT = "robot"  # made by a program
    DOUBLE = "double"  # the same person a second time
    FALSE_NAME = "false_name"  # no person's name, or the name of somebody who did not sign
    INSULT = "insult"
    NOT_OWNER = "not_owner"  # the owner of the address says that it was somebody else
    MISTAKE = "mistake"  # ours: it should not have been taken


class NameReview(enum.StrEnum):
    """What became of a name that looked unusual (domain/names.py); most names never come here."""

    WAITING = "waiting"  # withheld from print and pages until somebody has looked, never from the count
    ACCEPTED = "accepted"
    REFUSED = "refused"  # withheld for good


class Signature(Base):
    __tablename__ = "signature"
    __table_args__ = (
        # What defends the count: an address confirms once, or twice for two people.
        Index(
            "uq_signature_confirmed_place",
            "petition_id",
            "email_key",
            "place",
            unique=True,
            sqlite_where=text("state IN ('confirmed', 'held')"),
            postgresql_where=text("state IN ('confirmed', 'held')"),
        ),
        UniqueConstraint("petition_id", "email_key", "slot"),
        UniqueConstraint("petition_id", "number"),
        # What the counter looks for: rows whose state and count disagree.
        Index(
            "ix_signature_uncounted",
            "petition_id",
            "confirmed_at",
            "id",
            sqlite_where=text("counted <> (state = 'confirmed')"),
            postgresql_where=text("counted <> (state = 'confirmed')"),
        ),
        Index(
            "ix_signature_pending",
            "created_at",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        Index(
            "ix_signature_person",
            "person_key",
            sqlite_where=text("person_key IS NOT NULL"),
            postgresql_where=text("person_key IS NOT NULL"),
        ),
        Index("ix_signature_clusters", "petition_id", "domain_key"),
        Index(
            "ix_signature_held",
            "petition_id",
            sqlite_where=text("state = 'held'"),
            postgresql_where=text("state = 'held'"),
        ),
        Index(
            "ix_signature_removed",
            "petition_id",
            sqlite_where=text("state = 'removed'"),
            postgresql_where=text("state = 'removed'"),
        ),
        Index(
            "ix_signature_name_review",
            "petition_id",
            sqlite_where=text("name_review = 'waiting'"),
            postgresql_where=text("name_review = 'waiting'"),
        ),
        CheckConstraint("(state = 'pending') = (slot IS NOT NULL)", name="slot_while_pending"),
        CheckConstraint("state NOT IN ('confirmed', 'held') OR place IS NOT NULL", name="place_when_confirmed"),
        CheckConstraint("NOT stays_counted OR visibility = 'counted'", name="young_are_counted_only"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[bytes] = mapped_column(LargeBinary(16), unique=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petition.id"))
    text_id: Mapped[int] = mapped_column(ForeignKey("petition_text.id"))
    state: Mapped[SignatureState] = mapped_column(word(SignatureState), default=SignatureState.PENDING)
    slot: Mapped[int | None] = mapped_column(SmallInteger)
    place: Mapped[int | None] = mapped_column(SmallInteger)
    number: Mapped[int | None]
    counted: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    visibility: Mapped[Visibility] = mapped_column(word(Visibility))
    country: Mapped[str] = mapped_column(String(2))
    lang: Mapped[str] = mapped_column(String(20))
    has_name: Mapped[bool]
    name_review: Mapped[NameReview | None] = mapped_column(word(NameReview))
    wants_updates: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    wants_silence: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    stays_counted: Mapped[bool] = mapped_column(default=False, server_default=text("false"))  # signed as under 16
    name_box: Mapped[bytes | None] = mapped_column(LargeBinary)
    email_box: Mapped[bytes | None] = mapped_column(LargeBinary)
    email_key: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    name_key: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    # The address and the name under the campaign's secret, only while several letters stand under it (grouping.py).
    person_key: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    person_name_key: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    subscription_key: Mapped[bytes | None] = mapped_column(LargeBinary(32))  # only of who asked for news, or for none
    receipt_id: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    domain_key: Mapped[bytes | None] = mapped_column(LargeBinary(32))  # of the mail domain, under the petition's secret
    network_key: Mapped[bytes | None] = mapped_column(LargeBinary(32))  # under a key of the day; NULL after 48 hours
    is_proved: Mapped[bool] = mapped_column(default=False, server_default=text("false"))  # a proof of work came with it
    suspicion: Mapped[str | None] = mapped_column(
        String(200)
    )  # words of domain/signatures/suspecting.py; confirming then holds
    invalidation_id: Mapped[int | None] = mapped_column(ForeignKey("invalidation.id"), index=True)
    link_version: Mapped[int] = mapped_column(SmallInteger, default=1, server_default=text("1"))
    reminders: Mapped[int] = mapped_column(SmallInteger, default=0, server_default=text("0"))  # to confirm, so far
    bounced_at: Mapped[datetime | None] = mapped_column(Moment)  # its mailbox is not there; staff may remove it
    created_at: Mapped[datetime] = mapped_column(Moment)
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    removal_reason: Mapped[str | None] = mapped_column(String(200))


class ShownName(Base):
    """A name or initials in clear, ready for the page of names: the one place where a name stands readable.

    Only of people who chose to be seen, only while staff have the page on, only the latest; made where the key of
    names is (domain/signatures/unveiling.py), and deleted in the transaction in which its signer withdraws or shows less.
    """

    __tablename__ = "shown_name"

    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id", ondelete="CASCADE"), primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petition.id"), index=True)
    text: Mapped[str] = mapped_column(String(500))


class Lowered(Base):
    """How often somebody of a petition withdrew, was removed or came to show less; who, it does not say.

    Whoever looked through all lines knows by it that nothing is shown now that may not be (domain/packets/preparing.py).
    """

    __tablename__ = "lowered"

    petition_id: Mapped[int] = mapped_column(ForeignKey("petition.id"), primary_key=True)
    times: Mapped[int] = mapped_column(default=0)


class CountryCount(Base):
    """Kept by the counter beside the ledger."""

    __tablename__ = "country_count"

    petition_id: Mapped[int] = mapped_column(ForeignKey("petition.id"), primary_key=True)
    country: Mapped[str] = mapped_column(String(2), primary_key=True)
    signatures: Mapped[int] = mapped_column(default=0)


class DayCount(Base):
    """Kept by the counter beside the ledger; `day` is in UTC, written 2017-06-09."""

    __tablename__ = "day_count"

    petition_id: Mapped[int] = mapped_column(ForeignKey("petition.id"), primary_key=True)
    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    signatures: Mapped[int] = mapped_column(default=0)
