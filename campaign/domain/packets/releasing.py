"""Releasing: how names leave the house. Encrypted to a compared key, by two people, one copy at a time, on record.

One person asks and says why; another approves within an hour. Whoever asked then has fifteen minutes to fetch one
copy, once, with a code of the second factor. The copy has a number and a mark, which stand on each of its pages, and in
the custody log and in the journal before the first byte leaves. A packet of totals holds no signer and needs none of
this; a specimen holds invented ones.
"""

import json
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, case, select, update

from campaign.database import db
from campaign.domain import journalling, pairing, posting
from campaign.domain.errors import Refused
from campaign.domain.packets import building, copying, delivering, lining, manifest, packing, transcribing
from campaign.models.account import Account
from campaign.models.delivery import Copy, CopyKind
from campaign.models.packet import Level, Packet, PacketLine, PacketState
from campaign.models.release import RecipientKey, Release, Way
from campaign.models.signature import Signature

APPROVED_WITHIN = timedelta(hours=1)
FETCHED_WITHIN = timedelta(minutes=15)
ADDRESSES_KEPT = timedelta(days=15)  # a day longer than a recipient has access
TRIES = 5
COPY_OUT = "copy_out"  # a step of the custody


class PlainNames(Refused):
    """This packet shows signers, and they leave this site only encrypted to a compared key. Ask for a copy on the
    packet’s page; a second person approves it."""


class KeyUnusable(Refused):
    """Choose a key whose fingerprint was compared with its owner by a second person, and that was not ended."""


class KeyOfAnother(KeyUnusable):
    """This key belongs to another addressee. Names go to the addressee of this packet alone, whom its signers read in
    the words of their consent, or to whoever carries it there."""


class ReasonMissing(Refused):
    """Say what the copy is for: whoever approves it must be able to judge."""


class ApproveYourself(Refused):
    """Whoever asks for a copy does not approve it too. It waits for somebody else."""


class ReleaseOver(Refused):
    """This release was used, refused, or is over: it is approved within an hour and fetched within fifteen minutes.
    Ask anew."""


class NotYours(Refused):
    """Only the person who asked for this copy can fetch it."""


class LinesChanged(Refused):
    """Somebody has withdrawn, or shows less, since this packet was sealed, so that no further copy of it leaves. Make
    a new packet, which strikes them; copies that are out already get an addendum."""


class CodeWrong(Refused):
    """This code is wrong, over, or was used already. Wait for the next one."""


def shows_signers(packet: Packet) -> bool:
    """Whether the files say anything of a signer that is not invented."""
    return packet.level is not Level.TOTALS and not packet.is_specimen


def check_plain(packet: Packet) -> None:
    """May the files leave as they are? Raises PlainNames."""
    if shows_signers(packet):
        raise PlainNames


def check_lines(packet: Packet) -> None:
    """May each line still be shown as it was sealed? Asked before every copy; opens no box. Raises LinesChanged.

    Lines that are alike are looked at once, so that a million of them take the database some seconds.
    """
    if not shows_signers(packet):
        return
    alike = (
        PacketLine.printed_as,
        Signature.state,
        Signature.visibility,
        Signature.text_id,
        Signature.name_review,
        case((Signature.name_box.is_not(None), 1)).label("name_box"),
    )
    rows = db.session.execute(
        select(*alike)
        .select_from(PacketLine)
        .join(Signature, Signature.number == PacketLine.number)
        .where(PacketLine.packet_id == packet.id, Signature.petition_id == packet.petition_id)
        .group_by(*alike)
    ).all()
    given = building.sealed_rules(packet)
    try:
        for row in rows:
            lining.check_row(row, row.printed_as, given)
        transcribing.check(packet, given)
    except lining.LineChanged as fault:
        raise LinesChanged from fault


def suits(packet: Packet, key: RecipientKey) -> bool:
    """Whether the key may be chosen: of another addressee it never is, whatever anybody agrees to."""
    return key.is_usable and key.addressee_id in {None, packet.addressee_id}


def fitting(packet: Packet, key: RecipientKey | None) -> RecipientKey:
    """The key, where it may be chosen. Raises KeyUnusable, KeyOfAnother."""
    if key is None or not key.is_usable:
        raise KeyUnusable
    if not suits(packet, key):
        raise KeyOfAnother
    return key


def ask(packet: Packet, key: RecipientKey | None, reason: str, *, by: Account, at: datetime) -> Release:
    """Ask for one encrypted copy. Raises KeyUnusable, ReasonMissing, LinesChanged, NotBuilt."""
    if packet.state is not PacketState.BUILT:
        raise delivering.NotBuilt
    key = fitting(packet, key)
    if not reason.strip():
        raise ReasonMissing
    check_lines(packet)
    row = Release(
        public_id=secrets.token_bytes(16),
        packet_id=packet.id,
        way=Way.STAFF,
        key_id=key.id,
        reason=reason.strip(),
        asked_by_id=by.id,
        asked_at=at,
        tries=0,
    )
    db.session.add(row)
    db.session.flush()
    note("release asked", row, by=by.id, at=at, key=key.fingerprint[:16])
    return row


def held(row: Release) -> Release:
    """Until the commit nobody else approves, closes, fetches or tries a code of it."""
    db.session.refresh(row, with_for_update={"of": Release})
    return row


def approve(row: Release, *, by: Account, at: datetime) -> None:
    """A second person agrees; whoever asked is written to. Raises ApproveYourself, NotTwoPeople, ReleaseOver."""
    if by.id == row.asked_by_id:
        raise ApproveYourself
    pairing.check(row.asked_by, by, at=at)
    held(row)
    if not awaits_approval(row, at=at) or (row.key is not None and not row.key.is_usable):
        raise ReleaseOver
    row.approved_by_id, row.approved_at = by.id, at
    note("release approved", row, by=by.id, at=at)
    if row.way is Way.STAFF:
        params = {"release": row.public_id.hex()}
        posting.post("release-approved", at=at, account_id=row.asked_by_id, params=params)


def close(row: Release, *, by: Account, at: datetime) -> None:
    """Refuse it, or take it back; anybody of staff may, at any time."""
    if held(row).closed_at is None:
        row.closed_at, row.email_box = at, None
        note("release closed", row, by=by.id, at=at)


def awaits_approval(row: Release, *, at: datetime) -> bool:
    return row.approved_at is None and row.closed_at is None and at <= row.asked_at + APPROVED_WITHIN


def can_be_fetched(row: Release, *, at: datetime) -> bool:
    """By whoever asked for it."""
    return (
        row.way is Way.STAFF
        and row.approved_at is not None
        and row.fetched_at is None
        and row.closed_at is None
        and at <= max(row.approved_at, row.prepared_at or row.approved_at) + FETCHED_WITHIN
    )


def check_fetch(row: Release, *, by: Account, at: datetime) -> None:
    """Raises NotYours, ReleaseOver, NotTwoPeople once whoever approved it is no longer on the staff."""
    if row.asked_by_id != by.id:
        raise NotYours
    if not can_be_fetched(row, at=at) or row.packet.state is not PacketState.BUILT:
        raise ReleaseOver
    if row.key is None or not row.key.is_usable:
        raise ReleaseOver
    pairing.check(by, row.approved_by, at=at)


def wrong_code(row: Release, *, by: int | None, at: datetime) -> None:
    """Count it; after five the release is closed. Whoever refuses the code commits this before the answer."""
    row.tries += 1
    if row.tries >= TRIES:
        row.closed_at, row.email_box = at, None
    note("release: wrong code", row, by=by, at=at, tries=row.tries)


def fetch(row: Release, *, by: Account, looked: bool = False, at: datetime) -> Copy:
    """Use it up: the copy gets its number and mark, in log and journal. Raises NotYours, ReleaseOver.

    `looked`: a worker has looked through the lines, and nobody has come to show less since (preparing.py).

    The caller commits before the first byte. Of two that come at once, one gets it.
    """
    check_fetch(row, by=by, at=at)
    if not _use(row, at=at):
        raise ReleaseOver
    return hand_out(row, by=by.printed_name, account_id=by.id, first=True, looked=looked, at=at)


def hand_out(row: Release, *, by: str, account_id: int | None, first: bool, looked: bool = False, at: datetime) -> Copy:
    """The numbered copy of this release, made at the first time; every time is in the journal. Raises LinesChanged."""
    if not looked:
        check_lines(row.packet)
    delivery = delivering.begin(row.packet, by=by, at=at)
    whom = row.organisation or (row.key.holder if row.key else "")
    if row.copy is None:
        row.copy = copying.number(row.packet, CopyKind.DIGITAL, meant_for=whom, by=by, at=at)[0]
    if first:
        key = f" · key {row.key.fingerprint}" if row.key else ""
        words = f"{copying.told([row.copy])}{key}"
        delivering.pass_on(delivery, COPY_OUT, place=whom, words=words, by=by, at=at)
    note("packet downloaded", row, by=account_id, at=at, level=row.packet.level.value, copy=row.copy.number)
    return row.copy


def copy_note(row: Release) -> bytes:
    """What lies in the file beside the manifest: which copy this is, and for whom."""
    copy, key = row.copy, row.key
    if copy is None:
        raise LookupError("this release has no copy yet")
    body: dict[str, Any] = {
        "reference": row.packet.reference,
        "copy": copy.number,
        "mark": copy.mark,
        "for": copy.meant_for,
        "key": key.fingerprint if key else "",
        "made": packing.moment(copy.made_at),
        "manifest": row.packet.manifest_sha256,
    }
    body["on_each_page"] = manifest.copy_line(body)
    return (json.dumps(body, ensure_ascii=False, indent=1) + "\n").encode()


def of(packet: Packet) -> Sequence[Release]:
    """The latest first."""
    return db.session.scalars(select(Release).where(Release.packet_id == packet.id).order_by(Release.id.desc())).all()


def by_id(id: int) -> Release | None:
    return db.session.get(Release, id)


def found(public_id: bytes) -> Release | None:
    return db.session.scalar(select(Release).where(Release.public_id == public_id))


def waiting(*, at: datetime) -> Sequence[Release]:
    """What a second person should look at now."""
    asked = select(Release).where(Release.approved_at.is_(None), Release.closed_at.is_(None))
    return db.session.scalars(asked.where(Release.asked_at >= at - APPROVED_WITHIN).order_by(Release.id)).all()


def forget(*, at: datetime) -> int:
    """Delete the addresses of recipients whose access is over; how many. What is open has its own end before that."""
    done = db.session.execute(
        update(Release)
        .where(Release.email_box.is_not(None), Release.asked_at < at - ADDRESSES_KEPT)
        .values(email_box=None)
        .execution_options(synchronize_session=False)
    )
    return done.rowcount if isinstance(done, CursorResult) else 0


def note(act: str, row: Release, *, by: int | None, at: datetime, **details: str | int) -> None:
    journalling.note(act, "packet", row.packet.reference, account_id=by, at=at, release=row.id, **details)


def _use(row: Release, *, at: datetime) -> bool:
    done = db.session.execute(
        update(Release)
        .where(Release.id == row.id, Release.fetched_at.is_(None), Release.closed_at.is_(None))
        .values(fetched_at=at)
    )
    db.session.refresh(row)
    return isinstance(done, CursorResult) and done.rowcount == 1
