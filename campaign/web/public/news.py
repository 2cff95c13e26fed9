"""News: the public page of each update, and feeds of them for the readers of programs. Addresses name nobody."""

from collections.abc import Sequence

from flask import Response, abort, render_template, url_for

from campaign.collaborators import collaborators, now
from campaign.domain.news import announcing
from campaign.domain.news.announcing import NewsShown
from campaign.web import tongues
from campaign.web.public import bp, memory
from campaign.web.public.memory import campaign_or_404


@bp.get("/news/<slug:code>")
@bp.get("/news/<slug:code>/<tag:tag>")
def news(code: str, tag: str = "") -> Response:
    found = memory.memory().keep(("news", code, tag), lambda: announcing.news(code, _lang(code, tag))) or abort(404)
    choices = [(lang, tongues.name_of(lang), _address(found, lang)) for lang in found.languages]
    return memory.page("public/news.html", (code, tag), lambda: {"news": found, "choices": choices, **_about(found)})


@bp.get("/feed.atom")
def feed() -> Response:
    return _feed(announcing.latest(), url_for("public.feed"), "")


@bp.get("/campaigns/<slug:slug>/feed.atom")
def campaign_feed(slug: str) -> Response:
    told = campaign_or_404(slug)
    return _feed(announcing.latest(slug), url_for("public.campaign_feed", slug=slug), told.title)


def _lang(code: str, tag: str) -> str:
    """The language of that small-letter tag; one that is none has no page."""
    if not tag:
        return ""
    first = announcing.news(code) or abort(404)
    return next((lang for lang in first.languages if lang.casefold() == tag), None) or abort(404)


def _address(found: NewsShown, lang: str) -> str:
    return url_for("public.news", code=found.code, tag=lang.casefold())


def _about(found: NewsShown) -> dict[str, bool]:
    return {"is_demonstration": found.is_demonstration}


def _feed(rows: Sequence[NewsShown], path: str, about: str) -> Response:
    body = render_template(
        "public/feed.atom",
        entries=rows,
        about=about,
        path=path,
        at=rows[0].at if rows else now().replace(hour=0, minute=0, second=0, microsecond=0),
        home=collaborators().settings.site_url,
    )
    return Response(body, mimetype="application/atom+xml")
