"""The holder of a link from a letter: never kept, never indexed, no cookie, and nothing out of a box shown."""

from flask import Blueprint

from campaign.web import origins

bp = Blueprint("mailed", __name__)
origins.guard(bp)

from campaign.web.mailed import (  # noqa: E402, F401 - routes on `bp`
    asking,
    confirming,
    cosigning,
    cosponsoring,
    donors,
    gifts,
    proposing,
    receiving,
    relinking,
    signatures,
    subscriptions,
    unsubscribing,
)
