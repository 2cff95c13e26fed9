"""A petition: the letter with its form, what follows after signing, and its figures for machines."""

from typing import Any

from flask import Response, abort, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from campaign.collaborators import collaborators, now
from campaign.domain.cases import concluding
from campaign.domain.cases.showing import PetitionShown
from campaign.domain.errors import CaseEnded, PetitionClosed
from campaign.domain.signatures import signing
from campaign.domain.upkeep import retention
from campaign.models.site import Switch
from campaign.web import charts, countries, filters, languages, rules, throttle, tongues
from campaign.web.public import bp, figures, memory, watching
from campaign.web.public.forms import SignForm
from campaign.web.public.memory import giving_of, petition_or_404

STOPPED_FOR = "600"  # seconds after which a program may try again while signing is stopped


@bp.get("/petitions/<slug:slug>")
@bp.get("/petitions/<slug:slug>/<tag:tag>")
def petition(slug: str, tag: str = "") -> ResponseReturnValue:
    known = petition_or_404(slug)
    letter = tongues.letter_in(known, tag)
    if letter is None and tongues.once_in(known, tag):
        return redirect(url_for("public.petition", slug=slug), 302)
    letter = letter or abort(404)
    key = slug, tag, rules.is_stopped(Switch.SIGNING)
    return memory.page("public/petition.html", key, lambda: _page(letter, SignForm(None)))


@bp.post("/petitions/<slug:slug>/sign")
@throttle.signing
def sign(slug: str) -> ResponseReturnValue:
    known, at = petition_or_404(slug), now()
    letter = known.of_version(request.form.get("words", "")) or tongues.letter_in(known, "") or known
    petition = letter.open_petition
    if letter.closed_because:
        raise CaseEnded
    if petition is None or not letter.is_open(at):
        raise PetitionClosed
    form = SignForm.sent(petition.text_id)
    if rules.is_stopped(Switch.SIGNING):
        form.is_late = True
        return render_template("public/petition.html", **_page(letter, form)), 503, {"Retry-After": STOPPED_FOR}
    if not form.validate():
        return render_template("public/petition.html", **_page(letter, form)), 422
    throttle.petition(slug)
    signer = form.signer()
    vigil = watching.vigil(petition, email=signer.email, trap=form.remarks, proof=form.proof, at=at)
    signing.sign(petition, signer, at=at, seal=collaborators().seal, vigil=vigil)
    return redirect(url_for("public.check_your_inbox", slug=slug), 303)


@bp.get("/petitions/<slug:slug>/challenge.json")
@throttle.challenges
def challenge(slug: str) -> Response:
    """Work for the script of the page, where staff have switched that on."""
    petition = petition_or_404(slug).open_petition
    if petition is None or not petition.asks_for_proof:
        abort(404)
    response = jsonify(collaborators().prover.challenge(petition.id, at=now()))
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/petitions/<slug:slug>/sign")
def sign_again(slug: str) -> ResponseReturnValue:
    """Where a reload or a shared address of an answered form ends: at the form."""
    return redirect(url_for("public.petition", slug=slug, _anchor="sign"), 303)


@bp.get("/petitions/<slug:slug>/check-your-inbox")
def check_your_inbox(slug: str) -> Response:
    letter = petition_or_404(slug)
    return memory.page("public/check-your-inbox.html", slug, lambda: _context(letter) | {"unproved": rules.limit()})


@bp.get("/petitions/<slug:slug>/thank-you")
def thank_you(slug: str) -> Response:
    letter = petition_or_404(slug)
    return memory.page("public/thank-you.html", slug, lambda: _context(letter) | _giving(letter))


@bp.get("/petitions/<slug:slug>.json")
def petition_json(slug: str) -> Response:
    letter = petition_or_404(slug)
    return figures.public(jsonify(figures.petition(letter, countries.names(languages.chosen()), now())))


@bp.get("/petitions/<slug:slug>/count.json")
def count_json(slug: str) -> Response:
    letter = petition_or_404(slug)
    return figures.public(jsonify(figures.count(letter)), cache="public, max-age=5, stale-while-revalidate=20")


def _giving(letter: PetitionShown) -> dict[str, Any]:
    """Whether the campaign takes gifts: the same link for everybody, so that it says nothing of who signed."""
    return {"giving": giving_of(letter.campaign_slug)}


def _context(letter: PetitionShown) -> dict[str, Any]:
    return {"petition": letter, "is_demonstration": letter.is_demonstration}


def _page(letter: PetitionShown, form: SignForm) -> dict[str, Any]:
    return _context(letter) | {
        "form": form,
        "is_open": letter.is_open(now()),
        "is_stopped": rules.is_stopped(Switch.SIGNING),
        "asks_for_proof": letter.open_petition is not None and letter.open_petition.asks_for_proof,
        "course": concluding.course(letter.slug),
        "names_kept": retention.of(letter.slug, at=now()),
        "tongues": tongues.tongues(letter),
        "canonical": tongues.path(letter, letter.lang),
        "words": letter.open_petition.text_id if letter.open_petition else "",
        "unproved": rules.limit(),
        "country_options": countries.options(languages.chosen(), form.country.data),
        "growth": charts.growth(letter.days, before=now().date().isoformat()),
        "shown": [(filters.country(code), n) for code, n in letter.countries.shown],
    }
