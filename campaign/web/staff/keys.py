"""Public keys of recipients: entered by one, compared with their owner by another."""

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy import select
from wtforms import StringField
from wtforms.validators import Length

from campaign.collaborators import now
from campaign.database import db
from campaign.domain.packets import keyholding
from campaign.domain.packets.keyholding import HowMissing, KeyKnown, KeyWrong, TwoOwners
from campaign.gateways.parcels import Age
from campaign.models.addressee import Addressee
from campaign.models.organisation import Organisation
from campaign.models.release import RecipientKey
from campaign.web.accounts.guards import account
from campaign.web.staff import bp
from campaign.web.staff.forms import LINE, NEEDED, Choice


class KeyForm(FlaskForm):
    key = StringField(validators=[NEEDED, Length(max=2000)])
    holder = StringField(validators=[NEEDED, LINE])
    addressee = Choice()
    organisation = Choice(default="")


class CompareForm(FlaskForm):
    how = StringField(validators=[LINE])


@bp.get("/keys")
def keys() -> str:
    return _page(KeyForm(formdata=None))


@bp.post("/keys")
def add_key() -> ResponseReturnValue:
    form = _offered(KeyForm())
    if not form.validate():
        return _page(form), 422
    whose = db.session.get(Addressee, form.addressee.data) if form.addressee.data else None
    other = db.session.get(Organisation, int(form.organisation.data)) if form.organisation.data else None
    typed, holder = form.key.data or "", form.holder.data or ""
    try:
        owner = keyholding.Owner(holder, whose, other)
        keyholding.add(typed, owner, by=account(), at=now(), keys=Age())
    except (KeyWrong, KeyKnown, TwoOwners) as fault:
        form["organisation" if isinstance(fault, TwoOwners) else "key"].errors = [_(fault.sentence)]
        return _page(form), 422
    return redirect(url_for("staff.keys"), 303)


@bp.post("/keys/<int:id>/compared")
def compare_key(id: int) -> ResponseReturnValue:
    form = CompareForm()
    try:
        keyholding.compare(_key_or_404(id), form.how.data or "", by=account(), at=now())
    except HowMissing as fault:
        form.how.errors = [_(fault.sentence)]
        return _page(KeyForm(formdata=None), {id: form}), 422
    return redirect(url_for("staff.keys"), 303)


@bp.post("/keys/<int:id>/end")
def end_key(id: int) -> ResponseReturnValue:
    keyholding.end(_key_or_404(id), by=account(), at=now())
    return redirect(url_for("staff.keys"), 303)


def _key_or_404(id: int) -> RecipientKey:
    return keyholding.found(id) or abort(404)


def _offered(form: KeyForm) -> KeyForm:
    found = db.session.scalars(select(Addressee).order_by(Addressee.title))
    form.addressee.offered = [("", _("Nobody of the list")), *((a.id, a.title) for a in found)]
    others = db.session.scalars(select(Organisation).order_by(Organisation.name))
    form.organisation.offered = [("", _("Nobody of the list")), *((str(o.id), o.name) for o in others)]
    return form


def _page(form: KeyForm, comparing: dict[int, CompareForm] | None = None) -> str:
    return render_template(
        "staff/keys.html",
        form=_offered(form),
        rows=keyholding.all_keys(),
        me=account(),
        comparing=comparing or {},
        empty=CompareForm(formdata=None),
    )
