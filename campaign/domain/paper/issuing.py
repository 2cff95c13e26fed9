"""Issuing: blank sheets with the whole letter on each, numbered, and told apart by a code that cannot be invented.

The code is the petition's reference, the sheet's number, six signs that only this site can compute, and the first
eight of the hash of the words. Whoever types it in wrong, makes a sheet of their own or alters the words is noticed.
Sheets go out under a code for who collects, never a name; a number is never used again, whatever became of its sheet.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from campaign.database import db
from campaign.domain import frozen
from campaign.domain.cases import translating
from campaign.domain.errors import PetitionClosed, Refused
from campaign.domain.packets.contents import Sender
from campaign.domain.sealing import Seal
from campaign.models.account import Account
from campaign.models.campaign import State
from campaign.models.packet import Paper
from campaign.models.paper import PaperSheet
from campaign.models.petition import Petition, PetitionText

MOST_SHEETS, LEAST_LINES, MOST_LINES = 100, 5, 30
_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # without I, L, O and U, which are read as others
_TAKEN_FOR = str.maketrans("OIL", "011")
_CODE = re.compile(r"(?P<reference>.+)-P(?P<number>[0-9OIL]{1,7})-(?P<code>[0-9A-Z]{6})-(?P<words>[0-9A-FOIL]{8})")


class CodeIncomplete(Refused):
    """The code of a sheet looks like TJ-2017-001-P0007-K3F9QA-3F9A12BC. Type all of it, or what the QR code says."""


class OtherPetition(Refused):
    """This sheet belongs to another petition. Record it there; nothing was recorded here."""


class SheetUnknown(Refused):
    """No sheet with this number was issued for this petition. Nothing was recorded; keep the sheet and ask who gave it
    out."""


class CheckWrong(Refused):
    """The six signs after the number do not belong to this sheet: a sign is typed wrong, or the sheet is not one of
    ours. Nothing was recorded."""


class OtherWords(Refused):
    """The last eight signs are not those of the words that were issued under this number. Either a sign is typed wrong,
    or the sheet bears other words, and then nobody can say what was signed. Nothing was recorded; keep the sheet."""


class NamesForgotten(Refused):
    """The names of this petition have been deleted, as their time was over. Nothing can be added to it any more."""


class CodeNeeded(Refused):
    """Say to whom they go, as a code of yours: letters and figures, never a name or an address."""


@dataclass(frozen=True)
class Order:
    """What is to be printed: so many sheets with so many lines, of one version of the words, for one who collects."""

    sheets: int
    lines: int
    text: PetitionText
    paper: Paper
    issued_to: str


def issue(petition: Petition, order: Order, *, by: Account, at: datetime, seal: Seal) -> list[PaperSheet]:
    """Register the next numbers. Their words are frozen from now on. Raises PetitionClosed, CodeNeeded."""
    db.session.refresh(petition, with_for_update={"key_share": True})
    if not petition.is_open(at) or petition.hash_secret is None:
        raise PetitionClosed
    if not re.fullmatch(r"[\w .#/-]{1,40}", order.issued_to):
        raise CodeNeeded
    if not (1 <= order.sheets <= MOST_SHEETS and LEAST_LINES <= order.lines <= MOST_LINES):
        raise ValueError("too many sheets or lines")
    first = last_number(petition) + 1
    rows = [
        PaperSheet(
            petition=petition,
            text=order.text,
            number=number,
            code=_code(petition, number, order.lines, order.text, seal),
            lines=order.lines,
            paper=order.paper,
            issued_at=at,
            issued_by_id=by.id,
            issued_to=order.issued_to,
        )
        for number in range(first, first + order.sheets)
    ]
    order.text.frozen_at = order.text.frozen_at or at
    db.session.add_all(rows)
    db.session.flush()
    return rows


def _code(petition: Petition, number: int, lines: int, text: PetitionText, seal: Seal) -> str:
    about = frozen.canonical([petition.reference, number, lines, text.sha256]).decode()
    keyed = int.from_bytes(seal.keyed("paper sheet", petition.hash_secret or b"", about)[:4], "big")
    return "".join(_SIGNS[keyed >> 5 * i & 31] for i in range(6))


def last_number(petition: Petition) -> int:
    return db.session.scalar(select(func.max(PaperSheet.number)).where(PaperSheet.petition_id == petition.id)) or 0


def words_mark(text: PetitionText) -> str:
    return text.sha256[:8].upper()


def printed_code(sheet: PaperSheet) -> str:
    """The whole code, as it is printed: TJ-2017-001-P0007-K3F9QA-3F9A12BC."""
    return f"{sheet.petition.reference}-P{sheet.number:04}-{sheet.code}-{words_mark(sheet.text)}"


def of_code(petition: Petition, typed: str) -> PaperSheet:
    """The sheet of a code, typed or out of the QR code. Raises the refusals of a code, each for its own reason."""
    plain = re.sub(r"[\s\u200b]", "", typed.rpartition("#")[2]).upper().replace("–", "-")
    read = _CODE.fullmatch(plain)
    if read is None:
        raise CodeIncomplete
    if read["reference"] != petition.reference.upper():
        raise OtherPetition
    sheet = found(petition, int(read["number"].translate(_TAKEN_FOR)))
    if sheet is None:
        raise SheetUnknown
    if read["code"].translate(_TAKEN_FOR) != sheet.code:
        raise CheckWrong
    if read["words"].translate(_TAKEN_FOR) != words_mark(sheet.text):
        raise OtherWords
    return sheet


def found(petition: Petition, number: int) -> PaperSheet | None:
    return db.session.scalar(
        select(PaperSheet).where(PaperSheet.petition_id == petition.id, PaperSheet.number == number)
    )


def sheets(petition: Petition, *, first: int = 1, last: int | None = None) -> Sequence[PaperSheet]:
    """The sheets of these numbers, in order."""
    query = select(PaperSheet).where(PaperSheet.petition_id == petition.id, PaperSheet.number >= first)
    if last is not None:
        query = query.where(PaperSheet.number <= last)
    return db.session.scalars(query.order_by(PaperSheet.number)).all()


def check_open(petition: Petition) -> None:
    """May something still be added to what was signed on paper? Sheets arrive after the closing, by post.

    Raises PetitionClosed where events have overtaken it or it was taken down, NamesForgotten after the purge.
    """
    if petition.hash_secret is None or petition.purge_begun_at is not None:
        raise NamesForgotten
    if petition.closed_because or petition.state in {State.REJECTED, State.TAKEN_DOWN}:
        raise PetitionClosed


def page_data(rows: Sequence[PaperSheet], sender: Sender) -> dict[str, Any]:
    """What the template of blank sheets needs. They are alike but for their numbers: one order, one document."""
    sheet = rows[0]
    petition, words = sheet.petition, sheet.text
    link = f"{sender.site_url}/petitions/{petition.slug}"
    titles = (words.consent_parts or {}).get("titles", {})
    return {
        "lang": words.lang,
        "paper": sheet.paper.value,
        "specimen": petition.campaign.is_demonstration,
        "seal": words.sha256,
        "packet": {
            "ref": petition.reference,
            "level": "totals",
            "sealed_at": _moment(sheet),
            "cut_off": _moment(sheet),
        },
        "sender": {"name": sender.name, "lines": list(sender.lines)},
        "totals": {"countries_known": 0, "counted": 0, "paper": 0},
        "link_shown": link,
        "addressees": [titles.get(a.addressee_id, a.addressee.title) for a in petition.addressees],
        "text": {
            "title": words.title,
            "occasion": words.occasion,
            "salutation": words.salutation,
            "paragraphs": words.paragraphs,
            "asks_lead": words.asks_lead,
            "asks": [{"words": a["text"], "of": a["to"]} for a in words.asks],
            "closing": words.closing,
            "consent": words.consent,
            "version": words.version,
            "lang": words.lang,
            "dir": translating.locale_of(words.lang).text_direction,
            "sha256": words.sha256,
        },
        "lines": sheet.lines,
        "sheets": [
            {"no": row.number, "code": printed_code(row), "link": f"{link}#{printed_code(row)}"} for row in rows
        ],
    }


def _moment(sheet: PaperSheet) -> str:
    return sheet.issued_at.isoformat(timespec="seconds")
