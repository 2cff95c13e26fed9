"""Forms without a session: where they may come from, and the stamp that says this site served them.

Nothing on these forms speaks with anybody's authority; the check only stops other sites from spending
their visitors' addresses. A browser that says nothing of where a form comes from is let in; `null` is not.
"""

from urllib.parse import urlsplit

from flask import Blueprint, abort, request

from campaign.collaborators import collaborators, now
from campaign.web.commits import CHANGING

EXEMPT = {"mailed.unsubscribe"}  # mail programs post here by themselves (RFC 8058)


def guard(blueprint: Blueprint) -> None:
    """Refuse forms that another site makes its visitors send."""

    @blueprint.before_request
    def refuse_other_sites() -> None:
        if request.method in CHANGING and request.endpoint not in EXEMPT and not _is_ours():
            abort(403, description="This form was sent from another site. Open it here and send it again.")


def _is_ours() -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site != "cross-site"
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host


def make_stamp() -> str:
    return collaborators().links.stamp(now())


def stamp_is_good(stamp: str) -> bool:
    return collaborators().links.stamp_is_good(stamp, now())
