"""Checking a packet's folder without us: no database, no network, no key.

Everything that can be recomputed is: sizes, hashes and pages of every file, the totals, the seal from the
frozen record, and the numbered lines, which must run from 1 without a gap. Of a numbered copy each PDF begins with
the bytes that were built; what shows the copy's mark follows them, is made again, and compared.
"""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pikepdf

from campaign.domain import frozen
from campaign.domain.packets import manifest, transcribing
from campaign.gateways import copymarks
from campaign.models.packet import PrintedAs

if TYPE_CHECKING:
    from campaign.gateways.signatory import Certified


@dataclass
class Verdict:
    """What was checked and what is wrong with it. An empty list of faults is a whole packet."""

    reference: str = ""
    specimen: bool = False
    manifest_sha256: str = ""
    files: int = 0
    counted: int = 0
    copy: str = (
        ""  # of a numbered copy: which, its mark and for whom, as it says of itself; the custody log has it, too
    )
    packet: str = ""  # of an addendum: the packet that it belongs to
    void: int = 0
    signed_by: "Certified | None" = None  # whoever holds that certificate; None: there is no signature
    faults: list[str] = field(default_factory=list)


def verify(folder: Path, manifest_hash: str | None = None) -> Verdict:
    """Check a folder against its manifest, and the manifest against a hash (or the head of one) from elsewhere."""
    verdict = Verdict()
    place = folder / manifest.NAME
    if not place.is_file():
        verdict.faults.append(f"{manifest.NAME} is missing")
        return verdict
    raw = place.read_bytes()
    verdict.manifest_sha256 = frozen.digest(raw)
    if manifest_hash and not _matches(verdict.manifest_sha256, manifest_hash):
        verdict.faults.append(f"{manifest.NAME} has the SHA-256 {verdict.manifest_sha256}, not the one given")
    try:
        listed = json.loads(raw)
        line = _line(folder)
        verdict.faults += _signatures(folder, raw, listed, line, verdict)
        if "addendum" in listed:
            _addendum(folder, listed, verdict)
            return verdict
        verdict.reference, verdict.specimen = listed["reference"], listed["specimen"]
        verdict.counted, verdict.files = listed["totals"]["counted"], len(listed["files"])
        verdict.faults += _files(folder, listed, line)
        verdict.faults += _seal(folder, listed)
        verdict.faults += _copy_note(folder, verdict)
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        verdict.faults.append(f"{manifest.NAME} or {manifest.SEAL} cannot be read ({type(fault).__name__})")
    return verdict


def _signatures(folder: Path, raw: bytes, listed: dict[str, Any], line: str, verdict: Verdict) -> Iterator[str]:
    """One hand signed all: the manifest, and every PDF that is the organisation's own; or nothing is signed."""
    from campaign.gateways.signatory import NotWhole, signer_beside, signer_in  # a second and 15 MB, only where needed

    place, hands = folder / manifest.SIGNATURE, {}
    if place.is_file():
        try:
            verdict.signed_by = signer_beside(raw, place.read_bytes())
        except NotWhole:
            yield f"{manifest.SIGNATURE} is no signature of this {manifest.NAME}"
            return
    for name, size in [(file["name"], file["bytes"]) for file in listed["files"] if manifest.is_signed(file["name"])]:
        try:
            hands[name] = signer_in((folder / name).read_bytes()[: size if line else None])
        except FileNotFoundError:
            continue  # said where the files are compared
        except NotWhole:
            yield f"{name} was changed since it was signed"
    if verdict.signed_by is None and any(hands.values()):
        yield f"{manifest.SIGNATURE} is missing: the pages are signed, the list of them is not"
        return
    for name, hand in hands.items():
        if hand != verdict.signed_by:
            yield f"{name} is not signed by whoever signed {manifest.NAME}"


def belongs(addendum: Path, packet: Path) -> list[str]:
    """What is wrong between an addendum and the packet it says it belongs to; empty if they fit."""
    try:
        record = json.loads((addendum / manifest.SEAL).read_bytes())
        listed = (packet / manifest.NAME).read_bytes()
        sealed = json.loads((packet / manifest.SEAL).read_bytes())
        return list(_fits(record, sealed, frozen.digest(listed), packet))
    except (OSError, ValueError, KeyError, TypeError) as fault:
        return [f"the packet of this addendum cannot be read ({type(fault).__name__})"]


def _fits(record: dict[str, Any], sealed: dict[str, Any], listed: str, folder: Path) -> Iterator[str]:
    if frozen.seal_of(sealed) != record["packet_seal"] or listed != record["packet_manifest"]:
        yield f"this is not the packet {record['packet']} that the addendum was made for"
        return
    if sealed["totals"]["counted"] != record["counted_then"] or sealed["last_number"] != record["last_number"]:
        yield "addendum and packet disagree about the count at the seal"
    lines = [json.loads((folder / manifest.lines_name(v["no"])).read_bytes()) for v in sealed["volumes"]]
    forms = {number: form for volume in lines for number, form, _ in volume}
    struck = {"withdrawn", "removed"}
    for number in [*record["withdrawn"], *record["removed"]] if forms else []:
        if forms.get(number) in struck:
            yield f"number {number} was void in the packet already"
    for number in record["restored"] if forms else []:
        if forms.get(number) not in struck:
            yield f"number {number} was not void in the packet"


def _addendum(folder: Path, listed: dict[str, Any], verdict: Verdict) -> None:
    """An addendum by itself: its files, its seal, its numbers and its arithmetic."""
    verdict.reference, verdict.packet = listed["addendum"], listed["packet"]
    verdict.counted, verdict.files = listed["counted_now"], len(listed["files"])
    verdict.faults += _files(folder, listed)
    place = folder / manifest.SEAL
    if not place.is_file():
        return
    record = json.loads(place.read_bytes())
    if frozen.seal_of(record) != listed["seal"]:
        verdict.faults.append("the seal is not the SHA-256 of the frozen record")
    for key in listed.keys() & record.keys():
        if record[key] != listed[key]:
            verdict.faults.append(f"manifest and frozen record disagree about {key}")
    numbers = [*record["withdrawn"], *record["removed"], *record["restored"]]
    verdict.void = len(record["withdrawn"]) + len(record["removed"])
    if len(set(numbers)) != len(numbers) or any(not 1 <= n <= record["last_number"] for n in numbers):
        verdict.faults.append("a number stands there twice, or is none of the packet")
    if record["counted_now"] != record["counted_then"] - verdict.void + len(record["restored"]):
        verdict.faults.append("the total does not add up: counted then, less void, plus counted again")


def _matches(whole: str, given: str) -> bool:
    given = "".join(given.split()).lower()
    return len(given) >= 16 and whole.startswith(given)


def _files(folder: Path, listed: dict[str, Any], line: str = "") -> Iterator[str]:
    names = {file["name"] for file in listed["files"]}
    there = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} - {
        manifest.NAME,
        manifest.COPY,
        manifest.SIGNATURE,
    }
    for name in sorted(there - names):
        yield f"{name} is not in the manifest"
    for file in listed["files"]:
        place = folder / file["name"]
        if not place.resolve().is_relative_to(folder.resolve()) or not place.is_file():
            yield f"{file['name']} is missing"
            continue
        content = place.read_bytes()
        if line and file["name"].endswith(".pdf"):
            content, mark = content[: file["bytes"]], content[file["bytes"] :]
            yield from _mark(file, content, mark, line)
        if len(content) != file["bytes"]:
            yield f"{file['name']} has {len(content)} bytes instead of {file['bytes']}"
        if frozen.digest(content) != file["sha256"]:
            yield f"{file['name']} was changed: its SHA-256 is another"
        elif file["name"].endswith(".pdf") and (pages := _pages(content)) != file["pages"]:
            yield f"{file['name']} has {pages} pages instead of {file['pages']}"


def _line(folder: Path) -> str:
    """What has to stand on each page of this copy; nothing where this is no numbered copy, or one without marks."""
    place = folder / manifest.COPY
    noted = json.loads(place.read_bytes()) if place.is_file() else {}
    return manifest.copy_line(noted) if "on_each_page" in noted else ""


def _mark(file: dict[str, Any], content: bytes, mark: bytes, line: str) -> Iterator[str]:
    """Behind the bytes that were built there is what shows the mark of this copy, and nothing else."""
    if frozen.digest(content) != file["sha256"]:
        return  # said where the files are compared
    if not mark:
        yield f"{file['name']} does not show the mark of this copy"
    elif mark != copymarks.added(content, line):
        yield f"{file['name']}: what was added for the mark of this copy was changed"


def _copy_note(folder: Path, verdict: Verdict) -> Iterator[str]:
    """A numbered copy says which one it is, and of what. Nothing can prove that it still says so."""
    place = folder / manifest.COPY
    if place.is_file():
        noted = json.loads(place.read_bytes())
        if noted["reference"] != verdict.reference or noted["manifest"] != verdict.manifest_sha256:
            yield f"{manifest.COPY} belongs to another packet"
            return
        verdict.copy = f"copy {noted['copy']}, mark {noted['mark']}, for {noted['for'] or 'nobody named'}"


def _pages(content: bytes) -> int:
    try:
        with pikepdf.open(io.BytesIO(content)) as document:
            return len(document.pages)
    except pikepdf.PdfError:
        return 0


def _seal(folder: Path, listed: dict[str, Any]) -> Iterator[str]:
    """The seal from the frozen record; the record against the manifest; the lines against the record."""
    totals = listed["totals"]
    if not frozen.reconciles(totals):
        yield "the totals do not add up: counted is not names + initials + withheld + paper"
    place = folder / manifest.SEAL
    if not place.is_file():
        return
    record = json.loads(place.read_bytes())
    if frozen.seal_of(record) != listed["seal"]:
        yield "the seal is not the SHA-256 of the frozen record"
    keys = ("reference", "specimen", "petition", "addressee", "level", "cut_off", "totals", "withheld_why")
    for key in keys:
        if record[key] != listed[key]:
            yield f"manifest and frozen record disagree about {key}"
    if record["level"] != "totals":
        yield from _lines(folder, record)
        yield from _paper(folder, record)
    elif record["volumes"] or "paper_lines" in record:
        yield "a packet of totals has signature lines"


def _lines(folder: Path, record: dict[str, Any]) -> Iterator[str]:
    """By number they run from 1 without a gap; by country too, once they are put in order, and in each section."""
    forms: dict[int, str] = {}
    by_country, lines_there = record.get("arranged") == "country", 0
    for volume in record["volumes"]:
        name = manifest.lines_name(volume["no"])
        if not (folder / name).is_file():
            continue
        content = (folder / name).read_bytes()
        if frozen.digest(content) != volume["sha256"]:
            yield f"{name} is not what was sealed"
            continue
        lines = json.loads(content)
        numbers = [number for number, _, _ in lines]
        if not by_country and numbers != list(range(len(forms) + 1, len(forms) + 1 + len(numbers))):
            yield f"{name}: the numbers do not run on from {len(forms)}"
            return
        if by_country and not _sections_rise(numbers, volume["sections"]):
            yield f"{name}: within a country the numbers do not rise"
        forms |= {number: form for number, form, _ in lines}
        lines_there += len(lines)
    if lines_there != record["last_number"] or sorted(forms) != list(range(1, lines_there + 1)):
        yield f"the lines end at {lines_there}, not at {record['last_number']}, or one is missing or stands twice"
    counted = frozen.tally(forms.values())
    for key, n in counted.items():
        if record["totals"][key] != n:
            yield f"the lines hold {n} {key.replace('_', ' ')}, the totals say {record['totals'][key]}"
    weeded = sum(form == PrintedAs.WEEDED for form in forms.values())
    if weeded != record["withheld_why"].get("weeded", 0):
        yield f"the lines hold {weeded} names struck before sealing, the totals say another number"


def _paper(folder: Path, record: dict[str, Any]) -> Iterator[str]:
    """Lines of paper sheets: what was sealed, each place once, and as many as the total of paper says."""
    about, name = record.get("paper_lines"), manifest.PAPER_LINES
    if about is None or not (folder / name).is_file():
        return  # a file that is missing was named before
    content = (folder / name).read_bytes()
    if frozen.digest(content) != about["sha256"]:
        yield f"{name} is not what was sealed"
        return
    lines = json.loads(content)
    if len({place for place, _, _ in lines}) != len(lines) or len(lines) != about["lines"]:
        yield f"{name}: a line stands there twice, or one is missing"
    if transcribing.tally(PrintedAs(form) for _, form, _ in lines) != about["shown"]:
        yield f"{name}: what is shown of its lines is not what the seal says"
    counted = sum(about["shown"][key] for key in ("names", "initials", "not_shown"))
    if counted != record["totals"]["paper"]:
        yield f"the lines on paper hold {counted} that count, the totals say {record['totals']['paper']}"


def _sections_rise(numbers: list[int], sections: list[list[Any]]) -> bool:
    """In each section of a volume, and no line outside of them."""
    at = 0
    for _, lines, _, _ in sections:
        part = numbers[at : at + lines]
        if part != sorted(set(part)):
            return False
        at += lines
    return at == len(numbers)
