"""Machines that report to this site. No cookie, no form: each proves who it is by what it sends.

A report is read as raw bytes, verified, written down and answered; the worker does the rest. A wrong signature
changes nothing, and many of them from one network are not looked at.
"""

from typing import Any

import structlog
from flask import Blueprint, Request, Response, abort, request

from campaign.collaborators import collaborators, now
from campaign.domain import hearing
from campaign.gateways.payments import NotTheirs
from campaign.web import throttle

log = structlog.get_logger()
bp = Blueprint("callbacks", __name__, url_prefix="/hooks")

MOST_BYTES = 512 * 1024  # a report with its object


class Heard(Request):
    """A request whose body may be as large as a report; said here, as others read JSON before any view is asked."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.path.startswith("/hooks/"):
            self.max_content_length = MOST_BYTES


@bp.post("/stripe")
@throttle.wrong_reports
def stripe() -> Response:
    till = collaborators().till or abort(404)
    body = request.get_data(cache=False)
    try:
        told = till.heard(body, request.headers.get("Stripe-Signature"))
    except NotTheirs:
        log.warning("report refused", bytes=len(body))
        return Response("not verified\n", 400, mimetype="text/plain")
    if told is not None:
        hearing.record(told, at=now())
    return Response("taken\n", 200, mimetype="text/plain")
