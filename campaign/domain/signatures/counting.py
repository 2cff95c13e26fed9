"""Counting: one counter at a time per petition turns what was confirmed and withdrawn into ledger entries.

A signature is due when its state and the ledger disagree. The counter takes what is due in order of
confirmation, gives each new signature the next number, appends the entries and sets what the public reads.
Lines of paper sheets follow: one entry for each sheet, of a kind of its own and without a number.
No signer ever waits for, or locks, a shared counter; and the number is the sum of a list that can be audited.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select, text, update

from campaign.database import db
from campaign.domain import switching
from campaign.domain.signatures import grouping, trending, vetting
from campaign.models.ledger import EntryKind, LedgerEntry
from campaign.models.paper import LineState, PaperLine
from campaign.models.petition import Petition, PetitionText
from campaign.models.signature import CountryCount, DayCount, Signature, SignatureState
from campaign.models.site import Switch

BATCH = 2000
_REVIEWED = {EntryKind.REMOVED, EntryKind.RESTORED}
_DUE = text("counted <> (state = 'confirmed')")
_DUE_ON_PAPER = text("counted <> (state = 'signed')")


def leaf(*, seq: int, kind: str, delta: int, number: int | None, day: str, receipt_id: bytes | None) -> bytes:
    """SHA-256(0x00 ‖ canonical JSON of the entry): the leaf hash of RFC 9162. 32 bytes."""
    fields = [seq, kind, delta, number, day, receipt_id.hex() if receipt_id else None]
    return hashlib.sha256(b"\x00" + json.dumps(fields, separators=(",", ":")).encode()).digest()


def due_petitions() -> list[int]:
    """Ids of petitions on which something waits to be counted; none while counting is stopped."""
    if switching.is_stopped(Switch.COUNTING):
        return []
    online, paper = select(Signature.petition_id).where(_DUE), select(PaperLine.petition_id).where(_DUE_ON_PAPER)
    return sorted(db.session.scalars(online.union(paper)))


def count(petition_id: int, *, at: datetime, limit: int = BATCH) -> int:
    """Append up to `limit` due signatures to the petition's ledger, and what is due on paper; how many.

    The caller commits and calls again. While counting is stopped it is none, however many wait.
    """
    if switching.is_stopped(Switch.COUNTING):
        return 0
    petition = db.session.scalars(
        select(Petition).where(Petition.id == petition_id).with_for_update(key_share=True)
    ).one()
    due = db.session.execute(_due_rows(petition_id, limit)).all()
    if due:
        _count_online(petition, due, at=at)
    return len(due) + _count_paper(petition, at=at)


def _count_online(petition: Petition, due: Sequence[Any], *, at: datetime) -> None:
    """Each with an entry of its own, and the next number where it has none."""
    day = at.astimezone(UTC).date().isoformat()
    entries: list[dict[str, Any]] = []
    settled: list[dict[str, Any]] = []
    tally: Counter[tuple[str, str]] = Counter()
    for row in due:
        entry = _entry(petition, row, seq=petition.ledger_size + len(entries) + 1, day=day)
        entries.append(entry)
        settled.append({"id": row.id, "number": entry["number"], "counted": row.state is SignatureState.CONFIRMED})
        tally[row.country, day] += entry["delta"]
    db.session.execute(insert(LedgerEntry), entries)
    with grouping.following(petition.id, due):
        db.session.execute(update(Signature), settled)
    petition.ledger_size += len(entries)
    petition.signature_count += sum(entry["delta"] for entry in entries)
    petition.counted_at = at
    _keep_tallies(petition.id, tally)
    trending.add(petition.id, sum(entry["delta"] for entry in entries), at=at)
    if any(entry["kind"] in _REVIEWED for entry in entries):
        vetting.keep_removed(petition)
    _freeze_words({row.text_id for row in due}, at)
    db.session.flush()


def _count_paper(petition: Petition, *, at: datetime) -> int:
    """One entry for each sheet; how many lines were due. Countries and the trend know nothing of them."""
    due = db.session.execute(
        select(PaperLine.id, PaperLine.sheet_id, PaperLine.state, PaperLine.counted_on, PaperLine.counted_as)
        .where(PaperLine.petition_id == petition.id, _DUE_ON_PAPER)
        .order_by(PaperLine.sheet_id, PaperLine.line)
        .with_for_update()
    ).all()
    if not due:
        return 0
    day = at.astimezone(UTC).date().isoformat()
    by_sheet: Counter[int] = Counter()
    for row in due:
        by_sheet[row.sheet_id] += 1 if row.state is LineState.SIGNED else -1
    entries: dict[int, int] = {}
    for sheet_id, delta in by_sheet.items():
        petition.ledger_size = entries[sheet_id] = petition.ledger_size + 1
        entry: dict[str, Any] = {"seq": petition.ledger_size, "kind": EntryKind.PAPER, "delta": delta, "number": None}
        entry |= {"day": day, "leaf": leaf(**entry, day=day, receipt_id=None)}
        db.session.execute(insert(LedgerEntry), {"petition_id": petition.id, **entry})
    settled = [_on_paper(row, entries[row.sheet_id], day) for row in due]
    db.session.execute(update(PaperLine), settled)
    petition.signature_count += by_sheet.total()
    petition.paper_count += by_sheet.total()
    petition.counted_at = at
    db.session.flush()
    return len(due)


def _on_paper(row: Any, seq: int, day: str) -> dict[str, Any]:
    is_signed = row.state is LineState.SIGNED
    return {
        "id": row.id,
        "counted": is_signed,
        "counted_on": day if is_signed else row.counted_on,
        "counted_as": seq if is_signed else row.counted_as,
        "ended_as": None if is_signed else seq,
    }


def _freeze_words(text_ids: Collection[int], at: datetime) -> None:
    """The words of a version, in its language, are frozen by its first signature."""
    db.session.execute(
        update(PetitionText).where(PetitionText.id.in_(text_ids), PetitionText.frozen_at.is_(None)).values(frozen_at=at)
    )


def _due_rows(petition_id: int, limit: int) -> Any:
    return (
        select(Signature.id, Signature.state, Signature.number, Signature.country, Signature.receipt_id)
        .add_columns(Signature.text_id, Signature.person_key)
        .where(Signature.petition_id == petition_id, _DUE)
        .order_by(Signature.confirmed_at, Signature.id)
        .limit(limit)
        .with_for_update()
    )


def _entry(petition: Petition, row: Any, *, seq: int, day: str) -> dict[str, Any]:
    """What one due row does to the count: +1 with a number, or −1 for the number it had."""
    if row.state is SignatureState.CONFIRMED:
        kind, delta, number = EntryKind.RESTORED, 1, row.number
        if number is None:
            petition.last_number += 1
            kind, number = EntryKind.SIGNED, petition.last_number
    else:
        kind = EntryKind.WITHDRAWN if row.state is SignatureState.WITHDRAWN else EntryKind.REMOVED
        delta, number = -1, row.number
    return {
        "petition_id": petition.id,
        "seq": seq,
        "kind": kind,
        "delta": delta,
        "number": number,
        "day": day,
        "leaf": leaf(seq=seq, kind=kind, delta=delta, number=number, day=day, receipt_id=row.receipt_id),
    }


def _keep_tallies(petition_id: int, tally: Counter[tuple[str, str]]) -> None:
    by_country: Counter[str] = Counter()
    by_day: Counter[str] = Counter()
    for (country, day), delta in tally.items():
        by_country[country] += delta
        by_day[day] += delta
    _add(CountryCount, petition_id, "country", by_country.items())
    _add(DayCount, petition_id, "day", by_day.items())


def _add(model: Any, petition_id: int, column: str, deltas: Iterable[tuple[str, int]]) -> None:
    for value, delta in deltas:
        row = db.session.get(model, (petition_id, value))
        if row is None:
            row = model(petition_id=petition_id, signatures=0, **{column: value})
            db.session.add(row)
        row.signatures += delta
