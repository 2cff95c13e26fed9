"""Those who ask for a campaigner's account: approved or refused, one by one."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.collaborators import now
from campaign.domain.accounts import joining
from campaign.domain.accounts.organising import AccountKnown
from campaign.models.account import SignUp
from campaign.web.accounts.guards import account
from campaign.web.staff import bp


@bp.get("/sign-ups")
def sign_ups() -> str:
    return render_template("staff/sign_ups.html", rows=joining.waiting())


@bp.post("/sign-ups/<int:id>/approve")
def approve_sign_up(id: int) -> ResponseReturnValue:
    """Open the account; if one was opened for that address meanwhile, there is nothing left to do."""
    try:
        joining.approve(_sign_up_or_404(id), by=account(), at=now())
    except AccountKnown:
        flash(_("That address has an account by now; nothing more was opened."), "error")
    else:
        flash(_("The account is open, and a letter with its link is on the way."), "success")
    return redirect(url_for("staff.sign_ups"), 303)


@bp.post("/sign-ups/<int:id>/refuse")
def refuse_sign_up(id: int) -> ResponseReturnValue:
    joining.refuse(_sign_up_or_404(id), by=account(), at=now())
    return redirect(url_for("staff.sign_ups"), 303)


def _sign_up_or_404(id: int) -> SignUp:
    return joining.of(id) or abort(404)
