"""Gifts: who gives, what was promised monthly, what was given. A store of its own: nothing here knows a signature.

A donor is somebody at one campaign; the same person at another campaign is another donor, under another secret.
Days are kept and no times, and amounts are integers in the smallest unit of their currency.
"""

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, LargeBinary, SmallInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.database import Base, Moment, word


class Issuer(Base):
    """Whoever receives the money and signs receipts for it: the operator, or a fiscal sponsor."""

    __tablename__ = "issuer"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)  # begins each number of a receipt
    name: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(Text, default="")  # lines
    tax_line: Mapped[str] = mapped_column(String(500), default="")
    wording: Mapped[str] = mapped_column(Text, default="")  # the sentence on the receipt
    last_number: Mapped[int] = mapped_column(default=0)


class Fund(Base):
    """What staff set about giving to one campaign. `code` is all that the payment company learns of it."""

    __tablename__ = "fund"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True)
    secret: Mapped[bytes] = mapped_column(LargeBinary(32))  # of the donors' keys
    issuer_id: Mapped[int | None] = mapped_column(ForeignKey("issuer.id"), index=True)  # none: the operator
    is_open: Mapped[bool] = mapped_column(default=True)
    shows_progress: Mapped[bool] = mapped_column(default=False)
    goal_amount: Mapped[int] = mapped_column(default=0)
    goal_currency: Mapped[str] = mapped_column(String(3), default="EUR")

    issuer: Mapped[Issuer | None] = relationship()


class Donor(Base):
    """Somebody who gave to this campaign. Name and address lie in one box; the key tells whether it is the same."""

    __tablename__ = "donor"
    __table_args__ = (UniqueConstraint("campaign_id", "email_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[bytes] = mapped_column(LargeBinary(16), unique=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("fund.campaign_id"), index=True)
    email_key: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    box: Mapped[bytes | None] = mapped_column(LargeBinary)
    lang: Mapped[str] = mapped_column(String(20), default="en")
    link_version: Mapped[int] = mapped_column(SmallInteger, default=1)
    erased_on: Mapped[date | None]

    gifts: Mapped[list["Gift"]] = relationship(back_populates="donor", order_by="Gift.id.desc()")
    plans: Mapped[list["Plan"]] = relationship(back_populates="donor", order_by="Plan.id.desc()")


class PlanState(enum.StrEnum):
    ACTIVE = "active"
    LATE = "late"  # a payment failed and is tried again
    ENDED = "ended"


class Plan(Base):
    """A monthly gift, as the payment company last told. An older look never overwrites a newer one (`seen_at`)."""

    __tablename__ = "plan"

    id: Mapped[int] = mapped_column(primary_key=True)
    donor_id: Mapped[int] = mapped_column(ForeignKey("donor.id"), index=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("fund.campaign_id"), index=True)
    subscription: Mapped[str] = mapped_column(String(80), unique=True)
    customer: Mapped[str] = mapped_column(String(80))
    amount: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    state: Mapped[PlanState] = mapped_column(word(PlanState))
    began_on: Mapped[date]
    renews_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    told: Mapped[str] = mapped_column(String(100), default="")  # the failed attempt its donor was last written about
    seen_at: Mapped[datetime] = mapped_column(Moment)

    donor: Mapped[Donor] = relationship(back_populates="plans")


class GiftState(enum.StrEnum):
    PENDING = "pending"  # the bank has not answered yet
    PAID = "paid"
    FAILED = "failed"
    REFUNDED = "refunded"  # all of it
    DISPUTED = "disputed"
    LOST = "lost"  # a dispute was decided against us


class Gift(Base):
    """One payment: a gift, or one month of a plan."""

    __tablename__ = "gift"
    __table_args__ = (CheckConstraint("amount > 0 AND refunded >= 0 AND refunded <= amount", name="amounts"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[bytes] = mapped_column(LargeBinary(16), unique=True)
    donor_id: Mapped[int] = mapped_column(ForeignKey("donor.id"), index=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("fund.campaign_id"), index=True)
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id"), index=True)
    charge: Mapped[str] = mapped_column(String(80), unique=True)
    amount: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    refunded: Mapped[int] = mapped_column(default=0)
    state: Mapped[GiftState] = mapped_column(word(GiftState))
    given_on: Mapped[date]
    seen_at: Mapped[datetime] = mapped_column(Moment)

    donor: Mapped[Donor] = relationship(back_populates="gifts")
    plan: Mapped[Plan | None] = relationship()
    receipts: Mapped[list["Receipt"]] = relationship(back_populates="gift", order_by="Receipt.id")


class ReceiptKind(enum.StrEnum):
    RECEIPT = "receipt"
    CREDIT_NOTE = "credit_note"
    REINSTATED = "reinstated"  # a credit note that is void, as its refund came back


class Receipt(Base):
    """A numbered document. Its numbers have no gap within an issuer; its words are frozen; it is printed when asked."""

    __tablename__ = "receipt"
    __table_args__ = (UniqueConstraint("issuer_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[bytes] = mapped_column(LargeBinary(16), unique=True)
    issuer_id: Mapped[int] = mapped_column(ForeignKey("issuer.id"))
    number: Mapped[int]
    kind: Mapped[ReceiptKind] = mapped_column(word(ReceiptKind))
    gift_id: Mapped[int] = mapped_column(ForeignKey("gift.id"), index=True)
    of_id: Mapped[int | None] = mapped_column(ForeignKey("receipt.id"))
    cause: Mapped[str] = mapped_column(String(100), unique=True)  # the charge, refund or dispute: one document each
    amount: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    issued_on: Mapped[date]
    said: Mapped[dict[str, Any]] = mapped_column(JSON)  # issuer, tax line and wording as they were; nothing personal
    name_box: Mapped[bytes | None] = mapped_column(LargeBinary)  # as long as accounting must keep it

    gift: Mapped[Gift] = relationship(back_populates="receipts")
    of: Mapped["Receipt | None"] = relationship(remote_side=id)

    @property
    def reference(self) -> str:
        return f"{self.said['code']}-{self.number:06}"
