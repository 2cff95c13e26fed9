"""Those who write campaigns: the drafts and campaigns of their teams, with the numbers behind them."""

from flask import Blueprint, request

from campaign.domain.cases import enclosing
from campaign.models.account import RoleName
from campaign.web import proposals
from campaign.web.accounts.guards import guard, signed_in

ROOM_FOR_A_FILE = 4 * enclosing.MOST_BYTES  # what is a little too heavy is told so beside its field

bp = Blueprint("campaigners", __name__, url_prefix="/workspace")


@bp.before_request
def _leave_room() -> None:
    """Before the guard, which reads the form for its token. Strangers' forms stay a few lines (app.py)."""
    if signed_in() is None:
        return
    proposals.allow_long_texts()
    if request.endpoint == "campaigners.save_files":
        request.max_content_length = ROOM_FOR_A_FILE


guard(bp, RoleName.CAMPAIGNER, RoleName.STAFF, RoleName.ADMIN)

from campaign.web.campaigners import (  # noqa: E402, F401 - they hang routes on `bp`
    attachments,
    campaigns,
    drafts,
    previews,
    statistics,
    teams,
    updates,
)
