"""A letter in several languages: under which address each stands, and how pages lead from one to the other.

Two things have a language: the site around a letter (menus, the form) and the letter. The site speaks those that have
a catalogue, and its language is the prefix of the path (`/fr/petitions/…`), as on every page. A letter may be in any
language. So the address of the letter in French is `/fr/petitions/<slug>` where the site speaks French, and
`/petitions/<slug>/fr` where it does not: then the site stays in its first language around it, and the letter carries
a `lang` and `dir` of its own. A path and not a query, as it is read aloud, printed and kept by caches like any other
page; no cookie and no `Accept-Language`, so that one address shows everybody the same. Without a language in its
address, a letter stands in the site’s language if it is translated into it, else in the one it was first written in.
"""

from dataclasses import dataclass

from flask import url_for

from campaign.domain.cases import translating
from campaign.domain.cases.showing import PetitionShown
from campaign.web import languages


@dataclass(frozen=True)
class Tongue:
    """One language of a letter, in its own name; `path` is its address, the same on every page."""

    lang: str
    name: str
    direction: str
    path: str
    is_current: bool


def letter_in(letter: PetitionShown, tag: str) -> PetitionShown | None:
    """The letter as this address has it; None where it does not exist in the language of the address."""
    if not tag:
        return letter.in_language(languages.chosen()) or letter
    lang = next((each for each in letter.languages if each.casefold() == tag), "")
    return letter.in_language(lang)


def once_in(letter: PetitionShown, tag: str) -> bool:
    """Whether it could once be read in that language."""
    return any(lang.casefold() == tag for _, lang in letter.versions)


def tongues(letter: PetitionShown) -> list[Tongue]:
    """Every language of this letter; empty where there is only one."""
    if len(letter.languages) < 2:
        return []
    found = []
    for lang in letter.languages:
        direction = translating.locale_of(lang).text_direction
        found.append(Tongue(lang, name_of(lang), direction, path(letter, lang), lang == letter.lang))
    return found


def name_of(lang: str) -> str:
    """The language in its own name."""
    locale = translating.locale_of(lang)
    return str(locale.get_display_name(locale) or lang)


def path(letter: PetitionShown, lang: str) -> str:
    """The one address of the letter in that language."""
    if lang in languages.LANGUAGES:
        return languages.address(lang, url_for("public.petition", slug=letter.slug))
    if lang == letter.first_lang:
        return languages.address(languages.LANGUAGES[0], url_for("public.petition", slug=letter.slug))
    tagged = url_for("public.petition", slug=letter.slug, tag=lang.casefold())
    return languages.address(languages.LANGUAGES[0], tagged)
