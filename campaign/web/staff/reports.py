"""What visitors reported, and what became of it."""

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField

from campaign.database import db
from campaign.domain.cases import reporting
from campaign.domain.errors import Refused
from campaign.models.report import Report, ReportState
from campaign.web.staff import bp
from campaign.web.staff.caseforms import TEXT
from campaign.web.staff.forms import Choice
from campaign.web.staff.prisoners import hand


class LookedAtForm(FlaskForm):
    state = Choice(list(ReportState))
    outcome = StringField(validators=[TEXT])


@bp.get("/reports")
def reports() -> str:
    return _page()


@bp.post("/reports/<int:id>")
def look_at_report(id: int) -> ResponseReturnValue:
    row: Report = db.session.get(Report, id) or abort(404)
    form = LookedAtForm()
    if not form.validate():
        return _page((id, form)), 422
    by = hand()
    try:
        state = ReportState(form.state.data)
        reporting.look_at(row, state, outcome=form.outcome.data or "", by=by.name, account_id=by.account_id, at=by.at)
    except Refused as fault:
        form.outcome.errors = [_(fault.sentence)]
        return _page((id, form)), 422
    return redirect(url_for("staff.reports"), 303)


def _page(sent: tuple[int, LookedAtForm] | None = None) -> str:
    every = request.args.get("all") == "1"
    return render_template("staff/reports.html", rows=reporting.reports(every=every), every=every, sent=sent)
