"""News of a campaign: written by its team, looked at as the letter it will be, sent off, and watched on its way."""

from datetime import UTC, datetime

from flask import Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.collaborators import collaborators, now
from campaign.domain import limits, posting
from campaign.domain.news import filling, pacing, segmenting, updating
from campaign.domain.news.segmenting import Segment, SegmentWrong
from campaign.domain.news.updating import UpdateNotReady, UpdateSavedElsewhere, Words
from campaign.gateways import leaflets
from campaign.gateways.leaflets import Leaflet
from campaign.models.update import Update, UpdateState
from campaign.web import countries, headers, languages, tongues
from campaign.web.accounts.guards import account
from campaign.web.campaigners import bp
from campaign.web.campaigners.statistics import of_own_team

LETTER_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'; sandbox"


@bp.get("/campaigns/<slug>/news")
def updates(slug: str) -> str:
    found = of_own_team(slug)
    rows = [(update, updating.progress(update)) for update in updating.of_campaign(found)]
    return render_template("campaigners/updates.html", campaign=found, rows=rows)


@bp.post("/campaigns/<slug>/news")
def begin_update(slug: str) -> ResponseReturnValue:
    update = updating.begin(of_own_team(slug), account(), at=now())
    return redirect(url_for("campaigners.update", id=update.id), 303)


@bp.get("/updates/<int:id>")
def update(id: int) -> Response:
    """While it is on its way the page looks again by itself, if somebody wants it to."""
    found = updating.readable(id, account()) or abort(404)
    live = found.state is UpdateState.SENDING and request.args.get("live") == "1"
    response = make_response(_page(found, live=live))
    if live:
        response.headers["Refresh"] = "5"
    return response


@bp.post("/updates/<int:id>")
def save_update(id: int) -> ResponseReturnValue:
    found = _own_or_404(id)
    typed = {lang: _words(lang) for lang in updating.languages(found)}
    segment = _segment()
    try:
        updating.save(found, typed, segment, version=request.form.get("version", 0, int), by=account(), at=now())
    except UpdateSavedElsewhere as fault:
        return _page(found, typed=typed, sentence=_(fault.sentence)), 409
    except SegmentWrong as fault:
        return _page(found, typed=typed, sentence=_(fault.sentence)), 422
    return redirect(url_for("campaigners.update", id=id, _anchor="saved"), 303)


@bp.get("/updates/<int:id>/letter/<lang>")
def look_at_update(id: int, lang: str) -> Response:
    """The letter as it will be, both parts of it; nothing is sent."""
    found = updating.readable(id, account()) or abort(404)
    made = _leaflet(found, lang)
    text, _html = leaflets.shown(made, collaborators().writer)
    about = {"at_lang": lang, "subject": made.subject, "text": text, "names": _names(found)}
    page = render_template("campaigners/update_letter.html", update=found, **about)
    response = make_response(page)
    response.headers["Content-Security-Policy"] = f"{headers.POLICY}; frame-src 'self'"
    return response


@bp.get("/updates/<int:id>/letter/<lang>/html")
def update_as_html(id: int, lang: str) -> Response:
    made = _leaflet(updating.readable(id, account()) or abort(404), lang)
    _text, html = leaflets.shown(made, collaborators().writer)
    response = make_response(html)
    response.headers["Content-Security-Policy"] = LETTER_POLICY
    return response


@bp.post("/updates/<int:id>/test")
def test_update(id: int) -> ResponseReturnValue:
    """To oneself, and to nobody else."""
    found, lang = _own_or_404(id), request.form.get("lang", "")
    if updating.words(found, lang) is None:
        flash(_("There are no words yet. Write and save something first."), "error")
    else:
        params = {"update": str(found.id), "lang": lang}
        posting.post("update-test", at=now(), account_id=account().id, params=params)
        flash(_("A test letter is on its way to your own address, and to nobody else."), "success")
    return redirect(url_for("campaigners.update", id=id), 303)


@bp.post("/updates/<int:id>/send")
def send_update(id: int) -> ResponseReturnValue:
    found = _own_or_404(id)
    try:
        send_at = _moment(request.form.get("send_at", ""))
        updating.send(found, send_at=send_at, by=account(), at=now())
    except ValueError:
        return _page(found, sentence=_("Write the moment as in 2026-06-09 14:30, in UTC, or leave it empty.")), 422
    except UpdateNotReady:
        return _page(found, tried=True), 422
    return redirect(url_for("campaigners.update", id=id), 303)


@bp.post("/updates/<int:id>/take-back")
def take_back_update(id: int) -> ResponseReturnValue:
    updating.take_back(_own_or_404(id), by=account(), at=now())
    return redirect(url_for("campaigners.update", id=id), 303)


@bp.post("/updates/<int:id>/pause")
def pause_update(id: int) -> ResponseReturnValue:
    updating.pause(_own_or_404(id), by=account(), at=now())
    return redirect(url_for("campaigners.update", id=id), 303)


@bp.post("/updates/<int:id>/resume")
def resume_update(id: int) -> ResponseReturnValue:
    updating.resume(_own_or_404(id), by=account(), at=now())
    return redirect(url_for("campaigners.update", id=id), 303)


@bp.post("/updates/<int:id>/cancel")
def cancel_update(id: int) -> ResponseReturnValue:
    updating.cancel(_own_or_404(id), by=account(), at=now())
    return redirect(url_for("campaigners.update", id=id), 303)


def _own_or_404(id: int) -> Update:
    return updating.writable(id, account()) or abort(404)


def _words(lang: str) -> Words:
    return Words(request.form.get(f"title-{lang}", ""), request.form.get(f"body-{lang}", ""))


def _segment() -> Segment:
    form = request.form
    return Segment(
        country=form.get("country", ""),
        lang=form.get("to_lang", ""),
        petition=form.get("petition", type=int),
        since=form.get("since", ""),
    )


def _moment(typed: str) -> datetime | None:
    typed = typed.strip()
    return datetime.fromisoformat(typed).replace(tzinfo=UTC) if typed else None


def _leaflet(found: Update, lang: str) -> Leaflet:
    return leaflets.leaflet(found, lang, collaborators().writer, posted=now().timestamp()) or abort(404)


def _names(found: Update) -> list[tuple[str, str]]:
    return [(lang, tongues.name_of(lang)) for lang in updating.languages(found)]


def _page(
    found: Update, *, typed: dict[str, Words] | None = None, sentence: str = "", tried: bool = False, live: bool = False
) -> str:
    at, segment, pace = now(), segmenting.read(found.segment), limits.read()
    texts = {text.lang: text for text in found.texts}
    is_written = found.state is UpdateState.WRITING
    return render_template(
        "campaigners/update.html",
        update=found,
        at=at,
        names=_names(found),
        words=typed or texts,
        has_words=any(text.title and text.body for text in found.texts),
        segment=segment,
        number=segmenting.count(found.campaign_id, segment, at=at),
        fewest=segmenting.FEWEST,
        faults=updating.lacking(found, at=at) if is_written else [],
        needs_approval=is_written and updating.needs_approval(found),
        values=filling.NAMES,
        given=filling.values(found.campaign),
        progress=updating.progress(found),
        pace=pace,
        quiet=pacing.is_quiet(at, pace),
        sentence=sentence,
        tried=tried,
        live=live,
        may_write=updating.may_write(found, account()),
        all_languages=[(lang, tongues.name_of(lang)) for lang in updating.all_languages(found)],
        country_options=sorted(countries.names(languages.chosen()).items(), key=lambda pair: pair[1]),
    )
