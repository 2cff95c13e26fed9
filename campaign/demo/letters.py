"""The joint letter of 2017 as a demonstration: its people, its occasion and its four asks, in words of this project.

Nobody was asked anew and no signatory is invented: that three organisations signed stands in the letter itself, which
is the basis printed beside each, with the remark that these are not its words. It is a specimen like all that belongs
to a demonstration.
"""

import json
import secrets
from datetime import UTC, datetime, timedelta
from importlib.resources import files

from sqlalchemy import select

from campaign.database import db
from campaign.demo import reading
from campaign.domain.joint_letters import composing
from campaign.domain.joint_letters.composing import Words
from campaign.models.addressee import Addressee
from campaign.models.joint_letter import Approval, Invitation, JointLetter
from campaign.models.organisation import Organisation
from campaign.models.packet import Packet
from campaign.models.petition import Petition

SIGNED_AT = datetime(2017, 6, 9, 12, tzinfo=UTC)
BY = "Demonstration"


def load(*, at: datetime) -> None:
    """Add it, once: drafted, put before the three organisations, and approved by them in June 2017."""
    record = json.loads(files("campaign.demo").joinpath("joint-letter.json").read_text("utf-8"))
    petition = db.session.scalars(select(Petition).where(Petition.slug == record["petition"])).one()
    known = select(JointLetter).join(Packet, Packet.id == JointLetter.packet_id)
    if db.session.scalar(known.where(Packet.petition_id == petition.id).limit(1)) is not None:
        return
    letter = composing.draft(petition, db.session.get_one(Addressee, record["addressee"]), by=BY, at=at)
    said = record["words"]
    words = Words(**{**said, "paragraphs": tuple(said["paragraphs"]), "asks": tuple(said["asks"])})
    composing.write(letter, words, [p.id for p in petition.campaign.prisoners])
    composing.freeze(letter, by=BY, at=at)
    letter.deadline = at + timedelta(days=14)
    bases = {each.slug: each.basis for each in reading.organisations()}
    for position, slug in enumerate(record["organisations"], 1):
        organisation = db.session.scalars(select(Organisation).where(Organisation.slug == slug)).one()
        row = Invitation(
            public_id=secrets.token_bytes(16),
            organisation=organisation,
            position=position,
            approval=Approval.APPROVED,
            text_id=letter.text.id if letter.text else None,
            decided_at=SIGNED_AT,
            basis=f"{bases[slug]}, in other words than these",
        )
        letter.invitations.append(row)
    db.session.flush()
