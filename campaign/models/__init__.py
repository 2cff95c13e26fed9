"""What things are. Importing this package knows every table."""

from campaign.models import (
    account,
    addressee,
    campaign,
    delivery,
    invalidation,
    journal,
    ledger,
    letter,
    organisation,
    packet,
    petition,
    prisoner,
    proof,
    signature,
    site,
    supporter,
)

__all__ = [
    "account",
    "addressee",
    "campaign",
    "delivery",
    "invalidation",
    "journal",
    "ledger",
    "letter",
    "organisation",
    "packet",
    "petition",
    "prisoner",
    "proof",
    "signature",
    "site",
    "supporter",
]
