"""Sessions exist only where people sign in: a public page can neither set a cookie nor read one.

The cookie is signed, sent to us alone, and says who signed in. It ends after an hour without a page and after
twelve hours in any case. "End all my sessions" gives the account a new mark, which no older cookie carries.
"""

import time
from datetime import timedelta
from typing import Any

from flask import Flask, Request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_login import user_logged_in
from flask_security.utils import get_request_attr, logout_user

AREAS = {"account", "workspace", "staff"}
IDLE = timedelta(hours=1)
LONGEST = timedelta(hours=12)


class AreaSessions(SecureCookieSessionInterface):
    """Elsewhere the session is empty and refuses to be written to."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        area = request.path.lstrip("/").partition("/")[0]
        return super().open_session(app, request) if area in AREAS else None


def init_app(app: Flask) -> None:
    app.session_interface = AreaSessions()
    user_logged_in.connect(_begin, app)


def _begin(_app: Flask, **_about: Any) -> None:
    session.permanent = True  # ends after IDLE; every page begins it anew
    session["began"] = int(time.time())


def is_ours() -> bool:
    """Signed in by the cookie of a session that has not lasted too long; a longer one ends here."""
    if get_request_attr("fs_authn_via") != "session":
        return False
    if time.time() - session.get("began", 0) > LONGEST.total_seconds():
        logout_user()
        return False
    return True
