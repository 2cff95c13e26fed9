"""What everybody may read of a packet that was handed over: totals, seal, hash, outcome. Never a name."""

from typing import Any

from flask import Response, abort

from campaign.domain import pausing
from campaign.domain.cases import concluding
from campaign.domain.errors import Resting
from campaign.domain.packets import delivering, striking
from campaign.web.public import bp, memory


@bp.get("/packets/<reference>")
def packet(reference: str) -> Response:
    def told() -> dict[str, Any]:
        delivery = delivering.public(reference) or abort(404)
        if pausing.is_resting(delivery.packet.petition.campaign):
            raise Resting
        if stone := concluding.petition_tombstone(delivery.packet.petition.slug):
            raise concluding.TakenDown(stone)
        at = {entry.what: entry.at for entry in delivery.custody if entry.what in delivering.STEPS}
        addenda = [row for row in striking.of(delivery.packet) if row.built_at]
        return {"packet": delivery.packet, "delivery": delivery, "at": at, "addenda": addenda}

    return memory.page("public/packets/packet.html", reference, told)
