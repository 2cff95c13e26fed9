"""Forms of a draft: what campaigners fill in step by step, visitors on one page, and staff read.

Names of fields carry their place (`people-0-facts-2-value`), so that a form of any length works without scripts: each
page offers empty places at the end, and what stays empty is left out.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from babel import Locale
from flask import abort, request
from flask_babel import get_locale, lazy_gettext
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from campaign.collaborators import collaborators
from campaign.database import db
from campaign.domain.cases import translating
from campaign.domain.cases.proposal import (
    AskProposed,
    CampaignProposed,
    Code,
    Content,
    FactProposed,
    Fault,
    FileProposed,
    LetterProposed,
    PersonProposed,
    SafetyProposed,
    Step,
    TitleProposed,
    TranslationProposed,
    cleaned,
)
from campaign.domain.drafts import sponsoring
from campaign.domain.links import Purpose
from campaign.models.addressee import Addressee
from campaign.models.draft import Check, Draft, DraftState
from campaign.models.prisoner import Prisoner
from campaign.web import countries, languages

# Longer than any text that is taken, in a script of nine signs a letter in a form: so that what is too long is told so
# beside its field and nothing of it is lost. A stranger's form is read only within the limit of letters per network.
MOST_BYTES, MOST_OF_A_STRANGER = 8 * 1024**2, 3 * 1024**2
MOST_FIELDS = 4_000
Form = MultiDict[str, str]

SENTENCES = {
    Code.MISSING: lazy_gettext("This is needed before staff look at it."),
    Code.TOO_LONG: lazy_gettext("This is too long. Shorten it; nothing of it was cut."),
    Code.TOO_MANY: lazy_gettext("These are too many for one draft."),
    Code.DATE_WRONG: lazy_gettext("Write the day as 2017-06-09, or only 2017-06 or 2017 if no more is known."),
    Code.SLUG_WRONG: lazy_gettext("Small letters a to z, digits and single hyphens, at most 80 signs."),
    Code.SLUG_TAKEN: lazy_gettext("This address belongs, or once belonged, to another page. Choose another."),
    Code.URL_WRONG: lazy_gettext("Write the whole address, beginning with https://"),
    Code.COUNTRY_WRONG: lazy_gettext("Choose the country of the list."),
    Code.CHOICE_WRONG: lazy_gettext("Choose one of the list."),
    Code.GOAL_WRONG: lazy_gettext("Write a number between 1 and 10000000."),
    Code.PERSON_UNKNOWN: lazy_gettext("This record is not there any more. Take it out, or write the person anew."),
    Code.NOBODY: lazy_gettext("Name at least one person."),
    Code.NO_SOURCE: lazy_gettext("Say where this can be read. A statement without a source cannot be published."),
    Code.LANGUAGE_WRONG: lazy_gettext("Choose the language of the list."),
    Code.LANGUAGE_TWICE: lazy_gettext("The letter stands in this language already."),
    Code.ASKS_DIFFER: lazy_gettext("It has to ask for as many things as the letter, in the same order."),
    Code.PLACE_MISSING: lazy_gettext(
        "Write {addressees} in this sentence, once: the site puts everybody addressed into that place."
    ),
    Code.WISH_OPEN: lazy_gettext("Somebody is wished for who is not in the directory. Staff settle that first."),
    Code.ONE_SIDE: lazy_gettext(
        "Write what the other source says in a statement of its own, with the same words here. A point needs two sides."
    ),
    Code.NO_CONSENT: lazy_gettext(
        "Without a yes, or proof that the names were public before, this cannot be published. Ask first."
    ),
}

CHECKS = {
    Check.CONSENT: lazy_gettext("I have seen the proof on which the names may be public."),
    Check.RISK: lazy_gettext("I have read the note on risk, and publishing makes nobody named here less safe."),
    Check.FAMILY: lazy_gettext("No relative, address, telephone number or place of stay is named without need."),
    Check.SOURCES: lazy_gettext("I have opened the sources, and they say what is stated here."),
    Check.NAMES: lazy_gettext("The names are spelled as their bearers, or a source, spell them."),
    Check.WORDS: lazy_gettext("The words call for no violence, insult nobody, and claim nothing that is not sourced."),
    Check.FILES: lazy_gettext(
        "I have opened every image and file, if there are any: whoever can be recognised agreed or was public "
        "before, and the right to show it is clear."
    ),
    Check.ADDRESSEES: lazy_gettext("Those addressed can do what is asked, and are the right offices."),
}

LABELS = {
    "name": lazy_gettext("Name in Latin letters"), "native": lazy_gettext("Name in their own script"),
    "native_lang": lazy_gettext("Language of that script"), "variants": lazy_gettext("Other spellings"),
    "role": lazy_gettext("Who they are"), "status": lazy_gettext("Status"), "as_of": lazy_gettext("True on"),
    "held_since": lazy_gettext("Held since"), "topic": lazy_gettext("About"), "happened": lazy_gettext("When"),
    "value": lazy_gettext("What is known"), "source": lazy_gettext("Where it can be read"),
    "publisher": lazy_gettext("Published by"), "url": lazy_gettext("Link"),
    "point": lazy_gettext("Sources differ about"), "people": lazy_gettext("People"),
    "title": lazy_gettext("Title"), "slug": lazy_gettext("Address of the page"), "country": lazy_gettext("Country"),
    "summary": lazy_gettext("Summary"), "body": lazy_gettext("Text"), "letter_title": lazy_gettext("Title"),
    "letter_slug": lazy_gettext("Address of the letter’s page"), "occasion": lazy_gettext("Occasion"),
    "salutation": lazy_gettext("Salutation"), "text": lazy_gettext("Text"),
    "asks_lead": lazy_gettext("Before the asks"),
    "to": lazy_gettext("Asked of"), "closing": lazy_gettext("Closing words"),
    "addressees": lazy_gettext("Addressees"), "wished": lazy_gettext("Missing addressee"),
    "goal": lazy_gettext("First goal"),
    "lang": lazy_gettext("Language"), "consent": lazy_gettext("The sentence that signers tick"),
    "called": lazy_gettext("Title of an addressee"),
    "basis": lazy_gettext("May the names be public?"), "given_by": lazy_gettext("Said by"),
    "given_on": lazy_gettext("On"), "channel": lazy_gettext("How it reached you"), "proof": lazy_gettext("Proof"),
    "risk": lazy_gettext("Note on risk"), "files": lazy_gettext("Image or file"),
    "alt": lazy_gettext("What it shows, in words"), "caption": lazy_gettext("Caption"),
    "credit": lazy_gettext("Credit"), "rights": lazy_gettext("By what right it is shown"),
}  # fmt: skip

ASKED = lazy_gettext("What is asked")

STEPS = {
    Step.CASE: lazy_gettext("The people"),
    Step.CAMPAIGN: lazy_gettext("The campaign"),
    Step.FILES: lazy_gettext("Images and files"),
    Step.LETTER: lazy_gettext("The letter"),
    Step.TRANSLATIONS: lazy_gettext("Other languages"),
    Step.SAFETY: lazy_gettext("Consent and risk"),
    Step.SEND: lazy_gettext("Look, and send"),
}


@dataclass(frozen=True)
class Problem:
    """One line of the list of errors: what, why, where."""

    step: Step
    label: str
    text: str
    target: str


def problems(faults: Sequence[Fault]) -> list[Problem]:
    found = []
    for fault in faults:
        last = "called" if "-called-" in fault.field else fault.field.rpartition("-")[2]
        label = str(LABELS.get(last, fault.field))
        place = re.match(r"people-(\d+)-(?:facts-(\d+)-)?|(?:asks|files|tr)-(\d+)-", fault.field)
        numbers = [int(n) + 1 for n in place.groups() if n] if place else []
        if numbers and fault.field.startswith("people"):
            label = _("Person %(n)s, %(what)s", n=".".join(map(str, numbers)), what=label)
        elif numbers and fault.field.startswith("tr"):
            label = _("Translation %(n)s, %(what)s", n=numbers[0], what=label)
        elif numbers and fault.field.startswith("files"):
            label = _("Image or file %(n)s, %(what)s", n=numbers[0], what=label)
        elif numbers:
            label = str(ASKED) if last == "text" else label
            label = _("Ask %(n)s, %(what)s", n=numbers[0], what=label)
        found.append(Problem(fault.step, label, str(SENTENCES[fault.code]), f"f-{fault.field}"))
    return found


def errors(faults: Sequence[Fault]) -> dict[str, str]:
    """Sentence by name of field, the first of each."""
    return {fault.field: str(SENTENCES[fault.code]) for fault in reversed(faults)}


def allow_long_texts(most: int = MOST_BYTES) -> None:
    """Before anything reads the form: these forms are longer than a few lines."""
    request.max_content_length = request.max_form_memory_size = most
    request.max_form_parts = MOST_FIELDS


def _refuse_heaps(form: Form) -> None:
    """No form of ours has that many fields, and to read each would be somebody's way to keep us busy."""
    if len(form) > MOST_FIELDS:
        abort(413)


def merged(step: Step, content: Content, form: Form) -> Content:
    """The content with what this step's form says."""
    _refuse_heaps(form)
    if step is Step.CASE:
        return replace(content, people=people(form, content))
    if step is Step.CAMPAIGN:
        return replace(content, campaign=_campaign(form))
    if step is Step.FILES:
        return replace(content, files=_files(form, content.files))
    if step is Step.LETTER:
        return replace(content, letter=_letter(form))
    if step is Step.TRANSLATIONS:
        return replace(content, translations=_translations(form, content.letter))
    return replace(content, safety=_safety(form))


def whole(form: Form) -> Content:
    """All of it from one page."""
    _refuse_heaps(form)
    return Content(people(form, Content()), _campaign(form), _letter(form), _safety(form))


def people(form: Form, before: Content) -> tuple[PersonProposed, ...]:
    """Everybody on the form, in its order. A record of the register is only ever one that was chosen before."""
    known = {p.slug for p in before.people if p.slug}
    found = []
    for n in _places(form, r"people-(\d{1,3})-"):
        if form.get(f"people-{n}-drop") == "y":
            continue
        slug = _line(form, f"people-{n}-slug")
        person = PersonProposed(slug=slug) if slug in known else _person(form, f"people-{n}-")
        if person != PersonProposed():
            found.append(person)
    return tuple(found)


def _person(form: Form, at: str) -> PersonProposed:
    keys = ("name", "native", "native_lang", "role", "status", "as_of", "held_since")
    lines = {key: _line(form, at + key) for key in keys}
    facts = [_fact(form, f"{at}facts-{m}-") for m in _places(form, re.escape(at) + r"facts-(\d{1,3})-")]
    empty = FactProposed()
    return PersonProposed(
        **lines, variants=_text(form, at + "variants"), facts=tuple(f for f in facts if replace(f, topic="") != empty)
    )


def _fact(form: Form, at: str) -> FactProposed:
    keys = ("topic", "happened", "as_of", "source", "publisher", "url", "point")
    return FactProposed(**{key: _line(form, at + key) for key in keys}, value=_text(form, at + "value"))


def _campaign(form: Form) -> CampaignProposed:
    lines = {key: _line(form, key) for key in ("title", "slug", "country", "summary")}
    return CampaignProposed(**lines, body=_text(form, "body"))


def _files(form: Form, before: tuple[FileProposed, ...]) -> tuple[FileProposed, ...]:
    """Those of the draft with what the form says of them; one can be left out, and none be named that was not there."""
    places = {form.get(f"files-{n}-name", ""): n for n in _places(form, r"files-(\d{1,2})-")}
    keys = ("title", "alt", "caption", "credit", "rights")
    found = []
    for file in before:
        n = places.get(file.name)
        if n is None or form.get(f"files-{n}-drop") != "y":
            words = {key: _line(form, f"files-{n}-{key}") for key in keys} if n is not None else {}
            found.append(replace(file, **words))
    return tuple(found)


def _letter(form: Form) -> LetterProposed:
    lines = {key: _line(form, key) for key in ("occasion", "salutation", "asks_lead", "closing", "goal", "wished")}
    asks = [
        AskProposed(_text(form, f"asks-{n}-text"), _line(form, f"asks-{n}-to"))
        for n in _places(form, r"asks-(\d{1,3})-")
    ]
    known = set(db.session.scalars(select(Addressee.id)))
    chosen = dict.fromkeys(each for each in form.getlist("addressees") if each in known)
    return LetterProposed(
        title=_line(form, "letter_title"),
        slug=_line(form, "letter_slug"),
        text=_text(form, "text"),
        asks=tuple(ask for ask in asks if ask.text or ask.to),
        addressees=tuple(chosen),
        **lines,
    )


def _translations(form: Form, letter: LetterProposed) -> tuple[TranslationProposed, ...]:
    """Each with as many asks as the letter has; what is left out on the page is dropped."""
    found = []
    for n in _places(form, r"tr-(\d{1,2})-"):
        at = f"tr-{n}-"
        if form.get(at + "drop") == "y":
            continue
        lines = {key: _line(form, at + key) for key in ("lang", "title", "occasion", "salutation", "asks_lead")}
        lines |= {"closing": _line(form, at + "closing"), "consent": _text(form, at + "consent")}
        asks = [
            AskProposed(_text(form, f"{at}asks-{m}-text"), _line(form, f"{at}asks-{m}-to"))
            for m in range(len(letter.asks))
        ]
        titles = [TitleProposed(each, _line(form, f"{at}called-{each}")) for each in letter.addressees]
        each = TranslationProposed(
            **lines,
            text=_text(form, at + "text"),
            asks=tuple(asks),
            titles=tuple(title for title in titles if title.title),
        )
        if replace(each, asks=()) != TranslationProposed() or any(ask != AskProposed() for ask in asks):
            found.append(each)
    return tuple(found)


def language_choices() -> list[tuple[str, str]]:
    """The languages a letter can be translated into: code, and name in the reader's language with its own."""
    here = get_locale() or Locale("en")
    found = []
    for code in translating.LANGUAGES - {translating.FIRST}:
        locale = translating.locale_of(code)
        name, own = locale.get_display_name(here) or code, locale.get_display_name(locale) or ""
        found.append((code, f"{name} · {own}" if own and own != name else name))
    return sorted(found, key=lambda pair: pair[1].casefold())


def _safety(form: Form) -> SafetyProposed:
    lines = {key: _line(form, key) for key in ("basis", "given_by", "given_on", "channel")}
    return SafetyProposed(**lines, proof=_text(form, "proof"), risk=_text(form, "risk"))


def _places(form: Form, pattern: str) -> list[int]:
    return sorted({int(m[1]) for m in (re.match(pattern, key) for key in form) if m})


def _line(form: Form, name: str) -> str:
    return cleaned(form.get(name, ""))


def _text(form: Form, name: str) -> str:
    return cleaned(form.get(name, ""), lines=True)


def cosponsoring(draft: Draft) -> dict[str, Any]:
    """What the author is told of co-sponsors: how many it will need; then how many there are, and the link for them."""
    if draft.state is DraftState.WRITING and draft.campaign_id is None:
        return {"wanted": sponsoring.wanted()}
    if draft.state is not DraftState.GATHERING:
        return {}
    tools = collaborators()
    token = tools.links.token(Purpose.COSPONSOR, draft.public_id, draft.link_version)
    link = f"{tools.settings.site_url}/cosponsor/{token}"
    return {"cosponsors": sponsoring.number(draft), "cosponsor_link": link}


def shown(content: Content, faults: Sequence[Fault] = ()) -> dict[str, Any]:
    """What the templates of these forms need."""
    slugs = [p.slug for p in content.people if p.slug]
    known: Mapping[str, Prisoner] = {
        p.slug: p for p in db.session.scalars(select(Prisoner).where(Prisoner.slug.in_(slugs)))
    }
    return {
        "content": content,
        "errors": errors(faults),
        "problems": problems(faults),
        "known": known,
        "addressees": db.session.scalars(select(Addressee).order_by(Addressee.kind, Addressee.title)).all(),
        "country_options": countries.options(languages.chosen(), content.campaign.country),
        "LABELS": LABELS,
    }
