"""Standing: which organisations stand behind exactly the text of a joint letter, and which may still decide.

Whatever is to carry the letter asks here: the letter itself, and each packet of its petition to the same addressee.
"""

import base64
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from campaign.database import db
from campaign.domain.packets.preflight import Code, Finding
from campaign.models.joint_letter import Approval, Invitation, JointLetter
from campaign.models.packet import Packet, PacketState

UNSEALED = (PacketState.DRAFT, PacketState.CHECKED)


def approvals(letter: JointLetter) -> list[Invitation]:
    """Who has approved exactly the text of now, in the order in which they are printed."""
    return [
        row
        for row in letter.invitations
        if row.approval is Approval.APPROVED and letter.text and row.text_id == letter.text.id
    ]


def undecided(letter: JointLetter, *, at: datetime) -> list[Invitation]:
    """Who may still decide, and has not."""
    if letter.deadline is None or at >= letter.deadline:
        return []
    return [row for row in letter.invitations if row.approval is Approval.WAITING]


def waiting_for(letter: JointLetter, *, at: datetime) -> list[Finding]:
    """One finding for each organisation that may still decide; it blocks whatever encloses this letter, too."""
    until = letter.deadline.strftime("%Y-%m-%d %H:%M UTC") if letter.deadline else ""
    return [
        Finding(
            Code.ORGANISATION_UNDECIDED, True, about=row.organisation.name, when=until, letter=letter.packet.reference
        )
        for row in undecided(letter, at=at)
    ]


def waiting_beside(packet: Packet, *, at: datetime) -> list[Finding]:
    """The same for a packet of this petition to this addressee, whose joint letter is out for approval."""
    letters = db.session.scalars(
        select(JointLetter)
        .join(Packet, Packet.id == JointLetter.packet_id)
        .where(
            Packet.petition_id == packet.petition_id,
            Packet.addressee_id == packet.addressee_id,
            Packet.state.in_(UNSEALED),
        )
        .order_by(JointLetter.packet_id)
    )
    return [finding for letter in letters for finding in waiting_for(letter, at=at)]


def enclosed_in(packet: Packet) -> dict[str, Any] | None:
    """The sealed joint letter of this petition to this addressee, the latest, as a packet encloses it; None without.

    It is the letter as it was sealed: its organisations signed it, and no other page of the packet.
    """
    letter = db.session.scalar(
        select(Packet)
        .join(JointLetter, JointLetter.packet_id == Packet.id)
        .where(
            Packet.petition_id == packet.petition_id,
            Packet.addressee_id == packet.addressee_id,
            Packet.is_specimen == packet.is_specimen,
            Packet.state.in_([PacketState.SEALED, PacketState.BUILT]),
        )
        .order_by(Packet.sealed_at.desc(), Packet.id.desc())
        .limit(1)
    )
    if letter is None or letter.contents is None:
        return None
    kept = ("text", "text_sha256", "signers")
    return {"reference": letter.reference, "seal": letter.seal, **{key: letter.contents[key] for key in kept}}


def with_logos(signers: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """As the press reads them: a logo is a list of its bytes."""
    return [{**signer, "logo": list(base64.b64decode(signer["logo"]))} for signer in signers]
