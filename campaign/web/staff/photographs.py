"""The photograph in a case record: staff alone put it there, see it before anybody, and take it away."""

from flask import Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from campaign.collaborators import collaborators, now
from campaign.domain.cases import picturing
from campaign.domain.cases.picturing import PictureRefused
from campaign.gateways.darkroom import Pillow
from campaign.models.prisoner import Prisoner
from campaign.web.accounts.guards import signed_in
from campaign.web.staff import bp
from campaign.web.staff.prisoners import hand, prisoner_or_404


class PhotographForm(FlaskForm):
    file = FileField()
    alt = StringField(validators=[DataRequired(lazy_gettext("This is needed.")), Length(max=300)])
    credit = StringField(validators=[Length(max=200)])


@bp.before_app_request
def _leave_room_for_a_photograph() -> None:
    """Other forms are a few lines (app.py). Only somebody who is signed in may send more, and only here."""
    if request.endpoint == "staff.put_photograph" and signed_in() is not None:
        request.max_content_length = picturing.MOST_BYTES + 64 * 1024


@bp.get("/prisoners/<slug>/photograph")
def photograph(slug: str) -> str:
    return _page(prisoner_or_404(slug), PhotographForm(formdata=None))


@bp.post("/prisoners/<slug>/photograph")
def put_photograph(slug: str) -> ResponseReturnValue:
    found, form, by = prisoner_or_404(slug), PhotographForm(), hand()
    upload = _read(form)
    if not form.validate():
        return _page(found, form), 422
    try:
        picturing.put(
            found,
            upload,
            alt=form.alt.data or "",
            credit=form.credit.data or "",
            by=by.name,
            account_id=by.account_id,
            at=by.at,
            darkroom=Pillow(),
            store=collaborators().store,
        )
    except PictureRefused as fault:
        form.file.errors = [_(fault.sentence)]
        return _page(found, form), 422
    return redirect(url_for("staff.photograph", slug=slug), 303)


@bp.post("/prisoners/<slug>/photograph/remove")
def remove_photograph(slug: str) -> ResponseReturnValue:
    by = hand()
    picturing.remove(prisoner_or_404(slug), account_id=by.account_id, at=by.at, store=collaborators().store)
    return redirect(url_for("staff.photograph", slug=slug), 303)


@bp.get("/prisoners/<slug>/photograph.jpg")
def photograph_file(slug: str) -> Response:
    """For staff, whether or not the public may see it."""
    row, store = picturing.of(prisoner_or_404(slug)), collaborators().store
    path = picturing.path(row.name, "small.jpg") if row else ""
    if row is None or not store.holds(path):
        abort(404)
    return Response(store.read(path), mimetype="image/jpeg")


def _read(form: PhotographForm) -> bytes:
    """The file that was sent; what the web server kept of it aside is given back at once."""
    if not form.file.data:
        return b""
    with form.file.data.stream as stream:
        content: bytes = stream.read()
    return content


def _page(found: Prisoner, form: PhotographForm) -> str:
    return render_template(
        "staff/photograph.html",
        prisoner=found,
        form=form,
        picture=picturing.of(found),
        is_shown=picturing.may_be_shown(found, now().date()),
    )
