"""What a draft proposes, as values: people, the campaign, its letter, consent and risk.

A draft may be saved half-written: only what could never be kept is *wrong* (a date that is none, a text beyond its
length). What is *missing* is asked for when it is sent to staff (domain/drafts/completing.py). Both name the field, so that a
page can lead there.
"""

import enum
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from typing import Any, TypeVar

from campaign.models.prisoner import Answer, Status, Topic

MOST_PEOPLE, MOST_FACTS, MOST_ASKS, MOST_ADDRESSEES, MOST_FILES = 60, 300, 12, 12, 30
BODY, TEXT, LINE, SHORT = 20_000, 4_000, 300, 200
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_URL = re.compile(r"https?://[^\s<>\"]+")
# Signs that turn the reading direction of what stands around them can forge a text; those that join letters stay.
_UNWANTED = dict.fromkeys([*range(32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF])
_IN_LINES = {code: None for code in _UNWANTED if code != ord("\n")}


class Step(enum.StrEnum):
    CASE = "case"
    CAMPAIGN = "campaign"
    FILES = "files"
    LETTER = "letter"
    TRANSLATIONS = "translations"
    SAFETY = "safety"
    SEND = "send"


class Code(enum.StrEnum):
    MISSING = "missing"
    TOO_LONG = "too_long"
    TOO_MANY = "too_many"
    DATE_WRONG = "date_wrong"
    SLUG_WRONG = "slug_wrong"
    SLUG_TAKEN = "slug_taken"
    URL_WRONG = "url_wrong"
    COUNTRY_WRONG = "country_wrong"
    CHOICE_WRONG = "choice_wrong"
    GOAL_WRONG = "goal_wrong"
    PERSON_UNKNOWN = "person_unknown"
    NOBODY = "nobody"
    NO_SOURCE = "no_source"
    ONE_SIDE = "one_side"
    NO_CONSENT = "no_consent"
    LANGUAGE_WRONG = "language_wrong"
    LANGUAGE_TWICE = "language_twice"
    ASKS_DIFFER = "asks_differ"
    PLACE_MISSING = "place_missing"
    WISH_OPEN = "wish_open"


@dataclass(frozen=True)
class Fault:
    """What is wrong or missing; `field` is the name of the field in the form of `step`."""

    step: Step
    field: str
    code: Code


@dataclass(frozen=True)
class FactProposed:
    """One statement. Those of a person that share a `point` cannot all be true, and are shown side by side."""

    topic: str = ""
    happened: str = ""
    value: str = ""
    as_of: str = ""
    source: str = ""
    publisher: str = ""
    url: str = ""
    point: str = ""


@dataclass(frozen=True)
class PersonProposed:
    """A person of the register, by `slug`, or somebody new. `variants` are other Latin spellings."""

    slug: str = ""
    name: str = ""
    native: str = ""
    native_lang: str = ""
    variants: str = ""
    role: str = ""
    status: str = ""
    as_of: str = ""
    held_since: str = ""
    facts: tuple[FactProposed, ...] = ()

    @property
    def disputes(self) -> dict[str, list[int]]:
        """What the sources differ about, however it is typed: which statements stand under each point."""
        found: dict[str, list[int]] = {}
        for n, fact in enumerate(self.facts):
            if fact.point.strip():
                found.setdefault(fact.point.strip().casefold(), []).append(n)
        return found

    @property
    def spellings(self) -> list[str]:
        return [s for s in (part.strip() for part in re.split(r"[;\n]", self.variants)) if s]


@dataclass(frozen=True)
class CampaignProposed:
    title: str = ""
    slug: str = ""
    country: str = ""
    summary: str = ""
    body: str = ""


@dataclass(frozen=True)
class AskProposed:
    text: str = ""
    to: str = ""


def parted(text: str) -> list[str]:
    """The paragraphs of a letter: an empty line parts them."""
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", text) if part.strip()]


@dataclass(frozen=True)
class LetterProposed:
    """`text` is the letter itself; an empty line parts its paragraphs. `wished` names, in words, an addressee who is
    missing in the directory (domain/drafts/wishing.py)."""

    title: str = ""
    slug: str = ""
    occasion: str = ""
    salutation: str = ""
    text: str = ""
    asks_lead: str = ""
    asks: tuple[AskProposed, ...] = ()
    closing: str = ""
    addressees: tuple[str, ...] = ()
    wished: str = ""
    goal: str = ""

    @property
    def paragraphs(self) -> list[str]:
        return parted(self.text)

    @property
    def is_begun(self) -> bool:
        return any((self.title, self.text, self.asks, self.addressees, self.wished, self.salutation))


@dataclass(frozen=True)
class TitleProposed:
    """What an addressee is called in another language."""

    addressee: str = ""
    title: str = ""


@dataclass(frozen=True)
class TranslationProposed:
    """The same letter in another language; domain/cases/translating.py says what it needs."""

    lang: str = ""
    title: str = ""
    occasion: str = ""
    salutation: str = ""
    text: str = ""
    asks_lead: str = ""
    asks: tuple[AskProposed, ...] = ()
    closing: str = ""
    consent: str = ""
    titles: tuple[TitleProposed, ...] = ()

    @property
    def paragraphs(self) -> list[str]:
        return parted(self.text)

    def title_of(self, addressee: str) -> str:
        return next((each.title for each in self.titles if each.addressee == addressee), "")


@dataclass(frozen=True)
class SafetyProposed:
    """Whether the person or family agreed to the name being public, how that is known, and what could go wrong."""

    basis: str = ""
    given_by: str = ""
    given_on: str = ""
    channel: str = ""
    proof: str = ""
    risk: str = ""


@dataclass(frozen=True)
class FileProposed:
    """An image or file that is kept under `name`; the text places it by its `mark`, such as image-1."""

    name: str = ""
    mark: str = ""
    kind: str = ""
    title: str = ""
    alt: str = ""
    caption: str = ""
    credit: str = ""
    rights: str = ""


@dataclass(frozen=True)
class Content:
    people: tuple[PersonProposed, ...] = ()
    campaign: CampaignProposed = field(default_factory=CampaignProposed)
    letter: LetterProposed = field(default_factory=LetterProposed)
    safety: SafetyProposed = field(default_factory=SafetyProposed)
    translations: tuple[TranslationProposed, ...] = ()
    files: tuple[FileProposed, ...] = ()

    def as_json(self) -> dict[str, object]:
        return asdict(self)


T = TypeVar("T")


def read(stored: Mapping[str, Any]) -> Content:
    """The content of a draft's row. What an older site stored and this one does not know is left out."""
    people = tuple(
        _made(PersonProposed, p, facts=tuple(_made(FactProposed, f) for f in p.get("facts", ())))
        for p in stored.get("people", ())
    )
    letter = stored.get("letter", {})
    return Content(
        people=people,
        campaign=_made(CampaignProposed, stored.get("campaign", {})),
        letter=_made(
            LetterProposed,
            letter,
            asks=tuple(_made(AskProposed, a) for a in letter.get("asks", ())),
            addressees=tuple(letter.get("addressees", ())),
        ),
        safety=_made(SafetyProposed, stored.get("safety", {})),
        translations=tuple(_translation(t) for t in stored.get("translations", ())),
        files=tuple(_made(FileProposed, f) for f in stored.get("files", ())),
    )


def _translation(stored: Mapping[str, Any]) -> TranslationProposed:
    return _made(
        TranslationProposed,
        stored,
        asks=tuple(_made(AskProposed, a) for a in stored.get("asks", ())),
        titles=tuple(_made(TitleProposed, t) for t in stored.get("titles", ())),
    )


def _made(kind: type[T], stored: Mapping[str, Any], **known: Any) -> T:
    names = {f.name for f in fields(kind)}  # type: ignore[arg-type]
    return kind(**{k: v for k, v in stored.items() if k in names and k not in known}, **known)


def cleaned(text: str, *, lines: bool = False) -> str:
    """The text without signs that no reader sees and that could forge it; line ends as one sign."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return (
        text.translate(_IN_LINES).strip() if lines else " ".join(text.replace("\n", " ").translate(_UNWANTED).split())
    )


def wrong(content: Content) -> list[Fault]:
    """What could never be kept: said at once, and nothing of this saving is stored."""
    found = [*_wrong_people(content.people), *_wrong_campaign(content.campaign), *_wrong_letter(content.letter)]
    for n, file in enumerate(content.files):
        at = f"files-{n}-"
        found += _long(Step.FILES, {at + "title": file.title, at + "credit": file.credit}, SHORT)
        found += _long(Step.FILES, {at + k: getattr(file, k) for k in ("alt", "caption", "rights")}, LINE)
    safety = content.safety
    found += _long(Step.SAFETY, {"given_by": safety.given_by, "channel": safety.channel}, SHORT)
    found += _long(Step.SAFETY, {"proof": safety.proof, "risk": safety.risk}, TEXT)
    if safety.given_on and not _is_day(safety.given_on, whole=True):
        found.append(Fault(Step.SAFETY, "given_on", Code.DATE_WRONG))
    if safety.basis and safety.basis not in set(Answer):
        found.append(Fault(Step.SAFETY, "basis", Code.CHOICE_WRONG))
    return found


def _wrong_people(people: tuple[PersonProposed, ...]) -> list[Fault]:
    found = [] if len(people) <= MOST_PEOPLE else [Fault(Step.CASE, "people", Code.TOO_MANY)]
    for n, person in enumerate(people):
        at = f"people-{n}-"
        lines = {"name": person.name, "native": person.native, "role": person.role}
        found += _long(Step.CASE, {at + k: v for k, v in lines.items()}, SHORT)
        found += _long(Step.CASE, {at + "native_lang": person.native_lang}, 20)
        found += _long(Step.CASE, {at + "variants": person.variants}, TEXT)
        if any(len(s) > SHORT for s in person.spellings):
            found.append(Fault(Step.CASE, at + "variants", Code.TOO_LONG))
        found += _dates(Step.CASE, {at + "as_of": person.as_of, at + "held_since": person.held_since})
        if person.status and person.status not in set(Status):
            found.append(Fault(Step.CASE, at + "status", Code.CHOICE_WRONG))
        if len(person.facts) > MOST_FACTS:
            found.append(Fault(Step.CASE, at + "facts-0-value", Code.TOO_MANY))
        for m, fact in enumerate(person.facts):
            found += _wrong_fact(f"{at}facts-{m}-", fact)
    return found


def _wrong_fact(at: str, fact: FactProposed) -> list[Fault]:
    found = _long(Step.CASE, {at + "value": fact.value}, TEXT)
    found += _long(Step.CASE, {at + "source": fact.source}, LINE)
    found += _long(Step.CASE, {at + "publisher": fact.publisher, at + "point": fact.point}, SHORT)
    found += _dates(Step.CASE, {at + "happened": fact.happened, at + "as_of": fact.as_of})
    if fact.topic and fact.topic not in set(Topic):
        found.append(Fault(Step.CASE, at + "topic", Code.CHOICE_WRONG))
    if fact.url and (len(fact.url) > 600 or not _URL.fullmatch(fact.url)):
        found.append(Fault(Step.CASE, at + "url", Code.URL_WRONG))
    return found


def _wrong_campaign(campaign: CampaignProposed) -> list[Fault]:
    found = _long(Step.CAMPAIGN, {"title": campaign.title}, SHORT)
    found += _long(Step.CAMPAIGN, {"summary": campaign.summary}, 500)
    found += _long(Step.CAMPAIGN, {"body": campaign.body}, BODY)
    found += _slug(Step.CAMPAIGN, "slug", campaign.slug)
    if campaign.country and not re.fullmatch("[A-Z]{2}", campaign.country):
        found.append(Fault(Step.CAMPAIGN, "country", Code.COUNTRY_WRONG))
    return found


def _wrong_letter(letter: LetterProposed) -> list[Fault]:
    found = _long(Step.LETTER, {"letter_title": letter.title, "asks_lead": letter.asks_lead}, SHORT)
    found += _long(Step.LETTER, {"occasion": letter.occasion}, 400)
    found += _long(Step.LETTER, {"wished": letter.wished}, LINE)
    found += _long(Step.LETTER, {"salutation": letter.salutation, "closing": letter.closing}, 100)
    found += _long(Step.LETTER, {"text": letter.text}, BODY)
    found += _slug(Step.LETTER, "letter_slug", letter.slug)
    if len(letter.asks) > MOST_ASKS:
        found.append(Fault(Step.LETTER, "asks-0-text", Code.TOO_MANY))
    if len(letter.addressees) > MOST_ADDRESSEES:
        found.append(Fault(Step.LETTER, "addressees", Code.TOO_MANY))
    for n, ask in enumerate(letter.asks):
        found += _long(Step.LETTER, {f"asks-{n}-text": ask.text}, TEXT)
        found += _long(Step.LETTER, {f"asks-{n}-to": ask.to}, SHORT)
    if letter.goal and not (letter.goal.isascii() and letter.goal.isdecimal() and 1 <= int(letter.goal[:9]) <= 10**7):
        found.append(Fault(Step.LETTER, "goal", Code.GOAL_WRONG))
    return found


def _long(step: Step, values: Mapping[str, str], most: int) -> list[Fault]:
    return [Fault(step, name, Code.TOO_LONG) for name, value in values.items() if len(value) > most]


def _dates(step: Step, values: Mapping[str, str]) -> list[Fault]:
    return [Fault(step, name, Code.DATE_WRONG) for name, value in values.items() if value and not _is_day(value)]


def _slug(step: Step, name: str, slug: str) -> list[Fault]:
    return [Fault(step, name, Code.SLUG_WRONG)] if slug and (len(slug) > 80 or not _SLUG.fullmatch(slug)) else []


def _is_day(value: str, *, whole: bool = False) -> bool:
    """A partial date: 2017, 2017-06 or 2017-06-09; `whole` wants the last."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d" if whole else r"\d{4}(-\d\d){0,2}", value, re.ASCII):
        return False
    try:
        date.fromisoformat((value + "-01-01")[:10])
    except ValueError:
        return False
    return True
