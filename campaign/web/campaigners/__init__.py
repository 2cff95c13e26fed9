"""Those who write campaigns: the drafts and campaigns of their teams, with the numbers behind them."""

from flask import Blueprint

from campaign.models.account import RoleName
from campaign.web import proposals
from campaign.web.accounts.guards import guard

bp = Blueprint("campaigners", __name__, url_prefix="/workspace")
bp.before_request(proposals.allow_long_texts)  # before the guard, which reads the form for its token
guard(bp, RoleName.CAMPAIGNER, RoleName.STAFF, RoleName.ADMIN)

from campaign.web.campaigners import campaigns, drafts, previews, statistics, teams  # noqa: E402, F401 - routes on `bp`
