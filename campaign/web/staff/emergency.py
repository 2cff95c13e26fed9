"""For admins: stop everything, sign everybody out, take every permission to export. Each says what it will do first."""

from collections.abc import Callable

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from sqlalchemy import func, select
from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired, Length

from campaign.collaborators import now
from campaign.database import db
from campaign.domain import switching
from campaign.domain.upkeep import responding
from campaign.models.account import Account
from campaign.models.site import Switch
from campaign.web.accounts.guards import account, admins_only
from campaign.web.staff import bp
from campaign.web.staff.forms import NEEDED


class EmergencyForm(FlaskForm):
    reason = StringField(validators=[NEEDED, Length(max=300)])
    sure = BooleanField(validators=[InputRequired(lazy_gettext("Tick this if you are sure."))])


@bp.get("/emergency")
@admins_only
def emergency() -> str:
    return _page()


@bp.post("/emergency/<act>")
@admins_only
def emergency_act(act: str) -> ResponseReturnValue:
    do = _ACTS.get(act) or abort(404)
    form = EmergencyForm()
    if not form.validate():
        return _page(act, form), 422
    flash(do(form.reason.data or ""), "success")
    return redirect(url_for("staff.emergency"), 303)


def _stop(reason: str) -> str:
    who = account()
    n = responding.stop_everything(by=who.printed_name, reason=reason, account_id=who.id, at=now())
    return _("%(n)s switches were stopped. Start them again one by one under Guards.", n=n)


def _sessions(reason: str) -> str:
    n = responding.end_all_sessions(reason=reason, account_id=account().id, at=now())
    return _("The sessions of %(n)s accounts are over, yours included.", n=n)


def _permissions(reason: str) -> str:
    n = responding.take_all_permissions(reason=reason, account_id=account().id, at=now())
    return _("Nobody may take names out now; %(n)s could.", n=n)


_ACTS: dict[str, Callable[[str], str]] = {"stop": _stop, "sessions": _sessions, "permissions": _permissions}


def _page(act: str = "", form: EmergencyForm | None = None) -> str:
    stopped = switching.stopped()
    return render_template(
        "staff/emergency.html",
        running=[switch for switch in Switch if switch not in stopped],
        accounts=db.session.scalar(select(func.count()).select_from(Account)) or 0,
        may_export=db.session.scalars(select(Account.email).where(Account.may_export).order_by(Account.email)).all(),
        sent=act,
        form=form,
    )
