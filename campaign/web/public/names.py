"""The page of names: the latest who chose to be seen, where staff have switched it on. Off, there is no such page."""

from typing import Any

from flask import Response, abort

from campaign.domain.signatures import unveiling
from campaign.web.public import bp, memory
from campaign.web.public.memory import petition_or_404


@bp.get("/petitions/<slug:slug>/names")
def names(slug: str) -> Response:
    """Not searched, not paged, not indexed, and kept by no cache: who withdraws is gone from it."""
    letter = petition_or_404(slug)

    def told() -> dict[str, Any]:
        lines = unveiling.page(slug)
        if lines is None:
            abort(404)
        return {"petition": letter, "lines": lines, "is_demonstration": letter.is_demonstration}

    response = memory.page("public/names.html", slug, told)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response
