"""Rules that the forms of the public and of mailed pages share: a form sent once, an address, a mark of ours.

These forms carry no session. What stands in them is checked here and typed back to the person if it is refused.
"""

from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask import abort, request
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, StringField
from wtforms.i18n import DummyTranslations
from wtforms.validators import StopValidation

from campaign.domain.names import NameRefused, accepted
from campaign.web import origins, rules

MOST_FIELDS = 40


class OpenForm(FlaskForm):
    """A form without a session, so without its token; the stamp says that this site served it within a day."""

    class Meta:
        csrf = False

        def get_translations(self, form: FlaskForm) -> DummyTranslations:
            """Every sentence of these forms is our own; the library's would be read from a file for each request."""
            return DummyTranslations()

    stamp = HiddenField()

    def validate_stamp(self, field: HiddenField) -> None:
        if not origins.stamp_is_good(field.data or ""):
            raise StopValidation(_("This form lay open for more than a day. Everything is kept: send it once more."))


class Tick(BooleanField):
    """A box that only counts as ticked when it says `y`."""

    false_values = ("", "n", "false", None)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = bool(valuelist) and valuelist[0] == "y"


class Address(StringField):
    """An e-mail address in any script, without asking the network whether it exists."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.address = ""

    def pre_validate(self, form: Any) -> None:
        typed = (self.data or "").strip()
        if not typed:
            raise StopValidation(_("Write your e-mail address. We send one letter there, to confirm."))
        try:
            found = validate_email(typed, check_deliverability=False, allow_smtputf8=True, test_environment=False)
        except EmailNotValidError:
            raise StopValidation(_("This is not a whole address. It looks like name@example.org.")) from None
        self.address = found.normalized


class MailedAddress(Address):
    """An address that counts once a letter to it is answered, so it must be one to which our letters can go."""

    def pre_validate(self, form: Any) -> None:
        super().pre_validate(form)
        if not self.address.rpartition("@")[0].isascii() and not rules.takes_any_script():
            raise StopValidation(
                _(
                    "Before the @ of this address stands a letter outside a to z, and our mail server cannot write to "
                    "such a mailbox, so it could never be confirmed. Please use another address; all else is kept."
                )
            )


def name_of(field: StringField) -> str:
    """The name as it is kept. Raises StopValidation with the sentence that says what to change."""
    try:
        return accepted(field.data or "")
    except NameRefused as fault:
        raise StopValidation(_(fault.message_key) % fault.message_values) from fault


def refuse_doubled_fields() -> None:
    """A field sent twice has no meaning that both sides would agree on: 400."""
    fields = request.form
    if len(fields) > MOST_FIELDS or any(len(fields.getlist(name)) > 1 for name in fields):
        abort(400)
