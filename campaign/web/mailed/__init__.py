"""The holder of a link from a letter: never kept, never indexed, no cookie."""

from flask import Blueprint

from campaign.web import origins

bp = Blueprint("mailed", __name__)
origins.guard(bp)
