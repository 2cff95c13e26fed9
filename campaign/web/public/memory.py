"""Public pages are the same for everybody, so each process makes their facts and their HTML once a second."""

from collections.abc import Callable, Hashable
from typing import Any, NoReturn

from flask import Response, abort, redirect, render_template, request, url_for

from campaign.collaborators import collaborators
from campaign.domain import pausing
from campaign.domain.cases import concluding, showing, telling
from campaign.domain.cases.showing import PetitionShown
from campaign.domain.cases.telling import CampaignTold
from campaign.domain.drafts import drafting
from campaign.domain.errors import Resting
from campaign.domain.giving import funding
from campaign.domain.giving.funding import Giving
from campaign.models.site import Switch
from campaign.web import rules
from campaign.web.remembering import Memory, memory

__all__ = [
    "Memory",
    "campaign_or_404",
    "giving_of",
    "giving_told",
    "high_risk_countries",
    "memory",
    "page",
    "petition_or_404",
]


def petition_or_404(slug: str) -> PetitionShown:
    found = memory().keep(("petition", slug), lambda: showing.petition(slug))
    if found is None and pausing.petition_rests(slug):
        raise Resting
    if found is None and (stone := concluding.petition_tombstone(slug)):
        raise concluding.TakenDown(stone)
    return found or _elsewhere("petition", slug)


def campaign_or_404(slug: str) -> CampaignTold:
    found = memory().keep(("campaign", slug), lambda: telling.campaign(slug))
    if found is None and pausing.campaign_rests(slug):
        raise Resting
    if found is None and (stone := concluding.campaign_tombstone(slug)):
        raise concluding.TakenDown(stone)
    return found or _elsewhere("campaign", slug)


def giving_of(slug: str) -> Giving | None:
    """How this campaign takes gifts; nothing where the page of giving could only say that it is not possible."""
    tools = collaborators()
    by_card = tools.till is not None and not rules.is_stopped(Switch.GIVING)
    return giving_told(slug) if by_card or tools.settings.giving.bank else None


def giving_told(slug: str) -> Giving:
    """Whether gifts are taken and how far they have come: a sum over every gift, so made once a second."""
    return memory().keep(("giving", slug), lambda: funding.shown(slug)) or funding.shown(slug)


def _elsewhere(kind: str, slug: str) -> NoReturn:
    """What was moved leads there for ever, as its address is on paper; a form sent to the old one is not."""
    now_at = drafting.moved_to(kind, slug) if request.method in {"GET", "HEAD"} else None
    if now_at is None:
        abort(404)
    kept = {**(request.view_args or {}), "slug": now_at}
    abort(redirect(url_for(request.endpoint or "public.home", **kept), 301))


def high_risk_countries() -> frozenset[str]:
    return rules.listed().high_risk_countries


def page(template: str, key: Hashable, context: Callable[[], dict[str, Any]]) -> Response:
    """The finished page with its ETag: 200, or 304 to whoever has it already."""

    def make() -> tuple[bytes, str]:
        response = Response(render_template(template, **context()))
        response.add_etag()
        return response.get_data(), response.get_etag()[0] or ""

    body, etag = memory().keep((template, key, request.script_root), make) or abort(404)
    response = Response(body, mimetype="text/html")
    response.set_etag(etag)
    return response.make_conditional(request)
