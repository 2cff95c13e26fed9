"""The press of copies: a large packet is encrypted to a compared key once, ahead of whoever fetches it.

What lies in the store is encrypted already, under a name that says nothing. The line check comes first, and is what
the numbered copy stands on.
"""

from collections.abc import Callable
from datetime import datetime

import structlog

from campaign.database import db, unit_of_work
from campaign.domain.errors import Refused
from campaign.domain.packets import manifest, preparing, releasing
from campaign.gateways import parcels
from campaign.gateways.store import FileStore
from campaign.models.release import Release

log = structlog.get_logger()


def prepare_all(store: FileStore, *, now: Callable[[], datetime]) -> int:
    """Every copy that waits, one after the other; how many are made. A fault stops no other."""
    finished = 0
    with unit_of_work():
        due = preparing.due(at=now())
    for id in due:
        try:
            finished += prepare(id, store, now=now)
        except Exception as fault:  # a refusal stands on the page; anything else is tried again in a minute
            log.error("copy not prepared", release=id, fault=type(fault).__name__)
    with unit_of_work():
        sweep(store, at=now())
    return finished


def prepare(id: int, store: FileStore, *, now: Callable[[], datetime]) -> bool:
    """Look through the lines, number, encrypt; False where the files are on another machine. Raises Refused."""
    row = db.session.get_one(Release, id)
    folder = f"packets/{row.packet.reference}"
    names = store.names(folder)
    db.session.rollback()
    if manifest.NAME not in names:
        return False
    try:
        with unit_of_work():
            preparing.look(db.session.get_one(Release, id), at=now())
        row = db.session.get_one(Release, id)
        place, note, key, stem = preparing.path(row), releasing.copy_note(row), row.key, stem_of(row)
        recipient = key.public_key if key else ""
        db.session.rollback()  # nothing is read while it is encrypted
        pieces = parcels.numbered(store, folder, stem, names, note)
        store.write_from(place, parcels.read_out(parcels.locked(pieces, recipient)))
    except Refused as refusal:
        with unit_of_work():
            preparing.failed(db.session.get_one(Release, id), refusal.sentence)
        raise
    with unit_of_work():
        preparing.done(db.session.get_one(Release, id), at=now())
    return True


def stem_of(row: Release) -> str:
    return f"{row.packet.reference}-copy-{row.copy.number if row.copy else 0}"


def sweep(store: FileStore, *, at: datetime) -> int:
    """Delete the prepared copies that nobody may fetch any more; how many."""
    kept, gone = preparing.kept(at=at), 0
    for name in store.names("copies"):
        if f"copies/{name}" not in kept:
            store.remove(f"copies/{name}")
            gone += 1
    return gone
