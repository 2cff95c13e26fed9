"""Reminding: on days that staff set, they are told that an answer is still out, and offered the words to ask for it.

Nothing goes to an addressee by itself. A member of staff may have the letter mailed, if the address of the office is
verified and was confirmed within thirty days; it then stands in the custody log. The words name the packet by its
reference and hashes, and never a prisoner or a signer.
"""

import secrets
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Select, select

from campaign.database import db
from campaign.domain import posting
from campaign.domain.errors import Refused
from campaign.domain.packets import delivering
from campaign.domain.sealing import Seal
from campaign.models.account import Account
from campaign.models.delivery import Delivery, DeliveryState, Reminder, ReminderState
from campaign.models.packet import Packet

REMINDED = "reminded"  # a step of the custody
OPEN = {DeliveryState.HANDED_OVER, DeliveryState.RECEIPTED}  # an answer may still come


class NothingIsOut(Refused):
    """There is nothing to remind of: it was not handed over yet, or it is answered or closed."""


class DayGone(Refused):
    """Choose today or a later day."""


class AddressUnsure(Refused):
    """No letter is sent: the e-mail address of this office is not verified, or was not confirmed within thirty days.
    Copy the words, or confirm the addressee first."""


class AlreadySent(Refused):
    """This reminder was sent already. Set another day for the next."""


def set_for(delivery: Delivery, on: date, *, note: str = "", by: Account, at: datetime) -> Reminder:
    """Raises NothingIsOut, DayGone."""
    if delivery.state not in OPEN:
        raise NothingIsOut
    if on < at.date():
        raise DayGone
    row = Reminder(
        delivery_id=delivery.id, due_on=on, note=note.strip(), state=ReminderState.SET, set_by_id=by.id, told_at=None
    )
    db.session.add(row)
    db.session.flush()
    return row


def postpone(row: Reminder, on: date, *, at: datetime) -> None:
    """Tell again on that day. Raises DayGone."""
    if on < at.date():
        raise DayGone
    row.due_on, row.told_at = on, None
    db.session.flush()


def done(row: Reminder, *, at: datetime) -> None:
    row.state, row.done_at = ReminderState.DONE, row.done_at or at
    db.session.flush()


def tell(*, at: datetime) -> int:
    """Write to whoever set the reminders that are due; how many. An answer that came meanwhile settles them."""
    rows = db.session.scalars(_due(at.date()).where(Reminder.told_at.is_(None)).with_for_update(of=Reminder)).all()
    told = 0
    for row in rows:
        if row.delivery.state not in OPEN:
            done(row, at=at)
            continue
        row.told_at = at
        params = {"reference": row.delivery.packet.reference}
        posting.post("reminder-due", at=at, account_id=row.set_by_id, params=params)
        told += 1
    db.session.flush()
    return told


def due(*, at: datetime) -> list[Reminder]:
    """What stands on the first page of staff."""
    return [row for row in db.session.scalars(_due(at.date())) if row.delivery.state in OPEN]


def of(delivery: Delivery) -> Sequence[Reminder]:
    return db.session.scalars(
        select(Reminder).where(Reminder.delivery_id == delivery.id).order_by(Reminder.due_on, Reminder.id)
    ).all()


def by_id(id: int) -> Reminder | None:
    return db.session.get(Reminder, id)


def can_be_mailed(packet: Packet, *, on: date) -> bool:
    addressee = packet.addressee
    return bool(addressee.email) and addressee.email_is_verified and addressee.is_confirmed(on)


def send(row: Reminder, *, by: Account, at: datetime, seal: Seal) -> None:
    """Post the letter to the office and write it into the custody log.

    Raises NothingIsOut, AlreadySent, AddressUnsure.
    """
    delivery, packet = row.delivery, row.delivery.packet
    if delivery.state not in OPEN:
        raise NothingIsOut
    if row.sent_at is not None:
        raise AlreadySent
    if not can_be_mailed(packet, on=at.date()):
        raise AddressUnsure
    letter_id = secrets.token_bytes(16)
    box = seal.address_box(packet.addressee.email or "", letter_id)
    posting.post(
        "addressee-reminder",
        at=at,
        email_box=box,
        public_id=letter_id,
        lang=packet.petition.text.lang,
        params=words_for(delivery),
    )
    row.sent_at = at
    delivering.pass_on(
        delivery, REMINDED, place=packet.addressee.title, words=f"SHA-256 {packet.seal}", by=by.printed_name, at=at
    )
    done(row, at=at)


def words_for(delivery: Delivery) -> dict[str, str]:
    """What the letter says of the packet: nothing of a person."""
    packet = delivery.packet
    return {
        "reference": packet.reference,
        "theirs": delivery.addressee_reference,
        "outcome": delivery.outcome.value if delivery.outcome else "",  # what was refused was never handed over
        "handed_over": delivery.handed_over_on.isoformat() if delivery.handed_over_on else "",
        "counted": str((packet.frozen or {})["totals"]["counted"]) if packet.frozen else "",
        "seal": packet.seal or "",
        "manifest": packet.manifest_sha256 or "",
        "salutation": packet.addressee.salutation,
    }


def _due(today: date) -> Select[Reminder]:
    return (
        select(Reminder)
        .where(Reminder.state == ReminderState.SET, Reminder.due_on <= today)
        .order_by(Reminder.due_on, Reminder.id)
    )
