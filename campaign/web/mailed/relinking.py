"""Mailing people their links: the same answer for every address, whether or not anything is known of it."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from campaign.collaborators import collaborators, now
from campaign.domain import relinking
from campaign.web import languages
from campaign.web.mailed import bp
from campaign.web.mailed.forms import LinksForm
from campaign.web.throttle import LINKS_LIMITS, limiter


@bp.get("/my-links")
def my_links() -> str:
    return render_template("mailed/my-links.html", form=LinksForm(None))


@bp.post("/my-links")
@limiter.limit(LINKS_LIMITS)
def mail_my_links() -> ResponseReturnValue:
    form = LinksForm.sent()
    if not form.validate():
        return render_template("mailed/my-links.html", form=form), 422
    relinking.mail_links(form.email.address, lang=languages.chosen(), at=now(), seal=collaborators().seal)
    return redirect(url_for("mailed.links_mailed"), 303)


@bp.get("/my-links/sent")
def links_mailed() -> str:
    return render_template("mailed/links-mailed.html")
