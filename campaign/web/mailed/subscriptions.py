"""A subscription's own page, behind the link in every letter of news: to see all of it, to change it, to stop it."""

from flask import Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from campaign.collaborators import now
from campaign.domain.links import Purpose
from campaign.domain.supporters import subscribing
from campaign.web import fields, tongues
from campaign.web.mailed import bp, tokens


@bp.get("/subscription/<token>")
@tokens.limited
def subscription(token: str) -> ResponseReturnValue:
    own = subscribing.show(tokens.claim(Purpose.SUBSCRIPTION, token))
    choices = [(lang, tongues.name_of(lang)) for lang in own.languages]
    return render_template("mailed/subscription.html", token=token, own=own, choices=choices)


@bp.post("/subscription/<token>")
@tokens.limited
def change_subscription(token: str) -> ResponseReturnValue:
    fields.refuse_doubled_fields()
    subscribing.change_language(tokens.claim(Purpose.SUBSCRIPTION, token), request.form.get("lang", ""))
    return redirect(url_for("mailed.subscription", token=token, _anchor="changed"), 303)


@bp.post("/subscription/<token>/stop")
@tokens.limited
def stop_subscription(token: str) -> ResponseReturnValue:
    subscribing.end_by_link(tokens.claim(Purpose.SUBSCRIPTION, token), at=now())
    return redirect(url_for("mailed.subscription", token=token), 303)


@bp.get("/subscription/<token>/everything.json")
@tokens.limited
def everything_of_subscription(token: str) -> Response:
    """All that is held about this subscription."""
    response = jsonify(subscribing.show(tokens.claim(Purpose.SUBSCRIPTION, token)).as_data())
    response.headers["Content-Disposition"] = "attachment; filename=subscription.json"
    return response
