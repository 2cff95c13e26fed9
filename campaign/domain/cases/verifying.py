"""Verifying: what staff have looked at, decided and confirmed, each with who and when.

A packet prints only what somebody answers for: facts checked lately, contradictions decided with a reason, consent
on record. Addressees are confirmed in addressing.py.
"""

from dataclasses import dataclass
from datetime import date

from campaign.database import db
from campaign.domain.errors import Refused
from campaign.models.prisoner import Answer, Capacity, Conflict, Consent, Decision, Prisoner, Question


class ReasonMissing(Refused):
    """Say why it is printed this way: the next person must be able to understand it."""


class FactNotOfConflict(Refused):
    """Choose one of the statements that contradict each other."""


class ProofMissing(Refused):
    """A yes needs who gave it and by what way, or where the name was published before."""


def decide(
    conflict: Conflict, decision: Decision, *, fact_id: int | None = None, reason: str, by: str, on: date
) -> None:
    """Decide how a contradiction is printed. Raises ReasonMissing, FactNotOfConflict."""
    if decision is not Decision.OPEN and not reason.strip():
        raise ReasonMissing
    if decision is Decision.ONE and fact_id not in {fact.id for fact in conflict.facts}:
        raise FactNotOfConflict
    conflict.decision = decision
    conflict.chosen_fact_id = fact_id if decision is Decision.ONE else None
    conflict.reason, conflict.decided_by, conflict.decided_on = reason.strip(), by, on
    db.session.flush()


def check_record(prisoner: Prisoner, *, by: str, on: date) -> None:
    """Somebody has compared the whole record with its sources."""
    prisoner.last_checked_on, prisoner.last_checked_by = on, by
    for fact in prisoner.facts:
        fact.last_checked_on, fact.last_checked_by = on, by
    db.session.flush()


@dataclass(frozen=True)
class Given:
    """How a consent was given. `expires_on` None: until it is taken back. Of `by` and `capacity` only the second is
    ever printed."""

    by: str = ""
    on: date | None = None
    channel: str = ""
    proof: str = ""
    expires_on: date | None = None
    capacity: Capacity | None = None


def record_consent(prisoner: Prisoner, question: Question, answer: Answer, given: Given) -> Consent:
    """Write down what the prisoner or the family said. Raises ProofMissing."""
    if answer is Answer.YES and not (given.by.strip() and given.channel.strip()):
        raise ProofMissing
    if answer is Answer.ALREADY_PUBLIC and not given.proof.strip():
        raise ProofMissing
    consent = next((c for c in prisoner.consents if c.question is question), None)
    if consent is None:
        consent = Consent(question=question)
        prisoner.consents.append(consent)
    consent.answer, consent.given_by, consent.given_on = answer, given.by.strip(), given.on
    consent.capacity = given.capacity
    consent.channel, consent.proof, consent.expires_on = given.channel.strip(), given.proof.strip(), given.expires_on
    db.session.flush()
    return consent
