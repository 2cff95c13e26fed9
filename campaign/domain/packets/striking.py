"""Striking: who withdraws after a packet is on its way is struck from it by an addendum, and left out of the next.

A sealed packet is never edited. An addendum says which of its numbers are void, and nothing else: no name, no
country, no day. It is read from the ledger, so it needs no key and opens no box. Each addendum holds all that has
changed since the packet's seal and takes the place of the one before, so that the addressee needs the latest alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from campaign.database import after_commit, db
from campaign.domain import frozen
from campaign.domain.errors import Refused
from campaign.domain.packets import delivering, packing
from campaign.domain.printing import Data
from campaign.domain.signatures import counting
from campaign.models.addendum import Addendum
from campaign.models.ledger import EntryKind, LedgerEntry
from campaign.models.packet import Packet
from campaign.models.paper import PaperLine, PaperSheet

ADDENDUM = "addendum"  # a step of the custody
KINDS = ("withdrawn", "removed", "restored", "paper")


class StillHere(Refused):
    """This packet has not left the house. Make a new packet instead: it strikes them by itself."""


class NothingToStrike(Refused):
    """Nothing has become void since the packet was sealed, or since its latest addendum."""


@dataclass(frozen=True)
class Struck:
    """Numbers of a packet, in order, that stand otherwise today than on its sealed lines."""

    withdrawn: tuple[int, ...] = ()
    removed: tuple[int, ...] = ()
    restored: tuple[int, ...] = ()  # struck on the sealed lines, and counted again
    paper: tuple[str, ...] = ()  # lines of paper sheets, as sheet/line

    @property
    def void(self) -> int:
        return len(self.withdrawn) + len(self.removed) + len(self.paper)

    def record(self) -> dict[str, list[Any]]:
        return {kind: list(getattr(self, kind)) for kind in KINDS}


def since(packet: Packet) -> Struck:
    """What the ledger says of the packet's numbers after its seal. A number that went and came back is left out."""
    record = packet.frozen or {}
    change = func.sum(LedgerEntry.delta)
    found = db.session.execute(
        select(LedgerEntry.number, change, func.max(LedgerEntry.seq))
        .where(
            LedgerEntry.petition_id == packet.petition_id,
            LedgerEntry.seq > record.get("ledger_size", 0),
            LedgerEntry.number <= record.get("last_number", 0),
        )
        .group_by(LedgerEntry.number)
        .having(change != 0)
        .order_by(LedgerEntry.number)
    ).all()
    rows = [(number or 0, delta, seq) for number, delta, seq in found]
    kinds = _kinds(packet.petition_id, [seq for _, _, seq in rows])
    gone = [(number, kinds[seq]) for number, delta, seq in rows if delta < 0]
    return Struck(
        tuple(number for number, kind in gone if kind is EntryKind.WITHDRAWN),
        tuple(number for number, kind in gone if kind is not EntryKind.WITHDRAWN),
        tuple(number for number, delta, _ in rows if delta > 0),
        _on_paper(packet.petition_id, record.get("ledger_size", 0)),
    )


def _on_paper(petition_id: int, size: int) -> tuple[str, ...]:
    """Lines that were counted when the ledger had so many entries, and were taken out by a later one."""
    found = db.session.execute(
        select(PaperSheet.number, PaperLine.line)
        .join(PaperSheet, PaperSheet.id == PaperLine.sheet_id)
        .where(PaperLine.petition_id == petition_id, PaperLine.counted_as <= size, PaperLine.ended_as > size)
        .order_by(PaperSheet.number, PaperLine.line)
    )
    return tuple(f"{sheet}/{line}" for sheet, line in found)


def news(packet: Packet) -> Struck | None:
    """What no addendum says yet; None if there is nothing."""
    found, last = since(packet), latest(packet)
    said = {kind: last.frozen.get(kind, []) if last else [] for kind in found.record()}
    return None if found.record() == said else found


def make(packet: Packet, *, by: str, at: datetime) -> Addendum:
    """Freeze what is void as of now under a reference of its own; a worker prints it.

    Raises StillHere, NothingToStrike.
    """
    delivery = delivering.of(packet)
    if delivery is None or packet.is_specimen:
        raise StillHere
    while counting.count(packet.petition_id, at=at):
        pass
    found = news(packet)
    if found is None:
        raise NothingToStrike
    number = len(of(packet)) + 1
    reference = f"{packet.reference}-V{number}"
    record = _record(packet, found, reference, at=at)
    row = Addendum(
        packet_id=packet.id,
        number=number,
        reference=reference,
        sealed_at=at,
        sealed_by=by,
        frozen=record,
        seal=frozen.seal_of(record),
    )
    db.session.add(row)
    db.session.flush()
    delivering.pass_on(delivery, ADDENDUM, words=f"{reference} · SHA-256 {row.seal}", by=by, at=at)
    after_commit("addenda")
    return row


def of(packet: Packet) -> Sequence[Addendum]:
    """The addenda of a packet, the first one first."""
    return db.session.scalars(select(Addendum).where(Addendum.packet_id == packet.id).order_by(Addendum.number)).all()


def latest(packet: Packet) -> Addendum | None:
    return next(iter(reversed(of(packet))), None)


def found(reference: str) -> Addendum | None:
    return db.session.scalar(select(Addendum).where(Addendum.reference == reference))


def due() -> list[str]:
    """References of addenda that wait for the press."""
    waiting = select(Addendum.reference).where(Addendum.built_at.is_(None), Addendum.fault.is_(None))
    return list(db.session.scalars(waiting.order_by(Addendum.id)))


def folder(reference: str) -> str:
    """Where its files lie in the store: beside the packet's, which stay as they were sealed."""
    return f"addenda/{reference}"


def page_data(row: Addendum) -> Data:
    """What the template needs; made of what was frozen."""
    packet, record = row.packet, row.frozen
    contents = packet.contents or {}
    return {
        **contents,
        "lang": contents["texts"][-1]["lang"],
        "paper": packet.paper.value,
        "specimen": False,
        "seal": row.seal,
        "link": contents["petition"]["link"],
        "packet": {
            "ref": row.reference,
            "level": record["level"],
            "cut_off": record["dated"],
            "sealed_at": record["dated"],
        },
        "addendum": {
            **record,
            **{kind: spans(record[kind]) for kind in ("withdrawn", "removed", "restored")},
            "paper": record.get("paper", []),
        },
        "numbers": {kind: len(record.get(kind, [])) for kind in KINDS},
        "sealed_by": row.sealed_by,
    }


def spans(numbers: Iterable[int]) -> list[str]:
    """17, 23, 40–44: numbers that follow each other are written as one."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    return ["–".join(str(number) for number in run) for run in runs]


def _kinds(petition_id: int, seqs: list[int]) -> dict[int, EntryKind]:
    kinds: dict[int, EntryKind] = {}
    for start in range(0, len(seqs), 500):
        rows = db.session.execute(
            select(LedgerEntry.seq, LedgerEntry.kind).where(
                LedgerEntry.petition_id == petition_id, LedgerEntry.seq.in_(seqs[start : start + 500])
            )
        )
        kinds |= {seq: kind for seq, kind in rows}
    return kinds


def _record(packet: Packet, found: Struck, reference: str, *, at: datetime) -> dict[str, Any]:
    """What the seal hashes."""
    record, before = packet.frozen or {}, latest(packet)
    counted = record["totals"]["counted"]
    return {
        "addendum": reference,
        "packet": packet.reference,
        "packet_seal": packet.seal,
        "packet_manifest": packet.manifest_sha256,
        "replaces": before.reference if before else "",
        "petition": record["petition"],
        "addressee": packet.addressee_id,
        "level": packet.level.value,
        "dated": packing.moment(at),
        "last_number": record["last_number"],
        **found.record(),
        "counted_then": counted,
        "counted_now": counted - found.void + len(found.restored),
    }
