"""The lists that staff keep: domains, addresses, networks and countries, blocked, allowed or to be careful with.

Values are checked and brought into one form when they are written, so that a slip of the keyboard blocks nobody
by accident. A blocked address is never kept: only its keyed hash is. For the hot path all lists are read in one
statement and compiled once; `Lists` answers from sets, however long they are.
"""

import ipaddress
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fnmatch import translate
from functools import lru_cache

from babel import Locale
from sqlalchemy import delete, select

from campaign.database import db
from campaign.domain import mailboxes
from campaign.domain.errors import Refused
from campaign.domain.sealing import Seal
from campaign.models.site import ListEntry, ListName

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

WIDEST = {4: 8, 6: 19}  # a wider network is a slip: it would be a good part of the world


class DomainWrong(Refused):
    """Write a mail domain such as mail.example, or with a star for any part before it: *.mail.example."""


class NetworkWrong(Refused):
    """Write an address such as 192.0.2.7 or a network such as 192.0.2.0/24 or 2001:db8::/32, not wider than /8
    (/19 for IPv6)."""


class CountryWrong(Refused):
    """Write the two letters of the country, such as TJ."""


class AddressWrong(Refused):
    """Write a whole e-mail address. Only a hash of it is kept."""


class EntriesWrong(Refused):
    """Some lines cannot be read; nothing was changed."""

    def __init__(self, faults: dict[int, Refused]) -> None:
        super().__init__()
        self.faults = faults  # line number, from 1, and what is wrong with it


class Domains:
    """Domain globs, compiled: exact ones and `*.ending` are looked up, only other globs are tried one by one."""

    def __init__(self, globs: Iterable[str]) -> None:
        globs = list(globs)
        self._exact = frozenset(g for g in globs if "*" not in g)
        self._endings = frozenset(g[2:] for g in globs if g.startswith("*.") and "*" not in g[1:])
        rest = [g for g in globs if "*" in g and g[2:] not in self._endings]
        self._rest = re.compile("|".join(translate(g) for g in rest)) if rest else None

    def __contains__(self, domain: object) -> bool:
        if not isinstance(domain, str):
            return False
        if domain in self._exact or (self._endings and self._has_ending(domain)):
            return True
        return self._rest is not None and self._rest.match(domain) is not None

    def _has_ending(self, domain: str) -> bool:
        rest = domain
        while rest:
            _, _, rest = rest.partition(".")
            if rest in self._endings:
                return True
        return False


class Networks:
    """Networks, compiled: one look into a set for each length of prefix that occurs."""

    def __init__(self, networks: Iterable[str]) -> None:
        found: dict[tuple[int, int], set[int]] = defaultdict(set)
        for text in networks:
            version, length, head = _network(text)
            found[version, length].add(head)
        self._found: Mapping[tuple[int, int], set[int]] = dict(found)

    def __contains__(self, address: object) -> bool:
        if not self._found or not isinstance(address, str):
            return False
        ip = address_of(address)
        if ip is None:
            return False
        number, bits = int(ip), ip.max_prefixlen
        return any(
            version == ip.version and number >> (bits - length) in heads
            for (version, length), heads in self._found.items()
        )


@dataclass(frozen=True)
class Lists:
    """All lists as they are now. `in` answers for a domain, the text of an address of the network, a country."""

    high_risk_countries: frozenset[str]
    blocked_countries: frozenset[str]
    blocked_domains: Domains
    disposable_domains: Domains
    allowed_domains: Domains
    blocked_networks: Networks
    allowed_networks: Networks
    tor_exits: Networks
    blocked_addresses: frozenset[str]  # hashes; see `address_hash`


def read() -> Lists:
    """All lists in one statement; compiled anew only where something has changed."""
    rows = db.session.execute(select(ListEntry.name, ListEntry.value).order_by(ListEntry.name, ListEntry.value)).all()
    return _compiled(tuple((name, value) for name, value in rows))


def entries(name: ListName) -> list[ListEntry]:
    """One list, for the page where staff edit it."""
    return list(db.session.scalars(select(ListEntry).where(ListEntry.name == name).order_by(ListEntry.value)))


def checked(name: ListName, value: str, *, seal: Seal) -> str:
    """The value as this list keeps it. Raises the refusal that says what the list takes."""
    return _CHECKS[name](value.strip(), seal)


def add(name: ListName, value: str, *, note: str = "", at: datetime, seal: Seal) -> str:
    """Put one value on a list and return it as kept; a second time changes nothing but the note."""
    kept = checked(name, value, seal=seal)
    row = db.session.get(ListEntry, (name, kept))
    if row is None:
        row = ListEntry(name=name, value=kept, added_at=at)
        db.session.add(row)
    row.note = note
    db.session.flush()
    return kept


def remove(name: ListName, value: str) -> bool:
    """Take one value, as kept, off a list; False if it was not there."""
    gone = delete(ListEntry).where(ListEntry.name == name, ListEntry.value == value).returning(ListEntry.value)
    return db.session.scalar(gone) is not None


def remove_address(address: str, *, seal: Seal) -> bool:
    """Take somebody's address off the blocked ones: who knows the address can, the list does not show it."""
    return remove(ListName.BLOCKED_ADDRESS, checked(ListName.BLOCKED_ADDRESS, address, seal=seal))


def replace(name: ListName, text: str, *, at: datetime, seal: Seal) -> tuple[int, int]:
    """Make the list what `text` says, one value a line, what follows `#` being its note; how many came and went.

    Raises EntriesWrong with every line that cannot be read, and then changes nothing.
    """
    wanted = _lines(name, text, seal)
    known = {row.value: row for row in entries(name)}
    gone = known.keys() - wanted.keys()
    for value in gone:
        db.session.delete(known[value])
    for value, note in wanted.items():
        if value in known:
            known[value].note = note or known[value].note
        else:
            db.session.add(ListEntry(name=name, value=value, note=note, added_at=at))
    db.session.flush()
    return len(wanted.keys() - known.keys()), len(gone)


def address_hash(address: str, *, seal: Seal) -> str:
    """What the list of blocked addresses holds: one hash for all spellings of a mailbox, across the whole site."""
    return seal.keyed("blocked address", b"", mailboxes.canonical(address, mailboxes.SHIPPED)).hex()


def address_of(text: str) -> Address | None:
    """The IP address; IPv4 written in IPv6 is IPv4. None for what is no address."""
    try:
        ip = ipaddress.ip_address(text)
    except ValueError:
        return None
    return ip.ipv4_mapped or ip if isinstance(ip, ipaddress.IPv6Address) else ip


def _lines(name: ListName, text: str, seal: Seal) -> dict[str, str]:
    wanted: dict[str, str] = {}
    faults: dict[int, Refused] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        value, _, note = (part.strip() for part in line.partition("#"))
        if not value:
            continue
        try:
            wanted[checked(name, value, seal=seal)] = note[:300]
        except Refused as fault:
            faults[number] = fault
    if faults:
        raise EntriesWrong(faults)
    return wanted


def _check_domain(value: str, _seal: Seal) -> str:
    labels = value.strip().removeprefix("@").rstrip(".").split(".")
    domain = ".".join(mailboxes.plain_domain(label) for label in labels)  # one by one, as a star is in no name
    letters = domain.replace("*", "")
    if len(domain) > 200 or not re.fullmatch(r"[a-z0-9*-]+(\.[a-z0-9*-]+)+", domain) or len(letters) < 4:
        raise DomainWrong
    return domain


def _check_network(value: str, _seal: Seal) -> str:
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError as fault:
        raise NetworkWrong from fault
    if network.prefixlen < WIDEST[network.version]:
        raise NetworkWrong
    return str(network)


def _check_country(value: str, _seal: Seal) -> str:
    code = value.upper()
    if not re.fullmatch("[A-Z]{2}", code) or code not in _territories():
        raise CountryWrong
    return code


def _check_address(value: str, seal: Seal) -> str:
    local, at_sign, domain = value.rpartition("@")
    if re.fullmatch("[0-9a-f]{64}", value):
        return value  # as kept already: a list that is saved as it was shown
    if not local or not at_sign or not re.fullmatch(r"[^\s@]+\.[^\s@.]+", domain):
        raise AddressWrong
    return address_hash(value, seal=seal)


_CHECKS = {
    ListName.HIGH_RISK_COUNTRY: _check_country,
    ListName.BLOCKED_COUNTRY: _check_country,
    ListName.BLOCKED_DOMAIN: _check_domain,
    ListName.DISPOSABLE_DOMAIN: _check_domain,
    ListName.ALLOWED_DOMAIN: _check_domain,
    ListName.SAME_MAILBOX: lambda value, _seal: mailboxes.checked_rule(value),
    ListName.BLOCKED_ADDRESS: _check_address,
    ListName.BLOCKED_NETWORK: _check_network,
    ListName.ALLOWED_NETWORK: _check_network,
    ListName.TOR_EXIT: _check_network,
}


@lru_cache(maxsize=2)
def _compiled(rows: tuple[tuple[ListName, str], ...]) -> Lists:
    of: dict[ListName, list[str]] = defaultdict(list)
    for name, value in rows:
        of[name].append(value)
    return Lists(
        high_risk_countries=frozenset(of[ListName.HIGH_RISK_COUNTRY]),
        blocked_countries=frozenset(of[ListName.BLOCKED_COUNTRY]),
        blocked_domains=Domains(of[ListName.BLOCKED_DOMAIN]),
        disposable_domains=Domains(of[ListName.DISPOSABLE_DOMAIN]),
        allowed_domains=Domains(of[ListName.ALLOWED_DOMAIN]),
        blocked_networks=Networks(of[ListName.BLOCKED_NETWORK]),
        allowed_networks=Networks(of[ListName.ALLOWED_NETWORK]),
        tor_exits=Networks(of[ListName.TOR_EXIT]),
        blocked_addresses=frozenset(of[ListName.BLOCKED_ADDRESS]),
    )


NOTHING_LISTED = _compiled(())


@lru_cache(maxsize=20_000)
def _network(text: str) -> tuple[int, int, int]:
    """Version, length of the prefix, and the prefix as a number."""
    network = ipaddress.ip_network(text)
    return (
        network.version,
        network.prefixlen,
        int(network.network_address) >> (network.max_prefixlen - network.prefixlen),
    )


@lru_cache(maxsize=1)
def _territories() -> frozenset[str]:
    return frozenset(code for code in map(str, Locale.parse("en").territories) if len(code) == 2)
