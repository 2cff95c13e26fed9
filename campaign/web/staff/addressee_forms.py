"""The form of one addressee. Labels stand here, so that one page shows all of it."""

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, Regexp, StopValidation

from campaign.domain.cases.addressing import Entry
from campaign.domain.communications.channels import SIX
from campaign.models.addressee import Addressee, AddresseeKind
from campaign.models.communication import Channel
from campaign.models.prisoner import Question
from campaign.web import countries
from campaign.web.fields import Tick
from campaign.web.staff.caseforms import Web
from campaign.web.staff.communication_forms import Several
from campaign.web.staff.forms import Choice, Day

NEEDED = DataRequired(_("This is needed."))
TEXT = Length(max=2000)


class AddresseeForm(FlaskForm):
    title = StringField(
        _("Title"), [NEEDED, Length(max=300)], description=_("As its own pages have it. Packets print it.")
    )
    address_lines = TextAreaField(_("Postal address"), [TEXT], description=_("One line on each."))
    country = Choice(["", *countries.names("en")], default="", label=_("Country of the address"))
    salutation = StringField(_("Salutation"), [Length(max=100)])
    holder = StringField(
        _("Who holds the office"), [Length(max=200)], description=_("Printed only while it was confirmed lately.")
    )
    holder_since = Day(_("Since"), [Optional()], description=_("A successor may be entered before the term begins."))
    holder_until = Day(_("Until"), [Optional()], description=_("After this day nobody is printed by name."))
    email = StringField(_("E-mail"), [Length(max=200)])
    email_is_verified = Tick(_("The address stands on the office’s own pages"))
    portal = Web(_("Form on the web"), [Length(max=300)])
    channels = Several([c.value for c in Channel], label=_("Channels"))
    languages = Several(SIX, label=_("Languages it takes"))
    limits = TextAreaField(_("Limits and conditions"), [TEXT])
    consent_questions = Several(
        [Question.TO_GOVERNMENT.value, Question.UN_REPORTS.value], label=_("Consent it asks about")
    )
    mandate_country = Choice(["", *countries.names("en")], default="", label=_("For cases in"))
    use_when = TextAreaField(_("Use it when"), [TEXT])
    created_by = StringField(_("Created by"), [Length(max=300)])
    last_renewal = StringField(_("Last renewed"), [Length(max=300)])
    what_is_verified = TextAreaField(_("What is verified"), [TEXT])
    note = TextAreaField(_("Note"), [TEXT])
    sources = TextAreaField(_("Sources"), [TEXT], description=_("One on each line."))
    source = StringField(
        _("Where did you read what you change?"), [Length(max=600)], description=_("Kept with the change.")
    )

    @classmethod
    def of(cls, row: Addressee) -> "AddresseeForm":
        form = cls(formdata=None, obj=row)
        form.address_lines.data, form.sources.data = "\n".join(row.address_lines), "\n".join(row.sources)
        return form

    def entry(self) -> Entry:
        def lines(field: Any) -> tuple[str, ...]:
            return tuple(line.strip() for line in (field.data or "").splitlines() if line.strip())

        def text(field: Any) -> str:
            return (field.data or "").replace("\r\n", "\n").strip()

        return Entry(
            title=text(self.title),
            address_lines=lines(self.address_lines),
            country=text(self.country),
            salutation=text(self.salutation),
            holder=text(self.holder) or None,
            holder_since=self.holder_since.data,
            holder_until=self.holder_until.data,
            email=text(self.email) or None,
            email_is_verified=bool(self.email_is_verified.data),
            languages=tuple(self.languages.data),
            channels=tuple(self.channels.data),
            portal=text(self.portal),
            limits=text(self.limits),
            consent_questions=tuple(self.consent_questions.data),
            mandate_country=text(self.mandate_country),
            use_when=text(self.use_when),
            created_by=text(self.created_by),
            last_renewal=text(self.last_renewal),
            what_is_verified=text(self.what_is_verified),
            note=text(self.note),
            sources=lines(self.sources),
        )

    def validate_email(self, field: StringField) -> None:
        if field.data and ("@" not in field.data or any(c.isspace() for c in field.data.strip())):
            raise StopValidation(str(_("This is not a whole address. It looks like name@example.org.")))


class NewAddresseeForm(AddresseeForm):
    id = StringField(
        _("Short name"),
        [NEEDED, Regexp(r"^[a-z][a-z0-9-]{1,39}\Z", message=_("Small letters, digits and hyphens."))],
        description=_("For example: sr-torture. It cannot be changed later."),
    )
    kind = Choice([k.value for k in AddresseeKind], label=_("Kind"))
