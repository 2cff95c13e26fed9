"""An organisation's signatory reads a joint letter and decides: the link shows, the buttons act, no account is needed.

What the page shows is the frozen text with its hash; the form carries the hash back, so that nobody approves words
that were changed while they were read. Of the other organisations it shows the names of those that have approved.
"""

from flask import Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import Length, StopValidation

from campaign.collaborators import collaborators, now
from campaign.domain import names
from campaign.domain.cases import enclosing
from campaign.domain.errors import Resting
from campaign.domain.joint_letters import composing, cosigning
from campaign.domain.links import Purpose
from campaign.domain.names import NameRefused
from campaign.domain.packets import standing
from campaign.models.campaign import State
from campaign.models.joint_letter import Invitation
from campaign.web import fields
from campaign.web.fields import OpenForm, Tick
from campaign.web.mailed import bp, tokens


class ApprovalForm(OpenForm):
    """Its stamp is not asked for: whoever holds the link may decide, however long the page lay open."""

    stamp = None
    text = HiddenField()
    name = StringField()
    title = StringField()
    authorised = Tick()

    def validate_name(self, field: StringField) -> None:
        field.data = fields.name_of(field)

    def validate_title(self, field: StringField) -> None:
        typed = " ".join((field.data or "").split())
        try:
            names.refuse_hidden(typed)
        except NameRefused:
            raise StopValidation(_("Please type this instead of pasting it: there is a hidden sign in it.")) from None
        if not typed or len(typed) > 120:
            raise StopValidation(_("Write what you are in your organisation, in at most 120 letters."))
        field.data = typed

    def validate_authorised(self, field: Tick) -> None:
        if not field.data:
            raise StopValidation(_("Only somebody who may sign for the organisation can approve."))


class RefusalForm(OpenForm):
    stamp = None
    reason = TextAreaField(validators=[Length(max=cosigning.REASON)])


@bp.get("/cosign/<token>")
@tokens.limited
def cosign(token: str) -> str:
    return _page(token, _own(token))


@bp.post("/cosign/<token>/approve")
@tokens.limited
def approve_letter(token: str) -> ResponseReturnValue:
    fields.refuse_doubled_fields()
    row, form = _own(token), ApprovalForm(request.form)
    if not form.validate():
        return _page(token, row, form), 422
    cosigning.approve(
        row, name=form.name.data or "", title=form.title.data or "", sha256=form.text.data or "", at=now()
    )
    return redirect(url_for("mailed.cosign", token=token), 303)


@bp.post("/cosign/<token>/decline")
@tokens.limited
def decline_letter(token: str) -> ResponseReturnValue:
    fields.refuse_doubled_fields()
    row, form = _own(token), RefusalForm(request.form)
    if not form.validate():
        return _page(token, row, refusal=form), 422
    cosigning.decline(row, form.reason.data or "", at=now())
    return redirect(url_for("mailed.cosign", token=token), 303)


@bp.get("/cosign/<token>/logo.jpg")
@tokens.limited
def cosign_logo(token: str) -> Response:
    """The logo that would stand beside the name."""
    row, store = _own(token), collaborators().store
    path = enclosing.path(row.logo.name, composing.LOGO) if row.logo else ""
    if not path or not store.holds(path):
        abort(404)
    return Response(store.read(path), mimetype="image/jpeg")


def _own(token: str) -> Invitation:
    """Raises LinkUnknown; Resting while anybody of the campaign is paused, or it was taken down: as nowhere else,
    nothing of those people is shown here then."""
    row = cosigning.found(tokens.claim(Purpose.COSIGN, token))
    petition = row.letter.packet.petition
    is_down = State.TAKEN_DOWN in {petition.state, petition.campaign.state}
    if is_down or any(person.is_paused for person in petition.campaign.prisoners):
        raise Resting
    return row


def _page(token: str, row: Invitation, form: ApprovalForm | None = None, *, refusal: RefusalForm | None = None) -> str:
    letter, at = row.letter, now()
    if form is None:
        form = ApprovalForm(None)
        form.name.data, form.title.data = row.signatory, row.signatory_title
    return render_template(
        "mailed/cosign.html",
        token=token,
        row=row,
        letter=letter,
        text=letter.text,
        others=[other.organisation.name for other in standing.approvals(letter) if other is not row],
        may_approve=cosigning.may_approve(row, at=at),
        is_sealed=letter.packet.state not in composing.OPEN_STATES,
        form=form,
        refusal=refusal or RefusalForm(None),
        operator=collaborators().settings.operator,
    )
