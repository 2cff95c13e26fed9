"""Corrections: what a published record said, what it says now, and since when."""

from flask import Response, abort

from campaign.domain.cases import correcting
from campaign.web.public import bp, memory
from campaign.web.public.memory import campaign_or_404


@bp.get("/campaigns/<slug:slug>/corrections")
def corrections(slug: str) -> Response:
    demonstrates = {"is_demonstration": campaign_or_404(slug).is_demonstration}
    return memory.page(
        "public/corrections.html", slug, lambda: demonstrates | {"told": correcting.corrections(slug) or abort(404)}
    )
