"""Transcribing: the settled lines of paper sheets, as a packet with lines prints them in a part of its own.

The sheet told its signers that their name may be handed to the addressees, unless they tick to be counted only; so a
packet that shows names shows theirs, by the same rule as of those who signed online, each under its sheet and line.
They stay a total of their own, as nobody confirmed them from a mailbox. What is frozen of a line is its form and a
salted hash; it is made again from its row when it is printed, and nothing is printed that its row no longer allows.
"""

import hmac
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import case, select

from campaign.database import db
from campaign.domain import frozen, names
from campaign.domain.errors import SealBroken
from campaign.domain.packets import disclosing, lining
from campaign.domain.packets.lining import LineChanged, NamesKeyMissing, Rules, Troubles
from campaign.domain.printing import Printer
from campaign.domain.sealing import Opener
from campaign.models.packet import Level, Packet, PacketPaperLine, PrintedAs
from campaign.models.paper import LineState, PaperLine, PaperSheet

PER_PART = 1000  # lines that are set at once
_SHOWS = {PrintedAs.NAME, PrintedAs.INITIALS}
_TELLS = {*_SHOWS, PrintedAs.NO_GLYPH}


@dataclass(frozen=True)
class Line:
    """`place` is sheet/line as on the paper; `country` is a code; what may not stand there is empty."""

    id: int
    place: str
    form: PrintedAs
    shown: str = ""
    country: str = ""
    day: str = ""

    @property
    def is_counted(self) -> bool:
        return self.form not in {PrintedAs.WITHDRAWN, PrintedAs.REMOVED}

    def hashed(self, salt: bytes) -> bytes:
        spelled = frozen.canonical([self.place, self.form.value, self.shown, self.country, self.day])
        return hmac.digest(salt, spelled, "sha256")


def lines(packet: Packet, given: Rules, opener: Opener | None, printer: Printer, troubles: Troubles) -> list[Line]:
    """Every line of settled sheets, decided as things stand now; the boxes of those that are shown are opened."""
    if packet.level is Level.TOTALS:
        return []
    made = [_decided(row, given, opener, troubles) for row in db.session.execute(_rows(packet.petition_id))]
    missing = printer.missing(line.shown for line in made if line.shown)
    return [_kept_back(line, missing, troubles) for line in made] if missing else made


def record(made: Sequence[Line], salt: bytes) -> dict[str, Any]:
    """What the seal hashes of them."""
    held = [(line.place, line.form, line.hashed(salt).hex()) for line in made]
    return {"lines": len(made), "shown": tally(line.form for line in made), "sha256": frozen.digest(_file(held))}


def tally(forms: Collection[PrintedAs] | Iterator[PrintedAs]) -> dict[str, int]:
    """Lines by what became of them: those counted are shown as names, as initials, or not shown; of the latter, where
    there are any, those that staff struck before sealing."""
    found = Counter(forms)
    counts = {"names": found[PrintedAs.NAME], "initials": found[PrintedAs.INITIALS]}
    gone = {"withdrawn": found[PrintedAs.WITHDRAWN], "void": found[PrintedAs.REMOVED]}
    struck = {"struck": found[PrintedAs.WEEDED]} if found[PrintedAs.WEEDED] else {}
    return {**counts, "not_shown": found.total() - sum(counts.values()) - sum(gone.values()), **gone, **struck}


def keep(packet: Packet, made: Sequence[Line], salt: bytes) -> None:
    db.session.add_all(
        PacketPaperLine(packet_id=packet.id, line_id=line.id, printed_as=line.form, line_hash=line.hashed(salt))
        for line in made
    )
    db.session.flush()


def lines_file(packet: Packet) -> bytes:
    """The frozen lines as they lie beside the pages: places, forms and salted hashes, no text."""
    return _file([(_place(row), PrintedAs(row.printed_as), row.line_hash.hex()) for row in _sealed(packet)])


def parts(packet: Packet) -> int:
    """How many files of pages they fill."""
    return -(-int((packet.frozen or {}).get("paper_lines", {}).get("lines", 0)) // PER_PART)


def rows(packet: Packet, no: int, given: Rules, opener: Opener | None) -> list[list[str]]:
    """Place, what is shown, country, day and form of one part, as sealed. Raises LineChanged, NamesKeyMissing."""
    place_of, salt = lining.place_names(packet.petition.text.lang), packet.salt or b""
    printed = []
    for row in _sealed(packet)[(no - 1) * PER_PART : no * PER_PART]:
        line = _again(row, given, opener)
        if not hmac.compare_digest(line.hashed(salt), row.line_hash):
            raise LineChanged
        printed.append([line.place, line.shown, place_of(line.country), line.day, line.form.value])
    return printed


def check(packet: Packet, given: Rules) -> None:
    """May each still be shown as it was sealed? Opens no box; lines that are alike are looked at once.

    Raises LineChanged.
    """
    alike = (
        PacketPaperLine.printed_as,
        PaperLine.state,
        PaperLine.visibility,
        PaperSheet.text_id,
        case((PaperLine.name_box.is_not(None), 1)).label("name_box"),
    )
    found = (
        select(*alike)
        .select_from(PacketPaperLine)
        .join(PaperLine, PaperLine.id == PacketPaperLine.line_id)
        .join(PaperSheet, PaperSheet.id == PaperLine.sheet_id)
        .where(PacketPaperLine.packet_id == packet.id)
        .group_by(*alike)
    )
    for row in db.session.execute(found):
        _check(row, given)


_COLUMNS = (
    PaperLine.id,
    PaperSheet.number,
    PaperSheet.text_id,
    PaperLine.line,
    PaperLine.state,
    PaperLine.visibility,
    PaperLine.country,
    PaperLine.public_id,
    PaperLine.name_box,
    PaperLine.counted_on,
)
_ORDER = (PaperSheet.number, PaperLine.line, PaperLine.id)


def _rows(petition_id: int) -> Any:
    found = select(*_COLUMNS).join(PaperSheet, PaperSheet.id == PaperLine.sheet_id)
    return found.where(PaperLine.petition_id == petition_id).order_by(*_ORDER)


def _sealed(packet: Packet) -> Sequence[Any]:
    found = _rows(packet.petition_id).add_columns(PacketPaperLine.printed_as, PacketPaperLine.line_hash)
    mine = found.join(PacketPaperLine, PacketPaperLine.line_id == PaperLine.id)
    return db.session.execute(mine.where(PacketPaperLine.packet_id == packet.id)).all()


def _file(held: Sequence[tuple[str, PrintedAs, str]]) -> bytes:
    return frozen.canonical([[place, form.value, hashed] for place, form, hashed in held])


def _place(row: Any) -> str:
    return f"{row.number}/{row.line}"


def _form(row: Any, given: Rules) -> PrintedAs:
    """What the row allows now."""
    if row.state is LineState.WITHDRAWN:
        return PrintedAs.WITHDRAWN
    if row.state is not LineState.SIGNED:
        return PrintedAs.REMOVED
    form = disclosing.printed_as(row.visibility, given.level, is_named=row.text_id in given.naming_texts)
    return form if form not in _SHOWS or row.name_box is not None else PrintedAs.COUNTED_ONLY


def _decided(row: Any, given: Rules, opener: Opener | None, troubles: Troubles) -> Line:
    form = _form(row, given)
    if form not in _SHOWS:
        return Line(row.id, _place(row), form)
    if (row.number, row.line) in given.weeded_paper:
        return Line(row.id, _place(row), PrintedAs.WEEDED)
    try:
        return _told(row, form, given, opener)
    except (SealBroken, NamesKeyMissing):
        troubles.broken_boxes += opener is not None
        return Line(row.id, _place(row), PrintedAs.COUNTED_ONLY)


def _told(row: Any, form: PrintedAs, given: Rules, opener: Opener | None) -> Line:
    if opener is None:
        raise NamesKeyMissing
    name = opener.open(row.name_box, row.public_id)
    line = Line(row.id, _place(row), form, name, row.country, row.counted_on or "")
    if form is PrintedAs.INITIALS:
        return replace(line, shown=names.initials(name), country=given.shared_country(row.country))
    return line


def _kept_back(line: Line, missing: set[str], troubles: Troubles) -> Line:
    lacking = missing.intersection(line.shown)
    if not lacking:
        return line
    troubles.unshowable += 1
    troubles.characters |= lacking
    return replace(line, form=PrintedAs.NO_GLYPH, shown="", country="")


def _again(row: Any, given: Rules, opener: Opener | None) -> Line:
    sealed = PrintedAs(row.printed_as)
    _check(row, given)
    if sealed in _SHOWS:
        return _told(row, sealed, given, opener)
    return Line(row.id, _place(row), sealed, day=(row.counted_on or "") if sealed is PrintedAs.NO_GLYPH else "")


def _check(row: Any, given: Rules) -> None:
    sealed = PrintedAs(row.printed_as)
    if sealed in _TELLS and (row.name_box is None or not disclosing.still_allows(_form(row, given), sealed)):
        raise LineChanged
