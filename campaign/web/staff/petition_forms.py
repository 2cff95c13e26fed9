"""The forms on a petition's own page of staff."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from campaign.web.staff.forms import Day

REASON = [InputRequired(_("Say why: it stands in the journal.")), Length(max=300)]


class KeepForm(FlaskForm):
    until = Day(validators=[InputRequired(_("This is needed."))])
    reason = StringField(validators=REASON)
