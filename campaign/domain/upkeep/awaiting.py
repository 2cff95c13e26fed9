"""Awaiting: everything that waits for somebody on the staff, each as one number, the most urgent first.

Numbers only, and all of them in a handful of statements however much there is: this is the page that is opened every
morning, and the one that has to open on the worst day.
"""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import contains_eager

from campaign.database import db
from campaign.domain.cases import casework
from campaign.domain.drafts.approving import NEAR, OVER
from campaign.domain.upkeep import overseeing, retention
from campaign.models.delivery import Delivery
from campaign.models.draft import Draft, DraftState
from campaign.models.letter import Letter, LetterState
from campaign.models.packet import Packet, PacketState
from campaign.models.prisoner import Answer, Consent, Prisoner
from campaign.models.report import Report, ReportState
from campaign.models.signature import NameReview, Signature, SignatureState
from campaign.models.site import Alert, StoppedSwitch
from campaign.models.update import Update, UpdateState

CONSENT_ENDS = timedelta(days=30)
_GIVEN = (Answer.YES, Answer.ALREADY_PUBLIC)


class Urgency(enum.IntEnum):
    NOW = 1
    SOON = 2
    IN_TIME = 3


class What(enum.StrEnum):
    """In the order in which they stand among the equally urgent."""

    REPORTS = "reports"
    STOPPED = "stopped"
    ALERTS = "alerts"
    OVERDUE = "overdue"
    WORKER = "worker"
    LETTERS = "letters"
    BUILDS = "builds"
    CONSENTS_OVER = "consents_over"
    NEARLY = "nearly"
    HELD = "held"
    NAMES = "names"
    RETENTION = "retention"
    CONSENTS = "consents"
    NEW = "new"
    UPDATES = "updates"
    GATHERING = "gathering"
    STALE = "stale"
    RECEIPTS = "receipts"


URGENT = {
    **dict.fromkeys(list(What)[: list(What).index(What.NEARLY)], Urgency.NOW),
    **dict.fromkeys((What.NEARLY, What.HELD, What.NAMES, What.RETENTION, What.CONSENTS), Urgency.SOON),
    **dict.fromkeys((What.NEW, What.UPDATES, What.GATHERING, What.STALE, What.RECEIPTS), Urgency.IN_TIME),
}


@dataclass(frozen=True)
class Item:
    what: What
    number: int

    @property
    def urgency(self) -> Urgency:
        return URGENT[self.what]


def everything(*, at: datetime) -> list[Item]:
    """Each thing that may wait, also those of which there is none, the most urgent first."""
    counts = _counts(at)
    row = db.session.execute(select(*(query.label(what.value) for what, query in counts.items()))).one()
    found = {what: getattr(row, what.value) or 0 for what in counts}
    found[What.WORKER] = sum(1 for each in overseeing.waiting(at=at) if each.number and each.is_late(at))
    found[What.RETENTION] = len(retention.undecided(at=at))
    return sorted((Item(what, found[what]) for what in What), key=lambda item: item.urgency)


def consents(today: date) -> Sequence[Consent]:
    """Consents on record that have ended or end within thirty days, the first to end first."""
    return db.session.scalars(
        select(Consent)
        .join(Prisoner)
        .where(Consent.answer.in_(_GIVEN), Consent.expires_on <= today + CONSENT_ENDS)
        .order_by(Consent.expires_on, Consent.id)
        .options(contains_eager(Consent.prisoner).selectinload(Prisoner.names))
    ).all()


def failed_letters(limit: int = 100) -> Sequence[Letter]:
    """Letters that were given up, the latest first; they are deleted a month after they were posted."""
    return db.session.scalars(
        select(Letter).where(Letter.state == LetterState.FAILED).order_by(Letter.id.desc()).limit(limit)
    ).all()


def _counts(at: datetime) -> dict[What, ScalarSelect[Any]]:
    today = at.date()
    sent = Draft.state == DraftState.SUBMITTED
    given = Consent.answer.in_(_GIVEN)
    numbered = (Signature.state == SignatureState.CONFIRMED, Signature.number.is_not(None))
    receipts = select(func.count(Packet.id)).outerjoin(Delivery, Delivery.packet_id == Packet.id)
    return {
        What.REPORTS: _n(Report.state == ReportState.OPEN),
        What.STOPPED: select(func.count(StoppedSwitch.name)).scalar_subquery(),
        What.ALERTS: _n(Alert.seen_at.is_(None)),
        What.OVERDUE: _n(sent, Draft.submitted_at <= at - OVER),
        What.LETTERS: _n(Letter.state == LetterState.FAILED),
        What.BUILDS: _n(Packet.state == PacketState.SEALED, Packet.fault.is_not(None)),
        What.CONSENTS_OVER: _n(given, Consent.expires_on < today),
        What.NEARLY: _n(sent, Draft.submitted_at <= at - NEAR, Draft.submitted_at > at - OVER),
        What.HELD: _n(Signature.state == SignatureState.HELD),
        What.NAMES: _n(Signature.name_review == NameReview.WAITING, *numbered),
        What.CONSENTS: _n(given, Consent.expires_on >= today, Consent.expires_on <= today + CONSENT_ENDS),
        What.NEW: _n(sent, Draft.submitted_at > at - NEAR),
        What.UPDATES: _n(Update.state == UpdateState.WAITING),
        What.GATHERING: _n(Draft.state == DraftState.GATHERING),
        What.STALE: _n(Prisoner.last_checked_on < today - casework.STALE_AFTER),
        What.RECEIPTS: receipts.where(*overseeing.without_receipt()).scalar_subquery(),
    }


def _n(*conditions: Any) -> ScalarSelect[Any]:
    return select(func.count()).where(*conditions).scalar_subquery()
