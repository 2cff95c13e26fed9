"""Addressees: offices change hands and addresses, so each is confirmed by somebody, on a day."""

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from campaign.collaborators import now
from campaign.database import db
from campaign.domain import verifying
from campaign.models.addressee import CONFIRMATION_LASTS, Addressee
from campaign.web.accounts.guards import account
from campaign.web.staff import bp, record


@bp.get("/addressees")
def addressees() -> str:
    rows = db.session.scalars(select(Addressee).order_by(Addressee.kind, Addressee.title)).all()
    return render_template("staff/addressees.html", rows=rows, today=now().date())


@bp.get("/addressees/<id>")
def addressee(id: str) -> str:
    return render_template(
        "staff/addressee.html",
        addressee=_addressee_or_404(id),
        today=now().date(),
        lasts=CONFIRMATION_LASTS.days,
        packet=request.args.get("packet", "")[:24],
    )


@bp.post("/addressees/<id>/confirmed")
def confirm(id: str) -> ResponseReturnValue:
    found = _addressee_or_404(id)
    verifying.confirm_addressee(found, by=account().printed_name, on=now().date())
    record("addressee confirmed", "addressee", id)
    return redirect(url_for("staff.addressee", id=id, packet=request.form.get("packet", "")[:24] or None), 303)


def _addressee_or_404(id: str) -> Addressee:
    return db.session.get(Addressee, id) or abort(404)
