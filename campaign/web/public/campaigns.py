"""Home, where a campaign is found, and the page of a campaign: who, what is recorded, what happened."""

from typing import Any

from flask import Response, render_template, request, url_for

from campaign.collaborators import now
from campaign.domain.cases import picturing, register, searching
from campaign.domain.cases.telling import CampaignTold, CaseTold
from campaign.domain.news import announcing
from campaign.domain.signatures import trending
from campaign.domain.signatures.trending import Trending
from campaign.models.site import Switch
from campaign.web import charts, media, rules
from campaign.web.public import bp, memory
from campaign.web.public.memory import campaign_or_404, giving_of

LONGEST_QUERY = 100


@bp.get("/")
def home() -> Response:
    asked = request.args.get("q", "").replace("\0", "").strip()[:LONGEST_QUERY]
    country = request.args.get("country", "")[:2]
    if not asked and not country:
        return memory.page("public/home.html", "all", lambda: _register("", ""))
    return Response(render_template("public/home.html", **_register(asked, country)))


@bp.get("/campaigns/<slug:slug>")
def campaign(slug: str) -> Response:
    told = campaign_or_404(slug)
    return memory.page("public/campaign.html", slug, lambda: _case_page(told))


def _register(asked: str, country: str) -> dict[str, Any]:
    entries = register.entries(searching.find_campaigns(asked, country=country or None))
    return {
        "entries": entries,
        "countries": register.countries(),
        "asked": asked,
        "country": country,
        "is_demonstration": any(entry.is_demonstration for entry in entries),
        "trends": _trends() if not asked and not country else {},
    }


def _trends() -> dict[str, list[Trending]]:
    """What is signed most now, as the worker saw it; nothing while staff have stopped that."""
    if rules.is_stopped(Switch.TRENDING):
        return {}
    return {span.value: found for span, found in trending.now(at=now()).items() if found}


def _case_page(told: CampaignTold) -> dict[str, Any]:
    return {
        "campaign": told,
        "photos": picturing.shown([case.person.slug for case in told.cases], now().date()),
        "media": media.media(told.files, _address),
        "giving": giving_of(told.slug),
        "elsewhere": dict(told.elsewhere),
        "weeks": {case.person.slug: _weeks(case) for case in told.cases},
        "sources": {source.number: source for source in told.sources},
        "is_demonstration": told.is_demonstration,
        "news": announcing.latest(told.slug),
    }


def _address(name: str, end: str) -> str:
    return url_for("public.attachment", name=name, end=end)


def _weeks(case: CaseTold) -> charts.Weeks | None:
    if case.held is None:
        return None
    marked = [fact.days_held for fact in case.timeline if fact.days_held is not None]
    return charts.weeks(case.held.days, [day for day in marked if day <= case.held.days])
