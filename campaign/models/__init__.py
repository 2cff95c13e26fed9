"""What things are. Importing this package knows every table."""

from campaign.models import (
    account,
    addressee,
    campaign,
    delivery,
    journal,
    ledger,
    letter,
    organisation,
    packet,
    petition,
    prisoner,
    signature,
    site,
    supporter,
)

__all__ = [
    "account",
    "addressee",
    "campaign",
    "delivery",
    "journal",
    "ledger",
    "letter",
    "organisation",
    "packet",
    "petition",
    "prisoner",
    "signature",
    "site",
    "supporter",
]
