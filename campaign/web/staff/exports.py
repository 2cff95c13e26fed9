"""Signers as a table: who may take one out, who agreed, and taking it by POST, journalled before the first byte."""

import csv
from collections.abc import Iterable, Iterator

from flask import Response, abort, flash, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from campaign.collaborators import collaborators, now
from campaign.database import db
from campaign.domain import assenting
from campaign.domain.assenting import ReasonMissing
from campaign.domain.cases import showing
from campaign.domain.upkeep import exporting
from campaign.models.account import Account, RoleName
from campaign.models.assent import AssentKind
from campaign.models.petition import Petition
from campaign.web.accounts.guards import account, admins_only
from campaign.web.staff import bp
from campaign.web.staff.petitions import petition_or_404


@bp.get("/exports")
def exports() -> str:
    """Who may take names out, and the latest times somebody did."""
    accounts = db.session.scalars(select(Account).where(Account.active).order_by(Account.email)).all()
    members = [a for a in accounts if a.has_any_role(RoleName.STAFF, RoleName.ADMIN)]
    return render_template("staff/exports.html", members=members, me=account(), is_admin=_is_admin())


@bp.post("/exports/<int:id>/permission")
@admins_only
def permit_export(id: int) -> ResponseReturnValue:
    whose = db.session.get(Account, id) or abort(404)
    allowed = request.form.get("allowed") == "1"
    exporting.permit(whose, allowed, by=account(), at=now())
    flash(_("Changed and written into the journal."), "success")
    return redirect(url_for("staff.exports"), 303)


@bp.get("/petitions/<slug>/export")
def export_page(slug: str) -> str:
    """What the table will hold, before it is made."""
    return _page(petition_or_404(slug))


@bp.post("/petitions/<slug>/export/ask")
def ask_export(slug: str) -> ResponseReturnValue:
    """Ask a second member of staff; nothing is opened."""
    found, reason = petition_or_404(slug), request.form.get("reason", "")
    addressee = request.form.get("addressee", "")[:40]
    try:
        exporting.ask(found, reason, addressee_id=addressee, by=account(), at=now())
    except ReasonMissing as fault:
        return _page(found, _(fault.sentence)), 422
    return redirect(url_for("staff.export_page", slug=slug), 303)


@bp.post("/petitions/<slug>/export")
def export(slug: str) -> ResponseReturnValue:
    """Take the table out once, as somebody else agreed to."""
    found, opener, at = petition_or_404(slug), collaborators().names_opener, now()
    addressee = exporting.spend(found, request.form.get("assent", 0, int), opener, by=account(), at=at)
    high_risk = showing.high_risk_countries()
    db.session.commit()
    table = exporting.table(found, opener, high_risk, addressee_id=addressee, release=db.session.rollback)
    headers = {"Content-Disposition": f'attachment; filename="{slug}.csv"', "Cache-Control": "no-store"}
    return Response(stream_with_context(_lines(table)), mimetype="text/csv", headers=headers)


def _page(found: Petition, fault: str = "") -> str:
    at, me = now(), account()
    return render_template(
        "staff/export.html",
        petition=found,
        me=me,
        key_here=bool(collaborators().names_opener.key_ids),
        agreed=assenting.agreed(AssentKind.TAKE_NAMES, by=me, petition=found, at=at),
        asked=[a for a in assenting.waiting(AssentKind.TAKE_NAMES, at=at) if a.petition_id == found.id],
        lasts=assenting.AGREED_FOR,
        fault=fault,
    )


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
