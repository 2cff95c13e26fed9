"""What waits for a second person on the staff: names taken out as a table, names shown on a public page."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.collaborators import now
from campaign.domain import assenting
from campaign.domain.signatures import unveiling
from campaign.models.assent import Assent, AssentKind
from campaign.web.accounts.guards import account
from campaign.web.staff import bp, record
from campaign.web.staff.petitions import petition_or_404

KINDS = (AssentKind.TAKE_NAMES, AssentKind.SHOW_NAMES)


@bp.get("/second-person")
def assents() -> str:
    return render_template("staff/assents.html", rows=assenting.waiting(*KINDS, at=now()), me=account())


@bp.post("/second-person/<int:id>/agree")
def agree_to(id: int) -> ResponseReturnValue:
    """The second yes. What follows at once is journalled as an act of its own."""
    found = _assent_or_404(id)
    if found.kind is AssentKind.SHOW_NAMES and found.petition is not None:
        unveiling.agree(found, by=account(), at=now())
        record("names-page on", "petition", found.petition.slug, asked_by=found.asked_by_id)
    else:
        assenting.agree(found, by=account(), at=now())
    flash(_("Agreed, and written into the journal."), "success")
    return redirect(url_for("staff.assents"), 303)


@bp.post("/second-person/<int:id>/refuse")
def refuse_to(id: int) -> ResponseReturnValue:
    assenting.refuse(_assent_or_404(id), by=account(), at=now())
    return redirect(url_for("staff.assents"), 303)


@bp.post("/petitions/<slug>/names-page")
def ask_names_page(slug: str) -> ResponseReturnValue:
    """Ask that the page of names be switched on, and say why."""
    unveiling.ask(petition_or_404(slug), request.form.get("reason", ""), by=account(), at=now())
    flash(_("Asked. Somebody else on the staff has to agree within three days."), "success")
    return redirect(url_for("staff.petition", slug=slug, _anchor="h-guards"), 303)


def _assent_or_404(id: int) -> Assent:
    return assenting.of(id, *KINDS) or abort(404)
