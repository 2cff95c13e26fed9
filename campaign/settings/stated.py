"""What a site states about itself: who answers for it, how gifts are taken, and how packets are signed."""

from dataclasses import dataclass, field
from pathlib import Path

DEMO_OPERATOR = "A demonstration; nobody operates this site"


@dataclass(frozen=True)
class Operator:
    """Who answers for this site: what a signer is told before trusting it.

    A petition site that says of itself nothing that can be checked looks like a trap, and may be one: what
    production leaves out is empty here, its page says "not stated", and `flask doctor` fails.
    """

    name: str
    legal_form: str  # "registered association, Geneva, CHE-123.456.789"
    address: str
    contact: str  # an e-mail address
    processors: tuple[str, ...]  # each "what for: who, where"
    authority: str  # the data protection authority that hears complaints, and breaches
    security_contact: str  # an e-mail address or a page
    lawyer: str  # for staff alone: whom to call when papers are served

    @property
    def is_demonstration(self) -> bool:
        return self.name == DEMO_OPERATOR

    @property
    def unstated(self) -> list[str]:
        """The settings that would say it, where they say nothing."""
        said = {
            "OPERATOR_LEGAL_FORM": self.legal_form,
            "PROCESSORS": self.processors,
            "DATA_PROTECTION_AUTHORITY": self.authority,
        }
        return [f"CAMPAIGN_{name}" for name, value in said.items() if not value]


@dataclass(frozen=True)
class Giving:
    """How gifts are taken. Without a key nobody gives by card, and pages say what `bank` says."""

    key: str | None = field(repr=False)
    webhook_secret: str | None = field(repr=False)
    api_base: str | None  # another address than Stripe's own: a double
    pages: tuple[str, ...]  # where people pay and change a card
    currencies: tuple[str, ...]
    descriptor: str  # what stands on a statement behind the account's own words
    bank: tuple[str, ...]  # lines

    @property
    def is_on(self) -> bool:
        return bool(self.key and self.webhook_secret)

    @property
    def is_test(self) -> bool:
        return bool(self.key) and "_live_" not in (self.key or "")


@dataclass(frozen=True)
class Signing:
    """The organisation's certificate with its key, and the file whose first line is the passphrase."""

    pkcs12: Path
    passphrase_file: Path | None
