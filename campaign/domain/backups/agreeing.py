"""Agreeing: whether what a backup holds adds up, seen in one pass over its rows and files.

For each petition the sum of the ledger, the number the public reads and the signatures that stand for it, online and on
paper, are the same, and no entry is missing. For each printed packet the manifest is the one whose hash stands in the
database, and the files are those that it lists. Only sums and hashes are kept while reading.
"""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from campaign.domain.backups.portable import Row
from campaign.models.packet import PacketState

_LONGEST_MANIFEST = 4 * 1024**2


@dataclass
class Sums:
    petitions: dict[int, tuple[str, int, int]] = field(default_factory=dict)
    ledger: Counter[int] = field(default_factory=Counter)
    entries: Counter[int] = field(default_factory=Counter)
    last: Counter[int] = field(default_factory=Counter)
    standing: Counter[int] = field(default_factory=Counter)
    built: dict[str, str | None] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    manifests: dict[str, bytearray] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        look = _LOOKS.get(row.table.name)
        if look:
            look(self, row.values)

    def watch(self, path: str) -> Callable[[bytes], object]:
        """Where the bytes of that file are to be shown: a manifest is read, everything else passes by."""
        if not path.endswith("/manifest.json"):
            return lambda _piece: None
        kept = self.manifests.setdefault(path, bytearray())
        return lambda piece: kept.extend(piece) if len(kept) < _LONGEST_MANIFEST else None

    def kept(self, path: str, sha256: str) -> None:
        self.files[path] = sha256

    def faults(self) -> list[str]:
        """Each difference with its figures; empty when everything agrees."""
        found = []
        for id_, (slug, count, size) in self.petitions.items():
            total, standing = self.ledger[id_], self.standing[id_]
            if not total == count == standing:
                found.append(f"{slug}: the ledger adds up to {total}, the page says {count}, {standing} stand for it")
            if not self.entries[id_] == self.last[id_] == size:
                found.append(f"{slug}: {self.entries[id_]} entries of the ledger, the last is number {self.last[id_]}")
        for reference, sha256 in self.built.items():
            found += [f"packet {reference}: {fault}" for fault in self._packet(reference, sha256)]
        return found

    def _packet(self, reference: str, sha256: str | None) -> list[str]:
        folder = f"packets/{reference}"
        if self.files.get(f"{folder}/manifest.json") != sha256:
            return ["its manifest is missing or another one"]
        try:
            listed = json.loads(self.manifests[f"{folder}/manifest.json"])["files"]
            names = {str(each["name"]): str(each["sha256"]) for each in listed}
        except (ValueError, KeyError, TypeError):
            return ["its manifest cannot be read"]
        return [f"{name} is missing or changed" for name, h in names.items() if self.files.get(f"{folder}/{name}") != h]


def _petition(sums: Sums, row: dict[str, Any]) -> None:
    sums.petitions[row["id"]] = (row["slug"], row["signature_count"], row["ledger_size"])


def _entry(sums: Sums, row: dict[str, Any]) -> None:
    id_ = row["petition_id"]
    sums.ledger[id_] += row["delta"]
    sums.entries[id_] += 1
    sums.last[id_] = max(sums.last[id_], row["seq"])


def _signature(sums: Sums, row: dict[str, Any]) -> None:
    sums.standing[row["petition_id"]] += row["counted"]


def _packet(sums: Sums, row: dict[str, Any]) -> None:
    if row["state"] is PacketState.BUILT:
        sums.built[row["reference"]] = row["manifest_sha256"]


_LOOKS: dict[str, Callable[[Sums, dict[str, Any]], None]] = {
    "petition": _petition,
    "ledger_entry": _entry,
    "signature": _signature,
    "paper_line": _signature,
    "packet": _packet,
}
