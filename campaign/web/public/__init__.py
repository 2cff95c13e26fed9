"""Anyone: no account, no cookie, cacheable."""

from flask import Blueprint

from campaign.web import origins

bp = Blueprint("public", __name__)
origins.guard(bp)
