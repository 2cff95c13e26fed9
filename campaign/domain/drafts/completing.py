"""Completing: what has to be there before staff look at a draft, each named by its field to lead there."""

from collections.abc import Mapping

from campaign.domain.cases.proposal import Code, Content, FactProposed, Fault, PersonProposed, Step
from campaign.models.prisoner import Answer


def missing(content: Content, *, needs_letter: bool = True, needs_consent: bool = True) -> list[Fault]:
    """What has to be there before staff look at it. A visitor may not know about consent and need not claim it."""
    found = _missing_people(content.people)
    campaign, letter, safety = content.campaign, content.letter, content.safety
    found += _absent(Step.CAMPAIGN, {"title": campaign.title, "country": campaign.country, "summary": campaign.summary})
    for n, file in enumerate(content.files):
        wanted = {"alt": file.alt, "rights": file.rights} if file.kind == "image" else {"title": file.title}
        found += _absent(Step.FILES, {f"files-{n}-{k}": v for k, v in wanted.items()})
    if needs_letter or letter.is_begun:
        wanted = {"letter_title": letter.title, "salutation": letter.salutation, "text": letter.text}
        found += _absent(Step.LETTER, {**wanted, "closing": letter.closing})
        if not letter.asks:
            found.append(Fault(Step.LETTER, "asks-0-text", Code.MISSING))
        for n, ask in enumerate(letter.asks):
            found += _absent(Step.LETTER, {f"asks-{n}-text": ask.text, f"asks-{n}-to": ask.to})
        if not letter.addressees and not letter.wished:
            found.append(Fault(Step.LETTER, "addressees", Code.MISSING))
    found += _absent(Step.SAFETY, {"basis": safety.basis, "risk": safety.risk})
    if needs_consent and safety.basis:
        if safety.basis not in {Answer.YES, Answer.ALREADY_PUBLIC}:
            found.append(Fault(Step.SAFETY, "basis", Code.NO_CONSENT))
        found += _absent(Step.SAFETY, {"proof": safety.proof})
        if safety.basis == Answer.YES:
            found += _absent(Step.SAFETY, {"given_by": safety.given_by, "channel": safety.channel})
    return found


def missing_at_first(content: Content) -> list[Fault]:
    """What a visitor has to say who knows of a case: who, what, where it can be read, and whether it is safe.

    Everything else staff and campaigners find out; before anything is public `missing` holds for it as for all.
    """
    person = content.people[0] if content.people else PersonProposed()
    fact = person.facts[0] if person.facts else FactProposed()
    found = [] if person.name or person.native or person.slug else [Fault(Step.CASE, "people-0-name", Code.NOBODY)]
    found += _absent(Step.CAMPAIGN, {"country": content.campaign.country})
    found += _absent(Step.CASE, {"people-0-facts-0-value": fact.value})
    if not (fact.source or fact.url):
        found.append(Fault(Step.CASE, "people-0-facts-0-source", Code.NO_SOURCE))
    return found + _absent(Step.SAFETY, {"basis": content.safety.basis, "risk": content.safety.risk})


def _missing_people(people: tuple[PersonProposed, ...]) -> list[Fault]:
    if not people:
        return [Fault(Step.CASE, "people-0-name", Code.NOBODY)]
    found: list[Fault] = []
    for n, person in enumerate(people):
        if person.slug:
            continue
        at = f"people-{n}-"
        wanted = {"name": person.name, "role": person.role, "status": person.status, "as_of": person.as_of}
        found += _absent(Step.CASE, {at + k: v for k, v in wanted.items()})
        if not person.facts:
            found.append(Fault(Step.CASE, at + "facts-0-value", Code.MISSING))
        for m, fact in enumerate(person.facts):
            known = {"topic": fact.topic, "value": fact.value, "as_of": fact.as_of}
            found += _absent(Step.CASE, {f"{at}facts-{m}-{k}": v for k, v in known.items()})
            if not fact.source:
                found.append(Fault(Step.CASE, f"{at}facts-{m}-source", Code.NO_SOURCE))
            if fact.point.strip() and len(person.disputes[fact.point.strip().casefold()]) < 2:
                found.append(Fault(Step.CASE, f"{at}facts-{m}-point", Code.ONE_SIDE))
    return found


def _absent(step: Step, values: Mapping[str, str]) -> list[Fault]:
    return [Fault(step, name, Code.MISSING) for name, value in values.items() if not value.strip()]
