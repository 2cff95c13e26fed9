"""The forms of accounts that differ from the library's."""

from typing import Any, cast

from flask_babel import lazy_gettext as _
from flask_security.forms import LoginForm
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from campaign.collaborators import collaborators
from campaign.models.account import Account
from campaign.web.fields import Address, name_of


class SignInForm(LoginForm):
    """No "remember me"; and the accounts of the demonstration, whose password is known, stay out of production."""

    remember = None

    def validate(self, **about: Any) -> bool:
        if not super().validate(**about):
            return False
        user = cast(Account, self.user)
        if user.is_demonstration and collaborators().settings.is_production:
            self.email.errors.append(_("Address and password do not belong together."))
            return False
        return True


class ForgottenForm(FlaskForm):
    email = Address()


class OwnNameForm(FlaskForm):
    name = StringField(validators=[Length(max=200)])
    title = StringField(validators=[Length(max=200)])


class SignUpForm(FlaskForm):
    name = StringField(validators=[InputRequired(_("Write how you want to be called here."))])
    email = Address()
    why = StringField(
        validators=[
            InputRequired(_("Say in a few words what you want to write.")),
            Length(max=1000, message=_("Use at most 1,000 characters.")),
        ]
    )

    def validate_name(self, field: StringField) -> None:
        field.data = name_of(field)
