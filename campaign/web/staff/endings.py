"""What becomes of a letter: paused, closed, answered, taken down, put back. Each page says first what will happen."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.collaborators import now
from campaign.database import db
from campaign.domain.cases import concluding
from campaign.domain.upkeep import overseeing, retention
from campaign.models.campaign import Campaign
from campaign.models.ending import Ground
from campaign.models.petition import Petition
from campaign.web.accounts.guards import account
from campaign.web.staff import bp, record
from campaign.web.staff.petition_forms import OfficialAnswerForm, TakeDownForm
from campaign.web.staff.petitions import petition_or_404


@bp.get("/petitions/<slug>/ending")
def ending_page(slug: str) -> str:
    return _page(slug)


@bp.post("/petitions/<slug>/pause")
def pause_petition(slug: str) -> ResponseReturnValue:
    found = petition_or_404(slug)
    concluding.pause(found)
    record("petition paused", "petition", slug, count=found.signature_count)
    return _done(slug)


@bp.post("/petitions/<slug>/resume")
def resume_petition(slug: str) -> ResponseReturnValue:
    concluding.resume(petition_or_404(slug))
    record("petition resumed", "petition", slug)
    return _done(slug)


@bp.post("/petitions/<slug>/close")
def close_petition(slug: str) -> ResponseReturnValue:
    found = petition_or_404(slug)
    concluding.close(found, at=now())
    record("petition closed", "petition", slug, count=found.signature_count)
    return _done(slug)


@bp.post("/petitions/<slug>/answer")
def answer_petition(slug: str) -> ResponseReturnValue:
    found, form = petition_or_404(slug), OfficialAnswerForm()
    if not form.validate():
        return _page(slug, answer=form), 422
    try:
        concluding.answer(
            found,
            from_whom=form.from_whom.data or "",
            on=form.on.data,
            text=form.text.data or "",
            source=form.source.data or "",
            closes=bool(form.closes.data),
            by=account().printed_name,
            at=now(),
        )
    except concluding.AnswerTooEarly as fault:
        db.session.rollback()
        form.on.errors = [_(fault.sentence)]
        return _page(slug, answer=form), 422
    record("answer published", "petition", slug, on=form.on.data.isoformat(), state=found.state.value)
    return _done(slug)


@bp.post("/petitions/<slug>/take-down")
def take_down(slug: str) -> ResponseReturnValue:
    found, form = petition_or_404(slug), TakeDownForm()
    if not form.validate():
        return _page(slug, down=form), 422
    thing, kind = _thing(found, form.scope.data or "")
    ground = Ground(form.ground.data)
    concluding.take_down(thing, ground, form.words.data or "", by=account().printed_name, at=now())
    record("taken down", kind, thing.slug, ground=ground.value, words=(form.words.data or "").strip())
    return _done(slug)


@bp.post("/petitions/<slug>/restore")
def put_back(slug: str) -> ResponseReturnValue:
    thing, kind = _thing(petition_or_404(slug), request.form.get("scope", ""))
    concluding.restore(thing, by=account().printed_name, at=now())
    record("put back", kind, thing.slug, state=thing.state.value)
    return _done(slug)


def _thing(petition: Petition, scope: str) -> tuple[Petition | Campaign, str]:
    return (petition.campaign, "campaign") if scope == "campaign" else (petition, "petition")


def _done(slug: str) -> ResponseReturnValue:
    flash(_("Done and written into the journal. Within 30 seconds everybody sees it."), "success")
    return redirect(url_for("staff.ending_page", slug=slug), 303)


def _page(slug: str, *, answer: OfficialAnswerForm | None = None, down: TakeDownForm | None = None) -> str:
    found, at = petition_or_404(slug), now()
    return render_template(
        "staff/ending.html",
        petition=found,
        states=overseeing.states(found),
        due=retention.due(found, at=at),
        closed_due=retention.months_after(at.date(), retention.AFTER_CLOSING),
        answers=concluding.answers(found),
        stone=concluding.takedown_of(found),
        campaign_stone=concluding.takedown_of(found.campaign),
        answer=answer or OfficialAnswerForm(formdata=None),
        down=down or TakeDownForm(formdata=None),
        grounds=[ground.value for ground in Ground],
    )
