"""The forms of a case record. Their labels stand here, so that one page shows any of them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import Field, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, StopValidation

from campaign.collaborators import now
from campaign.domain.cases import casework
from campaign.domain.cases.recording import Person, SourceWritten, Spelling, Standing
from campaign.domain.cases.verifying import Given
from campaign.domain.communications.questionnaire import ANSWERABLE
from campaign.domain.names import NameRefused, accepted
from campaign.models.prisoner import Answer, Capacity, Confidence, Consent, NameKind, Question, Status, Topic
from campaign.web import countries
from campaign.web.fields import Tick
from campaign.web.staff.forms import Choice, Day

_ = lazy_gettext
NEEDED = DataRequired(_("This is needed."))
LINE, TEXT = Length(max=200), Length(max=4000)
ORDERS = ("given-first", "family-first", "given-father")


class Partial(StringField):
    """A day, a month or a year, written no more exactly than it is known."""

    def pre_validate(self, form: Any) -> None:
        self.data = (self.data or "").strip()
        if self.data and not casework.is_partial_date(self.data):
            raise StopValidation(str(_("Write 2017, 2017-06 or 2017-06-30: only as exactly as it is known.")))


class Boxes(Field):
    """Any of some rows, by id; whoever reads it takes only what was offered."""

    offered: Sequence[tuple[int, str]] = ()

    def process_data(self, value: Any) -> None:
        self.data = list(value or ())

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = [int(value) for value in valuelist if value.isascii() and value.isdecimal() and len(value) < 10]


class Web(StringField):
    """An address to click, so nothing that a browser would run."""

    def pre_validate(self, form: Any) -> None:
        self.data = (self.data or "").strip()
        if self.data and not self.data.startswith(("https://", "http://")):
            raise StopValidation(str(_("Write the whole address, beginning with https://.")))


class PersonForm(FlaskForm):
    role = StringField(_("Who the person is"), [NEEDED, LINE], description=_("For example: Lawyer."))
    country = Choice(countries.names("en"), label=_("Country that holds the person"))
    summary = TextAreaField(_("In one or two sentences"), [Length(max=1000)])
    name_order = Choice(ORDERS, label=_("Order of the name"))
    spelling_chosen_by = StringField(
        _("Who chose the Latin form"), [LINE], description=_("The person, the family, us.")
    )
    held_since = Partial(_("Held since"), description=_("Empty where it is not known or may not be said."))

    def person(self) -> Person:
        return Person(
            country=str(self.country.data),
            role=self.role.data or "",
            summary=self.summary.data or "",
            name_order=str(self.name_order.data),
            spelling_chosen_by=self.spelling_chosen_by.data or "",
            held_since=self.held_since.data or None,
        )


class StatusForm(FlaskForm):
    status = Choice(list(Status), label=_("Status"))
    as_of = Partial(_("As of"), [NEEDED], description=_("The day for which it is known: 2017, 2017-06 or 2017-06-30."))
    note = TextAreaField(
        _("In words"), [Length(max=1000)], description=_("Public. Empty where nothing is to be added.")
    )

    def validate_as_of(self, field: Partial) -> None:
        if casework.first_day(field.data or "") > now().date():
            raise StopValidation(str(_("This day has not come yet.")))

    def standing(self) -> Standing:
        return Standing(Status(self.status.data), self.as_of.data or "", self.note.data or "")


class NewRecordForm(PersonForm, StatusForm):
    name = StringField(_("Name, the Latin form that is printed"), [NEEDED, LINE])

    def validate_name(self, field: StringField) -> None:
        _check_name(field)


class NameForm(FlaskForm):
    text = StringField(_("Name"), [NEEDED, LINE], description=_("As a source writes it; never turned back from Latin."))
    kind = Choice(list(NameKind), label=_("Kind"))
    lang = StringField(_("Language"), [Length(max=20)], description=_("A code such as tg, fa or ru."))
    source = StringField(_("Where it is written so"), [Length(max=400)])

    def validate_text(self, field: StringField) -> None:
        _check_name(field)

    def spelling(self) -> Spelling:
        return Spelling(
            self.text.data or "", NameKind(self.kind.data), (self.lang.data or "").strip(), self.source.data or ""
        )


class SourceForm(FlaskForm):
    title = StringField(_("Title"), [NEEDED, Length(max=300)])
    publisher = StringField(_("Publisher"), [LINE])
    url = Web(_("Address on the web"), [Length(max=600)])
    published = Partial(_("Published"))
    note = TextAreaField(_("Note"), [Length(max=1000)], description=_("Public, printed with the source."))

    def source(self) -> SourceWritten:
        return SourceWritten(
            title=self.title.data or "",
            publisher=self.publisher.data or "",
            url=self.url.data or "",
            published=self.published.data or "",
            note=self.note.data or "",
        )


class FactForm(FlaskForm):
    """A source is one of those in the record, or one more that is written here."""

    topic = Choice(list(Topic), label=_("About"))
    value = TextAreaField(_("What is known"), [NEEDED, TEXT])
    happened = Partial(_("When it happened"), description=_("2017, 2017-06 or 2017-06-30; empty where it is no event."))
    as_of = Partial(_("As of"), [NEEDED], description=_("The day for which the source speaks."))
    confidence = Choice(list(Confidence), default=Confidence.REPORTED.value, label=_("How sure"))
    answers = Choice(
        ["", *ANSWERABLE],
        default="",
        label=_("Question of the mandates’ forms that it answers"),
        description=_("Only where “About” does not say it: a warrant, the forces, the nationality."),
    )
    confidential = Tick(_("Confidential: on no page and in no packet"))
    sources = Boxes(_("Sources"))
    source_title = StringField(_("Another source: title"), [Length(max=300)])
    source_publisher = StringField(_("Its publisher"), [LINE])
    source_url = Web(_("Its address on the web"), [Length(max=600)])
    source_published = Partial(_("Published"))
    silent = Tick(_("Do not repeat the old words on the page of corrections: they would do harm again"))

    def validate_as_of(self, field: Partial) -> None:
        if casework.first_day(field.data or "") > now().date():
            raise StopValidation(str(_("This day has not come yet.")))

    def validate_source_title(self, field: StringField) -> None:
        chosen = {id for id, _words in self.sources.offered} & set(self.sources.data)
        if not (field.data or "").strip() and not chosen:
            raise StopValidation(str(_("A fact needs at least one source: where can it be read?")))

    def other_source(self) -> SourceWritten | None:
        title = (self.source_title.data or "").strip()
        if not title:
            return None
        return SourceWritten(
            title, self.source_publisher.data or "", self.source_url.data or "", self.source_published.data or ""
        )


class ContradictionForm(FlaskForm):
    facts = Boxes(_("Facts that cannot all be true"))
    about = StringField(_("What they contradict each other about"), [NEEDED, LINE])

    def validate_facts(self, field: Boxes) -> None:
        if len({id for id, _words in field.offered} & set(field.data)) < 2:
            raise StopValidation(str(_("Choose at least two.")))


class TakenBackForm(FlaskForm):
    silent = Tick()


class PauseForm(FlaskForm):
    why = StringField(validators=[NEEDED, Length(max=1000)])


class ConsentForm(FlaskForm):
    question = Choice(list(Question), label=_("Question"))
    answer = Choice(list(Answer), label=_("Answer"))
    given_by = StringField(
        _("By whom"), [LINE], description=_("The person, or who may speak for them. Stays with staff.")
    )
    capacity = Choice(["", *(c.value for c in Capacity)], default="", label=_("As whom"))
    given_on = Day(_("On which day"), [Optional()])
    channel = StringField(_("By what way"), [LINE], description=_("For example: in a letter, through the lawyer."))
    proof = TextAreaField(
        _("What shows it"), [TEXT], description=_("Where the proof is kept, or where it was published before.")
    )
    expires_on = Day(_("Valid until"), [Optional()], description=_("Empty: until it is taken back."))

    @classmethod
    def of(cls, question: Question, known: Consent | None) -> "ConsentForm":
        """As it stands in the record."""
        form = cls(formdata=None, obj=known)
        form.question.data = question.value
        form.answer.data = known.answer.value if known else Answer.UNKNOWN.value
        form.capacity.data = known.capacity.value if known and known.capacity else ""
        return form

    def said(self) -> Answer:
        return Answer(self.answer.data)

    def given(self) -> Given:
        return Given(
            by=self.given_by.data or "",
            on=self.given_on.data,
            channel=self.channel.data or "",
            proof=self.proof.data or "",
            expires_on=self.expires_on.data,
            capacity=Capacity(self.capacity.data) if self.capacity.data else None,
        )

    def validate_given_on(self, field: Day) -> None:
        if isinstance(field.data, date) and field.data > now().date():
            raise StopValidation(str(_("This day has not come yet.")))


def _check_name(field: StringField) -> None:
    try:
        accepted(field.data or "")
    except NameRefused as fault:
        raise StopValidation(gettext(fault.message_key) % fault.message_values) from fault
