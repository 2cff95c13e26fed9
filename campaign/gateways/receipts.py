"""Writing to donors: receipts, credit notes and statements as PDF, and the letters that carry them.

A document is printed when its letter is written, from what was frozen with its number, so that it is always the same
and lies in no store. Nothing here knows a prisoner or a campaign.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from babel.numbers import format_currency

from campaign.database import db
from campaign.domain.giving import acknowledging
from campaign.domain.giving.acknowledging import Person, Year
from campaign.domain.giving.money import digits
from campaign.domain.printing import GlyphMissing, Printer
from campaign.domain.sealing import Opener
from campaign.models.donation import Donor, Plan, Receipt, ReceiptKind
from campaign.models.letter import Letter

KINDS = {"gift-receipt", "gift-failed", "gift-ended", "gift-statement"}
FORGOTTEN = "—"


@dataclass(frozen=True)
class Attached:
    name: str
    pdf: bytes


def written(letter: Letter, opener: Opener, printer: Callable[[], Printer]) -> tuple[str, dict[str, Any]] | None:
    """Address and words of a letter to a donor; None if the donor was erased. Raises SealBroken, PrintRefused."""
    donor = db.session.get(Donor, int(letter.params["donor"]))
    if donor is None or donor.box is None:
        return None
    person = acknowledging.unpacked(opener.open(donor.box, donor.public_id))
    words = _words(letter, opener, printer, person, donor)
    return (person.email, {**words, "donor": donor}) if words is not None else None


def _words(
    letter: Letter, opener: Opener, printer: Callable[[], Printer], person: Person, donor: Donor
) -> dict[str, Any] | None:
    if letter.kind == "gift-receipt":
        row = db.session.get(Receipt, int(letter.params["receipt"]))
        if row is None:
            return None
        plan = row.gift.plan
        said = {"kind": row.kind.value, "amount": money(row.amount, row.currency, letter.lang), "plan": plan}
        return {**said, "reference": row.reference, "attached": [receipt(row, opener, printer(), letter.lang)]}
    if letter.kind == "gift-statement":
        found = acknowledging.year(donor, int(letter.params["year"]))
        if not found.documents:
            return None
        attached = statement(found, person, printer(), letter.lang, on=letter.posted_at.date())
        return {"year": found.year, "attached": [attached]}
    found_plan = db.session.get(Plan, int(letter.params.get("plan", 0)))
    return {"plan": found_plan, "amount": found_plan and money(found_plan.amount, found_plan.currency, letter.lang)}


def receipt(row: Receipt, opener: Opener, printer: Printer, lang: str) -> Attached:
    """The document as PDF. Where its name was deleted, or no font shows it, a dash or the address stands for it."""
    person = acknowledging.made_out_to(row, opener)
    lines = [person.name or person.email, *person.address] if person else [FORGOTTEN]
    said = {
        "ref": row.reference,
        "kind": row.kind.value,
        "of": row.of.reference if row.of else "",
        "issued_on": row.issued_on.isoformat(),
        "given_on": row.said["given_on"],
        "amount": money(row.amount, row.currency, lang),
        "monthly": row.said["monthly"],
        "wording": row.said["wording"],
        "tax_line": row.said["tax_line"],
    }
    return Attached(
        f"{row.reference}.pdf",
        _printed(printer, "gift-receipt", "receipt", said, lines, person, row.said, lang, row.issued_on),
    )


def statement(found: Year, person: Person, printer: Printer, lang: str, *, on: date) -> Attached:
    first = found.documents[0].said
    rows = [
        {
            "on": each.issued_on.isoformat(),
            "ref": each.reference,
            "issuer": each.said["issuer"],
            "amount": money(-each.amount if each.kind is ReceiptKind.CREDIT_NOTE else each.amount, each.currency, lang),
        }
        for each in found.documents
    ]
    sums = [{"issuer": who, "amount": money(amount, currency, lang)} for who, currency, amount in found.sums]
    said = {"year": found.year, "on": on.isoformat(), "rows": rows, "sums": sums}
    lines = [person.name or person.email, *person.address]
    return Attached(
        f"{found.year}.pdf", _printed(printer, "gift-statement", "statement", said, lines, person, first, lang, on)
    )


def _printed(
    printer: Printer,
    template: str,
    about: str,
    said: Mapping[str, Any],
    lines: list[str],
    person: Person | None,
    issuer: Mapping[str, Any],
    lang: str,
    on: date,
) -> bytes:
    moment = datetime(on.year, on.month, on.day, tzinfo=UTC).isoformat()

    def data(person_lines: list[str]) -> dict[str, Any]:
        return {
            "lang": lang.partition("_")[0],
            "packet": {"sealed_at": moment},
            "issuer": {"name": issuer["issuer"], "address": issuer["address"]},
            about: {**said, "person": person_lines},
        }

    try:
        return printer.alone(template, data(lines)).pdf
    except GlyphMissing:
        return printer.alone(template, data([person.email if person and person.email.isascii() else FORGOTTEN])).pdf


def money(amount: int, currency: str, lang: str) -> str:
    text = str(format_currency(Decimal(amount).scaleb(-digits(currency)), currency, locale=lang))
    return text.replace("\u202f", "\u00a0")  # a space that few fonts have
