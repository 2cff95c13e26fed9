"""A letter to send: a row written in the transaction of its cause, so that none is lost or invented."""

import enum
from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.database import Base, Moment, word


class LetterState(enum.StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    NOT_WANTED = "not_wanted"


class Letter(Base):
    """Addressed to a signature, a subscription or an account; the address itself stays in its box."""

    __tablename__ = "letter"
    __table_args__ = (
        Index(
            "ix_letter_due",
            "due_at",
            sqlite_where=text("state IN ('queued', 'sending')"),
            postgresql_where=text("state IN ('queued', 'sending')"),
        ),
        CheckConstraint(
            "signature_id IS NOT NULL OR account_id IS NOT NULL OR email_box IS NOT NULL "
            "OR state NOT IN ('queued', 'sending')",
            name="has_reader",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[bytes] = mapped_column(LargeBinary(16), unique=True)  # in Message-ID
    kind: Mapped[str] = mapped_column(String(40))
    state: Mapped[LetterState] = mapped_column(word(LetterState), default=LetterState.QUEUED)
    lang: Mapped[str] = mapped_column(String(20), default="en")
    signature_id: Mapped[int | None] = mapped_column(ForeignKey("signature.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    email_box: Mapped[bytes | None] = mapped_column(LargeBinary)
    params: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)  # nothing personal
    attempts: Mapped[int] = mapped_column(default=0)
    posted_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime] = mapped_column(Moment)  # also the end of the lease while sending
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    fault: Mapped[str | None] = mapped_column(String(80))  # a code such as "smtp 550", never the server's text
