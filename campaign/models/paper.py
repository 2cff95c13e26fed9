"""Paper: numbered blank sheets, what came back on them, and who typed it in.

A sheet is issued once and its number is never used again. Two people type its lines without seeing each other's
reading; what they settle becomes its lines. A line that is void or withdrawn keeps its number. Names are sealed like
those given online; the scan of a sheet is encrypted under a key of its own, which is sealed in its row.
"""

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, SmallInteger, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.database import Base, Moment, word
from campaign.models.account import Account
from campaign.models.packet import Paper
from campaign.models.petition import Petition, PetitionText
from campaign.models.signature import Visibility


class SheetState(enum.StrEnum):
    ISSUED = "issued"
    RETURNED = "returned"  # its scan is kept; it is being typed in
    SETTLED = "settled"  # its lines count
    WRITTEN_OFF = "written_off"  # will not be counted; its number stays taken


class SheetEnd(enum.StrEnum):
    """Why a sheet was written off."""

    LOST = "lost"
    BLANK = "blank"  # came back, or was kept, without a signature
    DESTROYED = "destroyed"
    ALTERED = "altered"  # somebody changed the words or added some: nobody knows who signed which


class LineState(enum.StrEnum):
    EMPTY = "empty"  # only in a reading: an empty line is nobody's
    SIGNED = "signed"
    VOID = "void"
    WITHDRAWN = "withdrawn"


class VoidReason(enum.StrEnum):
    """Why one line of a sheet is not counted; the others on it are."""

    UNREADABLE = "unreadable"
    CROSSED_OUT = "crossed_out"
    NO_SIGNATURE = "no_signature"
    DOUBLE = "double"  # the same person a second time
    SAME_HAND = "same_hand"  # written and signed by somebody else's hand
    FALSE_NAME = "false_name"  # no person's name, or the name of somebody who did not sign
    MISTAKE = "mistake"  # ours


class PaperSheet(Base):
    __tablename__ = "paper_sheet"
    __table_args__ = (UniqueConstraint("petition_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petition.id"))
    text_id: Mapped[int] = mapped_column(ForeignKey("petition_text.id"), index=True)
    number: Mapped[int]
    code: Mapped[str] = mapped_column(String(6))  # printed beside the number, so that a wrong number is noticed
    lines: Mapped[int] = mapped_column(SmallInteger)
    paper: Mapped[Paper] = mapped_column(word(Paper))
    state: Mapped[SheetState] = mapped_column(word(SheetState), default=SheetState.ISSUED)
    issued_at: Mapped[datetime] = mapped_column(Moment)
    issued_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    issued_to: Mapped[str] = mapped_column(String(40))  # a code of ours for who collects, never a name
    returned_at: Mapped[datetime | None] = mapped_column(Moment)
    returned_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    seen: Mapped[int | None] = mapped_column(SmallInteger)  # lines with a signature, counted by eye when it came back
    settled_at: Mapped[datetime | None] = mapped_column(Moment)
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    written_off: Mapped[SheetEnd | None] = mapped_column(word(SheetEnd))
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    petition: Mapped[Petition] = relationship()
    text: Mapped[PetitionText] = relationship()
    keyings: Mapped[list["PaperKeying"]] = relationship(order_by="PaperKeying.turn")
    scans: Mapped[list["PaperScan"]] = relationship(back_populates="sheet", order_by="PaperScan.id")
    signed: Mapped[list["PaperLine"]] = relationship(back_populates="sheet", order_by="PaperLine.line")


class PaperScan(Base):
    """A sheet as a picture or PDF, written anew and encrypted. Once `key_box` is gone nobody can read it."""

    __tablename__ = "paper_scan"

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("paper_sheet.id"), index=True)
    public_id: Mapped[bytes] = mapped_column(LargeBinary(16), unique=True)
    key_box: Mapped[bytes | None] = mapped_column(LargeBinary)
    name: Mapped[str] = mapped_column(String(40))  # of its file in the store
    is_pdf: Mapped[bool]
    kept_sha256: Mapped[str] = mapped_column(String(64))
    kept_at: Mapped[datetime] = mapped_column(Moment)
    kept_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))

    sheet: Mapped[PaperSheet] = relationship(back_populates="scans")


class PaperKeying(Base):
    """Who typed a sheet in, first or second. Two turns, two people."""

    __tablename__ = "paper_keying"
    __table_args__ = (UniqueConstraint("sheet_id", "account_id"),)

    sheet_id: Mapped[int] = mapped_column(ForeignKey("paper_sheet.id"), primary_key=True)
    turn: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    keyed_at: Mapped[datetime] = mapped_column(Moment)

    account: Mapped[Account] = relationship()


class PaperReading(Base):
    """One line as one of the two read it. Deleted when the sheet is settled."""

    __tablename__ = "paper_reading"

    sheet_id: Mapped[int] = mapped_column(ForeignKey("paper_sheet.id"), primary_key=True)
    turn: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    line: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    state: Mapped[LineState] = mapped_column(word(LineState))
    reason: Mapped[VoidReason | None] = mapped_column(word(VoidReason))
    country: Mapped[str] = mapped_column(String(2), default="")
    only_counted: Mapped[bool] = mapped_column(default=False)
    public_id: Mapped[bytes] = mapped_column(LargeBinary(16), unique=True)
    name_box: Mapped[bytes | None] = mapped_column(LargeBinary)
    name_key: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    name_mark: Mapped[bytes | None] = mapped_column(LargeBinary(32))  # of the exact spelling: equal or not, unopened


class PaperLine(Base):
    """A line of a settled sheet. It counts while it is `signed`; the counter alone sets `counted`."""

    __tablename__ = "paper_line"
    __table_args__ = (
        UniqueConstraint("sheet_id", "line"),
        # What the counter looks for, as with signatures.
        Index(
            "ix_paper_line_uncounted",
            "petition_id",
            sqlite_where=text("counted <> (state = 'signed')"),
            postgresql_where=text("counted <> (state = 'signed')"),
        ),
        Index("ix_paper_line_name", "petition_id", "name_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petition.id"))
    sheet_id: Mapped[int] = mapped_column(ForeignKey("paper_sheet.id"))
    line: Mapped[int] = mapped_column(SmallInteger)
    public_id: Mapped[bytes] = mapped_column(LargeBinary(16), unique=True)
    state: Mapped[LineState] = mapped_column(word(LineState))
    reason: Mapped[VoidReason | None] = mapped_column(word(VoidReason))
    visibility: Mapped[Visibility] = mapped_column(word(Visibility))
    country: Mapped[str] = mapped_column(String(2), default="")
    name_box: Mapped[bytes | None] = mapped_column(LargeBinary)
    name_key: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    counted: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    counted_on: Mapped[str | None] = mapped_column(String(10))  # day of its entry in the ledger, UTC
    counted_as: Mapped[int | None]  # the entry that counts it, and the one that takes it out: which packets it is in
    ended_as: Mapped[int | None]
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    sheet: Mapped[PaperSheet] = relationship(back_populates="signed")
