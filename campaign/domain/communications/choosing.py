"""Choosing: which mandates the case itself proposes, each with the reason, so that staff can disagree.

A rule looks at the status, the role and the printable facts; nothing is guessed from a name. A mandate that is not in
the directory is not proposed. The list is a proposal: a submission to fewer mandates that fit is read sooner than one
to everybody.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from campaign.database import db
from campaign.domain.cases.telling import may_be_told
from campaign.domain.phrasing import N_
from campaign.models.addressee import Addressee, AddresseeKind
from campaign.models.communication import Channel
from campaign.models.prisoner import Prisoner, Status, Topic


@dataclass(frozen=True)
class Proposal:
    """One office, and why: a fixed sentence, and the word of the record that called for it."""

    office: Addressee
    because: str
    word: str = ""


@dataclass(frozen=True)
class Rule:
    office: str
    because: str
    words: str  # a pattern over words of the record
    topics: tuple[Topic, ...] = (Topic.WORK,)  # where it is looked for besides the role

    def found_in(self, text: str) -> str | None:
        match = re.search(rf"\b(?:{self.words})", text, re.IGNORECASE)
        return match[0] if match else None


RULES = (
    Rule("sr-expression", N_("Journalists, bloggers and what they said"), "journalis|blog|reporter|editor|writer"),
    Rule("sr-judges-lawyers", N_("Lawyers, judges and prosecutors"), "lawyer|advocate|attorney|judge|prosecutor"),
    Rule("sr-defenders", N_("Human rights defenders"), "human rights|activist|defender"),
    Rule("sr-defenders", N_("Relatives of a defender"), "(?:son|daughter|wife|husband|brother|sister) of", ()),
    Rule(
        "sr-assembly-association",
        N_("Parties, organisations and protests"),
        "party|opposition|NGO|movement|protest|politician",
    ),
    Rule(
        "sr-counter-terrorism",
        N_("A charge of extremism or terrorism"),
        "extremis|terroris",
        (Topic.CHARGE, Topic.ARTICLES, Topic.JUDGMENT),
    ),
    Rule(
        "sr-torture",
        N_("Ill-treatment"),
        "tortur|beat|ill-treat|solitary|incommunicado|electric shock",
        (Topic.PRESSURE, Topic.HEALTH, Topic.ARREST, Topic.HEARING, Topic.PLACE),
    ),
    Rule(
        "sr-health",
        N_("Medical care denied"),
        "medical care|medicine|denied treatment|untreated",
        (Topic.HEALTH, Topic.PRESSURE),
    ),
    Rule(
        "sr-religion",
        N_("Faith or belief"),
        "imam|pastor|priest|missionary|for (?:his|her|their) faith|religious activ",
        (Topic.WORK, Topic.CHARGE),
    ),
    Rule("sr-minorities", N_("A minority"), r"minority|Pamiri|Uyghur|Kurd|Roma\b|indigenous"),
    Rule(
        "sr-executions",
        N_("Risk to life"),
        "death penalty|sentenced to death|executed",
        (Topic.JUDGMENT, Topic.CHARGE, Topic.DEATH),
    ),
)


def propose(prisoner: Prisoner, channel: Channel) -> list[Proposal]:
    """What the case proposes for this channel, the channel's own office first."""
    offices = {a.id: a for a in db.session.scalars(select(Addressee)) if channel.value in a.channels}
    found = [p for p in _proposed(prisoner, offices) if p.office.id in offices]
    if channel is not Channel.SPECIAL_PROCEDURES:
        own = [Proposal(a, N_("The office of this channel")) for a in offices.values()]
        return own[:1] if len(own) == 1 else [p for p in own if p.office.id in _OWN] or own[:1]
    seen: dict[str, Proposal] = {}
    for each in found:
        seen.setdefault(each.office.id, each)
    return list(seen.values())


_OWN = {"wgad", "wgeid", "hrc-cp"}


def _proposed(prisoner: Prisoner, offices: dict[str, Addressee]) -> Iterator[Proposal]:
    facts = [f for f in prisoner.facts if may_be_told(f, prisoner)]
    for office in offices.values():
        if office.kind is AddresseeKind.COUNTRY and office.mandate_country == prisoner.country:
            yield Proposal(office, N_("There is a mandate for this country"))
    if prisoner.status is Status.DISAPPEARED and "wgeid" in offices:
        yield Proposal(offices["wgeid"], N_("Nobody says where the person is"))
    elif prisoner.status.in_custody and "wgad" in offices:
        yield Proposal(offices["wgad"], N_("The person is held"))
    for rule in RULES:
        texts = [prisoner.role, *(f.value for f in facts if f.topic in rule.topics)]
        word = next((w for text in texts if (w := rule.found_in(text))), None)
        if word and rule.office in offices:
            yield Proposal(offices[rule.office], rule.because, word)
