"""Asking for news of a campaign without signing: a form, a letter to confirm, and one answer for everybody."""

from flask import Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from campaign.collaborators import collaborators, now
from campaign.domain.news import asking
from campaign.web import languages, newsletters, throttle
from campaign.web.newsletters import NewsForm
from campaign.web.public import bp, memory
from campaign.web.public.memory import campaign_or_404


@bp.get("/campaigns/<slug:slug>/ask-for-news")
def ask_page(slug: str) -> str:
    return _page(slug, NewsForm(None))


@bp.post("/campaigns/<slug:slug>/ask-for-news")
@throttle.links
def ask_for_news(slug: str) -> ResponseReturnValue:
    campaign_or_404(slug)
    form, tools = newsletters.news_sent(), collaborators()
    if not form.validate():
        return _page(slug, form), 422
    if throttle.may_ask_for_news(form.email.address):
        who, lang = tools.settings.operator, languages.chosen()
        asking.ask(slug, form.email.address, lang=lang, organisation=who, at=now(), seal=tools.seal)
    return redirect(url_for("public.news_asked_for", slug=slug), 303)


@bp.get("/campaigns/<slug:slug>/news-asked-for")
def news_asked_for(slug: str) -> Response:
    told = campaign_or_404(slug)
    return memory.page("public/news-asked-for.html", slug, lambda: {"campaign": told})


def _page(slug: str, form: NewsForm) -> str:
    told, possible = campaign_or_404(slug), asking.is_possible(slug)
    about = {"campaign": told, "is_demonstration": told.is_demonstration}
    return render_template("public/ask-for-news.html", form=form, possible=possible, **about)
