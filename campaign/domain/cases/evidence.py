"""Evidence: the printable facts of one record, found by what they answer, each with the numbers of its sources.

No confidential fact comes out of here, and health only with consent. What sources disagree about is marked so,
never smoothed. Sources are numbered in the order in which they are first cited.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from campaign.domain.cases import casework, telling
from campaign.domain.cases.casework import Shelf
from campaign.domain.phrasing import N_, Value, cited, on, said, together
from campaign.models.prisoner import Confidence, Conflict, Decision, Fact, Prisoner, PrisonerName, Topic

UNCERTAIN = N_("(uncertain)")
DISPUTED = N_("(sources disagree)")


class Evidence:
    """`told_as` gives words of the record in the language of the communication, by the text they stand for."""

    def __init__(self, prisoner: Prisoner, told_as: Mapping[str, str] | None = None) -> None:
        self.prisoner = prisoner
        self._told_as = told_as or {}
        self.shelf = Shelf()
        self.facts = [fact for fact in prisoner.facts if telling.may_be_told(fact, prisoner)]

    def words(self, text: str) -> str:
        """A text of the record as it is printed here."""
        return self._told_as.get(text, text)

    def numbers(self, fact: Fact) -> list[int]:
        """Those of its sources."""
        return list(self.shelf.numbers(fact.sources))

    def about(self, *topics: Topic, answers: str = "") -> list[Value]:
        """What the record says: first the facts that answer this very question, then those of the topics."""
        exact = [f for f in self.facts if answers and f.answers == answers]
        by_topic = [f for topic in topics for f in self.facts if f.topic is topic and not f.answers]
        return [self.cite(fact) for fact in (*exact, *by_topic)]

    def dates(self, topic: Topic) -> list[Value]:
        """When such a thing happened, each day once."""
        found: dict[str, list[int]] = {}
        for fact in self.facts:
            if fact.topic is topic and fact.happened and not fact.answers:
                numbers = found.setdefault(fact.happened, [])
                numbers += [n for n in self.numbers(fact) if n not in numbers]
        return [cited(on(day), sorted(numbers)) for day, numbers in found.items()]

    def cite(self, fact: Fact, *, dated: bool = False) -> dict[str, Any]:
        """One fact with its sources; its date in front where the place does not give it."""
        marks = [said(UNCERTAIN)] if fact.confidence is Confidence.UNCERTAIN else []
        if fact.conflict is not None and fact.conflict.decision is Decision.BOTH:
            marks.append(said(DISPUTED))
        day = [said("{day}:", day=on(fact.happened))] if dated and fact.happened else []
        text = self.words(fact.value)
        value = together(*day, text, *marks) if day or marks else text
        return cited(value, self.numbers(fact))

    def told(self, *topics: Topic) -> list[Value]:
        """The facts of these topics as a story, by date; what has no date comes last."""
        chosen = [f for f in self.facts if f.topic in topics and not f.answers]
        return [self.cite(fact, dated=True) for fact in sorted(chosen, key=_when)]

    def events(self) -> Iterator[tuple[Fact, list[int]]]:
        """Everything with a date, in order."""
        for fact in sorted((f for f in self.facts if f.happened), key=_when):
            yield fact, self.numbers(fact)

    def disputes(self) -> Iterator[tuple[Conflict, list[Value]]]:
        """What staff decided to print although, or because, sources contradict each other."""
        for conflict in self.prisoner.conflicts:
            if conflict.decision in (Decision.BOTH, Decision.ONE):
                sides = [f for f in self.facts if f.conflict_id == conflict.id]
                yield conflict, [cited(self.words(f.value), self.numbers(f)) for f in sides]

    def spelling(self, name: PrisonerName | None) -> list[int]:
        """The number of the source in which a spelling stands, where the record names one it has."""
        if name is None or not name.source:
            return []
        for fact in self.prisoner.facts:
            if telling.may_be_told(fact, self.prisoner) and any(s.title == name.source for s in fact.sources):
                numbers = self.numbers(fact)
                return [n for n in numbers if self.shelf.told[n - 1].title == name.source]
        return []


def _when(fact: Fact) -> tuple[int, tuple[int, int, int], int]:
    if not fact.happened:
        return 1, (0, 0, 0), fact.position
    return 0, casework.in_order(fact.happened), fact.position


def or_none(values: Iterable[Value]) -> list[Value] | None:
    """None is printed as "not known"."""
    return list(values) or None
