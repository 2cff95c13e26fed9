"""What stands where something was taken down: when and why, and nothing of what it said."""

from flask import Response, jsonify, render_template, request

from campaign.domain.cases.concluding import TakenDown
from campaign.models.ending import Ground
from campaign.web.public import bp


@bp.app_errorhandler(TakenDown)
def tombstone(fault: TakenDown) -> tuple[Response | str, int]:
    """410, or 451 where the law demanded it. Programs read that it is rejected."""
    stone = fault.tombstone
    status = 451 if stone.ground is Ground.LAW else 410
    if request.path.endswith(".json"):
        at = stone.at.isoformat(timespec="seconds").replace("+00:00", "Z")
        rejection = {"code": stone.ground.value, "details": stone.words}
        attributes = {"state": "rejected", "rejected_at": at, "rejection": rejection}
        return jsonify({"data": {"type": "petition", "id": stone.reference, "attributes": attributes}}), status
    return render_template("public/tombstone.html", stone=stone), status
