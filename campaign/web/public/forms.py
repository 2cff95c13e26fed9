"""The form at the foot of the letter.

Nothing is chosen in advance. Who asks for more than being counted, in a country where that can be dangerous,
is warned once by the same form and ticks a second box.
"""

from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext as _
from wtforms import HiddenField, StringField
from wtforms.validators import StopValidation

from campaign.domain import mailboxes, typos
from campaign.domain.signatures import burmese
from campaign.domain.signatures.signing import Signer
from campaign.models.signature import Visibility
from campaign.web import countries, fields, languages, rules
from campaign.web.fields import MailedAddress, OpenForm, Tick
from campaign.web.public import memory


@dataclass(frozen=True)
class Problem:
    """One line of the list of errors: what, why, and the id of the field to go to."""

    label: str
    text: str
    target: str


class SignForm(OpenForm):
    name = StringField()
    email = MailedAddress()
    country = StringField()
    visibility = StringField()
    consent = Tick()
    updates = Tick()
    silent = Tick()
    sure = Tick()
    email_sure = Tick()
    name_sure = Tick()
    name_meant = Tick()
    young = Tick()

    accepted_name = ""
    name_in_unicode = ""  # of a name that seems typed in Zawgyi
    asks_if_sure = False
    asks_if_email_is_right = False
    asks_if_name_is_right = False
    words = proof = remarks = ""  # hidden: the version shown, what a script found, and a trap that people do not see
    words_now = 0  # the version of the letter today
    is_late = False  # it came while signing is stopped

    @classmethod
    def sent(cls, words_now: int) -> "SignForm":
        """The form of this request, for this version of the letter. A field sent twice is refused with 400."""
        fields.refuse_doubled_fields()
        form = cls(request.form)
        form.words, form.proof, form.remarks = (request.form.get(n, "") for n in ("words", "proof", "remarks"))
        form.words_now = words_now
        return form

    def validate_stamp(self, field: HiddenField) -> None:
        """Nobody signs words that she has not seen. A form that does not say which ones it showed is believed."""
        super().validate_stamp(field)
        if self.words and self.words != str(self.words_now):
            raise StopValidation(
                _("The letter was changed while you had it open. Read it again, then sign; everything is kept.")
            )

    def validate_email(self, field: MailedAddress) -> None:
        domain = mailboxes.domain_of(field.address)
        meant = None if domain in rules.listed().allowed_domains else typos.meant(domain)
        if meant is None:
            return
        self.asks_if_email_is_right = True
        if not self.email_sure.data:
            raise StopValidation(
                _(
                    "Did you mean …@%(domain)s? Correct the address, or tick the box if it is right as it stands.",
                    domain=meant,
                )
            )

    def validate_name(self, field: StringField) -> None:
        if not (field.data or "").strip() and self.visibility.data == Visibility.COUNTED:
            return
        typed = (field.data or "").strip()
        self.asks_if_name_is_right = burmese.zawgyi_suspected(typed)
        self.accepted_name = self._of_zawgyi(field) if self.asks_if_name_is_right else fields.name_of(field)

    def _of_zawgyi(self, field: StringField) -> str:
        """What the person says was meant: the name read as Unicode, or as it was typed. Asked until one is ticked."""
        self.name_in_unicode = burmese.in_unicode(field.data or "") or ""
        if self.name_in_unicode and self.name_meant.data:
            return self.name_in_unicode
        if self.name_sure.data:
            return fields.name_of(field)
        if self.name_in_unicode:
            ask = _("This name seems to be typed in Zawgyi. In Unicode it is %(name)s. Tick the box that is true.")
            raise StopValidation(ask % {"name": self.name_in_unicode})
        ask = _(
            "This name seems to be typed in Zawgyi, and would be printed as %(name)s. If that is wrong, "
            "type it with a Unicode keyboard; if it is right, tick the box."
        )
        raise StopValidation(ask % {"name": fields.name_of(field)})

    def validate_country(self, field: StringField) -> None:
        if not countries.is_country(field.data):
            raise StopValidation(_("Choose the country where you live."))

    def validate_visibility(self, field: StringField) -> None:
        if field.data not in set(Visibility):
            raise StopValidation(_("Choose one of the four. Nothing is chosen for you."))
        if field.data != Visibility.COUNTED and self.country.data in memory.high_risk_countries():
            self.asks_if_sure = True
            if not self.sure.data:
                raise StopValidation(_risk(self.country.data or ""))

    def validate_consent(self, field: Tick) -> None:
        if not field.data:
            raise StopValidation(
                _("Tick this box if you agree. Without it we may not keep your signature, and nothing was stored.")
            )

    def validate_silent(self, field: Tick) -> None:
        if field.data and self.updates.data:
            raise StopValidation(
                _("You asked for news and also never to be written to again. Only one of the two can be true.")
            )

    def validate_young(self, field: Tick) -> None:
        wrong = []
        if field.data and self.visibility.data != Visibility.COUNTED:
            wrong.append(_("Under 16 you are counted and never shown. Choose “Counted only” above."))
        if field.data and self.updates.data:
            wrong.append(_("Under 16 we send no news. Take away the tick at “Write to me”."))
        if wrong:
            raise StopValidation(" ".join(wrong))

    def signer(self) -> Signer:
        return Signer(
            name=self.accepted_name,
            email=self.email.address,
            country=str(self.country.data),
            visibility=Visibility(self.visibility.data),
            lang=languages.chosen(),
            wants_updates=bool(self.updates.data),
            wants_silence=bool(self.silent.data),
            is_young=bool(self.young.data),
        )

    def problems(self) -> list[Problem]:
        """The errors in the order of the form."""
        labels: dict[str, tuple[str, str]] = {
            "stamp": (_("This form"), "sign"),
            "name": (_("Your name"), "f-name"),
            "email": (_("E-mail"), "f-email"),
            "country": (_("Country"), "f-country"),
            "visibility": (_("How your name is seen"), "f-visibility"),
            "consent": (_("Consent"), "f-consent"),
            "silent": (_("Letters from us"), "f-silent"),
            "young": (_("Your age"), "f-young"),
        }
        errors: dict[str, Any] = self.errors
        return [
            Problem(label, str(errors[name][0]), target) for name, (label, target) in labels.items() if errors.get(name)
        ]


def _risk(code: str) -> str:
    country = countries.names(languages.chosen()).get(code, code)
    return _(
        "People in %(country)s may be at risk if it becomes known that they signed. "
        "Choose “Counted only”, or tick the box if you are sure.",
        country=country,
    )
