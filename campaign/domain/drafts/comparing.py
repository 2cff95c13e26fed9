"""Comparing a draft with what is public now, word by word: whoever approves has to see every difference."""

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from campaign.database import db
from campaign.domain.cases import proposal
from campaign.domain.cases.proposal import Content, PersonProposed, TranslationProposed
from campaign.domain.drafts import drafting
from campaign.models.addressee import Addressee
from campaign.models.draft import Draft
from campaign.models.prisoner import Prisoner

Known = Mapping[tuple[str, str], str]
Part = tuple[str, str]  # "same", "gone" or "new", and the words


@dataclass(frozen=True)
class Row:
    """One field on both sides. `field` is its name in the forms; `number` says which person, fact or ask."""

    field: str
    number: str
    before: tuple[Part, ...]
    after: tuple[Part, ...]
    is_changed: bool


def rows(draft: Draft) -> list[Row]:
    """All that the draft says, field by field, beside what is public; empty on both sides is left out."""
    return compared(_before(draft), proposal.read(draft.content))


def compared(old: Content, new: Content) -> list[Row]:
    """Two contents field by field; what is empty in both is left out."""
    known = _spoken(old, new)
    before, after = _flat(old, known), _flat(new, known)
    keys = list(after) + [key for key in before if key not in after]
    return [_row(key, before.get(key, ""), after.get(key, "")) for key in keys if before.get(key) or after.get(key)]


def changed(draft: Draft) -> list[str]:
    """The names of the fields that differ, each once: for the journal, which holds no words."""
    before, after = _flat(_before(draft), {}), _flat(proposal.read(draft.content), {})
    keys = list(after) + [key for key in before if key not in after]
    return list(dict.fromkeys(key[0] for key in keys if before.get(key, "") != after.get(key, "")))


def _before(draft: Draft) -> Content:
    """What is public now; of a decided draft, what was public then."""
    if draft.decided_at is not None:
        return proposal.read(draft.replaced) if draft.replaced else Content()
    return drafting.content_of(draft.campaign, draft.petition) if draft.campaign else Content()


def words(before: str, after: str) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """Both texts in parts: what stayed, what is gone from the left, what is new on the right."""
    left, right = _split(before), _split(after)
    old: list[Part] = []
    new: list[Part] = []
    old_words, new_words = ([word.rstrip(" ") for word in side] for side in (left, right))  # its space is no change
    for kind, a, b, c, d in difflib.SequenceMatcher(None, old_words, new_words, autojunk=False).get_opcodes():
        if kind == "equal":
            old.append(("same", "".join(left[a:b])))
            new.append(("same", "".join(right[c:d])))
            continue
        if b > a:
            old.append(("gone", "".join(left[a:b])))
        if d > c:
            new.append(("new", "".join(right[c:d])))
    return tuple(old), tuple(new)


def _row(key: tuple[str, str], before: str, after: str) -> Row:
    old, new = words(before, after)
    return Row(key[0], key[1], old, new, before != after)


def _split(text: str) -> Sequence[str]:
    """Words with the space behind them; a script without spaces is compared sign by sign."""
    parts = re.findall(r"\S+\s*|\s+", text)
    return [sign for part in parts for sign in (part if len(part) > 40 else [part])]


def _spoken(*sides: Content) -> Known:
    """How people of the register and addressees are called, by the mark under which a draft holds them."""
    slugs = {person.slug for side in sides for person in side.people if person.slug}
    offices = {each for side in sides for each in side.letter.addressees}
    people = db.session.scalars(
        select(Prisoner).where(Prisoner.slug.in_(slugs)).options(selectinload(Prisoner.names))
    ).all()
    titles = db.session.execute(select(Addressee.id, Addressee.title).where(Addressee.id.in_(offices)))
    return {("person", row.slug): row.name for row in people} | {("office", id): title for id, title in titles}


def _flat(content: Content, known: Known) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    campaign, letter = content.campaign, content.letter
    for name in ("title", "slug", "country", "summary", "body"):
        found[name, ""] = getattr(campaign, name)
    for n, person in enumerate(content.people, start=1):
        found |= _flat_person(person, n, known)
    for name in ("occasion", "salutation", "text", "asks_lead", "closing", "goal", "wished"):
        found[name, ""] = getattr(letter, name)
    found["letter_title", ""], found["letter_slug", ""] = letter.title, letter.slug
    found["addressees", ""] = "\n".join(known.get(("office", each), each) for each in letter.addressees)
    for n, ask in enumerate(letter.asks, start=1):
        found["text", str(n)], found["to", str(n)] = ask.text, ask.to
    for translation in content.translations:
        found |= _flat_translation(translation)
    for file in content.files:
        found["files", file.mark] = file.name  # another file under the same mark and words is another
        found |= {(name, file.mark): getattr(file, name) for name in ("title", "alt", "caption", "credit", "rights")}
    return found


def _flat_translation(each: TranslationProposed) -> dict[tuple[str, str], str]:
    """Under the code of its language, so that a translation is compared with itself whatever its place in the form."""
    found = {("letter_title", each.lang): each.title}
    for name in ("occasion", "salutation", "text", "asks_lead", "closing", "consent"):
        found[name, each.lang] = getattr(each, name)
    for n, ask in enumerate(each.asks, start=1):
        found["text", f"{each.lang} {n}"], found["to", f"{each.lang} {n}"] = ask.text, ask.to
    for title in each.titles:
        found["called", f"{each.lang} {title.addressee}"] = title.title
    return found


def _flat_person(person: PersonProposed, n: int, known: Known) -> dict[tuple[str, str], str]:
    if person.slug:
        return {("people", str(n)): known.get(("person", person.slug), person.slug)}
    names = ("name", "native", "native_lang", "variants", "role", "status", "as_of", "held_since")
    found = {(name, str(n)): str(getattr(person, name)) for name in names}
    for m, fact in enumerate(person.facts, start=1):
        for name in ("topic", "value", "happened", "as_of", "source", "publisher", "url", "point"):
            found[name, f"{n}.{m}"] = getattr(fact, name)
    return found
