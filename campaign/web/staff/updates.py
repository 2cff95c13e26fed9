"""The first letter of a campaign to its supporters, read by staff before it leaves."""

from flask import Response, abort, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import Length

from campaign.collaborators import collaborators, now
from campaign.database import db
from campaign.domain.news import segmenting, updating
from campaign.gateways import leaflets
from campaign.models.update import Update, UpdateState
from campaign.web import headers, tongues
from campaign.web.accounts.guards import account
from campaign.web.staff import bp
from campaign.web.staff.forms import NEEDED

LETTER_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'; sandbox"


class GiveBackForm(FlaskForm):
    reason = StringField(validators=[NEEDED, Length(max=500)])


@bp.get("/updates")
def updates() -> str:
    return render_template("staff/updates.html", rows=updating.waiting())


@bp.get("/updates/<int:id>")
def update(id: int) -> Response:
    return _page(_sent_or_404(id), GiveBackForm(formdata=None))


@bp.get("/updates/<int:id>/letter/<lang>")
def update_letter(id: int, lang: str) -> Response:
    """The HTML part as it will be, for the frame of the page."""
    response = make_response(_letter(_sent_or_404(id), lang)[1])
    response.headers["Content-Security-Policy"] = LETTER_POLICY
    return response


@bp.post("/updates/<int:id>/approve")
def approve_update(id: int) -> ResponseReturnValue:
    updating.approve(_sent_or_404(id), by=account(), at=now())
    flash(_("Approved. It leaves at its hour, and this campaign may write alone from now on."), "success")
    return redirect(url_for("staff.updates"), 303)


@bp.post("/updates/<int:id>/give-back")
def give_back_update(id: int) -> ResponseReturnValue:
    found, form = _sent_or_404(id), GiveBackForm()
    if not form.validate():
        return _page(found, form), 422
    updating.give_back(found, form.reason.data or "", by=account(), at=now())
    return redirect(url_for("staff.updates"), 303)


def _sent_or_404(id: int) -> Update:
    """What its team has not sent to staff is nobody else's to read."""
    found = db.session.get(Update, id)
    return found if found is not None and found.state is not UpdateState.WRITING else abort(404)


def _letter(found: Update, lang: str) -> tuple[str, str]:
    writer = collaborators().writer
    made = leaflets.leaflet(found, lang, writer, posted=now().timestamp())
    return leaflets.shown(made, writer) if made is not None else abort(404)


def _page(found: Update, form: GiveBackForm) -> Response:
    segment = segmenting.read(found.segment)
    letters = [(lang, tongues.name_of(lang), _letter(found, lang)[0]) for lang in updating.languages(found)]
    number = segmenting.count(found.campaign_id, segment, at=now())
    page = render_template(
        "staff/update.html", update=found, form=form, letters=letters, segment=segment, number=number
    )
    response = make_response(page)
    response.headers["Content-Security-Policy"] = f"{headers.POLICY}; frame-src 'self'"
    return response
