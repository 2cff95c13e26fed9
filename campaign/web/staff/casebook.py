"""Writing a case record: names, status, facts, sources. Only staff; a refused form keeps what was typed."""

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from campaign.domain.cases import recording
from campaign.domain.cases.recording import Statement
from campaign.domain.communications.questionnaire import ANSWERABLE
from campaign.domain.errors import Refused
from campaign.models.prisoner import Confidence, Fact, Prisoner, PrisonerName, Source, Topic
from campaign.web.staff import bp
from campaign.web.staff.caseforms import (
    FactForm,
    NameForm,
    NewRecordForm,
    PersonForm,
    SourceForm,
    StatusForm,
    TakenBackForm,
)
from campaign.web.staff.prisoners import back, hand, prisoner_or_404


@bp.route("/prisoners/new", methods=["GET", "POST"])
def new_prisoner() -> ResponseReturnValue:
    form = NewRecordForm()
    if form.is_submitted() and form.validate():
        found = recording.begin(form.name.data or "", form.person(), form.standing(), hand())
        return redirect(url_for("staff.prisoner", slug=found.slug), 303)
    return _form(form, _("New record"))


@bp.route("/prisoners/<slug>/about", methods=["GET", "POST"])
def about(slug: str) -> ResponseReturnValue:
    found = prisoner_or_404(slug)
    form = PersonForm(obj=found)
    if form.is_submitted() and form.validate():
        recording.describe(found, form.person(), hand())
        return back(slug)
    return _form(form, _("The person"), found)


@bp.route("/prisoners/<slug>/status", methods=["GET", "POST"])
def status(slug: str) -> ResponseReturnValue:
    found = prisoner_or_404(slug)
    known = {"status": found.status.value, "as_of": found.status_as_of, "note": found.status_note}
    form = StatusForm(data=known)
    if form.is_submitted() and form.validate():
        recording.set_status(found, form.standing(), hand())
        return back(slug)
    return _form(form, _("Status"), found)


@bp.route("/prisoners/<slug>/names", methods=["GET", "POST"])
def new_name(slug: str) -> ResponseReturnValue:
    return _name(prisoner_or_404(slug), None)


@bp.route("/prisoners/<slug>/names/<int:id>", methods=["GET", "POST"])
def name(slug: str, id: int) -> ResponseReturnValue:
    found = prisoner_or_404(slug)
    return _name(found, _name_or_404(found, id))


def _name(found: Prisoner, row: PrisonerName | None) -> ResponseReturnValue:
    form = NameForm(obj=row)
    if row is not None and not form.is_submitted():
        form.kind.data = row.kind.value
    if form.is_submitted() and form.validate():
        try:
            recording.put_name(found, form.spelling(), hand(), name_id=row.id if row else None)
        except Refused as fault:
            form.text.errors = [_(fault.sentence)]
        else:
            return back(found.slug, "names")
    removes = url_for("staff.remove_name", slug=found.slug, id=row.id) if row else ""
    return _form(form, _("Name"), found, removes=removes)


@bp.post("/prisoners/<slug>/names/<int:id>/remove")
def remove_name(slug: str, id: int) -> ResponseReturnValue:
    found = prisoner_or_404(slug)
    recording.remove_name(found, _name_or_404(found, id), hand())
    return back(slug, "names")


@bp.route("/prisoners/<slug>/facts", methods=["GET", "POST"])
def new_fact(slug: str) -> ResponseReturnValue:
    return _fact(prisoner_or_404(slug), None)


@bp.route("/prisoners/<slug>/facts/<int:id>", methods=["GET", "POST"])
def fact(slug: str, id: int) -> ResponseReturnValue:
    found = prisoner_or_404(slug)
    return _fact(found, _fact_or_404(found, id))


def _fact(found: Prisoner, row: Fact | None) -> ResponseReturnValue:
    form, known = FactForm(obj=row), sources_of(found)
    form.sources.offered = [(s.id, ", ".join(filter(None, (s.title, s.publisher, s.published)))) for s in known]
    if row is not None and not form.is_submitted():
        form.topic.data, form.confidence.data = row.topic.value, row.confidence.value
        form.sources.data = [s.id for s in row.sources]
    if form.is_submitted() and form.validate():
        _write(found, row, form, [s for s in known if s.id in form.sources.data])
        return back(found.slug, "facts")
    removes = url_for("staff.remove_fact", slug=found.slug, id=row.id) if row else ""
    return _form(form, _("Fact"), found, removes=removes, fact=row)


def _write(found: Prisoner, row: Fact | None, form: FactForm, sources: list[Source]) -> None:
    other = form.other_source()
    if other is not None:
        sources = [*sources, recording.add_source(found, other, hand())]
    statement = Statement(
        topic=Topic(form.topic.data),
        value=form.value.data or "",
        as_of=form.as_of.data or "",
        happened=form.happened.data or None,
        confidence=Confidence(form.confidence.data),
        confidential=bool(form.confidential.data),
        answers=form.answers.data or "",
        sources=sources,
    )
    recording.put_fact(found, statement, hand(), fact=row, may_be_repeated=not form.silent.data)


@bp.post("/prisoners/<slug>/facts/<int:id>/checked")
def check_fact(slug: str, id: int) -> ResponseReturnValue:
    recording.check_fact(_fact_or_404(prisoner_or_404(slug), id), hand())
    return back(slug, "facts")


@bp.post("/prisoners/<slug>/facts/<int:id>/remove")
def remove_fact(slug: str, id: int) -> ResponseReturnValue:
    taken = _fact_or_404(prisoner_or_404(slug), id)
    recording.remove_fact(taken, hand(), may_be_repeated=not TakenBackForm().silent.data)
    return back(slug, "facts")


@bp.route("/prisoners/<slug>/sources/<int:id>", methods=["GET", "POST"])
def source(slug: str, id: int) -> ResponseReturnValue:
    found = prisoner_or_404(slug)
    row: Source = next((s for s in sources_of(found) if s.id == id), None) or abort(404)
    form = SourceForm(obj=row)
    if form.is_submitted() and form.validate():
        recording.change_source(found, row, form.source(), hand())
        return back(slug, "facts")
    return _form(form, _("Source"), found)


def sources_of(found: Prisoner) -> list[Source]:
    """Those that the facts of this person name."""
    known = {source.id: source for fact in found.facts for source in fact.sources}
    return [known[id] for id in sorted(known)]


def _form(
    form: FlaskForm, title: str, found: Prisoner | None = None, *, removes: str = "", fact: Fact | None = None
) -> ResponseReturnValue:
    page = render_template(
        "staff/prisoner_form.html",
        form=form,
        title=title,
        prisoner=found,
        removes=removes,
        fact=fact,
        questions=ANSWERABLE,
    )
    return page, 422 if form.errors else 200


def _name_or_404(found: Prisoner, id: int) -> PrisonerName:
    return next((n for n in found.names if n.id == id), None) or abort(404)


def _fact_or_404(found: Prisoner, id: int) -> Fact:
    return next((f for f in found.facts if f.id == id), None) or abort(404)
