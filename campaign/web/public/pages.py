"""Pages about the site itself."""

from flask import Response

from campaign.collaborators import collaborators
from campaign.web.public import bp, memory


@bp.get("/privacy")
def privacy() -> Response:
    """What is kept, said as it is on this very node: whether it can open the boxes is part of it."""
    settings = collaborators().settings
    keys = {"mail_key_here": bool(settings.mail_private_keys), "names_key_here": bool(settings.names_private_keys)}
    return memory.page("public/privacy.html", "privacy", lambda: keys)
