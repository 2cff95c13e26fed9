"""Petitions in numbers: count, states, ledger. Names are not browsed, here or anywhere."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from campaign.collaborators import now
from campaign.database import db
from campaign.domain.signatures import recounting
from campaign.domain.upkeep import overseeing, retention
from campaign.models.campaign import State
from campaign.models.petition import Petition
from campaign.web.staff import bp, record


@bp.get("/petitions")
def petitions() -> str:
    order, state = request.args.get("sort", "-count"), request.args.get("state", "")
    words = request.args.get("q", "")[:100]
    is_due = request.args.get("names") == "due"
    found = retention.undecided(at=now()) if is_due else overseeing.petitions(order=order, state=state, words=words)
    return render_template(
        "staff/petitions.html",
        rows=found,
        is_due=is_due,
        order=order,
        state=state,
        words=words,
        states=list(State),
    )


@bp.get("/petitions/<slug>")
def petition(slug: str) -> str:
    found = petition_or_404(slug)
    return render_template(
        "staff/petition.html",
        petition=found,
        states=overseeing.states(found),
        due=retention.due(found, at=now()),
        ledger=overseeing.ledger_tail(found),
        packets=overseeing.packets(petition=found),
    )


@bp.post("/petitions/<slug>/recount")
def recount(slug: str) -> ResponseReturnValue:
    """Compare ledger, states and counts, mend what differs, and say what it was."""
    found = petition_or_404(slug)
    report = recounting.recount(found, at=now())
    record("recounted", "petition", found.slug, count=report.count, faults=len(report.faults))
    for fault in report.faults:
        flash(_("Mended: %(fault)s", fault=fault), "error")
    if report.faults:
        text = ngettext(
            "%(num)s difference found and mended.", "%(num)s differences found and mended.", len(report.faults)
        )
        flash(text + " " + _("Find out why before the next packet."), "error")
    else:
        flash(_("Recounted: ledger, signatures and the public number agree."), "success")
    return redirect(url_for("staff.petition", slug=slug), 303)


def petition_or_404(slug: str) -> Petition:
    return db.session.scalar(select(Petition).where(Petition.slug == slug)) or abort(404)
