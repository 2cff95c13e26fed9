"""The forms of staff. Each carries a token; what they decide is checked again by the domain."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, DateField, IntegerField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp, StopValidation

from campaign.domain.signatures.suspecting import Reason
from campaign.models.delivery import Outcome
from campaign.models.packet import Arranged, Level, Paper, Turned
from campaign.models.prisoner import Decision
from campaign.models.signature import RemovalReason, SignatureState, Visibility
from campaign.web import countries

LINE, TEXT = Length(max=200), Length(max=4000)
NEEDED = InputRequired(_("This is needed."))
KEY = Regexp("^[0-9a-f]{64}$", message=_("Come here from the page of clusters."))


class Choice(StringField):
    """One of `offered`, pairs of a value and its words; anything else is refused in words."""

    def __init__(self, offered: Iterable[str] = (), **about: Any) -> None:
        super().__init__(**about)
        self.offered: list[tuple[str, str]] = [(value, value) for value in offered]

    def pre_validate(self, form: Any) -> None:
        if self.data not in {value for value, _words in self.offered}:
            raise StopValidation(str(_("Choose one of the list.")))


class Day(DateField):
    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(str(_("Write the day as 2017-06-30."))) from None


class NewPacketForm(FlaskForm):
    petition = Choice()
    addressee = Choice()
    level = Choice([level.value for level in Level])
    paper = Choice(["", *(paper.value for paper in Paper)])
    arranged = Choice([each.value for each in Arranged], default=Arranged.NUMBER.value)
    turned = Choice([each.value for each in Turned], default=Turned.PORTRAIT.value)


class DecisionForm(FlaskForm):
    decision = Choice([d.value for d in Decision])
    reason = StringField(validators=[TEXT])


class PrintedForm(FlaskForm):
    copies = IntegerField(validators=[Optional(), NumberRange(1, 50)], default=1)
    place = StringField(validators=[LINE])


class CopiesForm(FlaskForm):
    copies = IntegerField(validators=[NEEDED, NumberRange(1, 50)])
    meant_for = StringField(validators=[LINE])


class PassOnForm(FlaskForm):
    what = StringField(validators=[NEEDED, LINE])
    place = StringField(validators=[LINE])
    on = Day(validators=[Optional()])


class HandOverForm(FlaskForm):
    outcome = Choice([o.value for o in Outcome])
    on = Day(validators=[NEEDED], default=date.today)
    place = StringField(validators=[LINE])
    words = StringField(validators=[TEXT])


class ReceiptForm(FlaskForm):
    reference = StringField(validators=[Length(max=100)])
    on = Day(validators=[Optional()])
    place = StringField(validators=[LINE])


class ReferenceForm(FlaskForm):
    reference = StringField(validators=[NEEDED, Length(max=100)])


class ScanForm(FlaskForm):
    file = FileField()


class AnswerForm(FlaskForm):
    on = Day(validators=[NEEDED])
    words = StringField(validators=[NEEDED, TEXT])


class FindForm(FlaskForm):
    """One signature by what is known of it; name and address whole, as the person writes them."""

    number = IntegerField(validators=[Optional(), NumberRange(1, 2**31 - 1)])
    day = Day(validators=[Optional()])
    country = Choice(["", *countries.names("en")], default="")
    name = StringField(validators=[LINE])
    address = StringField(validators=[LINE])


class RemovalForm(FlaskForm):
    why = Choice([reason.value for reason in RemovalReason])


class OpeningForm(FlaskForm):
    """Why a name is opened: a word of this list, as the journal may hold nothing of a signer."""

    reason = Choice(["unusual", "complaint", "double", "insult", "request", "court"])


class ConditionsForm(FlaskForm):
    domain = StringField(validators=[LINE])
    address = StringField(validators=[LINE])
    name = StringField(validators=[LINE])
    country = Choice(["", *countries.names("en")], default="")
    day_from = Day(validators=[Optional()])
    day_to = Day(validators=[Optional()])
    hour = IntegerField(validators=[Optional(), NumberRange(0, 23)])
    visibility = Choice(["", *(each.value for each in Visibility)], default="")
    suspicion = Choice(["", *(each.value for each in Reason)], default="")
    state = Choice(["", SignatureState.HELD.value, SignatureState.CONFIRMED.value], default="")
    unproved = BooleanField(false_values=("", "n", None))
    bounced = BooleanField(false_values=("", "n", None))
    domain_key = StringField(validators=[Optional(), KEY])
    network_key = StringField(validators=[Optional(), KEY])
    name_key = StringField(validators=[Optional(), KEY])

    def validate_hour(self, field: IntegerField) -> None:
        if field.data is not None and self.day_from.data is None:
            raise StopValidation(str(_("An hour needs its day.")))


class InvalidationForm(RemovalForm):
    reason = StringField(validators=[NEEDED, TEXT])


class SwitchForm(FlaskForm):
    reason = StringField(validators=[NEEDED, Length(max=300)])


class LimitForm(FlaskForm):
    value = IntegerField(validators=[NEEDED])


class ListForm(FlaskForm):
    value = StringField(validators=[NEEDED, Length(max=300)])
    note = StringField(validators=[Length(max=300)])


class WholeListForm(FlaskForm):
    text = StringField(validators=[Length(max=60_000)])
