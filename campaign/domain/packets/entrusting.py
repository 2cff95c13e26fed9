"""Entrusting: a named recipient fetches a digital packet, and access closes with the receipt.

Staff name an office and its mailbox; the address is sealed. The link goes there by letter; a code is told by another
way, so that a mailbox alone opens nothing. A packet that shows signers is encrypted to a compared key of that office
and a second person approves it first, as for every copy that leaves (releasing.py). Five wrong codes close it; so do
fourteen days, the receipt, and anybody of staff.
"""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from campaign.database import db
from campaign.domain import posting
from campaign.domain.errors import LinkUnknown, Refused
from campaign.domain.packets import delivering, releasing
from campaign.domain.sealing import Seal
from campaign.models.account import Account
from campaign.models.delivery import Copy, DeliveryState, Outcome
from campaign.models.packet import Packet, PacketState
from campaign.models.release import RecipientKey, Release, Way

OPEN_FOR = timedelta(days=14)
RECEIVED = "received_by_recipient"  # a step of the custody


class AccessClosed(Refused):
    """This access is closed: the packet was received, the time is over, or the code was wrong too often. Write to
    those who sent you the link."""


class RecipientCodeWrong(Refused):
    """This code is not right. It was told to you by another way than this link; after five wrong ones the access
    closes."""


class NotFetched(Refused):
    """Fetch the packet first; then confirm that you have received it."""


@dataclass(frozen=True)
class Recipient:
    """`address` is sealed at once; `is_addressee` where the packet is addressed to this very office."""

    organisation: str
    address: str
    key: RecipientKey | None
    is_addressee: bool


def name(packet: Packet, whom: Recipient, reason: str, *, by: Account, at: datetime, seal: Seal) -> Release:
    """Name a recipient. Where the packet shows signers it waits for a second person; else the letter leaves at once.

    Raises NotBuilt, SpecimenStays, KeyUnusable, ReasonMissing, LinesChanged.
    """
    if packet.is_specimen:
        raise delivering.SpecimenStays
    if packet.state is not PacketState.BUILT:
        raise delivering.NotBuilt
    needs_key = releasing.shows_signers(packet)
    if (needs_key and whom.key is None) or (whom.key is not None and not whom.key.is_usable):
        raise releasing.KeyUnusable
    if not reason.strip():
        raise releasing.ReasonMissing
    releasing.check_lines(packet)
    public_id = secrets.token_bytes(16)
    row = Release(
        public_id=public_id,
        packet_id=packet.id,
        way=Way.RECIPIENT,
        key_id=whom.key.id if whom.key else None,
        reason=reason.strip(),
        asked_by_id=by.id,
        asked_at=at,
        organisation=whom.organisation.strip(),
        email_box=seal.address_box(whom.address, public_id),
        is_addressee=whom.is_addressee,
        tries=0,
    )
    db.session.add(row)
    db.session.flush()
    releasing.note("recipient named", row, by=by.id, at=at)
    if not needs_key:
        row.approved_at = at
        invite(row, at=at)
    return row


def invite(row: Release, *, at: datetime) -> None:
    """Post the link. It is made only when the letter is written, so that it lies in no table."""
    params = {"release": str(row.id), "reference": row.packet.reference}
    posting.post("packet-for-you", at=at, email_box=row.email_box, lang=row.packet.petition.text.lang, params=params)


def opened(public_id: bytes) -> Release:
    """The access behind a link. Raises LinkUnknown."""
    row = releasing.found(public_id)
    if row is None or row.way is not Way.RECIPIENT:
        raise LinkUnknown
    return row


def closes_at(row: Release) -> datetime | None:
    return row.approved_at + OPEN_FOR if row.approved_at else None


def is_open(row: Release, *, at: datetime) -> bool:
    until = closes_at(row)
    has_key = row.key.is_usable if row.key else not releasing.shows_signers(row.packet)
    return (
        row.way is Way.RECIPIENT
        and until is not None
        and at <= until
        and row.closed_at is None
        and row.received_at is None
        and row.packet.state is PacketState.BUILT
        and has_key
    )


def check_open(row: Release, *, at: datetime) -> None:
    """Raises AccessClosed."""
    if not is_open(row, at=at):
        raise AccessClosed


def fetch(row: Release, *, looked: bool = False, at: datetime) -> Copy:
    """The packet is on its way to the recipient: the same numbered copy each time, each time in the journal.

    Raises AccessClosed. The caller commits before the first byte.
    """
    check_open(row, at=at)
    first, row.fetched_at = row.fetched_at is None, row.fetched_at or at
    return releasing.hand_out(row, by=row.organisation, account_id=None, first=first, looked=looked, at=at)


def receive(row: Release, *, at: datetime) -> None:
    """“I have received it”: the receipt stands in the log, and access closes. Raises AccessClosed, NotFetched."""
    check_open(row, at=at)
    if row.fetched_at is None:
        raise NotFetched
    delivery = delivering.begin(row.packet, by=row.organisation, at=at)
    row.received_at = row.closed_at = at
    row.email_box = None
    mark = f"{row.copy.number}: {row.copy.mark}" if row.copy else ""
    delivering.pass_on(delivery, RECEIVED, place=row.organisation, words=mark, by=row.organisation, at=at)
    if row.is_addressee:
        _settle(row, on=at.date(), at=at)
    releasing.note("packet received", row, by=None, at=at)


def _settle(row: Release, *, on: date, at: datetime) -> None:
    """The addressee's own office has it: handed over by e-mail, and receipted, where that was not recorded before."""
    delivery = delivering.begin(row.packet, by=row.organisation, at=at)
    if delivery.state is DeliveryState.PREPARED:
        delivering.hand_over(delivery, Outcome.EMAILED, on=on, place="", by=row.organisation, at=at)
    if delivery.state is DeliveryState.HANDED_OVER:
        delivering.receipt(delivery, reference=delivery.addressee_reference, on=on, by=row.organisation, at=at)
