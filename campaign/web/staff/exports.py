"""Signers as a table: who may take one out, and taking it by POST, its journal row committed before the first byte."""

import csv
from collections.abc import Iterable, Iterator

from flask import Response, abort, flash, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from campaign.collaborators import collaborators, now
from campaign.database import db
from campaign.domain import exporting, showing
from campaign.models.account import Account, RoleName
from campaign.web.accounts.guards import account
from campaign.web.staff import bp
from campaign.web.staff.petitions import petition_or_404


@bp.get("/exports")
def exports() -> str:
    """Who may take names out, and the latest times somebody did."""
    accounts = db.session.scalars(select(Account).where(Account.active).order_by(Account.email)).all()
    members = [a for a in accounts if a.has_any_role(RoleName.STAFF, RoleName.ADMIN)]
    return render_template("staff/exports.html", members=members, me=account(), is_admin=_is_admin())


@bp.post("/exports/<int:id>/permission")
def permit_export(id: int) -> ResponseReturnValue:
    if not _is_admin():
        abort(403, description=_("Only an admin gives or takes this permission."))
    whose = db.session.get(Account, id) or abort(404)
    allowed = request.form.get("allowed") == "1"
    exporting.permit(whose, allowed, by=account(), at=now())
    flash(_("Changed and written into the journal."), "success")
    return redirect(url_for("staff.exports"), 303)


@bp.get("/petitions/<slug>/export")
def export_page(slug: str) -> str:
    """What the table will hold, before it is made."""
    found = petition_or_404(slug)
    key_here = bool(collaborators().names_opener.key_ids)
    return render_template("staff/export.html", petition=found, me=account(), key_here=key_here)


@bp.post("/petitions/<slug>/export")
def export(slug: str) -> ResponseReturnValue:
    if not account().may_export:
        raise exporting.NotAllowed
    found, opener = petition_or_404(slug), collaborators().names_opener
    addressee = request.form.get("addressee", "")[:40]
    exporting.check(found, opener, addressee_id=addressee)
    high_risk = showing.high_risk_countries()
    exporting.note(found, addressee_id=addressee, by=account().id, at=now())
    db.session.commit()
    table = exporting.table(found, opener, high_risk, addressee_id=addressee, release=db.session.rollback)
    headers = {"Content-Disposition": f'attachment; filename="{slug}.csv"', "Cache-Control": "no-store"}
    return Response(stream_with_context(_lines(table)), mimetype="text/csv", headers=headers)


class _Line:
    """Takes one line from the writer and gives it on."""

    text = ""

    def write(self, text: str) -> int:
        self.text = text
        return len(text)


def _lines(table: Iterable[exporting.Row]) -> Iterator[str]:
    line = _Line()
    writer = csv.writer(line)
    for row in table:
        writer.writerow(row)
        yield line.text


def _is_admin() -> bool:
    return account().has_any_role(RoleName.ADMIN)
