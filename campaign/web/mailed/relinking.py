"""Mailing people their links: the same answer for every address, whether or not anything is known of it."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from campaign.collaborators import collaborators, now
from campaign.domain.supporters import relinking
from campaign.web import languages, throttle
from campaign.web.mailed import bp
from campaign.web.mailed.forms import LinksForm


@bp.get("/my-links")
def my_links() -> str:
    return render_template("mailed/my-links.html", form=LinksForm(None))


@bp.post("/my-links")
@throttle.links
def mail_my_links() -> ResponseReturnValue:
    form = LinksForm.sent()
    if not form.validate():
        return render_template("mailed/my-links.html", form=form), 422
    address, seal = form.email.address, collaborators().seal
    if throttle.may_mail_links(address):
        relinking.mail_links(address, lang=languages.chosen(), at=now(), seal=seal)
    return redirect(url_for("mailed.links_mailed"), 303)


@bp.get("/my-links/sent")
def links_mailed() -> str:
    return render_template("mailed/links-mailed.html")
