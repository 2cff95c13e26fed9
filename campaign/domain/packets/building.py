"""Building: a sealed packet becomes files, by one builder at a time, and again from where it stopped.

The builder holds a lease on the packet's row and renews it with each file, so that a killed worker is
followed by another. What is printed is what was sealed: each line is made again and compared with its
frozen hash. Where a signer has withdrawn in between, the packet is superseded, never edited.
"""

import hmac
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Any

from sqlalchemy import CursorResult, String, or_, select, type_coerce, update

from campaign.database import db
from campaign.domain import frozen
from campaign.domain.packets import arranging, galleys, lining, packing, standing, transcribing
from campaign.domain.packets.lining import LineChanged, Rules
from campaign.domain.sealing import Opener
from campaign.models.packet import Level, Packet, PacketLine, PacketState, PrintedAs

FrozenLine = tuple[int, PrintedAs, bytes]  # number, form, salted hash

LEASE = timedelta(seconds=90)
BEFORE = ("cover-letter", "at-a-glance", "case-sheet", "petition-text", "totals", "method")
ON_PAPER = "signed-on-paper"
JOINT = "joint-letter"  # right behind the cover letter, where there is one
AFTER = ("certificate", "custody-log", "receipt")
_FORMS = {form.value: form for form in PrintedAs}
MARKS = {  # one letter for each form, as the template of the sheets reads it
    PrintedAs.NAME: "N",
    PrintedAs.INITIALS: "I",
    PrintedAs.NO_GLYPH: "G",
    PrintedAs.COUNTED_ONLY: "C",
    PrintedAs.OTHER_ADDRESSEE: "A",
    PrintedAs.UNDER_REVIEW: "H",
    PrintedAs.WEEDED: "S",
    PrintedAs.WITHDRAWN: "W",
    PrintedAs.REMOVED: "R",
}


def claim(reference: str, *, holder: str, at: datetime) -> bool:
    """Take the lease of a sealed packet; False while somebody else holds it or there is nothing to build."""
    free = or_(Packet.lease_until.is_(None), Packet.lease_until < at)
    return _set(
        Packet.reference == reference,
        Packet.state == PacketState.SEALED,
        free,
        lease_holder=holder,
        lease_until=at + LEASE,
        fault=None,
    )


def renew(reference: str, *, holder: str, progress: int | None = None, at: datetime) -> bool:
    """Keep the lease and say how far the work is, of 100. False if another builder has taken over."""
    more = {} if progress is None else {"progress": progress}
    return _set(Packet.reference == reference, Packet.lease_holder == holder, lease_until=at + LEASE, **more)


def finish(reference: str, *, holder: str, manifest_sha256: str, at: datetime) -> bool:
    galleys.clear(reference)
    return _set(
        Packet.reference == reference,
        Packet.lease_holder == holder,
        state=PacketState.BUILT,
        manifest_sha256=manifest_sha256,
        built_at=at,
        progress=100,
        lease_holder=None,
        lease_until=None,
    )


def stop(reference: str, *, holder: str, fault: str, superseded: bool) -> bool:
    """Give the lease back and say why. A superseded packet is never built; any other may be tried again."""
    more = {"state": PacketState.SUPERSEDED} if superseded else {}
    if superseded:
        galleys.clear(reference)
    return _set(
        Packet.reference == reference,
        Packet.lease_holder == holder,
        fault=fault or None,
        lease_holder=None,
        lease_until=None,
        **more,
    )


def due(*, at: datetime, with_names: bool = True) -> list[str]:
    """References of sealed packets that nobody is building and that did not fail.

    Without `with_names`, for a machine that holds no names key, only those that print totals.
    """
    free = or_(Packet.lease_until.is_(None), Packet.lease_until < at)
    levels = list(Level) if with_names else [Level.TOTALS]
    return list(
        db.session.scalars(
            select(Packet.reference).where(
                Packet.state == PacketState.SEALED,
                free,
                Packet.fault.is_(None),
                Packet.level.in_(levels),
            )
        )
    )


def _set(*where: Any, **values: Any) -> bool:
    done = db.session.execute(
        update(Packet).where(*where).values(**values).execution_options(synchronize_session=False)
    )
    db.session.expire_all()
    return isinstance(done, CursorResult) and done.rowcount == 1


# ---- what is printed -------------------------------------------------------------------------------


def page_data(packet: Packet) -> dict[str, Any]:
    """Everything the templates need but the lines; made of what was frozen, not of today's records."""
    if packet.frozen is None or packet.contents is None or packet.seal is None:
        raise LookupError("the packet is not sealed")
    record, volumes = packet.frozen, packet.frozen["volumes"]
    by_command = packet.sealed_by == packing.COMMAND_LINE
    return {
        **packet.contents,
        **_joint(packet.contents),
        "lang": packet.contents["petition"].get("lang") or packet.contents["texts"][-1]["lang"],
        "paper": record["paper"],
        "arranged": record.get("arranged", "number"),
        "turned": record.get("turned", "portrait"),
        "specimen": record["specimen"],
        "seal": packet.seal,
        "link": packet.contents["petition"]["link"],
        "packet": {
            "ref": record["reference"],
            "level": record["level"],
            "cut_off": record["cut_off"],
            "sealed_at": record["sealed_at"],
        },
        "enclosures": _enclosures(packet),
        "labels": list(_labels(packet)),
        "certificate": {
            "parts": [[part, sha] for part, sha in record["parts"].items()]
            + [[f"lines-{v['no']:03}", v["sha256"]] for v in volumes[:3]]
            + ([["lines-paper", record["paper_lines"]["sha256"]]] if "paper_lines" in record else []),
            "more_volumes": max(0, len(volumes) - 3),
            "sheets": sheets(packet),
            "volumes": len(volumes),
            "sealed_by": packet.sealed_by or "",
            "checked_by": packet.checked_by or "",
            "drafted_by": packet.created_by if packet.checked_by == packet.sealed_by else "",
            "unchecked": by_command,
            "made_with": f"campaign {version('campaign')}; Typst {version('typst')}; PDF/A-2",
        },
        "custody": [{"at": record["sealed_at"], "place": "", "from": "", "to": "" if by_command else packet.sealed_by}],
    }


def _joint(contents: dict[str, Any]) -> dict[str, Any]:
    joint = contents.get("joint")
    return {"joint": {**joint, "signers": standing.with_logos(joint["signers"])}} if joint else {}


def _labels(packet: Packet) -> Iterator[dict[str, Any]]:
    """What stands on the cover of each bound volume."""
    names, carried = {code: name for code, name, _ in (packet.contents or {})["totals"]["countries"]}, 0
    for volume in (packet.frozen or {})["volumes"]:
        codes = [code for code, _, _, _ in volume.get("sections", [])]
        yield {
            "no": volume["no"],
            "first_sheet": arranging.first_sheet(volume),
            "last_sheet": arranging.last_sheet(volume),
            "numbers": [] if codes else [volume["first"], volume["last"]],
            "names": [names.get(code, "") or code for code in codes],
            "counted": volume["counted"],
            "carried": carried,
            "sha256": volume["sha256"],
        }
        carried += volume["counted"]


def sheets(packet: Packet) -> int:
    """Sheets of all volumes together: 40 lines on each, fewer where a country ends."""
    volumes = (packet.frozen or {}).get("volumes", [])
    return arranging.last_sheet(volumes[-1]) if volumes else 0


def _enclosures(packet: Packet) -> list[list[Any]]:
    contents, volumes = packet.contents or {}, (packet.frozen or {}).get("volumes", [])
    listed: list[list[Any]] = [["Joint letter"]] if "joint" in contents else []
    listed += [["At a glance"], ["Case sheets", len(contents["cases"])], ["Petition text"], ["Totals"]]
    listed.append(["Method and verification"])
    if volumes:
        listed.append(["Signature sheets, volumes", len(volumes)])
    if "paper_lines" in (packet.frozen or {}):
        listed.append(["Signed on paper"])
    return [*listed, ["Certificate"], ["Custody log"], ["Receipt"]]


def file_names(packet: Packet) -> tuple[dict[str, str], list[str]]:
    """Part → file name, in the order in which the packet is bound; and the names of the volumes."""
    joint = [JOINT] if "joint" in (packet.contents or {}) else []
    on_paper = [ON_PAPER] if transcribing.parts(packet) else []
    lines = [] if packet.level is Level.TOTALS else ["signatures", *on_paper]
    order = [*BEFORE[:1], *joint, *BEFORE[1:], *lines, *AFTER]
    place = {part: f"{i:02}-{part}" for i, part in enumerate(order, 1)}
    stem = place.pop("signatures", "")
    place.pop(ON_PAPER, "")
    volumes = [f"{stem}-{v['no']:03}.pdf" for v in (packet.frozen or {})["volumes"]]
    return {part: f"{name}.pdf" for part, name in place.items()}, volumes


def paper_names(packet: Packet) -> list[str]:
    """The files of what was signed on paper, bound behind the volumes."""
    behind = len(BEFORE) + ("joint" in (packet.contents or {})) + 2
    return [f"{behind:02}-{ON_PAPER}-{no:03}.pdf" for no in range(1, transcribing.parts(packet) + 1)]


def paper_data(packet: Packet, no: int, base: dict[str, Any], opener: Opener | None) -> dict[str, Any]:
    """What the template of one such file needs. Raises LineChanged."""
    about = (packet.frozen or {})["paper_lines"]
    rows = transcribing.rows(packet, no, sealed_rules(packet), opener)
    kept = {key: base[key] for key in ("petition", "sender", "lang", "paper", "specimen", "seal", "packet", "totals")}
    told = {"no": no, "of": transcribing.parts(packet), "rows": rows, "lines": about["lines"], "shown": about["shown"]}
    return {**kept, "paper_lines": told}


def frozen_lines(packet: Packet, no: int) -> list[FrozenLine]:
    """Of one frozen volume, in the order in which they are printed."""
    volume = (packet.frozen or {})["volumes"][no - 1]
    place = PacketLine.place if "sections" in volume else PacketLine.number
    found = db.session.execute(
        select(PacketLine.number, type_coerce(PacketLine.printed_as, String), PacketLine.line_hash)
        .where(PacketLine.packet_id == packet.id, place.between(volume["first"], volume["last"]))
        .order_by(place)
    )
    return [(number, _FORMS[form], hashed) for number, form, hashed in found]


def lines_file(lines: Sequence[FrozenLine]) -> bytes:
    """The frozen lines of one volume as they lie beside it."""
    return frozen.lines_file((n, form, h.hex()) for n, form, h in lines)


def volume_data(
    packet: Packet, no: int, lines: Sequence[FrozenLine], base: dict[str, Any], opener: Opener | None
) -> dict[str, Any]:
    """What the template of one volume needs. Raises LineChanged if a line may not be printed as sealed."""
    if packet.frozen is None or packet.contents is None:
        raise LookupError("the packet is not sealed")
    volume = packet.frozen["volumes"][no - 1]
    keys = ("petition", "sender", "lang", "paper", "turned", "specimen", "seal", "packet")
    return {
        **{key: base[key] for key in keys},
        "totals": base["totals"],
        "volume": {
            "no": no,
            "of": len(packet.frozen["volumes"]),
            "first": volume["first"],
            "first_sheet": arranging.first_sheet(volume),
            "sheets": sheets(packet),
            "carried": sum(v["counted"] for v in packet.frozen["volumes"][: no - 1]),
            "rows": list(_printed_rows(packet, volume, lines, opener)),
            **_sections(packet, volume),
        },
    }


def _sections(packet: Packet, volume: dict[str, Any]) -> dict[str, Any]:
    """Where lines are arranged by country: what stands over them, and how long each section is."""
    if "sections" not in volume:
        return {}
    names = {code: name for code, name, _ in (packet.contents or {})["totals"]["countries"]}
    whole: dict[str, int] = {}
    for each in (packet.frozen or {})["volumes"]:
        for code, lines, _, _ in each["sections"]:
            whole[code] = whole.get(code, 0) + lines
    return {
        "sections": [
            {
                "code": code,
                "name": names.get(code, ""),
                "lines": lines,
                "sheet": sheet,
                "sheets": of,
                "whole": whole[code],
            }
            for code, lines, sheet, of in volume["sections"]
        ]
    }


def sealed_rules(packet: Packet) -> Rules:
    """The rules as they were sealed; only the consents are read again, as they never change."""
    countries = (packet.contents or {})["totals"]["countries"]
    return Rules(packet.level, lining.naming_texts(packet), frozenset(code for code, _, _ in countries if code))


def _printed_rows(
    packet: Packet, volume: dict[str, Any], lines: Sequence[FrozenLine], opener: Opener | None
) -> Iterator[list[Any]]:
    """Shown, country, date and form of each line; by country also its number, which by number is its position."""
    given, place = sealed_rules(packet), lining.place_names(packet.petition.text.lang)
    numbered, salt = "sections" in volume, packet.salt or b""
    rows, galley = lining.rows_of(packet, volume), galleys.of_volume(packet, volume["no"], opener)
    for row, (number, form, hashed) in zip(rows, lines, strict=True):
        kept = next(galley, None)
        if kept is not None and row.name_box is not None and kept[0] == lining.mark_of(row):
            lining.check_row(row, form, given)
            shown = kept[1]
        else:
            shown = packing.printed(lining.again(row, form, given, opener), place)
        if row.number != number or not hmac.compare_digest(frozen.line_hash(salt, number, form, shown), hashed):
            raise LineChanged
        yield [*shown, MARKS[form], number] if numbered else [*shown, MARKS[form]]


def check_lines(packet: Packet, no: int, lines: Sequence[FrozenLine]) -> None:
    """For a volume that is already built: may it still be handed out? Raises LineChanged. Opens no box."""
    volume, given = (packet.frozen or {})["volumes"][no - 1], sealed_rules(packet)
    for row, (_, form, _) in zip(lining.rows_of(packet, volume), lines, strict=True):
        lining.check_row(row, form, given)
