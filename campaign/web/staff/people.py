"""A person asks what is held about them, or to be erased: staff type the whole address, and see numbers only."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired, Length, ValidationError

from campaign.collaborators import collaborators, now
from campaign.domain.upkeep import subjects
from campaign.domain.upkeep.subjects import Found, Wish
from campaign.web.accounts.guards import account
from campaign.web.staff import bp
from campaign.web.staff.forms import Choice


class AddressForm(FlaskForm):
    email = StringField(validators=[InputRequired(lazy_gettext("Type the whole address.")), Length(max=254)])

    @property
    def address(self) -> str:
        return (self.email.data or "").strip()

    def validate_email(self, field: StringField) -> None:
        if self.address.count("@") != 1 or " " in self.address:
            raise ValidationError(_("This is not a whole address. It looks like name@example.org."))


class EraseForm(AddressForm):
    wish = Choice([wish.value for wish in Wish])


@bp.get("/people")
def people() -> str:
    return _page(AddressForm(formdata=None), None)


@bp.post("/people")
def find_person() -> ResponseReturnValue:
    form = AddressForm()
    if not form.validate():
        return _page(form, None), 422
    tools = collaborators()
    found = subjects.find(form.address, seal=tools.seal, opener=tools.mail_opener)
    subjects.note_search(found=len(found), account_id=account().id, at=now())
    return _page(form, found)


@bp.post("/people/erase")
def erase_person() -> ResponseReturnValue:
    form = EraseForm()
    if not form.validate():
        return _page(form, None), 422
    tools, wish = collaborators(), Wish(form.wish.data)
    signatures, news, proposals = subjects.erase(
        form.address, wish, seal=tools.seal, opener=tools.mail_opener, account_id=account().id, at=now()
    )
    said = [
        ngettext("%(num)s signature erased", "%(num)s signatures erased", signatures),
        ngettext("%(num)s subscription ended", "%(num)s subscriptions ended", news),
        ngettext("%(num)s proposal parted from its author", "%(num)s proposals parted from their author", proposals),
    ]
    flash(", ".join(said) + ".", "success")
    return redirect(url_for("staff.people"), 303)


def _page(form: AddressForm, found: list[Found] | None) -> str:
    can_open = bool(collaborators().mail_opener.key_ids)
    wishes = [wish.value for wish in Wish]
    return render_template("staff/people.html", form=form, found=found, wishes=wishes, can_open=can_open)
