"""Money as people write it and as it is kept: whole numbers of a currency's smallest unit, never a fraction.

Each currency has amounts that people there find sensible, and a least and a greatest gift. A least gift is no
formality: tests of stolen cards are made with very small ones.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from campaign.domain.errors import Refused


class AmountUnclear(Refused):
    """Write the amount in figures alone, such as 25 or 12.50, without marks for thousands."""


class AmountFractional(Refused):
    """This currency has no such fraction. Write a whole amount, or fewer places after the point."""


class AmountTooSmall(Refused):
    """This is less than what the payment costs. Choose a larger amount."""


class AmountTooLarge(Refused):
    """This is more than this form takes. Divide it, or give by bank transfer."""


class CurrencyUnknown(Refused):
    """This currency is not taken here. Choose one of the list."""


@dataclass(frozen=True)
class Currency:
    """`digits` after the point; `step` is the smallest difference that a card payment may have. In smallest units."""

    code: str
    digits: int
    least: int
    most: int
    sensible: tuple[int, ...]
    step: int = 1


def _table(*rows: tuple[str, int, int, int, tuple[int, ...]]) -> dict[str, Currency]:
    """Rows in whole units of the currency."""
    found = {}
    for code, digits, least, most, sensible in rows:
        unit: int = 10**digits
        step = 10 if digits == 3 else 1  # the last of three places must be 0
        found[code] = Currency(code, digits, least * unit, most * unit, tuple(each * unit for each in sensible), step)
    return found


CURRENCIES: Mapping[str, Currency] = _table(
    ("EUR", 2, 3, 10_000, (10, 25, 50, 100)),
    ("USD", 2, 3, 10_000, (10, 25, 50, 100)),
    ("GBP", 2, 3, 10_000, (10, 20, 50, 100)),
    ("CHF", 2, 3, 10_000, (10, 25, 50, 100)),
    ("CAD", 2, 4, 15_000, (15, 35, 70, 150)),
    ("AUD", 2, 4, 15_000, (15, 35, 70, 150)),
    ("SEK", 2, 30, 100_000, (100, 250, 500, 1000)),
    ("NOK", 2, 30, 100_000, (100, 250, 500, 1000)),
    ("DKK", 2, 25, 75_000, (75, 200, 350, 750)),
    ("PLN", 2, 12, 40_000, (40, 100, 200, 400)),
    ("CZK", 2, 75, 250_000, (250, 600, 1200, 2500)),
    ("JPY", 0, 400, 1_500_000, (1000, 3000, 5000, 10000)),
    ("KRW", 0, 4_000, 15_000_000, (10_000, 30_000, 50_000, 100_000)),
    ("VND", 0, 75_000, 20_000_000, (250_000, 500_000, 1_000_000, 2_000_000)),
    ("KWD", 3, 1, 3_000, (3, 8, 15, 30)),
    ("JOD", 3, 2, 7_000, (7, 20, 35, 70)),
    ("TND", 3, 10, 30_000, (30, 75, 150, 300)),
)
ZERO_DECIMAL = frozenset(
    ("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF")
)
THREE_DECIMAL = frozenset(["BHD", "JOD", "KWD", "OMR", "TND"])

_THOUSANDS = re.compile(r"[0-9]{1,3}( [0-9]{3})+([.,][0-9]+)?\Z")


def currency(code: str) -> Currency:
    """Raises CurrencyUnknown."""
    found = CURRENCIES.get(code.upper())
    if found is None:
        raise CurrencyUnknown
    return found


def digits(code: str) -> int:
    """Places after the point, of any currency that the payment company may report."""
    return 0 if code.upper() in ZERO_DECIMAL else 3 if code.upper() in THREE_DECIMAL else 2


def parse(typed: str, of: Currency) -> int:
    """The amount in smallest units. Raises AmountUnclear, AmountFractional, AmountTooSmall, AmountTooLarge.

    Figures of any script are read. A mark of thousands is refused rather than guessed: 1,000 means a thousand in one
    country and one in another. A space is none where it parts figures in threes; 12 50 is refused.
    """
    text = "".join(" " if sign.isspace() else _figure(sign) for sign in typed.strip())
    if " " in text:
        if not _THOUSANDS.match(text):
            raise AmountUnclear
        text = text.replace(" ", "")
    whole, point, fraction = text.replace(",", ".").partition(".")
    if not _all_figures(whole) or (point and not _all_figures(fraction)) or len(whole) > 12:
        raise AmountUnclear
    if len(fraction) > of.digits:
        raise AmountFractional
    amount = int(whole) * 10**of.digits + int(fraction.ljust(of.digits, "0") or "0")
    return judged(amount, of)


def judged(amount: int, of: Currency) -> int:
    """The same amount, if it may be given."""
    if amount % of.step:
        raise AmountFractional
    if amount < of.least:
        raise AmountTooSmall
    if amount > of.most:
        raise AmountTooLarge
    return amount


def plain(amount: int, code: str) -> str:
    """For machines: 12.50, 1000, 3.000; a minus before it where it is one."""
    places = digits(code)
    sign, amount = ("-" if amount < 0 else ""), abs(amount)
    return f"{sign}{amount // 10**places}" + (f".{amount % 10**places:0{places}}" if places else "")


def _figure(sign: str) -> str:
    value = unicodedata.decimal(sign, None)
    return sign if value is None else str(value)


def _all_figures(text: str) -> bool:
    return bool(text) and text.isascii() and text.isdigit()
