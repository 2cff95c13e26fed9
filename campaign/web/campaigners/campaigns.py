"""Where campaigners begin: their own drafts, and the campaigns of this site."""

from flask import render_template

from campaign.domain import drafting, overseeing
from campaign.web.accounts.guards import account
from campaign.web.campaigners import bp


@bp.get("")
def start() -> str:
    return render_template("campaigners/start.html", drafts=drafting.of(account()), campaigns=overseeing.campaigns())
