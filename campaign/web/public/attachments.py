"""Images and files of campaigns: asked again each time whether they may still be seen."""

from flask import Response

from campaign.domain.cases import enclosing
from campaign.web import media
from campaign.web.public import bp


@bp.get("/attachments/<name>/<end>")
def attachment(name: str, end: str) -> Response:
    response = media.answer(enclosing.in_public(name), end)
    response.headers["Cache-Control"] = media.KEPT
    return response
