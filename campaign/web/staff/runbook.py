"""The runbook: what to do after a breach, a legal demand, a restore, and how keys are changed. Made to be printed."""

from datetime import UTC, datetime
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy import select
from wtforms import StringField

from campaign.collaborators import collaborators, now
from campaign.database import db
from campaign.domain import switching
from campaign.domain.sealing import key_id
from campaign.domain.upkeep import responding
from campaign.models.account import RoleName
from campaign.models.site import RegisteredKey, Switch
from campaign.web.accounts.guards import account
from campaign.web.staff import bp
from campaign.web.staff.forms import NEEDED


class NoticedForm(FlaskForm):
    noticed = StringField(validators=[NEEDED])

    @property
    def moment(self) -> datetime | None:
        """What was typed, in UTC; None if it is no moment."""
        try:
            return datetime.fromisoformat((self.noticed.data or "").strip()).replace(tzinfo=UTC)
        except ValueError:
            return None


@bp.get("/runbook")
def runbook() -> str:
    return _page("runbook")


@bp.get("/runbook/breach")
def breach() -> str:
    return _breach(NoticedForm(formdata=None, noticed=now().strftime("%Y-%m-%d %H:%M")))


@bp.post("/runbook/breach/noticed")
def breach_noticed() -> ResponseReturnValue:
    form = NoticedForm()
    moment = form.moment if form.validate() else None
    if moment is None:
        form.noticed.errors = [_("Write the day and hour in UTC as 2017-06-30 14:05.")]
        return _breach(form), 422
    try:
        responding.notice(moment, account_id=account().id, at=now())
    except responding.NotYet as fault:
        form.noticed.errors = [_(fault.sentence)]
        return _breach(form), 422
    flash(_("The clock runs. It stands in the journal."), "success")
    return redirect(url_for("staff.breach"), 303)


@bp.post("/runbook/breach/settled")
def breach_settled() -> ResponseReturnValue:
    responding.settle(account_id=account().id, at=now())
    flash(_("Settled, and written into the journal."), "success")
    return redirect(url_for("staff.breach"), 303)


@bp.get("/runbook/legal-demand")
def legal_demand() -> str:
    return _page("legal_demand", held=responding.held())


@bp.get("/runbook/keys")
def changing_keys() -> str:
    settings = collaborators().settings
    registered = db.session.scalars(select(RegisteredKey).order_by(RegisteredKey.purpose, RegisteredKey.registered_at))
    here = {key_id(settings.mail_public_key), key_id(settings.names_public_key)}
    return _page("changing_keys", registered=registered.all(), used=here)


@bp.get("/runbook/restored")
def restored() -> str:
    return _page("restored", letters_stopped=switching.about(Switch.LETTERS))


def _breach(form: NoticedForm) -> str:
    return _page("breach", form=form, clock=responding.clock(), held=responding.held(), at=now())


def _page(name: str, **about: Any) -> str:
    settings = collaborators().settings
    return render_template(
        f"staff/runbook/{name}.html",
        about=settings.about,
        names_key_here=bool(settings.names_private_keys),
        mail_key_here=bool(settings.mail_private_keys),
        is_admin=account().has_any_role(RoleName.ADMIN),
        **about,
    )
