"""Whose network a request comes from, known only as a hash under a key of the day.

The key lives in memory, or in Redis where several processes share one, for two days at most and nowhere else:
nobody can say later who asked. Forwarded addresses are believed only behind trusted proxies (`app.py`); others
are just what a visitor claims.
"""

import hmac
import secrets
import time
from datetime import UTC, datetime
from ipaddress import IPv6Address, ip_network
from threading import Lock

import redis
from flask import g, request

from campaign.domain.signatures.lists import address_of

KEY_LASTS = 48 * 3600  # seconds
RETRY = 10.0  # seconds until Redis is asked again after it failed


class DayKeys:
    """The key of the day, shared by all processes where Redis is there, else this process's own."""

    def __init__(self, limits_url: str) -> None:
        self._redis = redis.Redis.from_url(limits_url) if limits_url.startswith("redis") else None
        self._kept: tuple[str, bytes] = ("", b"")
        self._own: tuple[str, bytes] = ("", b"")
        self._ask_again = 0.0
        self._guard = Lock()

    def today(self) -> bytes:
        day = datetime.now(UTC).date().isoformat()
        with self._guard:
            if self._kept[0] != day:
                shared = self._shared(day)
                if shared is None:
                    return self._own_key(day)
                self._kept = (day, shared)
            return self._kept[1]

    def _shared(self, day: str) -> bytes | None:
        if self._redis is None:
            return self._own_key(day)
        if time.monotonic() < self._ask_again:
            return None
        name = f"campaign:day-key:{day}"
        try:
            self._redis.set(name, secrets.token_bytes(32), nx=True, ex=KEY_LASTS)
            return bytes(self._redis.get(name) or b"") or None
        except redis.RedisError:  # a site whose Redis is down still limits, each process for itself
            self._ask_again = time.monotonic() + RETRY
            return None

    def _own_key(self, day: str) -> bytes:
        if self._own[0] != day:
            self._own = (day, secrets.token_bytes(32))
        return self._own[1]


_day_keys: DayKeys | None = None


def init(limits_url: str) -> None:
    global _day_keys
    _day_keys = DayKeys(limits_url)


def address() -> str:
    """The address that this request came from: of the visitor, or what the trusted proxies say."""
    return request.remote_addr or ""


def network(text: str) -> str:
    """What counts as one network: an IPv4 address, or the /56 that one IPv6 line usually has."""
    ip = address_of(text)
    if ip is None:
        return "unknown"
    return str(ip_network((ip, 56), strict=False)) if isinstance(ip, IPv6Address) else str(ip)


def hashed(text: str) -> bytes:
    """32 bytes that stand for this text until the day is over."""
    if _day_keys is None:
        raise RuntimeError("networks.init was not called")
    return hmac.digest(_day_keys.today(), text.encode(), "sha256")


def network_hash() -> bytes:
    """This request's network."""
    if "network_hash" not in g:
        g.network_hash = hashed(network(address()))
    kept: bytes = g.network_hash
    return kept
