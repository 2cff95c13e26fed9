"""What is kept and until when; the yearly decision whether the names of an open letter go on being kept, and why."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from campaign.collaborators import now
from campaign.database import db
from campaign.domain import days
from campaign.domain.upkeep import retention
from campaign.models.petition import Petition
from campaign.web.staff import bp, record
from campaign.web.staff.petition_forms import KeepForm
from campaign.web.staff.petitions import petition_or_404


@bp.get("/petitions/<slug>/names-kept")
def names_kept(slug: str) -> str:
    return _page(slug, KeepForm(formdata=None, until=days.months_after(now().date(), retention.BETWEEN_DECISIONS)))


@bp.post("/petitions/<slug>/names-kept")
def keep_names(slug: str) -> ResponseReturnValue:
    found, form = petition_or_404(slug), KeepForm()
    if not form.validate():
        return _page(slug, form), 422
    try:
        retention.keep_until(found, form.until.data, at=now())
    except retention.TooFar as fault:
        db.session.rollback()
        form.until.errors = [_(fault.sentence)]
        return _page(slug, form), 422
    record("names kept", "petition", slug, until=form.until.data.isoformat(), reason=form.reason.data or "")
    flash(_("Decided and written into the journal. The public page says the new day."), "success")
    return redirect(url_for("staff.names_kept", slug=slug), 303)


@bp.get("/kept")
def kept() -> str:
    """Everything that is kept about somebody, and until when."""
    at, rows = now(), db.session.scalars(select(Petition).order_by(Petition.slug)).all()
    return render_template("staff/kept.html", petitions=[(each, retention.due(each, at=at)) for each in rows])


def _page(slug: str, form: KeepForm) -> str:
    found, at = petition_or_404(slug), now()
    due = retention.due(found, at=at)
    is_late = due.rule is retention.Rule.OPEN and due.on is not None and due.on <= at.date()
    return render_template("staff/names_kept.html", petition=found, due=due, is_late=is_late, form=form)
