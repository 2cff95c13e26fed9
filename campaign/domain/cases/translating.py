"""Translating: one letter in several languages, one count. Each language has words, a hash and versions of its own.

Whoever signs points at the words of the language that stood before her, and ticks the sentence in that language. So
that no translation can carry a false consent, its author writes the sentence around a place, `{addressees}`, and the
site itself puts every addressee into it, in the order of the letter, under titles given for each. Below it the page
repeats the sentence in the letter's first language, which no author can change; staff compare all of it before it is
public. What an addressee may be given follows from the addressees of the version that was signed, never from a title.
"""

from collections.abc import Sequence
from datetime import date, datetime

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.lists import format_list
from babel.localedata import locale_identifiers

from campaign.database import db
from campaign.domain.cases.proposal import (
    BODY,
    MOST_ASKS,
    SHORT,
    TEXT,
    Code,
    Content,
    Fault,
    LetterProposed,
    Step,
    TitleProposed,
    TranslationProposed,
)
from campaign.domain.cases.proposal import AskProposed as Ask
from campaign.domain.cases.publishing import text_hash
from campaign.models.petition import Petition, PetitionText

FIRST = "en"  # the language in which letters are first written, and of the sentence that the site itself makes
PLACE = "{addressees}"
MOST = 30
# Whole languages, some of them by script (zh-Hant); a country of its own decides nothing about a letter.
LANGUAGES = frozenset(
    tag.replace("_", "-") for tag in locale_identifiers() if not Locale.parse(tag).territory and tag != "root"
)


def locale_of(lang: str) -> Locale:
    """What is known of a language; of an unknown one, that it is written from left to right."""
    try:
        return Locale.parse(lang.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return Locale("en")


def day_in(day: date, lang: str) -> str:
    """A day as that language writes it; in English as everywhere on the site, the day before the month."""
    locale = Locale.parse("en_001") if lang == FIRST else locale_of(lang)
    return str(format_date(day, "long", locale=locale))


def consent_in(translation: TranslationProposed, addressees: Sequence[str]) -> str:
    """The sentence with every addressee in its place. Raises ValueError where one would be missing."""
    titles = [translation.title_of(each) for each in addressees]
    if not titles or not all(titles) or translation.consent.count(PLACE) != 1:
        raise ValueError("an addressee would not be named")
    named = titles[0] if len(titles) == 1 else str(format_list(titles, locale=locale_of(translation.lang)))
    return translation.consent.replace(PLACE, named)


def reword(petition: Petition, letter: LetterProposed, wanted: Sequence[TranslationProposed], *, at: datetime) -> None:
    """Give the letter these translations: a changed one is its language's next version, a missing one ends.

    Words that were signed stay as they are; nothing happens where not one of them differs.
    """
    latest = {text.lang: text for text in petition.texts if text.lang != FIRST}
    offered = {each.lang: each for each in wanted if each.lang in LANGUAGES and each.lang != FIRST}
    for translation in offered.values():
        current, text = latest.pop(translation.lang, None), _text(translation, letter, at)
        if current is not None and current.sha256 == text.sha256 and current.ended_at is None:
            continue
        text.version = current.version + 1 if current else 1
        petition.texts.append(text)
        if current is not None:
            current.ended_at = current.ended_at or at
    for left in latest.values():
        left.ended_at = left.ended_at or at
    db.session.flush()


def of(petition: Petition) -> tuple[TranslationProposed, ...]:
    """The translations that are public, as a draft holds them."""
    return tuple(_proposed(text) for text in petition.translations)


def wrong(content: Content) -> list[Fault]:
    """What could never be kept of the translations."""
    found: list[Fault] = []
    if len(content.translations) > MOST:
        found.append(_fault("tr-0-lang", Code.TOO_MANY))
    for n, each in enumerate(content.translations):
        at = f"tr-{n}-"
        if each.lang and each.lang not in LANGUAGES:
            found.append(_fault(at + "lang", Code.LANGUAGE_WRONG))
        if each.lang and (each.lang == FIRST or each.lang in {other.lang for other in content.translations[:n]}):
            found.append(_fault(at + "lang", Code.LANGUAGE_TWICE))
        short = {"title": each.title, "asks_lead": each.asks_lead}
        found += _long(at, short, SHORT) + _long(at, {"occasion": each.occasion}, 400)
        found += _long(at, {"salutation": each.salutation, "closing": each.closing}, 100)
        found += _long(at, {"text": each.text}, BODY) + _long(at, {"consent": each.consent}, TEXT)
        found += _long(at, {f"called-{title.addressee}": title.title for title in each.titles}, SHORT)
        if len(each.asks) > MOST_ASKS:
            found.append(_fault(at + "asks-0-text", Code.TOO_MANY))
        for m, ask in enumerate(each.asks):
            found += _long(at, {f"asks-{m}-text": ask.text}, TEXT) + _long(at, {f"asks-{m}-to": ask.to}, SHORT)
    return found


def missing(content: Content) -> list[Fault]:
    """What each translation needs before staff look at it: all that the letter has, and a title for each addressee."""
    found: list[Fault] = []
    for n, each in enumerate(content.translations):
        at, letter = f"tr-{n}-", content.letter
        wanted = {"lang": each.lang, "title": each.title, "salutation": each.salutation, "text": each.text}
        wanted |= {"asks_lead": each.asks_lead, "closing": each.closing, "consent": each.consent}
        wanted |= {"occasion": each.occasion} if letter.occasion else {}
        wanted |= {f"called-{addressee}": each.title_of(addressee) for addressee in letter.addressees}
        for m, ask in enumerate(each.asks):
            wanted |= {f"asks-{m}-text": ask.text, f"asks-{m}-to": ask.to}
        found += [_fault(at + name, Code.MISSING) for name, value in wanted.items() if not value.strip()]
        if len(each.asks) != len(letter.asks):
            found.append(_fault(at + "asks-0-text", Code.ASKS_DIFFER))
        if each.consent and each.consent.count(PLACE) != 1:
            found.append(_fault(at + "consent", Code.PLACE_MISSING))
    return found


def _text(translation: TranslationProposed, letter: LetterProposed, at: datetime) -> PetitionText:
    whole = bool(letter.addressees) and not missing(Content(letter=letter, translations=(translation,)))
    text = PetitionText(
        lang=translation.lang,
        title=translation.title,
        occasion=translation.occasion,
        salutation=translation.salutation,
        paragraphs=translation.paragraphs,
        asks_lead=translation.asks_lead,
        asks=[{"text": ask.text, "to": ask.to} for ask in translation.asks],
        closing=translation.closing,
        consent=consent_in(translation, letter.addressees) if whole else "",
        addressee_ids=list(letter.addressees),
        effective_at=at,
        consent_parts={
            "sentence": translation.consent,
            "titles": {each.addressee: each.title for each in translation.titles},
        },
    )
    text.sha256 = text_hash(text)
    return text


def _proposed(text: PetitionText) -> TranslationProposed:
    parts = text.consent_parts or {}
    return TranslationProposed(
        lang=text.lang,
        title=text.title,
        occasion=text.occasion,
        salutation=text.salutation,
        text="\n\n".join(text.paragraphs),
        asks_lead=text.asks_lead,
        asks=tuple(Ask(ask["text"], ask["to"]) for ask in text.asks),
        closing=text.closing,
        consent=parts.get("sentence", ""),
        titles=tuple(TitleProposed(*pair) for pair in parts.get("titles", {}).items()),
    )


def _fault(field: str, code: Code) -> Fault:
    return Fault(Step.TRANSLATIONS, field, code)


def _long(at: str, values: dict[str, str], most: int) -> list[Fault]:
    return [_fault(at + name, Code.TOO_LONG) for name, value in values.items() if len(value) > most]
