"""Letters that came back or were complained of, told by a mail provider or by our own mail server.

A whole message as `message/rfc822`, or JSON (gateways/bounces.py says which). The answer is the same whether or not
anybody was known: what is not about a letter of ours changes nothing.
"""

import structlog
from flask import Response, abort, request

from campaign.collaborators import collaborators, now
from campaign.domain.supporters import bouncing
from campaign.gateways import bounces
from campaign.web import throttle
from campaign.web.callbacks import bp

log = structlog.get_logger()


@bp.post("/bounces")
@throttle.machines
def take_bounces() -> Response:
    links = collaborators().links
    if request.is_json:
        reports = list(bounces.events(request.get_json(silent=True), links))
    elif request.mimetype in {"message/rfc822", "application/octet-stream", "text/plain"}:
        found = bounces.read(request.get_data(), links)
        reports = [found] if found else []
    else:
        abort(415)
    outcomes = [bouncing.take(report, at=now()).value for report in reports]
    log.info("reports of letters taken", reports=len(reports), suppressed=outcomes.count("suppressed"))
    return Response(status=204, mimetype="text/plain")
