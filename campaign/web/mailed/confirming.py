"""The link of the first letter: opening it changes nothing, its one button confirms, again with the same answer."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from campaign.collaborators import collaborators, now
from campaign.domain.cases import showing
from campaign.domain.links import Purpose
from campaign.domain.signatures import confirming
from campaign.models.signature import Visibility
from campaign.web import fields
from campaign.web.mailed import bp, tokens


@bp.get("/confirm/<token>")
@tokens.limited
def confirm_page(token: str) -> ResponseReturnValue:
    shown = confirming.show(tokens.claim(Purpose.CONFIRM, token), at=now())
    lower = [v for v in Visibility if v.rank < shown.visibility.rank]
    letter = showing.brief(shown.petition_slug)
    return render_template("mailed/confirm.html", token=token, shown=shown, lower=lower, letter=letter)


@bp.post("/confirm/<token>")
@tokens.limited
def confirm(token: str) -> ResponseReturnValue:
    fields.refuse_doubled_fields()
    asked = request.form.get("visibility", "")
    lower_to = Visibility(asked) if asked in set(Visibility) else None
    silence = request.form.get("silent") == "y"
    claim = tokens.claim(Purpose.CONFIRM, token)
    who = collaborators().settings.operator
    slug = confirming.confirm(claim, lower_to=lower_to, silence=silence, organisation=who, at=now())
    return redirect(url_for("public.thank_you", slug=slug), 303)
