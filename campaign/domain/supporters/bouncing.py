"""Bouncing: what comes back of a letter, and what is done about it.

Only a report with a return path of ours counts: its token says whose letter it was, nobody else can make it, and no
address has to be read or looked up. A mailbox that is not there is written to no more, and the signature behind it is
marked, so that staff can remove such signatures together (domain/signatures/invalidating.py). A mailbox that was full, slow or
did not like our words counts; the fifth time within thirty days it is treated like one that is not there. Whoever marks
a letter as unwanted is never written to again, and her signature is not touched by it. What a server refuses at once
is no report, and comes to the same.
"""

import enum
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, delete, func, select, update
from sqlalchemy.exc import IntegrityError

from campaign.database import db
from campaign.domain.supporters import subscribing
from campaign.models.signature import Signature
from campaign.models.supporter import Reason
from campaign.models.update import MailTrouble, TroubleKind

SOFT_MOST, SOFT_WITHIN = 5, timedelta(days=30)
KEPT = timedelta(days=60)
# Of the final ones: full, too large, the server's own trouble, the form of our letter, its words or our good name.
_ABOUT_US = ("5.2.2", "5.2.3", "5.3.", "5.5.", "5.6.", "5.7.")


_REFUSED = re.compile(r"smtp 5\d\d(?: (\d\.\d{1,3}\.\d{1,3}))?")
_WRONG_ADDRESS = re.compile(r"5\.1\.(?![78]$)\d{1,3}")  # the two are about the sender's


@dataclass(frozen=True)
class Report:
    """One report about one letter. `digest` is of the report as it came, so that it counts once."""

    public_id: bytes
    kind: TroubleKind
    digest: bytes


class Outcome(enum.StrEnum):
    NOTED = "noted"
    SUPPRESSED = "suppressed"
    KNOWN = "known"  # this very report was here before
    NOBODY = "nobody"  # genuine, and whoever it was about is gone


def kind_of(status: str) -> TroubleKind | None:
    """What an enhanced status code (RFC 3463) says; None where nothing went wrong."""
    if status.startswith("5."):
        return TroubleKind.SOFT if status.startswith(_ABOUT_US) else TroubleKind.HARD
    return TroubleKind.SOFT if status.startswith("4.") else None


def take(report: Report, *, at: datetime) -> Outcome:
    """Act on a genuine report."""
    try:
        with db.session.begin_nested():
            db.session.add(MailTrouble(public_id=report.public_id, kind=report.kind, at=at, digest=report.digest))
    except IntegrityError:
        return Outcome.KNOWN
    if report.kind is TroubleKind.SOFT and _soft_lately(report.public_id, at) < SOFT_MOST:
        return Outcome.NOTED
    reason = Reason.COMPLAINT if report.kind is TroubleKind.COMPLAINT else Reason.BOUNCED
    known = subscribing.end_returned(report.public_id, reason=reason, at=at)
    if reason is Reason.BOUNCED:
        marked: CursorResult[Any] = db.session.execute(  # type: ignore[assignment]
            update(Signature)
            .where(Signature.public_id == report.public_id, Signature.bounced_at.is_(None))
            .values(bounced_at=at)
            .execution_options(synchronize_session=False)
        )
        known = known or marked.rowcount > 0
    return Outcome.SUPPRESSED if known else Outcome.NOBODY


def refused(public_id: bytes, code: str, letter: str, *, at: datetime) -> Outcome | None:
    """Act on a final refusal said at once, as `gateways/mailer.py` writes it; None where it is not about the reader.

    Less is sure than of a report: only an address that is wrong (5.1) is believed the first time. `letter` is which
    one was refused, so that it counts once.
    """
    if (said := _REFUSED.fullmatch(code)) is None:
        return None
    kind = TroubleKind.HARD if _WRONG_ADDRESS.fullmatch(said[1] or "") else TroubleKind.SOFT
    digest = hashlib.sha256(f"refused {letter}".encode()).digest()
    return take(Report(public_id, kind, digest), at=at)


def _soft_lately(public_id: bytes, at: datetime) -> int:
    lately = select(func.count()).where(
        MailTrouble.public_id == public_id, MailTrouble.kind == TroubleKind.SOFT, MailTrouble.at > at - SOFT_WITHIN
    )
    return db.session.scalar(lately) or 0


def forget(*, at: datetime) -> int:
    """Delete what came back long ago; how many. What followed from it stands on the list and the signature."""
    done: CursorResult[Any] = db.session.execute(  # type: ignore[assignment]
        delete(MailTrouble).where(MailTrouble.at < at - KEPT).execution_options(synchronize_session=False)
    )
    return done.rowcount
