"""The forms of staff. Each carries a token; what they decide is checked again by the domain."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import DateField, StringField
from wtforms.validators import InputRequired, Length, Optional, StopValidation

from campaign.models.delivery import Outcome
from campaign.models.packet import Level, Paper
from campaign.models.prisoner import Answer, Decision

LINE, TEXT = Length(max=200), Length(max=4000)
NEEDED = InputRequired(_("This is needed."))


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


class DecisionForm(FlaskForm):
    decision = Choice([d.value for d in Decision])
    reason = StringField(validators=[TEXT])


class ConsentForm(FlaskForm):
    answer = Choice([a.value for a in Answer])
    given_by = StringField(validators=[LINE])
    given_on = Day(validators=[Optional()])
    channel = StringField(validators=[LINE])
    proof = StringField(validators=[TEXT])
    expires_on = Day(validators=[Optional()])


class PrintedForm(FlaskForm):
    place = StringField(validators=[LINE])


class PassOnForm(FlaskForm):
    what = StringField(validators=[NEEDED, LINE])
    place = StringField(validators=[LINE])


class HandOverForm(FlaskForm):
    outcome = Choice([o.value for o in Outcome])
    on = Day(validators=[NEEDED], default=date.today)
    place = StringField(validators=[LINE])
    words = StringField(validators=[TEXT])


class ReceiptForm(FlaskForm):
    reference = StringField(validators=[Length(max=100)])


class AnswerForm(FlaskForm):
    on = Day(validators=[NEEDED])
    words = StringField(validators=[NEEDED, TEXT])
