"""A memory of one second: public pages are the same for everybody, so each process makes them once a second.

It holds facts and finished HTML, never a form that somebody sent. A take-down is seen a second later. What does
not exist is not remembered, so that made-up addresses cannot fill it.
"""

from collections.abc import Callable, Hashable
from time import monotonic
from typing import Any, TypeVar

from flask import Response, abort, current_app, render_template, request

from campaign.domain import showing, telling
from campaign.domain.showing import PetitionShown
from campaign.domain.telling import CampaignTold

T = TypeVar("T")
LASTS = 1.0  # seconds
ROOM = 500  # things, before what is over is swept out


class Memory:
    """What was made within the last second, by key."""

    def __init__(self, lasts: float = LASTS, clock: Callable[[], float] = monotonic) -> None:
        self._lasts, self._clock = lasts, clock
        self._kept: dict[Hashable, tuple[float, Any]] = {}

    def keep(self, key: Hashable, make: Callable[[], T | None]) -> T | None:
        """What is remembered under `key`, or what `make` returns; None is passed on and not remembered."""
        now = self._clock()
        known = self._kept.get(key)
        if known and known[0] > now:
            return known[1]  # type: ignore[no-any-return]
        made = make()
        if made is not None:
            self._sweep(now)
            self._kept[key] = (now + self._lasts, made)
        return made

    def _sweep(self, now: float) -> None:
        if len(self._kept) < ROOM:
            return
        kept = {key: value for key, value in self._kept.items() if value[0] > now}
        self._kept = kept if len(kept) < ROOM else {}

    def forget(self) -> None:
        self._kept = {}


def memory() -> Memory:
    """That of the running app."""
    kept: Memory = current_app.extensions.setdefault("public_memory", Memory())
    return kept


def petition_or_404(slug: str) -> PetitionShown:
    return memory().keep(("petition", slug), lambda: showing.petition(slug)) or abort(404)


def campaign_or_404(slug: str) -> CampaignTold:
    return memory().keep(("campaign", slug), lambda: telling.campaign(slug)) or abort(404)


def high_risk_countries() -> frozenset[str]:
    return memory().keep("high risk", showing.high_risk_countries) or frozenset()


def page(template: str, key: Hashable, context: Callable[[], dict[str, Any]]) -> Response:
    """The finished page with its ETag: 200, or 304 to whoever has it already."""

    def make() -> tuple[bytes, str]:
        response = Response(render_template(template, **context()))
        response.add_etag()
        return response.get_data(), response.get_etag()[0] or ""

    body, etag = memory().keep((template, key, request.script_root), make) or abort(404)
    response = Response(body, mimetype="text/html")
    response.set_etag(etag)
    return response.make_conditional(request)
