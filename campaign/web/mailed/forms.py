"""Forms behind a mailed link: less is possible at once, more only with the name typed again."""

from flask import request
from flask_babel import gettext as _
from wtforms import StringField
from wtforms.validators import StopValidation

from campaign.domain.names import NameRefused
from campaign.models.signature import Visibility
from campaign.web import fields
from campaign.web.fields import Address, OpenForm, Tick


class LinksForm(OpenForm):
    email = Address()

    @classmethod
    def sent(cls) -> "LinksForm":
        fields.refuse_doubled_fields()
        return cls(request.form)


class VisibilityForm(OpenForm):
    """`now` and `is_risky` come from the signature: what stands today, and whether its country is on the list.

    Its stamp is not asked for: whoever holds the link may act, however long the page lay open.
    """

    stamp = None
    visibility = StringField()
    name = StringField()
    sure = Tick()

    now = Visibility.COUNTED
    is_risky = False
    asks_if_sure = False

    @classmethod
    def sent(cls) -> "VisibilityForm":
        fields.refuse_doubled_fields()
        return cls(request.form)

    @property
    def chosen(self) -> Visibility:
        return Visibility(self.visibility.data)

    def validate_visibility(self, field: StringField) -> None:
        if field.data not in set(Visibility):
            raise StopValidation(_("Choose one of the four."))
        if self.is_risky and self.chosen.rank > self.now.rank:
            self.asks_if_sure = True
            if not self.sure.data:
                raise StopValidation(
                    _(
                        "People in your country may be at risk if it becomes known that they signed. "
                        "Tick the box if you are sure."
                    )
                )

    def refuse_name(self, fault: NameRefused) -> None:
        self.name.errors = [_(fault.message_key) % fault.message_values]

    def need_name(self) -> None:
        """One sentence whether the name is missing or another: this page tells nobody what the name is."""
        self.name.errors = [
            _(
                "To show more than before, type your name exactly as you signed. "
                "We cannot read it, so we ask for it again."
            )
        ]
