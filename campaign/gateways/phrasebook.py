"""The phrasebook: fixed words of a communication in French and Spanish, from a table beside this file.

They are not the site's catalogues: a communication is written in the language of its channel, whatever language
the site speaks, and its words are terms of the mandates' own forms.
"""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "phrases"
LANGUAGES = ("en", "fr", "es")
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?(?=$|T)")


class NoSuchLanguage(LookupError):
    """There is no table of words for this language."""


@cache
def table(lang: str) -> dict[str, str]:
    """English words → theirs. English needs none. Raises NoSuchLanguage."""
    if lang == "en":
        return {}
    if lang not in LANGUAGES:
        raise NoSuchLanguage(lang)
    found: dict[str, str] = json.loads((FOLDER / f"{lang}.json").read_text("utf-8"))
    return found


def words_of(lang: str) -> dict[str, str]:
    """The table of a language, or nothing where there is none."""
    return table(lang) if lang in LANGUAGES else {}


class Phrasebook:
    """Meets `domain.phrasing.Phrases`."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self._table = table(lang)

    def __call__(self, words: str, **values: Any) -> str:
        out = self._table.get(words, words)
        for key, value in values.items():
            out = out.replace("{" + key + "}", self.number(value) if isinstance(value, int) else str(value))
        return out

    def number(self, value: int) -> str:
        return f"{value:,}".replace(",", self._table.get("thousands-separator", ","))

    def day(self, partial: str) -> str:
        """2017, June 2017 or 9 June 2017: only as exactly as it is known."""
        found = _DATE.match(partial)
        if not found:
            return partial
        year, month, day = found.groups()
        if not month:
            return str(year)
        name = self(MONTHS[int(month) - 1])
        if not day:
            return self("{month} {year}", month=name, year=str(year))
        return self("{day} {month} {year}", day=str(int(day)), month=name, year=str(year))
