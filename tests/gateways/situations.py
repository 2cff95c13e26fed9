"""Pages to print, invented."""

from typing import Any

SEAL = "9f3c" * 16


def pages(**more: Any) -> dict[str, Any]:
    """Everything the templates read, small."""
    person = {
        "name": "Firdavs Rahimzoda",
        "native": [],
        "role": "lawyer",
        "held": True,
        "since": "2015-09-28",
        "days": 620,
        "status": "detained",
        "status_as_of": "2017-06-09",
    }
    fact = {"k": "charge", "v": "Charged with his work.", "uncertain": False, "s": [1]}
    asks = [{"words": "that you ask for his release;", "of": "the Secretary-General"}]
    case = {
        **person,
        "variants": ["Firdaws Rahimzada"],
        "days_until": "2017-06-09",
        "status_note": "",
        "checked": "2017-06-09",
        "checked_by": "two people",
        "facts": [fact],
        "not_known": ["born"],
        "health_kept_back": True,
        "events": [{"date": "2015-09-28", **fact}],
        "disputed": [],
        "sources": ["An open letter"],
    }
    text = {
        "language": "English",
        "lang": "en",
        "dir": "ltr",
        "from": "2017-03-01",
        "salutation": "Excellency,",
        "paragraphs": ["They did their work."],
        "asks_lead": "We ask",
        "asks": asks,
        "closing": "Respectfully,",
        "consent": "I agree.",
        "sha256": "ab" * 32,
    }
    data: dict[str, Any] = {
        "lang": "en",
        "paper": "a4",
        "specimen": False,
        "seal": SEAL,
        "link": "https://letters.example/petitions/lawyers",
        "packet": {
            "ref": "TJ-2017-001-A1",
            "level": "full",
            "cut_off": "2017-06-09T12:00:00+00:00",
            "sealed_at": "2017-06-09T12:00:00+00:00",
        },
        "petition": {
            "title": "For the lawyers",
            "first_lines": "They did their work.",
            "url": "letters.example/petitions/lawyers",
            "opened": "2017-03-01",
            "closed": None,
            "addressees": ["Secretary-General"],
        },
        "sender": {"name": "Example Network", "lines": ["1 Example Street"]},
        "addressee": {"lines": ["Secretary-General", "New York"]},
        "letter": {
            "date": "2017-06-09",
            "subject": "For the lawyers",
            "salutation": "Excellency,",
            "occasion": "Before your visit.",
            "asks_lead": "We ask",
            "asks": asks,
            "complimentary": "Respectfully,",
            "signers": [{"name": "", "title": "", "org": "Example Network"}],
            "copies": [],
            "contact": ["1 Example Street"],
        },
        "enclosures": [["Case sheets", 1]],
        "glance": {"people": [{**person, "judgments": [], "disputed": [], "findings": []}], "facts_as_of": "2017-06"},
        "cases": [case],
        "texts": [text],
        "totals": {
            "counted": 3,
            "numbers": 4,
            "withdrawn": 1,
            "removed": 0,
            "paper": 0,
            "printed_names": 1,
            "printed_initials": 1,
            "withheld": 1,
            "why": {"counted": 1, "addressee": 0, "held": 0, "glyph": 0, "totals": 0},
            "countries_known": 2,
            "countries": [["", "", 3]],
            "least": 10,
            "months": [["2017-05", 3]],
        },
        "method": {"places": 2, "shared": 0, "funding": ""},
        "certificate": {
            "parts": [["letter", "ab" * 32]],
            "more_volumes": 0,
            "sheets": 1,
            "volumes": 1,
            "sealed_by": "Anna",
            "checked_by": "",
            "unchecked": False,
            "made_with": "campaign",
        },
        "custody": [],
    }
    return data | more


def volume(rows: list[list[str]], first: int = 1, **more: Any) -> dict[str, Any]:
    sheets = -(-(first + len(rows) - 1) // 40)
    return pages(
        volume={"no": 1, "of": 1, "first": first, "sheets": sheets, "carried": first - 1, "rows": rows}, **more
    )
