"""Reading the token of a link. Wrong ones are limited per network; right ones never are."""

from collections.abc import Callable
from typing import Any

from flask import Response

from campaign.collaborators import collaborators
from campaign.domain.links import Claim, Purpose
from campaign.web.throttle import WRONG_TOKENS, limiter


def claim(purpose: Purpose, token: str) -> Claim:
    """What a genuine token says. Raises LinkUnknown."""
    return collaborators().links.claim(purpose, token)


def _was_wrong(response: Response) -> bool:
    return response.status_code == 404


def limited(view: Callable[..., Any]) -> Callable[..., Any]:
    """Thirty wrong tokens an hour, then 429: nobody may try addresses out."""
    return limiter.limit(WRONG_TOKENS, deduct_when=_was_wrong)(view)
