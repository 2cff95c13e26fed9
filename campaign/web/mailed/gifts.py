"""Where the payment company sends people back to: what is known of their attempt, and nothing that is not.

Its address says an attempt and no campaign, as the company keeps it. What is booked is told from the books; else the
company is asked; and if it does not answer, the page says that it does not know.
"""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from campaign.collaborators import collaborators
from campaign.domain.giving import attending
from campaign.domain.giving.paying import Paid, TillDown
from campaign.domain.links import Purpose
from campaign.models.donation import Gift
from campaign.web.mailed import bp, tokens


@bp.get("/gift/<token>")
@tokens.limited
def gift(token: str) -> ResponseReturnValue:
    claim = tokens.claim(Purpose.GIFT, token)
    found = attending.gift(claim)
    stands = None if found else _asked(claim.public_id.hex())
    return render_template("mailed/gift.html", gift=found, stands=stands, pending=_is_pending(found))


@bp.get("/gift/<token>/stopped")
@tokens.limited
def gift_stopped(token: str) -> ResponseReturnValue:
    claim = tokens.claim(Purpose.GIFT, token)
    found = attending.gift(claim)
    if found is not None:
        return render_template("mailed/gift.html", gift=found, stands=None, pending=_is_pending(found))
    return render_template("mailed/gift-stopped.html")


def _asked(reference: str) -> str:
    """In a word what the company says: `yes`, `not yet`, `open`, `over`; `unknown` where it says nothing."""
    till, session = collaborators().till, request.args.get("session", "")[:200]
    if till is None or not session:
        return "unknown"
    try:
        stands: Paid | None = till.standing(session, reference)
    except TillDown:
        stands = None
    return stands.value if stands else "unknown"


def _is_pending(found: Gift | None) -> bool:
    return found is not None and found.state == "pending"
