"""Pages about the site itself."""

from flask import Response

from campaign.web.public import bp, memory


@bp.get("/privacy")
def privacy() -> Response:
    return memory.page("public/privacy.html", "privacy", dict)
