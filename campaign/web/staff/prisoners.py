"""Case records as far as a packet needs them: facts looked at, contradictions decided, consent on record."""

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from campaign.collaborators import now
from campaign.database import db
from campaign.domain import verifying
from campaign.domain.errors import Refused
from campaign.domain.preflight import STALE_AFTER
from campaign.models.prisoner import Answer, Conflict, Consent, Decision, Prisoner, Question
from campaign.web.accounts.guards import account
from campaign.web.staff import bp, record
from campaign.web.staff.forms import ConsentForm, DecisionForm


@bp.get("/prisoners")
def prisoners() -> str:
    rows = sorted(db.session.scalars(select(Prisoner)), key=lambda p: p.name)
    return render_template("staff/prisoners.html", rows=rows, stale=now().date() - STALE_AFTER, Decision=Decision)


@bp.get("/prisoners/<slug>")
def prisoner(slug: str) -> str:
    return _page(_prisoner_or_404(slug))


@bp.post("/prisoners/<slug>/checked")
def checked(slug: str) -> ResponseReturnValue:
    found = _prisoner_or_404(slug)
    verifying.check_record(found, by=account().printed_name, on=now().date())
    record("record checked", "prisoner", slug, facts=len(found.facts))
    return _back(slug, "checked")


@bp.post("/prisoners/<slug>/conflicts/<int:id>")
def decide(slug: str, id: int) -> ResponseReturnValue:
    """`decision` is both, left_out, open, or one:<id of the fact>."""
    found = _prisoner_or_404(slug)
    conflict: Conflict = next((c for c in found.conflicts if c.id == id), None) or abort(404)
    form = DecisionForm()
    kind, _colon, fact = (form.decision.data or "").partition(":")
    form.decision.data = kind
    if not form.validate():
        return _page(found, decided=(id, form)), 422
    try:
        verifying.decide(
            conflict,
            Decision(kind),
            fact_id=int(fact) if fact.isdecimal() else None,
            reason=form.reason.data or "",
            by=account().printed_name,
            on=now().date(),
        )
    except Refused as fault:
        form.reason.errors = [_(fault.sentence)]
        return _page(found, decided=(id, form)), 422
    record("conflict decided", "prisoner", slug, conflict=id, decision=kind)
    return _back(slug, "conflicts")


@bp.post("/prisoners/<slug>/consent")
def consent(slug: str) -> ResponseReturnValue:
    """Whether the person may be named in public."""
    found, form = _prisoner_or_404(slug), ConsentForm()
    if not form.validate():
        return _page(found, consent_form=form), 422
    given = verifying.Given(
        by=form.given_by.data or "",
        on=form.given_on.data,
        channel=form.channel.data or "",
        proof=form.proof.data or "",
        expires_on=form.expires_on.data,
    )
    try:
        verifying.record_consent(found, Question.PUBLISH_NAME, Answer(form.answer.data), given)
    except Refused as fault:
        form.answer.errors = [_(fault.sentence)]
        return _page(found, consent_form=form), 422
    record("consent recorded", "prisoner", slug, answer=form.answer.data)
    return _back(slug, "consent")


def _page(
    found: Prisoner, *, decided: tuple[int, DecisionForm] | None = None, consent_form: ConsentForm | None = None
) -> str:
    form = consent_form or ConsentForm(formdata=None, obj=_consent_of(found))
    if consent_form is None and (known := _consent_of(found)) is not None:
        form.answer.data = known.answer.value
    return render_template(
        "staff/prisoner.html",
        prisoner=found,
        decided=decided,
        form=form,
        consent=_consent_of(found),
        decision_form=DecisionForm(formdata=None),
        stale=now().date() - STALE_AFTER,
        packet=request.args.get("packet", "")[:24],
        Decision=Decision,
    )


def _consent_of(found: Prisoner) -> Consent | None:
    return next((c for c in found.consents if c.question is Question.PUBLISH_NAME), None)


def _back(slug: str, anchor: str) -> ResponseReturnValue:
    came_from = request.form.get("packet", "")[:24] or None
    return redirect(url_for("staff.prisoner", slug=slug, packet=came_from, _anchor=anchor), 303)


def _prisoner_or_404(slug: str) -> Prisoner:
    return db.session.scalar(select(Prisoner).where(Prisoner.slug == slug)) or abort(404)
