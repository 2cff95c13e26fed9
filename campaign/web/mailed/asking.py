"""The link of the letter that confirms a wish for news, or for another address of it; a button, and again the same."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from campaign.collaborators import now
from campaign.domain.links import Purpose
from campaign.domain.news import asking
from campaign.web.mailed import bp, tokens


@bp.get("/asked/<token>")
@tokens.limited
def asked(token: str) -> str:
    found = asking.show(tokens.claim(Purpose.ASKED, token), at=now())
    return render_template("mailed/asked.html", token=token, asked=found)


@bp.post("/asked/<token>")
@tokens.limited
def confirm_asked(token: str) -> ResponseReturnValue:
    asking.confirm(tokens.claim(Purpose.ASKED, token), at=now())
    return redirect(url_for("mailed.asked", token=token), 303)
