"""The figures of a petition for machines, in the shape in which the UK Parliament publishes its own.

Open to scripts of any site: everything in them stands on the public page, and countries in which few signed
are summed up as one, as there.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Response, request, url_for

from campaign.domain.cases.showing import PetitionShown


def public(response: Response, cache: str | None = None) -> Response:
    """Readable by any site, answered with 304 where nothing changed."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    if cache:
        response.headers["Cache-Control"] = cache
    response.add_etag()
    return response.make_conditional(request)


def count(letter: PetitionShown) -> dict[str, Any]:
    return {"signature_count": letter.signature_count, "counted_at": _moment(letter.counted_at)}


def petition(letter: PetitionShown, country_names: Mapping[str, str], at: datetime) -> dict[str, Any]:
    attributes = {
        "action": letter.title,
        "background": "\n\n".join(letter.paragraphs),
        "state": "open" if letter.is_open(at) else "closed",
        "signature_count": letter.signature_count,
        "created_at": _moment(letter.words_since),
        "opened_at": _moment(letter.opened_at),
        "closed_at": _moment(letter.closed_at),
        "updated_at": _moment(letter.counted_at or letter.words_since),
        "signatures_by_country": [
            {"name": country_names.get(code, code), "code": code, "signature_count": n}
            for code, n in letter.countries.shown
        ],
    }
    return {
        "links": {"self": url_for("public.petition_json", slug=letter.slug)},
        "data": {"type": "petition", "id": letter.reference, "attributes": attributes | _our_own(letter)},
    }


def _our_own(letter: PetitionShown) -> dict[str, Any]:
    return {
        "reference": letter.reference,
        "goal": letter.goal,
        "closes_at": _moment(letter.closes_at),
        "counted_at": _moment(letter.counted_at),
        "paper_signature_count": letter.paper_count,
        "signatures_in_other_countries": letter.countries.others,
        "signatures_by_day": [{"day": day, "signature_count": n} for day, n in letter.days],
        "removed_after_review": {
            "signature_count": sum(n for _, n in letter.removed),
            "reasons": [{"reason": why, "signature_count": n} for why, n in letter.removed],
        },
        "addressees": [{"id": a.id, "title": a.title} for a in letter.addressees],
        "asks": [{"text": a.text, "to": a.to, "state": a.state.value} for a in letter.asks],
        "cosigners": [c.name for c in letter.cosigners],
        "text_sha256": letter.words_sha256,
        "texts": [{"lang": letter.first_lang, "title": letter.title, "sha256": letter.words_sha256}]
        + [{"lang": text.lang, "title": text.title, "sha256": text.words_sha256} for text in letter.translations],
        "facts_as_of": letter.facts_as_of,
        "is_demonstration": letter.is_demonstration,
    }


def _moment(value: datetime | None) -> str | None:
    return value.isoformat(timespec="seconds").replace("+00:00", "Z") if value else None
