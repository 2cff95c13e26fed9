"""Accounts as admins see them: invited by a letter, disabled, and a lost second factor reset by two of them."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import Length

from campaign.collaborators import now
from campaign.database import db
from campaign.domain import assenting
from campaign.domain.accounts import organising, recovering
from campaign.domain.accounts.organising import AccountKnown
from campaign.domain.assenting import ReasonMissing
from campaign.models.account import Account, RoleName
from campaign.models.assent import Assent, AssentKind
from campaign.web.accounts.guards import account, admins_only
from campaign.web.fields import Address
from campaign.web.staff import bp
from campaign.web.staff.forms import Choice

ROLES = {
    RoleName.CAMPAIGNER: lazy_gettext("Campaigner: writes campaigns"),
    RoleName.STAFF: lazy_gettext("Staff: approves, vets, makes packets"),
    RoleName.ADMIN: lazy_gettext("Admin: staff who also open and disable accounts"),
}


class InviteAccountForm(FlaskForm):
    email = Address()
    name = StringField(validators=[Length(max=200)])
    role = Choice([role.value for role in RoleName], default=RoleName.CAMPAIGNER.value)


@bp.get("/accounts")
@admins_only
def accounts() -> str:
    return _page(InviteAccountForm(formdata=None))


@bp.post("/accounts")
@admins_only
def invite_account() -> ResponseReturnValue:
    """Open an account; a letter brings the one link that sets its password."""
    form = InviteAccountForm()
    if not form.validate():
        return _page(form), 422
    name, role = (form.name.data or "").strip(), RoleName(form.role.data)
    try:
        organising.open_account(form.email.address, role, name=name, by=account(), at=now())
    except AccountKnown as fault:
        form.email.errors = [_(fault.sentence)]
        return _page(form), 422
    flash(_("The account is open, and a letter with its link is on the way."), "success")
    return redirect(url_for("staff.accounts"), 303)


@bp.post("/accounts/<int:id>/link")
@admins_only
def invite_again(id: int) -> ResponseReturnValue:
    """A new link for somebody whose last one is over."""
    organising.invite_again(_account_or_404(id), by=account(), at=now())
    flash(_("A letter with a new link is on the way."), "success")
    return redirect(url_for("staff.accounts"), 303)


@bp.post("/accounts/<int:id>/active")
@admins_only
def set_active(id: int) -> ResponseReturnValue:
    """Disable an account, which ends its sessions, or enable it again."""
    organising.set_active(_account_or_404(id), request.form.get("on") == "1", by=account(), at=now())
    return redirect(url_for("staff.accounts"), 303)


@bp.post("/accounts/<int:id>/factor")
@admins_only
def ask_reset(id: int) -> ResponseReturnValue:
    """One of two: ask that a lost second factor be reset, and say why."""
    try:
        recovering.ask(_account_or_404(id), request.form.get("reason", ""), by=account(), at=now())
    except ReasonMissing as fault:
        return _page(InviteAccountForm(formdata=None), lacking=(id, _(fault.sentence))), 422
    flash(_("Asked. Another admin has to agree within three days."), "success")
    return redirect(url_for("staff.accounts"), 303)


@bp.post("/accounts/factors/<int:id>/agree")
@admins_only
def agree_reset(id: int) -> ResponseReturnValue:
    """Two of two."""
    recovering.agree(_reset_or_404(id), by=account(), at=now())
    flash(_("Reset. Every session of the account is over, and its owner is written to."), "success")
    return redirect(url_for("staff.accounts"), 303)


@bp.post("/accounts/factors/<int:id>/refuse")
@admins_only
def refuse_reset(id: int) -> ResponseReturnValue:
    assenting.refuse(_reset_or_404(id), by=account(), at=now())
    return redirect(url_for("staff.accounts"), 303)


def _page(form: InviteAccountForm, *, lacking: tuple[int, str] | None = None) -> str:
    return render_template(
        "staff/accounts.html",
        rows=organising.everybody(),
        resets=assenting.waiting(AssentKind.RESET_FACTOR, at=now()),
        roles=ROLES,
        form=form,
        me=account(),
        lacking=lacking,
    )


def _account_or_404(id: int) -> Account:
    return db.session.get(Account, id) or abort(404)


def _reset_or_404(id: int) -> Assent:
    return assenting.of(id, AssentKind.RESET_FACTOR) or abort(404)
