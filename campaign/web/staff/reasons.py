"""The reasons for which drafts are rejected: staff read the list, admins keep it."""

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField

from campaign.collaborators import now
from campaign.database import db
from campaign.domain.drafts import reasoning
from campaign.domain.errors import Refused
from campaign.models.account import RoleName
from campaign.models.draft import RejectionReason
from campaign.web.accounts.guards import account, admins_only
from campaign.web.staff import bp, record


class ReasonForm(FlaskForm):
    sentence = StringField()


@bp.get("/reasons")
def reasons() -> str:
    return _page()


@bp.post("/reasons")
@admins_only
def add_reason() -> ResponseReturnValue:
    form = ReasonForm()
    try:
        row = reasoning.add(form.sentence.data or "")
    except Refused as fault:
        form.sentence.errors = [_(fault.sentence)]
        return _page(adding=form), 422
    record("reason added", "reason", row.code, sentence=row.sentence)
    return _back()


@bp.post("/reasons/<code>")
@admins_only
def reword_reason(code: str) -> ResponseReturnValue:
    row, form = _reason_or_404(code), ReasonForm()
    try:
        reasoning.reword(row, form.sentence.data or "")
    except Refused as fault:
        db.session.rollback()
        form.sentence.errors = [_(fault.sentence)]
        return _page(rewording=(code, form)), 422
    record("reason reworded", "reason", code, sentence=row.sentence)
    return _back()


@bp.post("/reasons/<code>/up")
@admins_only
def raise_reason(code: str) -> ResponseReturnValue:
    reasoning.raise_up(_reason_or_404(code))
    record("reasons ordered", "reason", code)
    return _back()


@bp.post("/reasons/<code>/down")
@admins_only
def lower_reason(code: str) -> ResponseReturnValue:
    reasoning.lower(_reason_or_404(code))
    record("reasons ordered", "reason", code)
    return _back()


@bp.post("/reasons/<code>/retire")
@admins_only
def retire_reason(code: str) -> ResponseReturnValue:
    reasoning.retire(_reason_or_404(code), at=now())
    record("reason retired", "reason", code)
    return _back()


@bp.post("/reasons/<code>/bring-back")
@admins_only
def bring_back_reason(code: str) -> ResponseReturnValue:
    reasoning.bring_back(_reason_or_404(code))
    record("reason brought back", "reason", code)
    return _back()


def _reason_or_404(code: str) -> RejectionReason:
    return db.session.get(RejectionReason, code) or abort(404)


def _page(*, adding: ReasonForm | None = None, rewording: tuple[str, ReasonForm] | None = None) -> str:
    return render_template(
        "staff/reasons.html",
        offered=reasoning.offered(),
        retired=reasoning.retired(),
        adding=adding or ReasonForm(formdata=None),
        rewording=rewording,
        is_admin=account().has_any_role(RoleName.ADMIN),
        most=reasoning.LONGEST,
    )


def _back() -> ResponseReturnValue:
    return redirect(url_for("staff.reasons"), 303)
