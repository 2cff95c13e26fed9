"""Limits per network, so that one machine can neither flood a count nor bomb a mailbox.

The network of an address is known only as an HMAC under a key of the day, held in memory or in Redis and
nowhere else: nobody can say later who asked. Forwarded addresses count only behind trusted proxies.
"""

import hmac
import ipaddress
import secrets
from datetime import UTC, datetime
from threading import Lock

import redis
from flask import Flask, request
from flask_limiter import Limiter

SIGN_LIMITS = "30 per minute; 300 per hour"
LINKS_LIMITS = "5 per minute; 20 per hour"
WRONG_TOKENS = "30 per hour"


class DayKeys:
    """The key of the day, shared by all processes where Redis is there, else this process's own."""

    def __init__(self, limits_url: str) -> None:
        self._redis = redis.Redis.from_url(limits_url) if limits_url.startswith("redis") else None
        self._kept: tuple[str, bytes] = ("", b"")
        self._guard = Lock()

    def today(self) -> bytes:
        day = datetime.now(UTC).date().isoformat()
        with self._guard:
            if self._kept[0] != day:
                self._kept = (day, self._shared(day) if self._redis else secrets.token_bytes(32))
            return self._kept[1]

    def _shared(self, day: str) -> bytes:
        name = f"campaign:day-key:{day}"
        assert self._redis is not None  # noqa: S101 - only called where there is Redis
        self._redis.set(name, secrets.token_bytes(32), nx=True, ex=48 * 3600)
        return bytes(self._redis.get(name) or b"")


_day_keys: DayKeys | None = None


def network(address: str) -> str:
    """What counts as one network: an IPv4 address, or the /56 that one IPv6 line usually has."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is None:
        return str(ipaddress.ip_network((ip, 56), strict=False))
    return str(ip.ipv4_mapped or ip) if isinstance(ip, ipaddress.IPv6Address) else str(ip)


def network_key() -> str:
    if _day_keys is None:
        raise RuntimeError("throttle.init_app was not called")
    return hmac.digest(_day_keys.today(), network(request.remote_addr or "").encode(), "sha256").hex()


limiter = Limiter(network_key, strategy="moving-window", headers_enabled=False)


def init_app(app: Flask, limits_url: str) -> None:
    global _day_keys
    _day_keys = DayKeys(limits_url)
    app.config["RATELIMIT_STORAGE_URI"] = limits_url
    app.config.setdefault("RATELIMIT_IN_MEMORY_FALLBACK_ENABLED", True)
    limiter.init_app(app)
