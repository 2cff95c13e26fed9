"""Those who write campaigns. For now they see what is public of them, with the numbers behind it."""

from flask import Blueprint

from campaign.models.account import RoleName
from campaign.web.accounts.guards import guard

bp = Blueprint("campaigners", __name__, url_prefix="/workspace")
guard(bp, RoleName.CAMPAIGNER, RoleName.STAFF, RoleName.ADMIN)

from campaign.web.campaigners import campaigns  # noqa: E402, F401 - routes on `bp`
