"""The forms of communications and of the filing register. What they decide is checked again by the domain."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import Field, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, StopValidation

from campaign.domain.cases.grounds import ARTICLES, CATEGORIES, REQUESTS
from campaign.domain.communications.channels import DRAFTED, SIX, SUMMARY_WORDS, count_words
from campaign.domain.communications.communicating import Written
from campaign.domain.communications.filing import Filed
from campaign.models.communication import Approach, Channel, Communication, Filing
from campaign.web.fields import Tick
from campaign.web.staff.caseforms import Partial
from campaign.web.staff.forms import Choice

NEEDED = DataRequired(_("This is needed."))
LINE, TEXT, LONG = Length(max=200), Length(max=4000), Length(max=20_000)


class Several(Field):
    """Any of `offered`, by code; whatever else is sent is left out."""

    def __init__(self, offered: Iterable[str] = (), **about: Any) -> None:
        super().__init__(**about)
        self.offered: Sequence[str] = list(offered)

    def process_data(self, value: Any) -> None:
        self.data = list(value or ())

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = [each for each in self.offered if each in valuelist]


class NewCommunicationForm(FlaskForm):
    prisoner = Choice()
    petition = Choice()
    channel = Choice([c.value for c in DRAFTED])
    language = Choice(SIX, default="en")


class WordsForm(FlaskForm):
    """What staff write and tick. The fields of each category are hung on below, one set for each."""

    approach = Choice()
    language = Choice(SIX)
    mandates = Several()
    urgent_why = StringField(validators=[Length(max=500)])
    confidential = TextAreaField(validators=[TEXT])
    summary = TextAreaField(validators=[LONG])
    context = TextAreaField(validators=[LONG])
    remedies = TextAreaField(validators=[LONG])
    requests = Several(REQUESTS)
    other_requests = TextAreaField(validators=[TEXT])

    def validate_mandates(self, field: Several) -> None:
        if not field.data:
            raise StopValidation(str(_("Choose at least one.")))

    def validate_summary(self, field: TextAreaField) -> None:
        words = count_words(field.data or "")
        if words > SUMMARY_WORDS:
            raise StopValidation(str(_("%(n)s words; 200 are the most.", n=words)))

    @classmethod
    def of(cls, words: Communication) -> "WordsForm":
        """As it stands."""
        form = cls(formdata=None, obj=words)
        form.approach.data, form.language.data = words.approach.value, words.lang
        form.other_requests.data = "\n".join(words.other_requests)
        for number, ticked in words.categories.items():
            form[f"on_{number}"].data = True
            form[f"why_{number}"].data = ticked["why"]
            form[f"articles_{number}"].data = ticked["articles"]
        return form

    def written(self) -> Written:
        lines = (self.other_requests.data or "").splitlines()
        return Written(
            approach=Approach(self.approach.data),
            lang=self.language.data or "en",
            mandates=tuple(self.mandates.data),
            urgent_why=(self.urgent_why.data or "").strip(),
            confidential=(self.confidential.data or "").strip(),
            summary=(self.summary.data or "").strip(),
            context=(self.context.data or "").strip(),
            remedies=(self.remedies.data or "").strip(),
            categories={n: self._category(n) for n in CATEGORIES if self[f"on_{n}"].data},
            requests=tuple(self.requests.data),
            other_requests=tuple(line.strip() for line in lines if line.strip()),
        )

    def _category(self, number: str) -> dict[str, Any]:
        return {"why": (self[f"why_{number}"].data or "").strip(), "articles": self[f"articles_{number}"].data}


for _number in CATEGORIES:
    setattr(WordsForm, f"on_{_number}", Tick())
    setattr(WordsForm, f"why_{_number}", TextAreaField(validators=[LONG]))
    setattr(WordsForm, f"articles_{_number}", Several(ARTICLES[_number]))


class AnnexForm(FlaskForm):
    title = StringField(validators=[NEEDED, LINE])
    file = FileField()


class FilingForm(FlaskForm):
    channel = Choice([c.value for c in Channel])
    body = StringField(validators=[Length(max=300)])
    filed_on = Partial()
    filed_by = StringField(validators=[LINE])
    reference = StringField(validators=[Length(max=100)])
    acknowledged_on = Partial()
    result = TextAreaField(validators=[TEXT])
    result_on = Partial()
    is_over = Tick()

    @classmethod
    def of(cls, row: Filing) -> "FilingForm":
        form = cls(formdata=None, obj=row)
        form.channel.data = row.channel.value
        return form

    def filed(self) -> Filed:
        return Filed(
            channel=Channel(self.channel.data),
            body=(self.body.data or "").strip(),
            filed_on=self.filed_on.data or "",
            filed_by=(self.filed_by.data or "").strip(),
            reference=(self.reference.data or "").strip(),
            acknowledged_on=self.acknowledged_on.data or "",
            result=(self.result.data or "").strip(),
            result_on=self.result_on.data or "",
            is_over=bool(self.is_over.data),
        )
