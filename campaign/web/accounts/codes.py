"""Codes of the second factor: each works once, and the picture to scan is a route of ours.

The policy of this site lets no image come out of the page itself, so the square is served beside it, from the
secret that waits in the session.
"""

import hashlib
from io import BytesIO
from typing import Any

import segno
import structlog
from flask import current_app, url_for
from flask_security.totp import Totp

from campaign.models.account import Account
from campaign.web.throttle import limiter

log = structlog.get_logger()

REMEMBERED = 120  # seconds, longer than any code is valid


def is_right(account: Account, typed: str) -> bool:
    """A code asked for once more, before something grave. The demonstration's accounts have none to give."""
    if account.is_demonstration:
        return True
    codes, secret = current_app.extensions["security"].totp_factory, account.tf_totp_secret
    code = typed.replace(" ", "")
    return bool(secret) and bool(codes.verify_totp(token=code, totp_secret=secret, user=account, window=30))


class OneTimeCodes(Totp):
    def verify_totp(self, token: str, totp_secret: str, user: Any, window: int = 0) -> bool:
        if not super().verify_totp(token, totp_secret, user, window):
            return False
        used = hashlib.sha256(f"{user.id}:{totp_secret}:{token}".encode()).hexdigest()
        try:
            return limiter.storage.incr(f"code:{used}", REMEMBERED) == 1
        except Exception:  # the memory of used codes is down: better a code twice than staff locked out
            log.warning("used codes not remembered")
            return True

    def generate_qrcode(self, username: str, totp: str) -> str:
        return url_for("door.square")

    def drawing(self, account: Account, secret: str) -> bytes:
        """The square to scan, as SVG."""
        file = BytesIO()
        uri = self.get_totp_uri(account.email, secret)
        segno.make(uri, error="m", micro=False).save(file, kind="svg", scale=5, border=3, dark="#000", light="#fff")
        return file.getvalue()
