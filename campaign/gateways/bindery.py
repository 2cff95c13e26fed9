"""The bindery: takes a packet's lease, prints what is missing, and writes the manifest last.

Each finished file is written whole and noted with its hash outside the packet's folder, so that a build that
was killed goes on where it stopped. The database is held only for short moments: rows are read, the reading
ends, the press runs, and a small unit of work says how far it is.
"""

import json
import os
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import select

from campaign.database import db, unit_of_work
from campaign.domain import frozen, journalling
from campaign.domain.communications import communicating
from campaign.domain.errors import Refused
from campaign.domain.joint_letters import composing
from campaign.domain.packets import building, manifest, packing, transcribing
from campaign.domain.packets.lining import LineChanged
from campaign.domain.packets.manifest import File
from campaign.domain.packets.packing import Desk
from campaign.domain.printing import Printed, Store
from campaign.gateways import despatch
from campaign.models.packet import Packet

log = structlog.get_logger()

PRESS, LABELS = "press-sheet", "volume-labels"  # each counts its own pages


class TakenOver(Refused):
    """Another worker is building this packet now, and will finish it."""


def this_builder() -> str:
    """The name of this process as a builder: machine and process, so that its death can be seen."""
    return f"{socket.gethostname()[:24]}:{os.getpid()}"


def release_the_dead(reference: str) -> bool:
    """Give back at once the lease of a builder of this machine that is no longer alive; True if it was so."""
    holder = db.session.scalar(select(Packet.lease_holder).where(Packet.reference == reference))
    db.session.rollback()
    machine, _, process = (holder or "").rpartition(":")
    if machine != socket.gethostname()[:24] or not process.isdigit() or _is_alive(int(process)):
        return False
    with unit_of_work():
        return building.stop(reference, holder=holder or "", fault="", superseded=False)


def seal_what_waits(desk: Desk, *, now: Callable[[], datetime]) -> int:
    """Seal the large packets that were asked for; how many. What blocks one stands on its page and stops no other."""
    sealed = 0
    with unit_of_work():
        due = packing.seals_due(with_names=desk.opener is not None)
    for reference in due:
        try:
            with unit_of_work():
                packet, asked_by = packing.seal_as_asked(reference, desk, at=now())
                counted = (packet.frozen or {})["totals"]["counted"]
                journalling.note("packet sealed", "packet", reference, account_id=asked_by, at=now(), counted=counted)
            sealed += 1
        except packing.AlreadySealed:  # by another worker
            continue
        except Refused as refusal:
            with unit_of_work():
                packing.give_up_sealing(reference, refusal.sentence)
        except Exception as fault:  # tried again in a minute
            log.error("packet not sealed", packet=reference, fault=type(fault).__name__)
    return sealed


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@dataclass
class Bindery:
    """Builds one packet. `holder` names this builder, `now` gives the time, `tell` hears the progress of 100."""

    reference: str
    desk: Desk
    store: Store
    holder: str
    now: Callable[[], datetime]
    tell: Callable[[int], None] = lambda progress: None
    done: dict[str, File] = field(default_factory=dict)
    _renewed: datetime = field(init=False)
    _sealed_at: datetime = field(init=False)

    @property
    def folder(self) -> str:
        return f"packets/{self.reference}"

    @property
    def notes(self) -> str:
        return f"building/{self.reference}.json"

    def build(self) -> bool:
        """Build, or go on building. False if there is nothing to do or somebody else is at it.

        Raises LineChanged (the packet is then superseded), PrintRefused, StoreFull, TakenOver.
        """
        with unit_of_work():
            if not building.claim(self.reference, holder=self.holder, at=self.now()):
                return False
        self._renewed = self.now()
        fault, superseded = "", False
        try:
            self._build()
        except LineChanged as change:
            fault, superseded = change.sentence, True
            raise
        except Refused as refusal:
            fault = refusal.sentence
            raise
        except Exception as error:
            fault = f"The build stopped: {type(error).__name__}."
            raise
        finally:  # after a success nothing is held any more, and this changes nothing
            db.session.rollback()
            with unit_of_work():
                building.stop(self.reference, holder=self.holder, fault=fault, superseded=superseded)
        return True

    def _build(self) -> None:
        packet = self._packet()
        record, seal = dict(packet.frozen or {}), packet.seal or ""
        self._sealed_at = datetime.fromisoformat(record["sealed_at"])
        self._recall(seal)
        if communicating.of(packet) is not None or composing.of(packet) is not None:
            self._print_whole(packet, record, seal)
            self._finish(record, seal)
            return
        parts, volumes = building.file_names(packet)
        base = building.page_data(packet)
        self._keep(manifest.SEAL, frozen.canonical(record))
        if names := building.paper_names(packet):
            self._keep(manifest.PAPER_LINES, transcribing.lines_file(packet))
        db.session.rollback()
        self._print_parts(parts, base)
        self._step(seal, 1 + sum(name in self.done for name in volumes), len(volumes) + 2)
        self._print_volumes(volumes, base, seal)
        self._print_paper(names, base)
        self._finish(record, seal)

    def _print_whole(self, packet: Packet, record: dict[str, Any], seal: str) -> None:
        """A communication or a joint letter: no lines, and its files lie in folders by what they are for."""
        is_joint = composing.of(packet) is not None
        data = composing.page_data(packet) if is_joint else communicating.page_data(packet)
        self._keep(manifest.SEAL, frozen.canonical(record))
        db.session.rollback()  # nothing is read while the press runs
        printer, sign = self.desk.printer, self._signed
        if is_joint:
            made = despatch.joint(data, printer, sign)
        else:
            made = despatch.files(data, record["annexes"], printer, self.store, sign)
        for name, content, pages in made:
            self._keep(name, content, pages)
        self._step(seal, 1, 2)

    def _finish(self, record: dict[str, Any], seal: str) -> None:
        """The manifest is written last."""
        files = list(self.done.values())
        listed = manifest.write(record, seal, files)
        if signer := self.desk.signer:
            signed = signer.beside(listed, at=self._sealed_at)
            self.store.write(f"{self.folder}/{manifest.SIGNATURE}", signed)
        self.store.write(f"{self.folder}/{manifest.NAME}", listed)
        self._clear_strangers({f.name for f in files} | {manifest.NAME} | ({manifest.SIGNATURE} if signer else set()))
        with unit_of_work():
            if not building.finish(
                self.reference, holder=self.holder, manifest_sha256=frozen.digest(listed), at=self.now()
            ):
                raise TakenOver
        self.store.remove(self.notes)
        self.tell(100)

    def _packet(self) -> Packet:
        return db.session.scalars(select(Packet).where(Packet.reference == self.reference)).one()

    def _print_parts(self, parts: dict[str, str], base: dict[str, Any]) -> None:
        alone = {part: f"{part}.pdf" for part in (PRESS, *([LABELS] if base["labels"] else []))}
        if all(self._stands(name) for name in (*parts.values(), *alone.values())):
            return
        for part, printed in self.desk.printer.parts(list(parts), base).items():
            self._bind(parts[part], printed)
        for part, name in alone.items():
            self._bind(name, self.desk.printer.alone(part, base))

    def _print_volumes(self, names: list[str], base: dict[str, Any], seal: str) -> None:
        """Volumes that stand from an earlier try are looked at again: a signer may have withdrawn since."""
        missing = []
        for no, name in enumerate(names, 1):
            if self._stands(name):
                self._hold_on()
                packet = self._packet()
                building.check_lines(packet, no, self._lines(packet, no))
            else:
                missing.append((no, name))
        db.session.rollback()
        printed = self.desk.printer.volumes(self._volume_data([no for no, _ in missing], base))
        for (no, name), volume in zip(missing, printed, strict=True):
            self._bind(name, volume)
            self._step(seal, 1 + no, len(names) + 2)

    def _print_paper(self, names: list[str], base: dict[str, Any]) -> None:
        """What stands from an earlier try is made of what is looked at again, too."""
        for no, name in enumerate(names, 1):
            self._hold_on()
            data = building.paper_data(self._packet(), no, base, self.desk.opener)
            db.session.rollback()
            if not self._stands(name):
                self._bind(name, self.desk.printer.alone(building.ON_PAPER, data))

    def _volume_data(self, numbers: list[int], base: dict[str, Any]) -> Iterator[dict[str, Any]]:
        for no in numbers:
            packet = self._packet()
            data = building.volume_data(packet, no, self._lines(packet, no), base, self.desk.opener)
            db.session.rollback()  # nothing is read while the press runs
            yield data

    def _lines(self, packet: Packet, no: int) -> list[building.FrozenLine]:
        """The frozen lines of a volume, which are kept beside it."""
        lines = building.frozen_lines(packet, no)
        self._keep(manifest.lines_name(no), building.lines_file(lines))
        return lines

    def _signed(self, name: str, content: bytes) -> bytes:
        """With the organisation's signature, where it has a certificate and the file is one of ours."""
        if self.desk.signer is None or not manifest.is_signed(name):
            return content
        return self.desk.signer.pdf(content, at=self._sealed_at)

    def _bind(self, name: str, printed: Printed) -> None:
        self._keep(name, self._signed(name, printed.pdf), printed.pages)

    def _keep(self, name: str, content: bytes, pages: int = 0) -> None:
        file = File.of(name, content, pages)
        if not self._stands(name) or self.done[name] != file:
            self.store.write(f"{self.folder}/{name}", content)
        self.done[name] = file

    def _stands(self, name: str) -> bool:
        """Is the file there from an earlier try, exactly as it was noted?"""
        path, noted = f"{self.folder}/{name}", self.done.get(name)
        return noted is not None and self.store.holds(path) and frozen.digest(self.store.read(path)) == noted.sha256

    def _recall(self, seal: str) -> None:
        if not self.store.holds(self.notes):
            return
        noted = json.loads(self.store.read(self.notes))
        if noted["seal"] == seal:
            self.done = {file["name"]: File.noted(file) for file in noted["files"]}

    def _step(self, seal: str, step: int, steps: int) -> None:
        """Note what stands, renew the lease, say how far it is."""
        files = [file.record() for file in self.done.values()]
        self.store.write(self.notes, json.dumps({"seal": seal, "files": files}).encode())
        progress = 100 * step // steps
        with unit_of_work():
            if not building.renew(self.reference, holder=self.holder, progress=progress, at=self.now()):
                raise TakenOver
        self._renewed = self.now()
        self.tell(progress)

    def _hold_on(self) -> None:
        """Renew the lease where much is done before the next file of a large packet."""
        if self.now() - self._renewed < building.LEASE / 4:
            return
        db.session.rollback()  # on SQLite a reader cannot begin to write
        with unit_of_work():
            if not building.renew(self.reference, holder=self.holder, at=self.now()):
                raise TakenOver
        self._renewed = self.now()

    def _clear_strangers(self, ours: set[str]) -> None:
        for name in self.store.names(self.folder):
            if name not in ours:
                self.store.remove(f"{self.folder}/{name}")
