"""Donating: what an attempt to give must be, before anybody is sent to the page of the payment company.

Nothing is written when somebody begins: most who begin do not finish, and whoever does not finish has left no trace.
An attempt is known by what its form says: the same form, however often it is sent, is the same attempt.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass

from campaign.domain.errors import Refused
from campaign.domain.giving import money
from campaign.domain.giving.money import Currency

_ONCE = re.compile(r"[0-9a-f]{32}\Z")


class FormWorn(Refused):
    """This form cannot be sent again. Open the page anew; nothing was charged."""


@dataclass(frozen=True)
class Wish:
    """What somebody wants to give. `once` was made for this form."""

    amount: int
    currency: Currency
    monthly: bool
    once: str

    def __post_init__(self) -> None:
        if not is_once(self.once):
            raise FormWorn
        money.judged(self.amount, self.currency)

    def reference(self, key: bytes, code: str) -> str:
        """Of this attempt: 32 hexadecimal signs that say nothing to anybody else."""
        said = f"{self.once}:{code}:{self.amount}:{self.currency.code}:{self.monthly}"
        return hmac.digest(key, b"attempt to give:" + said.encode(), "sha256")[:16].hex()


def is_once(text: str | None) -> bool:
    """Whether this was made for a form of ours."""
    return bool(_ONCE.match(text or ""))


def offered(codes: tuple[str, ...]) -> list[Currency]:
    """The currencies of the settings that are known here, in their order."""
    return [money.CURRENCIES[code] for code in codes if code in money.CURRENCIES]


def idempotency_key(reference: str, lang: str, thanks_url: str) -> str:
    """What else is sent with an attempt is part of its key: the same key with other words would be refused."""
    return hashlib.sha256(f"{reference}:{lang}:{thanks_url}".encode()).hexdigest()
