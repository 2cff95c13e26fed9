"""The campaigns of this site, read only."""

from flask import render_template

from campaign.domain import overseeing
from campaign.web.campaigners import bp


@bp.get("")
def start() -> str:
    return render_template("campaigners/start.html", campaigns=overseeing.campaigns())
