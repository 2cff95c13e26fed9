"""Photographs of people: asked again each time whether they may still be seen."""

from flask import Response, abort

from campaign.collaborators import collaborators, now
from campaign.domain.cases import picturing
from campaign.web.public import bp

KINDS = {"webp": "image/webp", "jpg": "image/jpeg"}
KEPT = "public, max-age=30, no-transform"  # as short as it takes to pause somebody; pixels are not re-made on the way


@bp.get("/pictures/<name>/<any(large, small):size>.<any(webp, jpg):kind>")
def picture(name: str, size: str, kind: str) -> Response:
    path, store = picturing.path(name, f"{size}.{kind}"), collaborators().store
    if not picturing.is_public(name, now().date()) or not store.holds(path):
        abort(404)
    response = Response(store.read(path), mimetype=KINDS[kind])
    response.headers["Cache-Control"] = KEPT
    return response
