"""Stopping the letters of a campaign: a page with a button, and the one click of mail programs (RFC 8058).

The POST is answered with the page itself: RFC 8058 forbids a redirect. Again: the same answer.
"""

from flask import render_template
from flask.typing import ResponseReturnValue

from campaign.collaborators import now
from campaign.domain.links import Purpose
from campaign.domain.supporters import subscribing
from campaign.web.mailed import bp, tokens


@bp.get("/unsubscribe/<token>")
@tokens.limited
def unsubscribe_page(token: str) -> ResponseReturnValue:
    tokens.claim(Purpose.UNSUBSCRIBE, token)
    return render_template("mailed/unsubscribe.html", token=token, done=False)


@bp.post("/unsubscribe/<token>")
@tokens.limited
def unsubscribe(token: str) -> ResponseReturnValue:
    claim = tokens.claim(Purpose.UNSUBSCRIBE, token)
    subscribing.end_by_link(claim, at=now())
    slug = subscribing.show(claim).campaign_slug
    return render_template("mailed/unsubscribe.html", token=token, done=True, campaign_slug=slug)
