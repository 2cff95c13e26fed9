"""Comparing a draft with what is public now, word by word: whoever approves has to see every difference."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from campaign.domain import drafting, proposal
from campaign.domain.proposal import Content, PersonProposed
from campaign.models.draft import Draft

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
    public = drafting.content_of(draft.campaign, draft.petition) if draft.campaign else Content()
    before, after = _flat(public), _flat(proposal.read(draft.content))
    keys = list(after) + [key for key in before if key not in after]
    return [_row(key, before.get(key, ""), after.get(key, "")) for key in keys if before.get(key) or after.get(key)]


def words(before: str, after: str) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """Both texts in parts: what stayed, what is gone from the left, what is new on the right."""
    left, right = _split(before), _split(after)
    old: list[Part] = []
    new: list[Part] = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
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


def _flat(content: Content) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    campaign, letter = content.campaign, content.letter
    for name in ("title", "slug", "country", "summary", "body"):
        found[name, ""] = getattr(campaign, name)
    for n, person in enumerate(content.people, start=1):
        found |= _flat_person(person, n)
    for name in ("occasion", "salutation", "text", "asks_lead", "closing", "goal"):
        found[name, ""] = getattr(letter, name)
    found["letter_title", ""], found["letter_slug", ""] = letter.title, letter.slug
    found["addressees", ""] = "\n".join(letter.addressees)
    for n, ask in enumerate(letter.asks, start=1):
        found["text", str(n)], found["to", str(n)] = ask.text, ask.to
    for file in content.files:
        found["files", file.mark] = file.name  # another file under the same mark and words is another
        found |= {(name, file.mark): getattr(file, name) for name in ("title", "alt", "caption", "credit", "rights")}
    return found


def _flat_person(person: PersonProposed, n: int) -> dict[tuple[str, str], str]:
    if person.slug:
        return {("people", str(n)): person.slug}
    names = ("name", "native", "native_lang", "variants", "role", "status", "as_of", "held_since")
    found = {(name, str(n)): str(getattr(person, name)) for name in names}
    for m, fact in enumerate(person.facts, start=1):
        for name in ("topic", "value", "happened", "as_of", "source", "publisher", "url"):
            found[name, f"{n}.{m}"] = getattr(fact, name)
    return found
