"""A petition: the letter with its form, what follows after signing, and its figures for machines."""

from typing import Any

from flask import Response, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from campaign.collaborators import collaborators, now
from campaign.domain import signing
from campaign.domain.errors import PetitionClosed
from campaign.domain.showing import PetitionShown
from campaign.web import charts, countries, filters, languages
from campaign.web.public import bp, figures, memory
from campaign.web.public.forms import SignForm
from campaign.web.public.memory import petition_or_404
from campaign.web.throttle import SIGN_LIMITS, limiter


@bp.get("/petitions/<slug:slug>")
def petition(slug: str) -> Response:
    letter = petition_or_404(slug)
    return memory.page("public/petition.html", slug, lambda: _page(letter, SignForm(None)))


@bp.post("/petitions/<slug:slug>/sign")
@limiter.limit(SIGN_LIMITS)
def sign(slug: str) -> ResponseReturnValue:
    letter, form = petition_or_404(slug), SignForm.sent()
    if letter.open_petition is None or not letter.is_open(now()):
        raise PetitionClosed
    if not form.validate():
        return render_template("public/petition.html", **_page(letter, form)), 422
    signing.sign(letter.open_petition, form.signer(), at=now(), seal=collaborators().seal)
    return redirect(url_for("public.check_your_inbox", slug=slug), 303)


@bp.get("/petitions/<slug:slug>/sign")
def sign_again(slug: str) -> ResponseReturnValue:
    """Where a reload or a shared address of an answered form ends: at the form."""
    return redirect(url_for("public.petition", slug=slug, _anchor="sign"), 303)


@bp.get("/petitions/<slug:slug>/check-your-inbox")
def check_your_inbox(slug: str) -> Response:
    letter = petition_or_404(slug)
    return memory.page("public/check-your-inbox.html", slug, lambda: _context(letter))


@bp.get("/petitions/<slug:slug>/thank-you")
def thank_you(slug: str) -> Response:
    letter = petition_or_404(slug)
    return memory.page("public/thank-you.html", slug, lambda: _context(letter))


@bp.get("/petitions/<slug:slug>.json")
def petition_json(slug: str) -> Response:
    letter = petition_or_404(slug)
    return figures.public(jsonify(figures.petition(letter, countries.names(languages.chosen()), now())))


@bp.get("/petitions/<slug:slug>/count.json")
def count_json(slug: str) -> Response:
    letter = petition_or_404(slug)
    return figures.public(jsonify(figures.count(letter)), cache="public, max-age=5, stale-while-revalidate=20")


def _context(letter: PetitionShown) -> dict[str, Any]:
    return {"petition": letter, "is_demonstration": letter.is_demonstration}


def _page(letter: PetitionShown, form: SignForm) -> dict[str, Any]:
    return _context(letter) | {
        "form": form,
        "is_open": letter.is_open(now()),
        "country_options": countries.options(languages.chosen(), form.country.data),
        "growth": charts.growth(letter.days, before=now().date().isoformat()),
        "shown": [(filters.country(code), n) for code, n in letter.countries.shown],
    }
