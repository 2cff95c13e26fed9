"""Cosigning: an organisation signs a joint letter by its authorised signatory, from its mailbox, without an account.

The link goes to one sealed address and shows exactly the frozen text; only the button decides. A decision belongs to
one version: once the text is another, whoever had approved is asked anew, and only those who approved exactly what is
printed are printed. Until the deadline an organisation may approve, decline, or think better of it; to step back stays
possible until the seal. Nobody is shown an address again, neither staff nor the other organisations.
"""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select

from campaign.database import db
from campaign.domain import mailboxes, posting
from campaign.domain.cases import enclosing
from campaign.domain.cases.enclosing import FileRefused, Upload
from campaign.domain.errors import LinkUnknown, Refused
from campaign.domain.joint_letters import composing
from campaign.domain.journalling import note
from campaign.domain.links import Claim
from campaign.domain.packets.packing import OPEN_STATES, AlreadySealed
from campaign.domain.sealing import Seal
from campaign.models.account import Account
from campaign.models.joint_letter import Approval, Invitation, JointLetter
from campaign.models.organisation import Organisation
from campaign.models.packet import Packet

ASKED, ASKED_ANEW, REMINDER = "cosign-asked", "cosign-changed", "cosign-reminder"
REMINDED_BEFORE = timedelta(days=2)
ADDRESSES_KEPT = timedelta(days=30)  # after the seal
REASON = 1000


class AlreadyInvited(Refused):
    """This organisation is invited already."""


class NobodyInvited(Refused):
    """Invite at least one organisation first."""


class DeadlineGone(Refused):
    """Set a deadline that is still to come."""


class DeadlineOver(Refused):
    """The time in which organisations could approve this letter is over. Write to those who sent you the link."""


class TextIsAnother(Refused):
    """The letter was changed while you read it, so nothing was recorded. Read it again; what you see now is what is
    signed."""


class LetterClosed(Refused):
    """This letter is sealed, so nothing can be changed any more."""


class NoLogo(FileRefused):
    """A logo is taken as JPEG, PNG or WebP."""


def invite(
    letter: JointLetter, organisation: Organisation, address: str, *, by: Account, at: datetime, seal: Seal
) -> Invitation:
    """Add an organisation behind the others. Its letter leaves at once where the text is out already.

    Raises AlreadySealed, AlreadyInvited.
    """
    composing.locked(letter)
    if any(row.organisation_id == organisation.id for row in letter.invitations):
        raise AlreadyInvited
    public_id = secrets.token_bytes(16)
    row = Invitation(
        public_id=public_id,
        organisation=organisation,
        position=max((other.position for other in letter.invitations), default=0) + 1,
        email_box=seal.address_box(address, public_id),
        own_domain=is_own(address, organisation),
        approval=Approval.WAITING,
        logo_id=_last_logo(organisation),
    )
    letter.invitations.append(row)
    composing.unchecked(letter)
    _note("organisation invited", row, by=by, at=at)
    if letter.text is not None and letter.deadline is not None and at < letter.deadline:
        _post(ASKED, row, at=at)
    return row


def is_own(address: str, organisation: Organisation) -> bool:
    """Whether the mailbox is under the name of the organisation's website."""
    host = organisation.website.partition("://")[2].partition("/")[0].partition(":")[0].removeprefix("www.")
    domain = mailboxes.domain_of(address)
    return bool(host) and (domain == host.casefold() or domain.endswith(f".{host.casefold()}"))


def uninvite(row: Invitation, *, by: Account, at: datetime) -> None:
    """Take the invitation back: its link leads nowhere any more, and its address is deleted. Raises AlreadySealed."""
    letter = row.letter
    composing.locked(letter)
    _note("invitation taken back", row, by=by, at=at)
    letter.invitations.remove(row)
    composing.unchecked(letter)


def move_up(row: Invitation) -> None:
    """One place further up in the order of print. Raises AlreadySealed."""
    letter = row.letter
    composing.locked(letter)
    rows = list(letter.invitations)
    at = rows.index(row)
    if at:
        rows[at - 1], rows[at] = rows[at], rows[at - 1]
    for position, each in enumerate(rows, 1):
        each.position = position
    db.session.flush()
    db.session.expire(letter, ["invitations"])
    composing.unchecked(letter)


def put_logo(row: Invitation, upload: Upload, *, by: Account, at: datetime, desk: enclosing.Desk) -> None:
    """The logo that stands beside the name; its pixels written anew. An approval under another logo is asked anew.

    Raises AlreadySealed, FileRefused, PictureRefused, StoreFull.
    """
    letter = row.letter
    composing.locked(letter)
    if not upload.content.startswith(enclosing.IMAGES):
        raise NoLogo
    kept = row.logo = enclosing.keep(upload, account_id=by.id, at=at, desk=desk)
    _note("logo put", row, by=by, at=at, sha256=kept.sha256[:16])
    if row.approval is Approval.APPROVED:
        _ask_anew(row, at=at)
    composing.unchecked(letter)


def ask(letter: JointLetter, deadline: datetime, *, by: Account, at: datetime) -> bool:
    """Put the letter as it is now before the organisations, until that moment; whether it is a new version.

    With a new version all who had approved another are asked anew; who declined is left in peace (`ask_again`).
    Raises AlreadySealed, NobodyInvited, DeadlineGone.
    """
    composing.locked(letter)
    if not letter.invitations:
        raise NobodyInvited
    if deadline <= at:
        raise DeadlineGone
    is_new = composing.freeze(letter, by=by.printed_name, at=at)
    if letter.deadline != deadline:
        letter.deadline = deadline
        for row in letter.invitations:
            row.reminded_at = None
    db.session.flush()
    version, sha256 = (letter.text.version, letter.text.sha256[:16]) if letter.text else (0, "")
    note(
        "organisations asked",
        "packet",
        letter.packet.reference,
        account_id=by.id,
        at=at,
        version=version,
        sha256=sha256,
    )
    for row in letter.invitations:
        if row.approval is not Approval.DECLINED and not row.basis:
            if is_new and row.asked_at is not None:
                _ask_anew(row, at=at)
            elif row.asked_at is None:
                _post(ASKED, row, at=at)
        elif is_new and row.basis:  # a demonstration: nobody can be asked
            row.approval, row.text_id, row.decided_at = Approval.WAITING, None, None
    db.session.flush()
    return is_new


def ask_again(row: Invitation, *, by: Account, at: datetime) -> None:
    """After a refusal, or where the letter went astray. Raises AlreadySealed, DeadlineOver."""
    composing.locked(row.letter)
    _check_time(row.letter, at)
    if row.approval is not Approval.APPROVED:
        _note("organisation asked again", row, by=by, at=at)
        _ask_anew(row, at=at, kind=ASKED)


def found(claim: Claim) -> Invitation:
    """The invitation behind a link, once the text is out. Raises LinkUnknown."""
    row = db.session.scalar(
        select(Invitation).where(Invitation.public_id == claim.public_id, Invitation.link_version == claim.version)
    )
    if row is None or row.letter.text is None:
        raise LinkUnknown
    return row


def approve(row: Invitation, *, name: str, title: str, sha256: str, at: datetime) -> None:
    """The signatory signs the text with this hash, for the organisation; again: the same answer.

    Raises LetterClosed, DeadlineOver, TextIsAnother.
    """
    letter = _held(row)
    _check_time(letter, at)
    if letter.text is None or letter.text.sha256 != sha256:
        raise TextIsAnother
    again = row.approval is Approval.APPROVED and (row.signatory, row.signatory_title) == (name, title)
    if again and row.text_id == letter.text.id:
        return
    row.approval, row.text_id, row.decided_at, row.reason = Approval.APPROVED, letter.text.id, at, ""
    row.signatory, row.signatory_title = name, title
    db.session.flush()
    _note("joint letter approved", row, by=None, at=at, version=letter.text.version)


def decline(row: Invitation, reason: str, *, at: datetime) -> None:
    """No, or not any more; the reason is for staff alone, and may stay empty. Raises LetterClosed."""
    letter = _held(row)
    if row.approval is Approval.DECLINED:
        row.reason = reason.strip()[:REASON] or row.reason
        return
    text_id = letter.text.id if letter.text else None
    row.approval, row.text_id, row.decided_at, row.reason = Approval.DECLINED, text_id, at, reason.strip()[:REASON]
    row.signatory = row.signatory_title = ""
    db.session.flush()
    _note("joint letter declined", row, by=None, at=at)


def may_approve(row: Invitation, *, at: datetime) -> bool:
    letter = row.letter
    return letter.packet.state in OPEN_STATES and letter.deadline is not None and at < letter.deadline


def is_wanted(row: Invitation, *, at: datetime) -> bool:
    """Whether a letter to the signatory still has something to ask."""
    return row.approval is Approval.WAITING and row.email_box is not None and may_approve(row, at=at)


def remind(*, at: datetime) -> int:
    """Write once more to who has not decided two days before the deadline; how many."""
    soon = select(JointLetter).where(JointLetter.deadline > at, JointLetter.deadline <= at + REMINDED_BEFORE)
    rows = db.session.scalars(
        select(Invitation)
        .where(
            Invitation.packet_id.in_(soon.with_only_columns(JointLetter.packet_id)),
            Invitation.approval == Approval.WAITING,
            Invitation.reminded_at.is_(None),
            Invitation.asked_at <= at - timedelta(days=1),
            Invitation.email_box.is_not(None),
        )
        .order_by(Invitation.id)
        .with_for_update(of=Invitation, skip_locked=True)
    ).all()
    wanted = [row for row in rows if is_wanted(row, at=at)]
    for row in wanted:
        row.reminded_at = at
        _letter(REMINDER, row, at=at)
    db.session.flush()
    return len(wanted)


def forget(*, at: datetime) -> int:
    """Delete the addresses of signatories thirty days after the seal, and of letters that never came to one, thirty
    days after their deadline; how many."""
    over = (Packet.sealed_at < at - ADDRESSES_KEPT) | (JointLetter.deadline < at - ADDRESSES_KEPT)
    rows = db.session.scalars(
        select(Invitation)
        .join(JointLetter, JointLetter.packet_id == Invitation.packet_id)
        .join(Packet, Packet.id == JointLetter.packet_id)
        .where(Invitation.email_box.is_not(None), over)
        .order_by(Invitation.id)
    ).all()
    for row in rows:
        row.email_box = None
    db.session.flush()
    return len(rows)


def _held(row: Invitation) -> JointLetter:
    letter = row.letter
    try:
        composing.locked(letter)
    except AlreadySealed as fault:
        raise LetterClosed from fault
    return letter


def _check_time(letter: JointLetter, at: datetime) -> None:
    if letter.deadline is None or at >= letter.deadline:
        raise DeadlineOver


def _ask_anew(row: Invitation, *, at: datetime, kind: str = ASKED_ANEW) -> None:
    row.approval, row.text_id, row.decided_at, row.reason = Approval.WAITING, None, None, ""
    if not row.basis:
        _post(kind, row, at=at)


def _post(kind: str, row: Invitation, *, at: datetime) -> None:
    row.asked_at, row.reminded_at = at, None
    _letter(kind, row, at=at)


def _letter(kind: str, row: Invitation, *, at: datetime) -> None:
    """The link is made only when the letter is written, so that it lies in no table."""
    db.session.flush()
    if row.email_box is not None:
        params = {"invitation": row.public_id.hex()}
        posting.post(kind, at=at, email_box=row.email_box, lang=row.letter.lang, params=params)


def _last_logo(organisation: Organisation) -> int | None:
    return db.session.scalar(
        select(Invitation.logo_id)
        .where(Invitation.organisation_id == organisation.id, Invitation.logo_id.is_not(None))
        .order_by(Invitation.id.desc())
        .limit(1)
    )


def _note(act: str, row: Invitation, *, by: Account | None, at: datetime, **details: str | int) -> None:
    db.session.flush()
    account_id, reference = by.id if by else None, row.letter.packet.reference
    note(act, "packet", reference, account_id=account_id, at=at, organisation=row.organisation.slug, **details)
