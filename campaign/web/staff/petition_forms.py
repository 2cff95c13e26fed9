"""The forms on a petition's own page of staff."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from campaign.models.ending import Ground
from campaign.web.staff.forms import Choice, Day

REASON = [InputRequired(_("Say why: it stands in the journal.")), Length(max=300)]


class KeepForm(FlaskForm):
    until = Day(validators=[InputRequired(_("This is needed."))])
    reason = StringField(validators=REASON)


class TakeDownForm(FlaskForm):
    scope = Choice(["petition", "campaign"])
    ground = Choice([ground.value for ground in Ground])
    words = StringField(validators=[InputRequired(_("Say why: these words stand in public.")), Length(max=500)])


class OfficialAnswerForm(FlaskForm):
    from_whom = StringField(validators=[InputRequired(_("Say who answered.")), Length(max=300)])
    on = Day(validators=[InputRequired(_("This is needed."))])
    text = StringField(validators=[InputRequired(_("Write what was answered.")), Length(max=20000)])
    source = StringField(
        validators=[
            Optional(),
            Length(max=500),
            Regexp(r"https?://\S+$", message=_("A whole address, or leave it empty.")),
        ]
    )
    closes = BooleanField()
