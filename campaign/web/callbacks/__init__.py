"""Machines that report to this site. No cookie, no form: each proves who it is by what it sends."""

from typing import Any

from flask import Blueprint, Request

bp = Blueprint("callbacks", __name__, url_prefix="/hooks")

MOST_BYTES = 512 * 1024  # a report with its object, or a letter that came back


class Heard(Request):
    """A request whose body may be as large as a report; said here, as others read JSON before any view is asked."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.path.startswith("/hooks/"):
            self.max_content_length = MOST_BYTES


from campaign.web.callbacks import bounces, gifts  # noqa: E402, F401 - hang routes on `bp`
