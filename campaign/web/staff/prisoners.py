"""Case records: who is in them, what waits, contradictions decided, consent on record. Editing is in casebook.py."""

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from campaign.collaborators import now
from campaign.database import db
from campaign.domain import pausing
from campaign.domain.cases import casework, recording, verifying
from campaign.domain.cases.recording import Hand
from campaign.domain.errors import Refused
from campaign.models.prisoner import Conflict, Consent, Decision, Prisoner, Question
from campaign.web.accounts.guards import account
from campaign.web.staff import bp, record
from campaign.web.staff.caseforms import ConsentForm, ContradictionForm, PauseForm
from campaign.web.staff.forms import DecisionForm


@bp.get("/prisoners")
def prisoners() -> str:
    """All of them, or with `?stale=1` those that nobody has compared with their sources lately."""
    only_stale, today = request.args.get("stale") == "1", now().date()
    every = db.session.scalars(
        select(Prisoner).options(
            selectinload(Prisoner.names), selectinload(Prisoner.facts), selectinload(Prisoner.conflicts)
        )
    )
    rows = sorted(every, key=lambda p: p.name)
    stale = {p.slug for p in rows if casework.is_stale(p.last_checked_on, today)}
    return render_template(
        "staff/prisoners.html",
        rows=[p for p in rows if p.slug in stale] if only_stale else rows,
        stale=stale,
        only_stale=only_stale,
        Decision=Decision,
    )


@bp.get("/prisoners/<slug>")
def prisoner(slug: str) -> str:
    return page(prisoner_or_404(slug))


@bp.post("/prisoners/<slug>/checked")
def checked(slug: str) -> ResponseReturnValue:
    found = prisoner_or_404(slug)
    verifying.check_record(found, by=account().printed_name, on=now().date())
    record("record checked", "prisoner", slug, facts=len(found.facts))
    return back(slug, "checked")


@bp.post("/prisoners/<slug>/pause")
def pause(slug: str) -> ResponseReturnValue:
    """Take everything about the person out of sight, at once."""
    found, form = prisoner_or_404(slug), PauseForm()
    if not form.validate():
        return page(found, pause_form=form), 422
    by = hand()
    pausing.pause(found, reason=form.why.data or "", by=by.name, account_id=by.account_id, at=by.at)
    return back(slug, "pause")


@bp.post("/prisoners/<slug>/resume")
def resume(slug: str) -> ResponseReturnValue:
    pausing.resume(prisoner_or_404(slug), account_id=account().id, at=now())
    return back(slug, "pause")


@bp.post("/prisoners/<slug>/conflicts")
def contradict(slug: str) -> ResponseReturnValue:
    """Put facts side by side that cannot all be true."""
    found = prisoner_or_404(slug)
    form = contradiction_form(found)
    if not form.validate():
        return page(found, contradiction=form), 422
    recording.contradict(found, form.facts.data, form.about.data or "", hand())
    return back(slug, "conflicts")


@bp.post("/prisoners/<slug>/conflicts/<int:id>")
def decide(slug: str, id: int) -> ResponseReturnValue:
    """`decision` is both, left_out, open, or one:<id of the fact>."""
    found = prisoner_or_404(slug)
    conflict: Conflict = next((c for c in found.conflicts if c.id == id), None) or abort(404)
    form = DecisionForm()
    kind, _colon, fact = (form.decision.data or "").partition(":")
    form.decision.data = kind
    if not form.validate():
        return page(found, decided=(id, form)), 422
    was = conflict.decision.value
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
        return page(found, decided=(id, form)), 422
    record("conflict decided", "prisoner", slug, conflict=id, was=was, decision=kind)
    return back(slug, "conflicts")


@bp.post("/prisoners/<slug>/consent")
def consent(slug: str) -> ResponseReturnValue:
    """What the person or the family said to one of the questions."""
    found, form = prisoner_or_404(slug), ConsentForm()
    if form.question.data is None:
        form.question.data = Question.PUBLISH_NAME.value
    if not form.validate():
        return page(found, consent_form=form), 422
    question = Question(form.question.data)
    known = consent_to(found, question)
    was = known.answer.value if known else "unknown"
    try:
        verifying.record_consent(found, question, form.said(), form.given())
    except Refused as fault:
        form.answer.errors = [_(fault.sentence)]
        return page(found, consent_form=form), 422
    record("consent recorded", "prisoner", slug, question=question.value, was=was, answer=form.said().value)
    return back(slug, "consent")


def page(found: Prisoner, *, decided: tuple[int, DecisionForm] | None = None, **sent: Any) -> str:
    """The record; `sent` are forms that were refused, with everything that was typed."""
    asked = request.args.get("question", "")
    question = Question(asked) if asked in set(Question) else Question.PUBLISH_NAME
    known = consent_to(found, question)
    return render_template(
        "staff/prisoner.html",
        prisoner=found,
        decided=decided,
        form=sent.get("consent_form") or ConsentForm.of(question, known),
        contradiction=sent.get("contradiction") or contradiction_form(found, empty=True),
        pause_form=sent.get("pause_form") or PauseForm(formdata=None),
        mentioned=pausing.still_mentioned(found) if found.is_paused else [],
        consents={each: consent_to(found, each) for each in Question},
        decision_form=DecisionForm(formdata=None),
        is_stale=casework.is_stale(found.last_checked_on, now().date()),
        today=now().date(),
        packet=request.args.get("packet", "")[:24],
        Decision=Decision,
    )


def contradiction_form(found: Prisoner, *, empty: bool = False) -> ContradictionForm:
    form = ContradictionForm(formdata=None) if empty else ContradictionForm()
    form.facts.offered = [(fact.id, fact.value) for fact in found.facts if fact.conflict_id is None]
    return form


def consent_to(found: Prisoner, question: Question) -> Consent | None:
    return next((c for c in found.consents if c.question is question), None)


def hand() -> Hand:
    """Whoever is signed in, now."""
    return Hand(account().id, account().printed_name, now())


def back(slug: str, anchor: str | None = None) -> ResponseReturnValue:
    came_from = request.form.get("packet", "")[:24] or None
    return redirect(url_for("staff.prisoner", slug=slug, packet=came_from, _anchor=anchor), 303)


def prisoner_or_404(slug: str) -> Prisoner:
    return db.session.scalar(select(Prisoner).where(Prisoner.slug == slug)) or abort(404)
