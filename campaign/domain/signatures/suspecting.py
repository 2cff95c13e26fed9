"""What makes a form suspicious: a pure judgment over facts, kept as words in the row.

A suspicious form is answered like any other, by the same statements and with the same letter; once confirmed its
row is *held*: it looks confirmed to its signer and does not count until staff have looked. So whoever attacks a
count learns nothing, and a real person who was suspected wrongly loses nothing.
"""

import enum
from dataclasses import dataclass, field

from campaign.domain.signatures.lists import NOTHING_LISTED, Lists


class Reason(enum.StrEnum):
    """Why; the words stand in `signature.suspicion`, separated by spaces."""

    HONEYPOT = "honeypot"  # a field was filled in that people do not see
    BLOCKED_DOMAIN = "blocked_domain"
    BLOCKED_ADDRESS = "blocked_address"
    BLOCKED_NETWORK = "blocked_network"
    BLOCKED_COUNTRY = "blocked_country"
    DISPOSABLE_DOMAIN = "disposable_domain"  # a mailbox for minutes, and no proof of work
    NETWORK_BURST = "network_burst"  # very many forms of one network within the hour
    DOMAIN_BURST = "domain_burst"  # very many of one mail domain that few people use
    LIKE_REMOVED = (
        "like_removed"  # said later, by domain/signatures/forestalling.py: it is like others that staff took out
    )


@dataclass(frozen=True)
class Arrival:
    """How a form came in, as the edge saw it. `address` is that of the network: it is looked at and never stored."""

    address: str = field(default="", repr=False)
    network: bytes = field(default=b"", repr=False)  # HMAC of the network under the key of the day
    fills_trap: bool = False
    is_network_burst: bool = False
    is_domain_burst: bool = False


def reasons(
    arrival: Arrival, *, domain: str, address_hash: str, country: str, is_proved: bool, lists: Lists = NOTHING_LISTED
) -> list[Reason]:
    """Every reason to suspect this form, in the order of `Reason`; none for nearly everybody.

    `domain` is that of the mail address, `address_hash` as `lists.address_hash` makes it. A domain or network
    that staff allow is not held against anybody.
    """
    trusts_domain = domain in lists.allowed_domains
    trusts_network = arrival.address in lists.allowed_networks
    found = {
        Reason.HONEYPOT: arrival.fills_trap,
        Reason.BLOCKED_DOMAIN: not trusts_domain and domain in lists.blocked_domains,
        Reason.BLOCKED_ADDRESS: address_hash in lists.blocked_addresses,
        Reason.BLOCKED_NETWORK: not trusts_network and arrival.address in lists.blocked_networks,
        Reason.BLOCKED_COUNTRY: country in lists.blocked_countries,
        Reason.DISPOSABLE_DOMAIN: not is_proved and not trusts_domain and domain in lists.disposable_domains,
        Reason.NETWORK_BURST: arrival.is_network_burst and not trusts_network,
        Reason.DOMAIN_BURST: arrival.is_domain_burst and not trusts_domain,
    }
    return [reason for reason, is_so in found.items() if is_so]
