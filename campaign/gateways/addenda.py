"""The press for addenda: one small document each, printed from what was frozen, so that printing twice does no harm."""

import json
from collections.abc import Callable
from datetime import datetime

from campaign.database import db, unit_of_work
from campaign.domain import frozen
from campaign.domain.errors import Refused
from campaign.domain.packets import manifest, striking
from campaign.domain.packets.manifest import File
from campaign.domain.printing import Printer, Signer, Store
from campaign.models.addendum import Addendum

PDF = "addendum.pdf"


def build(
    reference: str, printer: Printer, store: Store, *, signer: Signer | None = None, now: Callable[[], datetime]
) -> None:
    """Print it, write its manifest last, and say so in its row. Raises PrintRefused, StoreFull."""
    row = _row(reference)
    record, seal, data, at = dict(row.frozen), row.seal, striking.page_data(row), row.sealed_at
    db.session.rollback()  # nothing is held while the press runs
    try:
        printed = printer.alone("addendum", data)
        files = [
            _kept(store, reference, PDF, signer.pdf(printed.pdf, at=at) if signer else printed.pdf, printed.pages),
            _kept(store, reference, manifest.SEAL, frozen.canonical(record)),
        ]
        listed = write(record, seal, files)
        if signer:
            store.write(f"{striking.folder(reference)}/{manifest.SIGNATURE}", signer.beside(listed, at=at))
        store.write(f"{striking.folder(reference)}/{manifest.NAME}", listed)
    except Refused as refusal:
        with unit_of_work():
            _row(reference).fault = refusal.sentence
        raise
    with unit_of_work():
        row = _row(reference)
        row.manifest_sha256, row.built_at, row.fault = frozen.digest(listed), now(), None


def write(record: dict[str, object], seal: str, files: list[File]) -> bytes:
    """The manifest of an addendum: byte-identical for the same addendum."""
    kept = ("addendum", "packet", "packet_seal", "packet_manifest", "replaces", "dated", "counted_then", "counted_now")
    body = {**{key: record[key] for key in kept}, "seal": seal, "files": [file.record() for file in files]}
    return (json.dumps(body, ensure_ascii=False, indent=1) + "\n").encode()


def _kept(store: Store, reference: str, name: str, content: bytes, pages: int = 0) -> File:
    store.write(f"{striking.folder(reference)}/{name}", content)
    return File.of(name, content, pages)


def _row(reference: str) -> Addendum:
    row = striking.found(reference)
    if row is None:
        raise LookupError("there is no such addendum")
    return row
