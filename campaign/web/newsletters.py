"""The form that asks for letters of news, on pages of the public and behind mailed links.

Every address is answered alike. Of how many letters one address may cause a day only the letter is left out.
"""

from flask import request
from flask_babel import gettext as _
from wtforms.validators import StopValidation

from campaign.web import fields
from campaign.web.fields import MailedAddress, OpenForm, Tick


class AddressForm(OpenForm):
    email = MailedAddress()


class NewsForm(AddressForm):
    updates = Tick()

    def validate_updates(self, field: Tick) -> None:
        if not field.data:
            raise StopValidation(_("Tick this box if you agree. Without it we may not write to you."))


def address_sent() -> AddressForm:
    fields.refuse_doubled_fields()
    return AddressForm(request.form)


def news_sent() -> NewsForm:
    fields.refuse_doubled_fields()
    return NewsForm(request.form)
