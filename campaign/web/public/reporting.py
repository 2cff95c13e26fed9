"""Visitors report a release, a death, an error or a danger. Nothing is kept of who it was."""

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import Length, StopValidation

from campaign.collaborators import now
from campaign.domain.cases import reporting
from campaign.models.report import ReportReason
from campaign.web import fields, plain, throttle
from campaign.web.fields import OpenForm
from campaign.web.public import bp, memory
from campaign.web.public.memory import campaign_or_404

LONGEST = 4000


class ReportForm(OpenForm):
    reason = StringField()
    words = TextAreaField(validators=[Length(max=LONGEST, message=_("Please be shorter: 4000 letters at most."))])
    letter = HiddenField(validators=[Length(max=80)])
    remarks = StringField()  # a trap: people do not see it

    def validate_reason(self, field: StringField) -> None:
        if field.data not in set(ReportReason):
            raise StopValidation(str(_("Choose what it is about.")))

    def validate_words(self, field: TextAreaField) -> None:
        if not (field.data or "").strip():
            raise StopValidation(str(_("Write what you know, and where it can be read if you can say that.")))


@bp.get("/campaigns/<slug:slug>/report")
def report(slug: str) -> str:
    told, form = campaign_or_404(slug), ReportForm(None)
    form.letter.data = request.args.get("letter", "")[:80]
    return render_template("public/report.html", campaign=told, form=form, is_demonstration=told.is_demonstration)


@bp.post("/campaigns/<slug:slug>/report")
@throttle.links
def send_report(slug: str) -> ResponseReturnValue:
    told = campaign_or_404(slug)
    fields.refuse_doubled_fields()
    plain.take_out_turning_signs()
    form = ReportForm()
    if not form.validate():
        return render_template(
            "public/report.html", campaign=told, form=form, is_demonstration=told.is_demonstration
        ), 422
    if not form.remarks.data:
        reason = ReportReason(form.reason.data)
        reporting.report(slug, reason, form.words.data or "", letter=form.letter.data or "", at=now())
    return redirect(url_for("public.reported", slug=slug), 303)


@bp.get("/campaigns/<slug:slug>/reported")
def reported(slug: str) -> Response:
    told = campaign_or_404(slug)
    return memory.page("public/reported.html", slug, lambda: {"campaign": told})
