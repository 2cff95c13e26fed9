"""Machines that call us: each request proves itself, so there is no session, and no look at where it comes from."""

from flask import Blueprint

bp = Blueprint("callbacks", __name__, url_prefix="/hooks")

from campaign.web.callbacks import bounces  # noqa: E402, F401 - hangs routes on `bp`
