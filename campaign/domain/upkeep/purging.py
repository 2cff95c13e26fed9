"""Purging: emptying a petition of its signers once their time is over (domain/upkeep/retention.py says when).

First the petition's secret goes, which makes every keyed hash of its signers meaningless at once and ends signing
for good. What stands on paper goes with it, and every scan becomes unreadable. Then boxes, keys and receipt ids are
emptied in batches, each row getting a new public id, so that neither an old letter nor a subscription leads back to
it. Then the printed packets with names are deleted from the store.
What stays: the count, the ledger, the numbers, and of each row its state, country, language, choice and days.

What is still to be done is read from the rows themselves. So whoever goes on after a stop begins where the last
batch was committed, skips nothing, and may be a different machine.
"""

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, or_, select, update

from campaign.database import db
from campaign.domain import journalling
from campaign.domain.packets import galleys
from campaign.domain.paper import collecting
from campaign.domain.printing import Store
from campaign.domain.signatures import grouping
from campaign.domain.upkeep import retention
from campaign.domain.upkeep.retention import Rule
from campaign.models.packet import Level, Packet, PacketState
from campaign.models.petition import Petition
from campaign.models.signature import PERSONAL, NameReview, ShownName, Signature, SignatureState

BATCH = 1000
_EMPTIED: dict[str, Any] = dict.fromkeys(PERSONAL)
_FULL = or_(*(getattr(Signature, name).is_not(None) for name in _EMPTIED))
_NO_LONGER_PRINTED = (PacketState.SEALED, PacketState.BUILT, PacketState.SUPERSEDED)


@dataclass(frozen=True)
class Planned:
    """What a purge would empty now."""

    id: int
    slug: str
    rule: Rule
    on: date | None
    signatures: int
    packets: int


def plan(*, at: datetime) -> list[Planned]:
    """What is due, for whoever wants to look before."""
    found = []
    for petition_id in retention.expired(at=at):
        petition = db.session.get_one(Petition, petition_id)
        about = retention.due(petition, at=at)
        full = db.session.scalar(
            select(func.count()).select_from(Signature).where(Signature.petition_id == petition_id, _FULL)
        )
        found.append(Planned(petition_id, petition.slug, about.rule, about.on, full or 0, len(_printed(petition_id))))
    return found


def step(petition_id: int, *, store: Store, at: datetime, limit: int = BATCH) -> int:
    """One batch of a petition that is due; how many rows were emptied. 0 means that it is finished.

    The caller commits and calls again. Does nothing if the petition is not due, so that a clock that was wrong,
    or a reopening meanwhile, deletes nothing.
    """
    petition = db.session.scalars(
        select(Petition).where(Petition.id == petition_id).with_for_update(key_share=True)
    ).one()
    if petition.purged_at is not None:
        return 0
    if petition.purge_begun_at is None:
        if not retention.due(petition, at=at).has_come(at.date()):
            return 0
        _begin(petition, at=at)
    emptied = _empty_some(petition_id, limit)
    if not emptied:
        _finish(petition, store, at=at)
    db.session.flush()
    return emptied


def _begin(petition: Petition, *, at: datetime) -> None:
    grouping.freeze(petition.campaign, at=at)
    petition.purge_begun_at, petition.hash_secret, petition.shows_names = at, None, False
    collecting.forget_people(petition.id)
    db.session.execute(delete(ShownName).where(ShownName.petition_id == petition.id))
    db.session.execute(
        update(Signature)
        .where(Signature.petition_id == petition.id, Signature.state == SignatureState.PENDING)
        .values(state=SignatureState.EXPIRED, slot=None, ended_at=at)
        .execution_options(synchronize_session=False)
    )


def _empty_some(petition_id: int, limit: int) -> int:
    ids = db.session.scalars(
        select(Signature.id).where(Signature.petition_id == petition_id, _FULL).order_by(Signature.id).limit(limit)
    ).all()
    if ids:
        rows = [{"id": id_, "public_id": secrets.token_bytes(16)} | _EMPTIED for id_ in ids]
        db.session.execute(update(Signature), rows)
    return len(ids)


def _finish(petition: Petition, store: Store, *, at: datetime) -> None:
    """Only once every row is empty. A store that cannot delete stops this petition here, to be tried again."""
    for packet in _printed(petition.id):
        _destroy(packet, store)
    db.session.execute(
        update(Signature)
        .where(Signature.petition_id == petition.id, Signature.name_review == NameReview.WAITING)
        .values(name_review=None)
        .execution_options(synchronize_session=False)
    )
    petition.purged_at = at
    db.session.flush()
    if all(other.purged_at is not None for other in petition.campaign.petitions):
        petition.campaign.hash_secret = None
    numbers = {"count": petition.signature_count, "numbers": petition.last_number}
    journalling.note("signers forgotten", "petition", petition.slug, account_id=None, at=at, **numbers)


def _printed(petition_id: int) -> list[Packet]:
    """Packets that may hold names, or with whose salt a guessed name could be tried out."""
    query = select(Packet).where(
        Packet.petition_id == petition_id,
        Packet.level != Level.TOTALS,
        Packet.state.in_(_NO_LONGER_PRINTED),
    )
    return list(db.session.scalars(query.order_by(Packet.id)))


def _destroy(packet: Packet, store: Store) -> None:
    """Delete the files, all but the manifest, which names nobody and lets a copy on paper be compared."""
    galleys.clear(packet.reference)
    folder = f"packets/{packet.reference}"
    for name in store.names(folder):
        if name != "manifest.json":
            store.remove(f"{folder}/{name}")
    packet.salt, packet.state = None, PacketState.DESTROYED
