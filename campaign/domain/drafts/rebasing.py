"""Rebasing: a draft that changes something public knows what was public when it was begun.

If somebody else's change is approved meanwhile, approving this draft would silently undo it. So nothing is approved
until the author has looked at the difference and decided: take the new words where they differ, or keep her own. The
decision names what she saw; had it changed once more, she looks again.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import datetime
from typing import Any, TypeVar

from campaign.database import db
from campaign.domain.cases import proposal
from campaign.domain.cases.proposal import Content, FileProposed
from campaign.domain.drafts import attaching, comparing, drafting
from campaign.domain.drafts.comparing import Row
from campaign.domain.errors import Refused
from campaign.domain.frozen import canonical, digest
from campaign.domain.journalling import note
from campaign.models.draft import Draft, DraftState

T = TypeVar("T")


class PublicTextMoved(Refused):
    """What this draft changes was itself changed in public since it was begun. Its author has to look at the
    difference first, and take the new words or keep her own."""


class MovedAgain(Refused):
    """What is public has changed once more since you looked. Look again; nothing of your draft was changed."""


def public(draft: Draft) -> Content:
    """What is public now of that which the draft would change."""
    return drafting.content_of(draft.campaign, draft.petition) if draft.campaign else Content()


def has_moved(draft: Draft) -> bool:
    """Whether somebody changed in public what this draft started from. Where that was not kept, one look is asked."""
    if draft.campaign is None or draft.state.is_over:
        return False
    return draft.base is None or proposal.read(draft.base) != public(draft)


def refuse_moved(draft: Draft) -> None:
    """Raises PublicTextMoved."""
    if has_moved(draft):
        raise PublicTextMoved


def moved(draft: Draft) -> list[Row]:
    """What was public when the draft was begun beside what is public now: only what differs."""
    before = proposal.read(draft.base or {})
    return [row for row in comparing.compared(before, public(draft)) if row.is_changed]


def seen(draft: Draft) -> str:
    """A name for what is public now, by which a decision says what its author had before her."""
    return digest(canonical(public(draft).as_json()))


def start(draft: Draft) -> None:
    """The draft starts from what is public now."""
    draft.base = public(draft).as_json()
    db.session.flush()


def decide(draft: Draft, *, take: bool, saw: str, at: datetime) -> None:
    """Take what is public now, wherever that has changed, or keep one's own words; then the draft starts from it.

    Raises NotBeingWritten, MovedAgain.
    """
    if draft.state is not DraftState.WRITING:
        raise drafting.NotBeingWritten
    if saw != seen(draft):
        raise MovedAgain
    if take:
        now = public(draft)
        draft.content = _taken(proposal.read(draft.content), proposal.read(draft.base or {}), now).as_json()
    draft.version += 1
    draft.saved_at = at
    start(draft)
    act = "public words taken into draft" if take else "own words of draft kept"
    note(act, "draft", str(draft.id), account_id=draft.account_id, at=at)


def _taken(mine: Content, base: Content, now: Content) -> Content:
    """Mine, with what is public now wherever that is not what I started from. Who is new in mine stays."""
    added = tuple(person for person in mine.people if not person.slug)
    people = (*now.people, *added) if base.people != now.people else mine.people
    languages = _by_key("lang", mine.translations, base.translations, now.translations)
    files, marks = _unlike(_by_key("name", mine.files, base.files, now.files), now.files)
    campaign = _merged(mine.campaign, base.campaign, now.campaign)
    if base.campaign.body == now.campaign.body:
        campaign = replace(campaign, body=_renamed(campaign.body, marks))
    return replace(
        mine,
        people=people,
        campaign=campaign,
        letter=_merged(mine.letter, base.letter, now.letter),
        translations=tuple(languages.values()),
        files=files,
    )


def _by_key(key: str, mine: Iterable[T], base: Iterable[T], now: Iterable[T]) -> dict[str, T]:
    """Each that bears this key: as it is in public where that changed, as it is in mine elsewhere."""
    found, was, are = ({getattr(each, key): each for each in side} for side in (mine, base, now))
    for name in [*was, *(name for name in are if name not in was)]:
        if was.get(name) != are.get(name):
            found.pop(name, None)
            found |= {name: are[name]} if name in are else {}
    return found


def _unlike(
    files: Mapping[str, FileProposed], public: Iterable[FileProposed]
) -> tuple[tuple[FileProposed, ...], dict[str, str]]:
    """The files with a mark for each alone, as a text places them by it; what is public keeps its own. And which of
    mine got another."""
    kept = {file.name for file in public}
    taken = {file.mark for file in files.values() if file.name in kept}
    found, marks = list(files.values()), {}
    for n, file in enumerate(found):
        if file.name not in kept and file.mark in taken:
            marks[file.mark] = attaching.next_mark(found, file.kind)
            found[n] = replace(file, mark=marks[file.mark])
    return tuple(found), marks


def _renamed(text: str, marks: Mapping[str, str]) -> str:
    """The text, placing mine by their new marks."""
    return re.sub(r"\]\(([a-z]+-\d+)\)", lambda found: f"]({marks.get(found[1], found[1])})", text)


def _merged(mine: Any, base: Any, now: Any) -> Any:
    """Field by field: what is public now where it changed, mine elsewhere."""
    names = {f.name: getattr(now, f.name) for f in fields(mine)}
    return replace(mine, **{k: v for k, v in names.items() if getattr(base, k) != v})
