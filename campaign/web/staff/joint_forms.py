"""The forms of joint letters. What they decide is checked again by the domain."""

from datetime import UTC, datetime, time, timedelta

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, Regexp, StopValidation

from campaign.domain.joint_letters.composing import Words
from campaign.models.joint_letter import JointLetter
from campaign.web.fields import Address
from campaign.web.staff.communication_forms import Several
from campaign.web.staff.forms import Choice, Day

NEEDED = DataRequired(_("This is needed."))
LINE, LONG = Length(max=200), Length(max=20_000)
SITE = Regexp(r"https?://[^\s/]+\.[^\s/]+", message=_("Write it as https://example.org."))


class NewJointLetterForm(FlaskForm):
    petition = Choice()
    addressee = Choice()


class JointWordsForm(FlaskForm):
    """Paragraphs are parted by an empty line; each line of the asks is one."""

    dated = Day(validators=[NEEDED])
    subject = StringField(validators=[NEEDED, LINE])
    salutation = StringField(validators=[NEEDED, LINE])
    paragraphs = TextAreaField(validators=[NEEDED, LONG])
    asks_lead = StringField(validators=[LINE])
    asks = TextAreaField(validators=[LONG])
    closing = StringField(validators=[NEEDED, LINE])
    people = Several()

    def validate_people(self, field: Several) -> None:
        if not field.data:
            raise StopValidation(str(_("Choose at least one.")))

    @classmethod
    def of(cls, letter: JointLetter) -> "JointWordsForm":
        form, said = cls(formdata=None), letter.words
        for name in ("subject", "salutation", "asks_lead", "closing"):
            form[name].data = said[name]
        form.dated.data = datetime.fromisoformat(said["dated"]).date()
        form.paragraphs.data, form.asks.data = "\n\n".join(said["paragraphs"]), "\n".join(said["asks"])
        form.people.data = [str(id) for id in letter.people]
        return form

    def written(self) -> Words:
        paragraphs = (self.paragraphs.data or "").replace("\r\n", "\n").split("\n\n")
        return Words(
            dated=self.dated.data.isoformat() if self.dated.data else "",
            subject=_one_line(self.subject.data),
            salutation=_one_line(self.salutation.data),
            paragraphs=tuple(_one_line(each) for each in paragraphs if each.strip()),
            asks_lead=_one_line(self.asks_lead.data),
            asks=tuple(_one_line(each) for each in (self.asks.data or "").splitlines() if each.strip()),
            closing=_one_line(self.closing.data),
        )


class InvitationForm(FlaskForm):
    """An organisation of the list, or a new one by its name and website."""

    organisation = Choice(default="")
    name = StringField(validators=[LINE])
    website = StringField(validators=[Optional(), Length(max=300), SITE])
    email = Address()

    def validate_name(self, field: StringField) -> None:
        if not self.organisation.data and not (field.data or "").strip():
            raise StopValidation(str(_("Choose an organisation, or write the name of a new one.")))


class DeadlineForm(FlaskForm):
    """The deadline is the end of that day, in UTC."""

    on = Day(validators=[NEEDED])

    @property
    def moment(self) -> datetime:
        return datetime.combine(self.on.data, time(0), UTC) + timedelta(days=1)


class LogoForm(FlaskForm):
    file = FileField()


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())
