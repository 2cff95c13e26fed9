"""The countries a signer may choose, by name in the reader's language.

ISO 3166-1 alpha-2, as CLDR names them. Rendered once per language: 240 options per request would cost more
than all the rest of the page.
"""

from functools import lru_cache
from unicodedata import combining, normalize

from babel import Locale
from markupsafe import Markup, escape

# In CLDR, and no country of ISO 3166-1: unions, exceptional reservations and test codes.
_NOT_COUNTRIES = frozenset(["AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"])


@lru_cache(maxsize=64)
def names(lang: str) -> dict[str, str]:
    """Code → name, in the order of the alphabet of that language's plain letters."""
    territories = Locale.parse(lang, sep="-").territories
    rows = [
        (code, name)
        for code, name in territories.items()
        if len(code) == 2 and code.isalpha() and code not in _NOT_COUNTRIES
    ]
    return dict(sorted(rows, key=lambda row: _plain(row[1])))


@lru_cache(maxsize=64)
def _options(lang: str) -> Markup:
    return Markup("").join(Markup('<option value="{}">{}</option>').format(c, n) for c, n in names(lang).items())


def options(lang: str, chosen: str | None = None) -> Markup:
    """The `<option>`s, with the chosen one marked."""
    all_of_them = _options(lang)
    if not chosen or chosen not in names(lang):
        return all_of_them
    mark = f'value="{escape(chosen)}"'
    return Markup(str(all_of_them).replace(mark, f"{mark} selected", 1))  # noqa: S704 - from the fixed list above


def is_country(code: str | None) -> bool:
    return code in names("en")


def _plain(name: str) -> str:
    return "".join(c for c in normalize("NFD", name) if not combining(c)).casefold()
