"""Pages about the site itself."""

from email.utils import parseaddr

from flask import Response

from campaign.collaborators import collaborators
from campaign.web.public import bp, memory


@bp.get("/privacy")
def privacy() -> Response:
    """What is kept, said as it is on this very node: whether it can open the boxes is part of it."""
    settings = collaborators().settings
    keys = {
        "mail_key_here": bool(settings.mail_private_keys),
        "names_key_here": bool(settings.names_private_keys),
        "about": settings.about,
    }
    return memory.page("public/privacy.html", "privacy", lambda: keys)


@bp.get("/operator")
def operator() -> Response:
    """Who answers for the site, how to check that it is genuine, and what it never asks for."""
    settings = collaborators().settings
    facts = {
        "about": settings.about,
        "onion": settings.onion_url,
        "mail_from": parseaddr(settings.mail_from)[1],
        "names_key": settings.names_public_key.hex(),
        "mail_key": settings.mail_public_key.hex(),
    }
    return memory.page("public/operator.html", "operator", lambda: facts)
