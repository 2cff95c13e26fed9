"""What giving needs of a payment company: a hosted page to pay on, and the truth about what happened there.

Met by `gateways/payments.py`. What the company reports is only ever a hint that something happened: the state is
read anew, and comes here as these facts. `asked_at` is the moment *before* the question was put, so that of two looks
the later one is known, whichever is written first.
"""

import enum
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from campaign.domain.errors import Refused


class TillDown(Exception):
    """The payment company does not answer, or not sensibly. Worth another try."""


class TillRefused(Exception):
    """The payment company understood and refused; `code` is its word for why, never a text."""

    def __init__(self, code: str = "") -> None:
        super().__init__(code)
        self.code = code


class GivingOff(Refused):
    """Giving by card is not possible here at the moment. Nothing was charged."""


@dataclass(frozen=True)
class Order:
    """One attempt to give. `key` is the same for the same form, however often it is sent."""

    key: str
    amount: int
    currency: str
    monthly: bool
    code: str  # of the campaign, opaque
    reference: str  # of this attempt, 32 hexadecimal signs
    lang: str
    thanks_url: str
    stopped_url: str


class Paid(enum.StrEnum):
    """How an attempt stands."""

    YES = "yes"
    NOT_YET = "not yet"  # the bank has not answered
    OPEN = "open"  # the page was left
    OVER = "over"  # the page has expired unpaid


@dataclass(frozen=True)
class Line:
    """One line of the company's balance. In the currency of the account."""

    id: str
    kind: str
    source: str
    created: datetime
    available: datetime
    amount: int
    fee: int
    net: int
    currency: str
    payout: str | None = None


@dataclass(frozen=True)
class RefundSeen:
    id: str
    amount: int
    status: str


@dataclass(frozen=True)
class DisputeSeen:
    id: str
    amount: int
    status: str


@dataclass(frozen=True)
class DonorSeen:
    """What a donor wrote on the company's page."""

    email: str
    name: str
    address: tuple[str, ...] = ()


@dataclass(frozen=True)
class ChargeSeen:
    id: str
    amount: int
    currency: str
    status: str  # succeeded, pending, failed
    created: datetime
    refunded: int
    refunds: tuple[RefundSeen, ...] = ()
    disputes: tuple[DisputeSeen, ...] = ()
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True)
class PlanSeen:
    id: str
    customer: str
    status: str
    amount: int
    currency: str
    created: datetime
    renews: datetime | None
    ended: datetime | None


@dataclass(frozen=True)
class Look:
    """What was found at the company about one thing. Without a code of ours it is no business of this site."""

    asked_at: datetime
    code: str = ""
    reference: str = ""
    lang: str = "en"
    donor: DonorSeen | None = None
    charge: ChargeSeen | None = None
    plan: PlanSeen | None = None
    failed: str = ""  # invoice and attempt, of a monthly payment that failed
    lines: tuple[Line, ...] = field(default=())  # without a gift: payouts, fees of the company


@dataclass(frozen=True)
class Told:
    """One report of the company, without its content."""

    id: str
    kind: str
    look_at: str
    subject: str
    happened: datetime


class Payments(Protocol):
    def begin(self, order: Order) -> str:
        """The address of the page to pay on. Raises TillDown, TillRefused."""

    def standing(self, session: str, reference: str) -> Paid | None:
        """How the attempt stands; None if it is another's. Raises TillDown."""

    def look(self, look_at: str, subject: str) -> Look:
        """Raises TillDown, TillRefused."""

    def stop(self, subscription: str) -> None:
        """End a monthly gift at once; again: the same. Raises TillDown, TillRefused."""

    def portal(self, customer: str, *, back: str, lang: str) -> str:
        """The address of the company's page on which a card is changed. Raises TillDown, TillRefused."""

    def reports(self, since: datetime) -> Iterable[Told]:
        """Every report since then that this site acts on. Raises TillDown."""

    def lines(self, since: datetime) -> Iterable[Line]:
        """Every line of the balance since then. Raises TillDown."""
