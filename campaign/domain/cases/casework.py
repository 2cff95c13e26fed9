"""Reading a case: partial dates, and how long somebody has been held.

Time in prison is stated only while the record says that the person is held, and only up to the day the record
speaks for: a number that kept counting would claim to know what nobody has checked.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from campaign.models.prisoner import Prisoner, Source, Status

STALE_AFTER = timedelta(days=90)
_PARTIAL = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?", re.ASCII)


@dataclass(frozen=True)
class Held:
    """Days in detention from `since` to `until`, both included in what is said beside the number."""

    days: int
    since: date
    until: date


@dataclass(frozen=True)
class SourceTold:
    number: int
    title: str
    publisher: str
    url: str
    published: str
    note: str

    @property
    def line(self) -> str:
        """All of it in one line, as a list of sources prints it."""
        parts = (self.title, self.publisher, self.published, self.url)
        named = ", ".join(part for part in parts if part)
        return f"{named}. {self.note}" if self.note else named


class Shelf:
    """Numbers sources in the order in which a page or a sheet first names them."""

    def __init__(self) -> None:
        self._numbers: dict[int, int] = {}
        self.told: list[SourceTold] = []

    def numbers(self, sources: Iterable[Source]) -> tuple[int, ...]:
        ordered = sorted(sources, key=lambda source: source.id)  # the same whichever way they were read
        return tuple(sorted(self._number(source) for source in ordered))

    def _number(self, source: Source) -> int:
        if source.id not in self._numbers:
            number = self._numbers[source.id] = len(self.told) + 1
            told = SourceTold(number, source.title, source.publisher, source.url, source.published, source.note)
            self.told.append(told)
        return self._numbers[source.id]


def held(prisoner: Prisoner) -> Held | None:
    """How long the person was held by the first day that the person's own status may speak for.

    What is known of others on the same page neither cuts nor lengthens it. None where the record does not say that
    they are held, or not since which day.
    """
    since = whole_date(prisoner.held_since)
    if since is None or not prisoner.status.in_custody:
        return None
    until = first_day(prisoner.status_as_of)
    return Held((until - since).days, since, until) if until > since else None


def facts_as_of(people: Sequence[Prisoner]) -> str | None:
    """The day that a page about these people speaks for: the oldest status among those for whom it may still change.

    A death does not change any more, so its day says nothing about how old the rest is; the latest one counts only
    where nobody is left. None for nobody.
    """
    changing = sorted((p.status_as_of for p in people if p.status is not Status.DIED), key=first_day)
    ended = sorted((p.status_as_of for p in people), key=last_day)
    return changing[0] if changing else ended[-1] if ended else None


def is_stale(checked_on: date, today: date) -> bool:
    """Whether nobody has compared it with its sources for more than ninety days."""
    return today - checked_on > STALE_AFTER


def is_partial_date(text: str) -> bool:
    """Whether it is written 2017, 2017-06 or 2017-06-30, and there was such a day."""
    try:
        return bool(_PARTIAL.fullmatch(text)) and first_day(text) <= last_day(text)
    except ValueError:
        return False


def whole_date(partial: str | None) -> date | None:
    """The day of a partial date that names one; None for a month, a year or nothing."""
    return date.fromisoformat(partial) if partial and len(partial) == len("2017-06-09") else None


def last_day(partial: str) -> date:
    """The last day that a partial date may mean: 2017-06 is 30 June 2017."""
    year, month, day = _parts(partial)
    if day:
        return date(year, month, day)
    if not month:
        return date(year, 12, 31)
    first_of_next = date(year + month // 12, month % 12 + 1, 1)
    return first_of_next - timedelta(days=1)


def in_order(partial: str) -> tuple[int, int, int]:
    """Where a partial date stands in a timeline: a month before its days, a year alone after its months."""
    year, month, day = _parts(partial)
    return year, month or 13, day


def first_day(partial: str) -> date:
    """The first day that a partial date may mean: what is surely not later than the record."""
    year, month, day = _parts(partial)
    return date(year, month or 1, day or 1)


def _parts(partial: str) -> tuple[int, int, int]:
    year, month, day = (*(int(part) for part in partial.split("-")), 0, 0)[:3]
    return year, month, day


def days_between(since: date, happened: str | None) -> int | None:
    """Days from the first day held to an event whose day is known; None before it or where it is not known."""
    day = whole_date(happened)
    return (day - since).days if day and day >= since else None
