"""Addressees: offices change hands and addresses, so each is confirmed by somebody, on a day, and its past is kept."""

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from campaign.collaborators import now
from campaign.database import db
from campaign.demo import loading
from campaign.domain.cases import addressing
from campaign.domain.communications import dossier
from campaign.domain.errors import Refused
from campaign.models.addressee import CONFIRMATION_LASTS, Addressee, AddresseeKind
from campaign.models.communication import Channel
from campaign.web.accounts.guards import account
from campaign.web.staff import bp, record
from campaign.web.staff.addressee_forms import AddresseeForm, NewAddresseeForm


@bp.get("/addressees")
def addressees() -> str:
    """All of them, or those of one kind or channel, or those that nobody has confirmed lately."""
    kind, channel, today = request.args.get("kind", ""), request.args.get("channel", ""), now().date()
    rows = list(db.session.scalars(select(Addressee).order_by(Addressee.kind, Addressee.title, Addressee.id)))
    shown = [
        row
        for row in rows
        if (kind not in set(AddresseeKind) or row.kind == kind)
        and (channel not in set(Channel) or channel in row.channels)
        and (request.args.get("unconfirmed") != "1" or not row.is_confirmed(today))
    ]
    return render_template(
        "staff/addressees.html",
        rows=shown,
        all=len(rows),
        today=today,
        asked=request.args,
        kinds=list(AddresseeKind),
        channels=list(Channel),
        dossier=dossier,
        lacking=loading.directory_lacks(),
    )


@bp.post("/addressees/directory")
def fill_directory() -> ResponseReturnValue:
    """Put in the offices and mandates that come with the site; those that are there stay as staff have them."""
    added = loading.load_directory()
    record("directory of addressees filled", "addressee", "all", added=added)
    return redirect(url_for("staff.addressees"), 303)


@bp.route("/addressees/new", methods=["GET", "POST"])
def new_addressee() -> ResponseReturnValue:
    form = NewAddresseeForm()
    if form.is_submitted() and form.validate():
        try:
            row = addressing.add(
                form.id.data or "",
                AddresseeKind(form.kind.data),
                form.entry(),
                source=form.source.data or "",
                by=account().printed_name,
                at=now(),
            )
        except addressing.AddresseeKnown as fault:
            form.id.errors = [_(fault.sentence)]
        except Refused as fault:
            form.source.errors = [_(fault.sentence)]
        else:
            record("addressee added", "addressee", row.id)
            return redirect(url_for("staff.addressee", id=row.id), 303)
    return _form(form, None)


@bp.get("/addressees/<id>")
def addressee(id: str) -> str:
    found = _addressee_or_404(id)
    return render_template(
        "staff/addressee.html",
        addressee=found,
        today=now().date(),
        lasts=CONFIRMATION_LASTS.days,
        history=addressing.history(found),
        packet=request.args.get("packet", "")[:24],
        dossier=dossier,
    )


@bp.route("/addressees/<id>/correct", methods=["GET", "POST"])
def correct_addressee(id: str) -> ResponseReturnValue:
    """Change what has changed; each field is kept with what stood there before."""
    found = _addressee_or_404(id)
    form = AddresseeForm() if request.method == "POST" else AddresseeForm.of(found)
    if form.is_submitted() and form.validate():
        try:
            changed = addressing.correct(
                found, form.entry(), source=form.source.data or "", by=account().printed_name, at=now()
            )
        except addressing.TermBackwards as fault:
            form.holder_until.errors = [_(fault.sentence)]
        except Refused as fault:
            form.source.errors = [_(fault.sentence)]
        else:
            if changed:
                record("addressee corrected", "addressee", id, fields=", ".join(changed))
            return redirect(url_for("staff.addressee", id=id, packet=_came_from()), 303)
    return _form(form, found)


@bp.post("/addressees/<id>/confirmed")
def confirm(id: str) -> ResponseReturnValue:
    found = _addressee_or_404(id)
    addressing.confirm(found, by=account().printed_name, at=now())
    record("addressee confirmed", "addressee", id)
    return redirect(url_for("staff.addressee", id=id, packet=_came_from()), 303)


def _form(form: AddresseeForm, found: Addressee | None) -> ResponseReturnValue:
    page = render_template("staff/addressee_form.html", form=form, addressee=found, dossier=dossier)
    return page, 422 if form.errors else 200


def _came_from() -> str | None:
    return request.form.get("packet", "")[:24] or None


def _addressee_or_404(id: str) -> Addressee:
    return db.session.get(Addressee, id) or abort(404)
