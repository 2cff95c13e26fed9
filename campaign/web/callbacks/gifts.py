"""What the payment company reports of gifts.

A report is read as raw bytes, verified, written down and answered; the worker does the rest. A wrong signature
changes nothing, and many of them from one network are not looked at.
"""

import structlog
from flask import Response, abort, request

from campaign.collaborators import collaborators, now
from campaign.domain.giving import hearing
from campaign.gateways.payments import NotTheirs
from campaign.web import throttle
from campaign.web.callbacks import bp

log = structlog.get_logger()


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
