"""Reading the token of a link. Wrong ones are limited per network; right ones never are."""

from collections.abc import Callable
from typing import Any

from flask import Response, request

from campaign.collaborators import collaborators
from campaign.domain.errors import LinkUnknown
from campaign.domain.links import Claim, Purpose
from campaign.web import throttle


def claim(purpose: Purpose, token: str) -> Claim:
    """What a genuine token says. Raises LinkUnknown."""
    return collaborators().links.claim(purpose, token)


def _was_wrong(response: Response) -> bool:
    return response.status_code == 404


def _is_genuine() -> bool:
    """Whether this site made the token, for whatever purpose: whoever shares a network with a guesser may go on."""
    token = (request.view_args or {}).get("token", "")
    for purpose in Purpose:
        try:
            claim(purpose, token)
        except LinkUnknown:
            continue
        return True
    return False


def limited(view: Callable[..., Any]) -> Callable[..., Any]:
    """Thirty wrong tokens an hour, then 429: nobody may try addresses out."""
    return throttle.wrong_tokens(was_wrong=_was_wrong, is_genuine=_is_genuine)(view)
