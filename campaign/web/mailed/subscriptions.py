"""A subscription's own page, behind the link in every letter of news: to see all of it, to change it, to stop it.

Another address is confirmed by a letter to it (domain/news/asking.py); whatever is typed, the answer is the same.
"""

from flask import Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from campaign.collaborators import collaborators, now
from campaign.domain.links import Purpose
from campaign.domain.news import asking
from campaign.domain.supporters import subscribing
from campaign.web import fields, languages, newsletters, throttle, tongues
from campaign.web.mailed import bp, tokens
from campaign.web.newsletters import AddressForm


@bp.get("/subscription/<token>")
@tokens.limited
def subscription(token: str) -> ResponseReturnValue:
    return _page(token, AddressForm(None))


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


@bp.post("/subscription/<token>/address")
@tokens.limited
@throttle.links
def move_subscription(token: str) -> ResponseReturnValue:
    claim, form = tokens.claim(Purpose.SUBSCRIPTION, token), newsletters.address_sent()
    if not form.validate():
        return _page(token, form), 422
    if throttle.may_ask_for_news(form.email.address):
        lang, seal = languages.chosen(), collaborators().seal
        asking.ask_to_move(claim, form.email.address, lang=lang, at=now(), seal=seal)
    return redirect(url_for("mailed.subscription", token=token, _anchor="moves"), 303)


@bp.post("/subscription/<token>/stay")
@tokens.limited
def stay(token: str) -> ResponseReturnValue:
    asking.stay(tokens.claim(Purpose.SUBSCRIPTION, token))
    return redirect(url_for("mailed.subscription", token=token, _anchor="moves"), 303)


@bp.get("/subscription/<token>/everything.json")
@tokens.limited
def everything_of_subscription(token: str) -> Response:
    """All that is held about this subscription."""
    response = jsonify(subscribing.show(tokens.claim(Purpose.SUBSCRIPTION, token)).as_data())
    response.headers["Content-Disposition"] = "attachment; filename=subscription.json"
    return response


def _page(token: str, form: AddressForm) -> str:
    claim = tokens.claim(Purpose.SUBSCRIPTION, token)
    own, until = subscribing.show(claim), asking.moves_until(claim, at=now())
    choices = [(lang, tongues.name_of(lang)) for lang in own.languages]
    return render_template(
        "mailed/subscription.html", token=token, own=own, choices=choices, form=form, moves_until=until
    )
