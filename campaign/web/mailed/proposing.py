"""A visitor's own proposal, behind the link of her letter: to confirm it, to see what became of it, to take it back.

Nothing of what she wrote is shown: a mailbox may be read by others.
"""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from campaign.collaborators import now
from campaign.domain.drafts import proposing
from campaign.domain.links import Purpose
from campaign.models.draft import Draft
from campaign.web import proposals
from campaign.web.mailed import bp, tokens


@bp.get("/proposal/<token>")
@tokens.limited
def proposal(token: str) -> ResponseReturnValue:
    draft = _draft(token)
    return render_template("mailed/proposal.html", draft=draft, token=token, **proposals.cosponsoring(draft))


@bp.post("/proposal/<token>")
@tokens.limited
def confirm_proposal(token: str) -> ResponseReturnValue:
    proposing.confirm(_draft(token), at=now())
    return redirect(url_for("mailed.proposal", token=token), 303)


@bp.post("/proposal/<token>/take-back")
@tokens.limited
def take_back_proposal(token: str) -> ResponseReturnValue:
    proposing.take_back(_draft(token), at=now())
    return redirect(url_for("mailed.proposal", token=token), 303)


def _draft(token: str) -> Draft:
    return proposing.found(tokens.claim(Purpose.PROPOSAL, token), at=now())
