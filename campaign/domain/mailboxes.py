"""Which written addresses are one mailbox, and which are probably mistyped.

One person must not count twice for writing `le.ila+2@gmail.com`. Which providers ignore dots or what follows a
plus sign is knowledge about the world: the biggest are shipped here, staff add others on the list SAME_MAILBOX.

The rule for changes: **a petition keeps for ever the rules that were in force when it opened.** A signer is known
only by a keyed hash of the canonical address, which nobody can compute anew; under changed rules the same person
would get another hash and could sign again. So a changed list applies to petitions that open later, and what is
kept for a whole campaign (`person_key`, subscriptions) follows the shipped rules, which do not change.

A line reads `gmail.com: dots plus googlemail.com`: at this provider dots do not count, what follows a plus does
not count, and addresses at the other domains lead to the same mailbox. `example.org: exact` switches folding off.
"""

import contextlib
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

import idna
from sqlalchemy import Connection, event, inspect, select
from sqlalchemy.orm import Mapper

from campaign.domain.errors import Refused
from campaign.models.campaign import State
from campaign.models.petition import Petition
from campaign.models.site import ListEntry, ListName

Rules = tuple[str, ...]

# As the providers document it. Never edit a line: signers of running campaigns are known by what it makes of them.
SHIPPED: Rules = (
    "gmail.com: dots plus googlemail.com",
    "outlook.com: plus",
    "hotmail.com: plus",
    "live.com: plus",
    "icloud.com: plus me.com mac.com",
    "proton.me: dots plus protonmail.com pm.me",
    "fastmail.com: plus",
    "yandex.ru: plus ya.ru yandex.com yandex.by yandex.kz yandex.ua",
)

_DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9][a-z0-9-]{0,61}[a-z0-9]")
_NOT_OPEN_YET = {State.DRAFT, State.SUBMITTED}


class MailboxRuleWrong(Refused):
    """Write a line such as “mail.example: dots plus other.example”: a domain, a colon, then “dots”, “plus” or both,
    then further domains of the same mailboxes; or “mail.example: exact”."""


class _Provider(NamedTuple):
    main: str
    dots: bool
    plus: bool


def canonical(address: str, rules: Rules) -> str:
    """One mailbox, one form: no outer space, small letters, the domain in IDNA, folded as its provider does."""
    local, domain = _parts(address)
    provider = _providers(rules).get(domain)
    if provider is None:
        return f"{local}@{domain}"
    folded = local.partition("+")[0] if provider.plus else local
    folded = folded.replace(".", "") if provider.dots else folded
    return f"{folded or local}@{provider.main}"


def domain_of(address: str) -> str:
    """The mail domain in small letters and IDNA, as the lists hold it."""
    return _parts(address)[1]


def rules_of(petition: Petition) -> Rules:
    """The rules under which this petition's `email_key`s are made. Give them to `Seal.email_key`."""
    return SHIPPED if petition.mailbox_rules is None else tuple(petition.mailbox_rules)


def in_force(entries: Iterable[str]) -> Rules:
    """The shipped rules, each replaced by what staff say about the same domain, and theirs."""
    said = {line.partition(":")[0]: line for line in entries}
    return tuple(line for line in SHIPPED if line.partition(":")[0] not in said) + tuple(sorted(said.values()))


def checked_rule(line: str) -> str:
    """The line as it is kept. Raises MailboxRuleWrong."""
    head, colon, rest = line.strip().casefold().partition(":")
    words = rest.split()
    tags = {word for word in words if word in {"dots", "plus", "exact"}}
    domains = [plain_domain(word) for word in [head, *words] if word not in {"dots", "plus", "exact"}]
    if not colon or not tags or ("exact" in tags and len(words) > 1) or not all(map(_DOMAIN.fullmatch, domains)):
        raise MailboxRuleWrong
    return f"{domains[0]}: {' '.join([*sorted(tags), *sorted(set(domains[1:]))])}"


def plain_domain(domain: str) -> str:
    """Small letters, no dot at the end, in IDNA 2008; what is no registrable name stays one spelling of itself.

    The older IDNA, like folding, makes `ss` of `ß`: two domains with two owners would be one mailbox here.
    """
    domain = domain.strip().rstrip(".").lower()
    if not domain.isascii():
        with contextlib.suppress(UnicodeError):
            return idna.encode(domain, uts46=True).decode()
    return domain


def _parts(address: str) -> tuple[str, str]:
    local, _, domain = address.strip().rpartition("@")
    return local.lower(), plain_domain(domain)


@lru_cache(maxsize=64)
def _providers(rules: Rules) -> dict[str, _Provider]:
    providers = {}
    for line in rules:
        main, _, rest = line.partition(": ")
        words = rest.split()
        provider = _Provider(main, "dots" in words, "plus" in words)
        for domain in [main, *words]:
            providers[domain] = provider
    return providers


@event.listens_for(Petition, "before_insert")
@event.listens_for(Petition, "before_update")
def _fix_rules(_mapper: Mapper[Any], connection: Connection, petition: Petition) -> None:
    """Fix the rules in force as a petition is made and again as it opens; from then on they stay.

    It hangs on the row because no way of opening a petition may forget it.
    """
    state = inspect(petition)
    is_new = petition.mailbox_rules is None and not state.persistent
    opens = petition.state not in _NOT_OPEN_YET and state.persistent and bool(state.attrs.state.history.added)
    if opens:  # asked of the database, as a row that was not read before its change does not know what it was
        opens = connection.scalar(select(Petition.state).where(Petition.id == petition.id)) in _NOT_OPEN_YET
    if is_new or opens:
        lines = connection.scalars(select(ListEntry.value).where(ListEntry.name == ListName.SAME_MAILBOX))
        petition.mailbox_rules = list(in_force(lines))
