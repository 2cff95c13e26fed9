"""A packet: what was frozen for one addressee at one moment, and the files made from it.

`frozen` is the canonical record that the seal hashes, `contents` the words it was made from; the
printed lines are in `PacketLine`, as number, form and salted hash, never as text. A later withdrawal
makes an addendum, never an edit.
"""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.database import Base, Moment, word
from campaign.models.addressee import Addressee
from campaign.models.petition import Petition


class PacketState(enum.StrEnum):
    DRAFT = "draft"
    CHECKED = "checked"
    SEALED = "sealed"
    BUILT = "built"
    SUPERSEDED = "superseded"
    DESTROYED = "destroyed"


class Level(enum.StrEnum):
    """How much of signers a packet may show at most, least first."""

    TOTALS = "totals"
    INITIALS = "initials"
    FULL = "full"


class Paper(enum.StrEnum):
    A4 = "a4"
    US_LETTER = "us-letter"


class Arranged(enum.StrEnum):
    """In which order the lines are printed; each keeps its number."""

    NUMBER = "number"
    COUNTRY = "country"


class Turned(enum.StrEnum):
    """How the signature sheets lie; every other part is upright."""

    PORTRAIT = "portrait"
    LANDSCAPE = "landscape"


class PrintedAs(enum.StrEnum):
    """What stands beside a number. Every number is printed; what is withheld says why."""

    NAME = "name"
    INITIALS = "initials"
    COUNTED_ONLY = "counted_only"  # the signer chose only to be counted
    OTHER_ADDRESSEE = "other_addressee"  # the name was given for an addressee who is not this one
    UNDER_REVIEW = "under_review"  # the name is held for review; the count is not touched
    NO_GLYPH = "no_glyph"  # the name is kept in a script this print cannot show
    TOTALS_ONLY = "totals_only"  # the packet prints no line at all
    WEEDED = "weeded"  # staff struck the name from the sheets before sealing (domain/packets/weeding.py)
    WITHDRAWN = "withdrawn"
    REMOVED = "removed"

    @property
    def is_withheld(self) -> bool:
        """Counted, and yet neither name nor initials stand there."""
        return self in {
            PrintedAs.COUNTED_ONLY,
            PrintedAs.OTHER_ADDRESSEE,
            PrintedAs.UNDER_REVIEW,
            PrintedAs.NO_GLYPH,
            PrintedAs.TOTALS_ONLY,
            PrintedAs.WEEDED,
        }


class Packet(Base):
    __tablename__ = "packet"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(24), unique=True)  # TJ-2017-001-A1
    petition_id: Mapped[int] = mapped_column(ForeignKey("petition.id"), index=True)
    addressee_id: Mapped[str] = mapped_column(ForeignKey("addressee.id"), index=True)
    level: Mapped[Level] = mapped_column(word(Level))
    paper: Mapped[Paper] = mapped_column(word(Paper), default=Paper.A4)
    arranged: Mapped[Arranged] = mapped_column(word(Arranged), default=Arranged.NUMBER, server_default=text("'number'"))
    turned: Mapped[Turned] = mapped_column(word(Turned), default=Turned.PORTRAIT, server_default=text("'portrait'"))
    state: Mapped[PacketState] = mapped_column(word(PacketState), default=PacketState.DRAFT)
    is_specimen: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Moment)
    created_by: Mapped[str] = mapped_column(String(200), default="")
    checked_by: Mapped[str | None] = mapped_column(String(200))
    checked_at: Mapped[datetime | None] = mapped_column(Moment)
    cut_off: Mapped[datetime | None] = mapped_column(Moment)
    sealed_at: Mapped[datetime | None] = mapped_column(Moment)
    sealed_by: Mapped[str | None] = mapped_column(String(200))
    seal_asked_at: Mapped[datetime | None] = mapped_column(Moment)  # a worker seals it: there are many lines
    seal_asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    salt: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    frozen: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # what the seal hashes
    contents: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # the words of letter, case sheets and totals
    seal: Mapped[str | None] = mapped_column(String(64))
    manifest_sha256: Mapped[str | None] = mapped_column(String(64))
    built_at: Mapped[datetime | None] = mapped_column(Moment)
    script_gaps_agreed_by: Mapped[str | None] = mapped_column(String(200))  # who agreed to NO_GLYPH lines
    progress: Mapped[int] = mapped_column(default=0)  # of 100
    lease_until: Mapped[datetime | None] = mapped_column(Moment)
    lease_holder: Mapped[str | None] = mapped_column(String(40))  # the one build that may write files now
    fault: Mapped[str | None] = mapped_column(Text)  # why the last build stopped; names nobody

    petition: Mapped[Petition] = relationship()
    addressee: Mapped[Addressee] = relationship()


class PacketPaperLine(Base):
    """A line of a paper sheet as a packet prints it, in a part of its own (domain/packets/transcribing.py)."""

    __tablename__ = "packet_paper_line"

    packet_id: Mapped[int] = mapped_column(ForeignKey("packet.id", ondelete="CASCADE"), primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("paper_line.id"), primary_key=True, index=True)
    printed_as: Mapped[PrintedAs] = mapped_column(word(PrintedAs))
    line_hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class PacketGalley(Base):
    """The lines of one volume in a box for the names key, until it is printed (domain/packets/galleys.py)."""

    __tablename__ = "packet_galley"

    packet_id: Mapped[int] = mapped_column(ForeignKey("packet.id", ondelete="CASCADE"), primary_key=True)
    volume: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    box: Mapped[bytes] = mapped_column(LargeBinary)


class PacketLine(Base):
    """`place` is where the line stands from the first sheet on; NULL where that is its number."""

    __tablename__ = "packet_line"
    __table_args__ = (
        Index(
            "ix_packet_line_place",
            "packet_id",
            "place",
            unique=True,
            sqlite_where=text("place IS NOT NULL"),
            postgresql_where=text("place IS NOT NULL"),
        ),
    )

    packet_id: Mapped[int] = mapped_column(ForeignKey("packet.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    printed_as: Mapped[PrintedAs] = mapped_column(word(PrintedAs))
    line_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    place: Mapped[int | None]
