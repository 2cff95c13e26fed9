"""The books of giving: every movement of money with its fee, what the payment company reported, and each comparison.

A movement is one line of the payment company's own balance, so that the books can be compared with it line by line.
"""

import enum
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.database import Base, Moment, word


class MovementKind(enum.StrEnum):
    GIFT = "gift"
    REFUND = "refund"
    DISPUTE = "dispute"  # taken back by a bank, or returned after a dispute was won
    PAYOUT = "payout"
    OTHER = "other"  # fees and corrections of the payment company itself


class Movement(Base):
    """Amounts in the currency that the account is settled in; minus is money that leaves. `net` is amount less fee."""

    __tablename__ = "movement"

    id: Mapped[int] = mapped_column(primary_key=True)
    txn: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[MovementKind] = mapped_column(word(MovementKind))
    dated: Mapped[date] = mapped_column(index=True)
    available_on: Mapped[date]
    amount: Mapped[int]
    fee: Mapped[int]
    net: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    gift_id: Mapped[int | None] = mapped_column(ForeignKey("gift.id"), index=True)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("fund.campaign_id"), index=True)
    payout: Mapped[str | None] = mapped_column(String(80), index=True)


class ReportState(enum.StrEnum):
    WAITING = "waiting"
    DONE = "done"
    GIVEN_UP = "given_up"


class PaymentReport(Base):
    """Something the payment company told, once: its id is the key. Done in the transaction that has its effect."""

    __tablename__ = "payment_report"
    __table_args__ = (
        Index(
            "ix_payment_report_due",
            "due_at",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    id: Mapped[str] = mapped_column(String(100), primary_key=True)
    kind: Mapped[str] = mapped_column(String(80))
    look_at: Mapped[str] = mapped_column(String(20))  # what to read anew: session, invoice, charge, plan, payout, txn
    subject: Mapped[str] = mapped_column(String(100))  # its id there
    happened_at: Mapped[datetime] = mapped_column(Moment)
    came_at: Mapped[datetime] = mapped_column(Moment, index=True)
    state: Mapped[ReportState] = mapped_column(word(ReportState))
    due_at: Mapped[datetime] = mapped_column(Moment)  # also the end of a lease
    attempts: Mapped[int] = mapped_column(default=0)
    fault: Mapped[str] = mapped_column(String(80), default="")  # the kind of fault, never a text of theirs
    was_missed: Mapped[bool] = mapped_column(default=False)  # found by the comparison, not told by them


class Comparison(Base):
    """One comparison of our books with the payment company's."""

    __tablename__ = "comparison"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    reports: Mapped[int]  # looked at
    lines: Mapped[int]
    missed: Mapped[int]  # reports and lines that were not here
    mended: Mapped[int]
    differing: Mapped[int]  # lines that say something else, which nobody mends by machine
