"""Limits per network and per petition, so that one machine can neither flood a count nor bomb a mailbox.

What a limit is stands in domain/limits.py, and staff change it while the site runs. A flood is answered 429 with
the true number of seconds to wait. Networks that staff allow are known offices or libraries and are not limited as
networks. All Tor exits share one larger bucket, as one person there has as many addresses as she likes; an onion
service reaches the site from one address of its own, which belongs on that list too.

Counts are kept in Redis, or in the memory of each process: then every process counts for itself.
"""

import logging
import time
from collections.abc import Callable
from math import ceil
from typing import Any

import structlog
from flask import Flask
from flask_limiter import Limiter, RequestLimit
from werkzeug.exceptions import TooManyRequests

from campaign.collaborators import now
from campaign.database import unit_of_work
from campaign.domain import alerting, mailboxes
from campaign.web import counters, networks, rules

log = structlog.get_logger()

MINUTE, HOUR, DAY = 60, 3600, 24 * 3600
LINKS_A_DAY = 5  # letters with somebody's links to one address, and as many to confirm a wish for news
Callables = Callable[[Callable[..., Any]], Callable[..., Any]]


def is_tor() -> bool:
    return networks.address() in rules.listed().tor_exits


def is_allowed() -> bool:
    return networks.address() in rules.listed().allowed_networks


def _network() -> str:
    return networks.network_hash().hex()


def _signing_bucket() -> str:
    return "tor" if is_tor() else _network()


def _rates(minute: str, hour: str) -> str:
    limits = rules.limit()
    return f"{limits[minute]} per minute; {limits[hour]} per hour"


def LINKS_LIMITS() -> str:
    """Also for other letters that somebody asks for by typing an address."""
    return _rates("links.minute", "links.hour")


def _signing_rates() -> str:
    return _rates("tor.minute", "tor.hour") if is_tor() else _rates("signing.minute", "signing.hour")


def _refused(limit: RequestLimit) -> None:
    """Tell staff once an hour when a limit is met very often. The count has no address in it, nor has the alert."""
    often = rules.limit()["alert.refused.hour"]
    name = f"refused:{limit.limit}"
    if _count(name, HOUR) == often:
        with unit_of_work():
            alerting.refused_often(str(limit.limit), often, at=now())


limiter = Limiter(_network, strategy="moving-window", headers_enabled=False, on_breach=_refused)

signing = limiter.limit(_signing_rates, key_func=_signing_bucket, exempt_when=is_allowed)
links = limiter.limit(LINKS_LIMITS, exempt_when=is_allowed)
machines = limiter.limit("600 per minute")
challenges = limiter.limit(
    lambda: f"{rules.limit()['challenges.minute']} per minute", key_func=_signing_bucket, exempt_when=is_allowed
)


giving = limiter.limit(lambda: _rates("giving.minute", "giving.hour"), key_func=_signing_bucket)
wrong_reports = limiter.limit("60 per minute", deduct_when=lambda answer: answer.status_code == 400)


def wrong_tokens(*, was_wrong: Callable[[Any], bool], is_genuine: Callable[[], bool]) -> Callables:
    """Limit only the wrong ones: a genuine link works however many others of its network were wrong."""
    return limiter.limit(
        lambda: f"{rules.limit()['tokens.hour']} per hour", deduct_when=was_wrong, exempt_when=is_genuine
    )


def init_app(app: Flask, limits_url: str) -> None:
    networks.init(limits_url)
    own = f"{counters.Counters.STORAGE_SCHEME[0]}://"
    app.config["RATELIMIT_STORAGE_URI"] = own if limits_url.startswith("memory") else limits_url
    app.config.setdefault("RATELIMIT_IN_MEMORY_FALLBACK_ENABLED", True)
    logging.getLogger("flask-limiter").setLevel(logging.WARNING)  # each refusal would else be a line with its key
    limiter.init_app(app)


def petition(slug: str) -> None:
    """Count one form on this petition. Raises TooManyRequests above its limits, which a viral hour does not reach."""
    limits = rules.limit()
    for name, seconds in (("petition.minute", MINUTE), ("petition.hour", HOUR)):
        key = f"{name}:{slug}"
        if _count(key, seconds) > limits[name]:
            ends = _storage_says(lambda key=key: limiter.storage.get_expiry(key), otherwise=time.time() + MINUTE)
            raise TooManyRequests(retry_after=_seconds_until(ends))


def everybody_gives() -> bool:
    """Count one attempt to give, of whoever; False above what an hour may hold."""
    return _count("giving.all", HOUR) <= rules.limit()["giving.all.hour"]


def is_network_burst(petition_id: int) -> bool:
    """Whether this network has sent very many forms within the hour on this petition. Tor's exits are not judged."""
    forms = _count(f"burst:{petition_id}:{_network()}", HOUR)
    return forms > rules.limit()["burst.network.hour"] and not is_tor()


def is_domain_burst(petition_id: int, domain: str) -> bool:
    """The same for a mail domain; whoever calls leaves out the providers that very many use."""
    return _count(f"burst:{petition_id}:{networks.hashed(domain).hex()}", HOUR) > rules.limit()["burst.domain.hour"]


def may_mail_links(typed: str) -> bool:
    """Whether this address still gets a letter with its links today, whoever asks and from wherever."""
    return _may_write("links", typed)


def may_ask_for_news(typed: str) -> bool:
    """The same for letters that confirm a wish for news."""
    return _may_write("news", typed)


def _may_write(what: str, typed: str) -> bool:
    mailbox = mailboxes.canonical(typed, mailboxes.SHIPPED)
    return _count(f"{what}:{networks.hashed(mailbox).hex()}", DAY) <= LINKS_A_DAY


def wait() -> int:
    """Whole seconds until the limit that refused this request takes another."""
    met = limiter.current_limit
    return _seconds_until(met.window.reset_time if met else 0.0)


def _seconds_until(moment: float) -> int:
    return max(1, ceil(moment - time.time()))


def _count(key: str, seconds: int) -> int:
    """One more in a window of fixed length: one number each, however high the limit is."""
    return int(_storage_says(lambda: limiter.storage.incr(key, seconds), otherwise=0))


def _storage_says(ask: Callable[[], Any], *, otherwise: Any) -> Any:
    """What the storage answers; if it is down, nobody is refused by these limits: those per network still stand."""
    try:
        return ask()
    except Exception as fault:
        log.warning("limits not counted", fault=type(fault).__name__)
        return otherwise
