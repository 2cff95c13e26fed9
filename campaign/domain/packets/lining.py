"""Lining: the numbered lines of a packet, one per number ever given, in the order of the ledger.

This is the only place where the boxes of names are opened. A name is opened where the line may show it or
its initials, used, and forgotten; what is kept is a form and a salted hash. A name that merely looks odd is
withheld until a person has looked at it, and one that no font can show stands as number and country.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import DateTime, String, func, select, type_coerce

from campaign.database import db
from campaign.domain import names
from campaign.domain.errors import Refused, SealBroken
from campaign.domain.packets import disclosing
from campaign.domain.printing import Printer
from campaign.domain.sealing import Opener
from campaign.domain.signatures import tallying
from campaign.models.packet import Level, Packet, PacketLine, PrintedAs
from campaign.models.petition import PetitionText
from campaign.models.signature import NameReview, Signature, SignatureState, Visibility
from campaign.models.weeded import WeededLine, WeededPaperLine

PER_SHEET = 40
PER_VOLUME = 100 * PER_SHEET
AT_ONCE = 5 * PER_VOLUME
_OPENS = {PrintedAs.NAME, PrintedAs.INITIALS}
_TELLS = {*_OPENS, PrintedAs.NO_GLYPH}  # lines that say something of a signer


@dataclass(frozen=True)
class Line:
    """`shown`, `country` (a code, "" for “other countries”) and `day` are empty where nothing may stand."""

    number: int
    form: PrintedAs
    shown: str = ""
    country: str = ""
    day: str = ""
    mark: str = ""  # of the row whose name was opened for it

    @property
    def printed(self) -> tuple[str, str, str]:
        return self.shown, self.country, self.day


@dataclass(frozen=True)
class Rules:
    """What decides a line besides its row: fixed when a packet is sealed."""

    level: Level
    naming_texts: frozenset[int]  # versions of the words whose consent names this addressee
    shown_countries: frozenset[str]  # large enough, and not dangerous
    prisoners: tuple[str, ...] = ()  # whose names nobody may sign with unseen
    weeded: frozenset[int] = frozenset()  # numbers whose names staff struck from this packet
    weeded_paper: frozenset[tuple[int, int]] = frozenset()  # the same on paper: sheet and line

    def shared_country(self, code: str) -> str:
        """The country, or "" where so few signed, or signing is so dangerous, that it would point at somebody."""
        return code if code in self.shown_countries else ""


@dataclass
class Troubles:
    """What stood in the way, as counts: never whose name it was."""

    broken_boxes: int = 0
    unshowable: int = 0
    under_review: int = 0
    characters: set[str] = field(default_factory=set)


def rules(packet: Packet, high_risk: Collection[str]) -> Rules:
    counts = countries(packet.petition_id)
    safe = {code: n for code, n in counts.items() if code not in high_risk}
    return Rules(
        level=packet.level,
        naming_texts=naming_texts(packet),
        shown_countries=frozenset(code for code, _ in tallying.by_country(safe).shown),
        prisoners=tuple(n.text for p in packet.petition.campaign.prisoners for n in p.names),
        weeded=frozenset(db.session.scalars(select(WeededLine.number).where(WeededLine.packet_id == packet.id))),
        weeded_paper=frozenset(
            (sheet, line)
            for sheet, line in db.session.execute(
                select(WeededPaperLine.sheet, WeededPaperLine.line).where(WeededPaperLine.packet_id == packet.id)
            )
        ),
    )


def naming_texts(packet: Packet) -> frozenset[int]:
    """The versions of the words whose consent names the addressee of this packet."""
    texts = db.session.execute(
        select(PetitionText.id, PetitionText.addressee_ids).where(PetitionText.petition_id == packet.petition_id)
    )
    return frozenset(i for i, ids in texts if packet.addressee_id in ids)


def countries(petition_id: int) -> Counter[str]:
    """Counted signatures by country, from the rows themselves."""
    found = db.session.execute(
        select(Signature.country, func.count())
        .where(Signature.petition_id == petition_id, Signature.counted)
        .group_by(Signature.country)
    )
    return Counter({code: n for code, n in found})


def batches(last_number: int) -> list[tuple[int, int]]:
    """First and last number of what is read at once: so many lines that the print engine is seldom asked anew."""
    return [(n, min(n + AT_ONCE - 1, last_number)) for n in range(1, last_number + 1, AT_ONCE)]


class Reader:
    """Reads lines of one packet. `opener` may be None where nothing is shown of anybody."""

    def __init__(self, petition_id: int, given: Rules, opener: Opener | None) -> None:
        self.petition_id = petition_id
        self.rules = given
        self.opener = opener
        self.troubles = Troubles()

    def lines(self, first: int, last: int, printer: Printer | None = None) -> list[Line]:
        """The lines from one number to another. With a printer, what no font can show is kept back."""
        lines = [self._line(row) for row in rows_between(self.petition_id, first, last)]
        if printer is not None:
            lines = self._showable(lines, printer)
        return lines

    def _line(self, row: Any) -> Line:
        form = form_of(row, self.rules)
        if form not in _OPENS:
            return Line(row.number, form)
        if row.number in self.rules.weeded:
            return Line(row.number, PrintedAs.WEEDED)
        name = self._open(row)
        if name is None:
            return Line(row.number, PrintedAs.COUNTED_ONLY)
        if self._is_withheld(row, name):
            self.troubles.under_review += 1
            return Line(row.number, PrintedAs.UNDER_REVIEW)
        day = day_of(row.confirmed_at)
        if form is PrintedAs.NAME:
            return Line(row.number, form, name, row.country, day, mark_of(row))
        shared = self.rules.shared_country(row.country)
        return Line(row.number, form, names.initials(name), shared, day, mark_of(row))

    def _is_withheld(self, row: Any, name: str) -> bool:
        """Whether the name waits for a person, or one has refused it. What a person accepted is printed."""
        if row.name_review == NameReview.ACCEPTED:
            return False
        return row.name_review is not None or bool(names.hold_reasons(name, self.rules.prisoners))

    def _open(self, row: Any) -> str | None:
        if row.name_box is None or self.opener is None:
            return None
        try:
            return self.opener.open(row.name_box, row.public_id) or None
        except SealBroken:
            self.troubles.broken_boxes += 1
            return None

    def _showable(self, lines: list[Line], printer: Printer) -> list[Line]:
        missing = printer.missing(line.shown for line in lines if line.shown)
        if not missing:
            return lines
        return [self._kept_back(line, missing) for line in lines]

    def _kept_back(self, line: Line, missing: set[str]) -> Line:
        lacking = missing.intersection(line.shown)
        if not lacking:
            return line
        self.troubles.unshowable += 1
        self.troubles.characters |= lacking
        return Line(line.number, PrintedAs.NO_GLYPH, "", self.rules.shared_country(line.country), line.day)


class NamesKeyMissing(Refused):
    """This machine holds no key that opens names. Build the packet where the names key is."""


class LineChanged(Refused):
    """Somebody has withdrawn, or shows less, since this packet was sealed. Seal a new one; this one stays unbuilt."""


def check_row(row: Any, sealed: PrintedAs, given: Rules) -> None:
    """May this line, which says something of a signer, still be printed as sealed? Opens no box."""
    if sealed in _TELLS and (
        row.state != SignatureState.CONFIRMED
        or row.name_box is None
        or row.name_review == NameReview.REFUSED
        or not disclosing.still_allows(form_of(row, given), sealed)
    ):
        raise LineChanged


def again(row: Any, sealed: PrintedAs, given: Rules, opener: Opener | None) -> Line:
    """The line as it was sealed, from what the row holds today. Raises LineChanged where that may not be."""
    check_row(row, sealed, given)
    if sealed not in _TELLS:
        return Line(row.number, sealed)
    day, shared = day_of(row.confirmed_at), given.shared_country(row.country)
    if sealed is PrintedAs.NO_GLYPH:
        return Line(row.number, sealed, "", shared, day)
    if opener is None:
        raise NamesKeyMissing
    name = opener.open(row.name_box, row.public_id)
    if sealed is PrintedAs.NAME:
        return Line(row.number, sealed, name, row.country, day)
    return Line(row.number, sealed, names.initials(name), shared, day)


def mark_of(row: Any) -> str:
    """Of everything in a row that a line shows, and of nothing else: another mark, and the name is opened anew."""
    told = f"{row.country} {day_of(row.confirmed_at)}".encode()
    return hashlib.blake2b(row.name_box + told, digest_size=8).hexdigest()


def form_of(row: Any, given: Rules) -> PrintedAs:
    """What the row allows now, before its name is looked at."""
    return _form(row.state, row.visibility, given.level, row.text_id in given.naming_texts)


@lru_cache(maxsize=1000)
def _form(state: str, visibility: str, level: Level, is_named: bool) -> PrintedAs:
    if state == SignatureState.WITHDRAWN:
        return PrintedAs.WITHDRAWN
    if state != SignatureState.CONFIRMED:
        return PrintedAs.REMOVED
    return disclosing.printed_as(Visibility(visibility), level, is_named=is_named)


# Words and moments as the database has them: they are made into states and days once for each that differs.
_COLUMNS = (
    Signature.number,
    type_coerce(Signature.state, String).label("state"),
    type_coerce(Signature.visibility, String).label("visibility"),
    Signature.country,
    Signature.text_id,
    Signature.public_id,
    Signature.name_box,
    type_coerce(Signature.name_review, String).label("name_review"),
    type_coerce(Signature.confirmed_at, DateTime).label("confirmed_at"),
)


@lru_cache(maxsize=10_000)
def day_of(moment: datetime) -> str:
    """The day in UTC; without a zone, as SQLite has it, it is in UTC already."""
    return (moment.astimezone(UTC) if moment.tzinfo else moment).date().isoformat()


def rows_between(petition_id: int, first: int, last: int) -> Sequence[Any]:
    return db.session.execute(
        select(*_COLUMNS)
        .where(Signature.petition_id == petition_id, Signature.number.between(first, last))
        .order_by(Signature.number)
    ).all()


def rows_of(packet: Packet, volume: dict[str, Any]) -> Sequence[Any]:
    """The signatures of one frozen volume, in the order in which their lines are printed."""
    if "sections" not in volume:
        return rows_between(packet.petition_id, volume["first"], volume["last"])
    return db.session.execute(
        select(*_COLUMNS)
        .join(PacketLine, PacketLine.number == Signature.number)
        .where(
            Signature.petition_id == packet.petition_id,
            PacketLine.packet_id == packet.id,
            PacketLine.place.between(volume["first"], volume["last"]),
        )
        .order_by(PacketLine.place)
    ).all()


def place_names(lang: str) -> Callable[[str], str]:
    """Country names in one language, after the Unicode CLDR; "" is “other countries”, said by the template."""
    territories = _territories(lang)
    return lambda code: territories.get(code, code) if code else ""


@lru_cache(maxsize=20)
def _territories(lang: str) -> dict[str, str]:
    from babel import Locale

    return dict(Locale.parse(lang.replace("-", "_")).territories)
