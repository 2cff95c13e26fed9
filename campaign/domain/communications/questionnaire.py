"""The questionnaires: the Working Group's model questionnaire, parts I to VII, and the mandates' list of questions.

Every answer is a fact of the case record with the number of its source; nothing is written for the form alone. Where
the record is silent the answer is None, printed as "not known": an empty field would look like an oversight, and a
guess could cost somebody the case. Parts I and II follow a filled copy, III to VII the form as it is generally known.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from campaign.domain.cases import casework
from campaign.domain.cases.evidence import Evidence, or_none
from campaign.domain.packets.contents import Sender
from campaign.domain.phrasing import N_, Value, cited, on, said
from campaign.models.communication import Channel, Communication
from campaign.models.prisoner import NameKind, Prisoner, Topic

Row = list[Any]  # number, question, answer

# Questions that no topic of the case record says by itself; a fact may name one (Fact.answers).
ANSWERABLE: dict[str, str] = {
    "sex": N_("Sex"),
    "nationality": N_("Nationality or nationalities"),
    "background": N_("Ethnic or other background, if relevant"),
    "affiliations": N_("Affiliations and activities"),
    "document-kind": N_("Identity document"),
    "document-issuer": N_("Issued by"),
    "document-date": N_("Issued on"),
    "document-number": N_("Number"),
    "address": N_("Usual address"),
    "arrest-place": N_("Place of arrest, as exact as possible"),
    "arrest-forces": N_("Forces that carried out the arrest"),
    "warrant": N_("Was a warrant or other decision shown?"),
    "warrant-authority": N_("Authority that issued it"),
    "arrest-reasons": N_("Reasons that the authorities gave"),
    "arrest-basis": N_("Legal basis, with the law that was applied"),
    "detention-forces": N_("Forces that hold the person"),
    "detention-authority": N_("Authority that ordered the detention"),
    "detention-reasons": N_("Reasons for the detention that the authorities gave"),
    "detention-basis": N_("Legal basis of the detention, with the law that was applied"),
    "perpetrators": N_("Others said to be responsible, with the reasons for thinking so"),
    "risks": N_("Risks at present"),
    "context": N_("Pattern and earlier incidents"),
    "remedies": N_("Domestic remedies and other internal steps"),
}


@dataclass(frozen=True)
class Asked:
    """One case and who submits it."""

    communication: Communication
    evidence: Evidence
    sender: Sender
    day: date  # of the submission

    @property
    def prisoner(self) -> Prisoner:
        return self.communication.prisoner


def parts(asked: Asked) -> list[dict[str, Any]]:
    """The questionnaire of the communication's channel, as parts with rows of number, question, answer."""
    if asked.communication.channel is Channel.WGAD:
        return [_identity(asked), _arrest(asked), _detention(asked), _circumstances(asked), *_last(asked)]
    return _mandates(asked)


def title(channel: Channel) -> str:
    if channel is Channel.WGAD:
        return N_("Model questionnaire of the Working Group on Arbitrary Detention")
    return N_("Information for the special procedures")


def _part(number: str, words: str, rows: list[Row]) -> dict[str, Any]:
    return {"no": number, "title": words, "rows": rows}


def _of(asked: Asked, number: str, code: str, *topics: Topic) -> Row:
    return [number, ANSWERABLE[code], or_none(asked.evidence.about(*topics, answers=code))]


# ---- the Working Group on Arbitrary Detention --------------------------------------------------------


def _identity(asked: Asked) -> dict[str, Any]:
    evidence = asked.evidence
    family, first = family_and_first(asked.prisoner)
    sources = evidence.spelling(next((n for n in asked.prisoner.names if n.kind is NameKind.CHOSEN), None))
    rows: list[Row] = [
        ["1", N_("Family name"), cited(family, sources) if family else None],
        ["2", N_("First name"), cited(first, sources)],
        _of(asked, "3", "sex"),
        [
            "4",
            N_("Date of birth, or age when detained"),
            or_none([*evidence.dates(Topic.BORN), *_undated_birth(asked)]),
        ],
        _of(asked, "5", "nationality"),
        _of(asked, "6 (a)", "document-kind"),
        _of(asked, "6 (b)", "document-issuer"),
        _of(asked, "6 (c)", "document-date"),
        _of(asked, "6 (d)", "document-number"),
        [
            "7",
            N_("Profession or activity, if relevant"),
            or_none(evidence.about(Topic.WORK)) or evidence.words(asked.prisoner.role),
        ],
        _of(asked, "8", "address"),
    ]
    return _part("I", N_("Identity"), rows)


def _undated_birth(asked: Asked) -> list[Value]:
    return [asked.evidence.cite(f) for f in asked.evidence.facts if f.topic is Topic.BORN and not f.happened]


def family_and_first(prisoner: Prisoner) -> tuple[str | None, str]:
    """The two names where the record says which is which; otherwise the whole name stands undivided."""
    words = prisoner.name.split()
    if len(words) != 2 or prisoner.name_order == "given-father":
        return None, prisoner.name
    return (words[0], words[1]) if prisoner.name_order == "family-first" else (words[1], words[0])


def _arrest(asked: Asked) -> dict[str, Any]:
    evidence = asked.evidence
    rows: list[Row] = [
        ["1", N_("Date of arrest"), or_none(evidence.dates(Topic.ARREST))],
        _of(asked, "2", "arrest-place"),
        _of(asked, "3", "arrest-forces"),
        _of(asked, "4", "warrant"),
        _of(asked, "5", "warrant-authority"),
        _of(asked, "6", "arrest-reasons", Topic.CHARGE),
        _of(asked, "7", "arrest-basis", Topic.ARTICLES),
    ]
    return _part("II", N_("Arrest"), rows)


def _detention(asked: Asked) -> dict[str, Any]:
    evidence = asked.evidence
    rows: list[Row] = [
        ["1", N_("Date of detention"), or_none(_held_since(asked))],
        ["2", N_("Duration of detention, or how long it will probably last"), or_none(_duration(asked))],
        _of(asked, "3", "detention-forces"),
        [
            "4",
            N_("Places of detention, transfers and present place"),
            or_none(evidence.told(Topic.PLACE, Topic.TRANSFER)),
        ],
        _of(asked, "5", "detention-authority", Topic.COURT),
        _of(asked, "6", "detention-reasons"),
        _of(asked, "7", "detention-basis"),
    ]
    return _part("III", N_("Detention"), rows)


def _held_since(asked: Asked) -> list[Value]:
    since = asked.prisoner.held_since
    if since is None:
        return []
    same = [d for d in asked.evidence.dates(Topic.ARREST) if d["v"] == on(since)]
    return same or [on(since)]


def _duration(asked: Asked) -> list[Value]:
    """Days in detention as far as the record speaks, and every judgment with its date."""
    held = casework.held(asked.prisoner)
    days = [said("{n} days by {day}", n=held.days, day=on(held.until.isoformat()))] if held else []
    return [*days, *asked.evidence.told(Topic.JUDGMENT)]


def _circumstances(asked: Asked) -> dict[str, Any]:
    story = asked.evidence.told(
        Topic.ARREST, Topic.DEFENCE, Topic.HEARING, Topic.PRESSURE, Topic.HEALTH, Topic.RELEASE, Topic.DEATH
    )
    return _part("IV", N_("Circumstances of the arrest"), [["", N_("What happened"), or_none(story)]])


def _last(asked: Asked) -> list[dict[str, Any]]:
    sender = asked.sender
    postal, mail = sender.lines[:-1], sender.lines[-1:]
    return [
        _part("V", N_("Why the detention is arbitrary"), [["", N_("Grounds"), said(N_("See section 6."))]]),
        _part("VI", N_("Internal steps and domestic remedies"), [["", N_("Steps"), said(N_("See section 7."))]]),
        _part(
            "VII",
            N_("Who submits this"),
            [
                ["1", N_("Full name"), sender.name],
                ["2", N_("Postal address"), or_none(line for line in postal if line)],
                ["3", N_("E-mail"), or_none(line for line in mail if line)],
                ["4", N_("Telephone"), None],
                ["5", N_("Date"), on(asked.day.isoformat())],
                ["6", N_("Signature"), {"sign": True}],
            ],
        ),
    ]


# ---- other mandates ----------------------------------------------------------------------------------


def _mandates(asked: Asked) -> list[dict[str, Any]]:
    """The list of what the special procedures ask to be told."""
    evidence, sender = asked.evidence, [asked.sender.name, *filter(None, asked.sender.lines)]
    does = or_none(evidence.about(Topic.WORK, answers="affiliations"))
    risks = or_none(evidence.about(Topic.PRESSURE, answers="risks"))
    responsible = [
        _of(asked, "2.1", "arrest-forces"),
        _of(asked, "2.2", "detention-forces"),
        _of(asked, "2.3", "detention-authority", Topic.COURT),
        _of(asked, "2.4", "perpetrators"),
    ]
    defender: list[Row] = [
        ["6.1", N_("What the person and the group do"), does],
        ["6.2", ANSWERABLE["risks"], risks],
    ]
    urgency = said(N_("See section 1."))
    return [
        _part("1", N_("The person concerned"), _victim(asked)),
        _part("2", N_("Who is said to be responsible"), responsible),
        _part("3", N_("The sender"), [["3.1", N_("Name and address"), sender]]),
        _part("4", N_("Date, place, circumstances and context"), _happened(asked)),
        _part("5", N_("Steps taken in the country and abroad"), [["5.1", N_("Steps"), said(N_("See section 7."))]]),
        _part("6", N_("For human rights defenders"), defender),
        _part("7", N_("Consent"), [["7.1", N_("Both questions"), said(N_("See section 2."))]]),
        _part("8", N_("Urgency, mandates and updates"), [["8.1", N_("Urgency and mandates"), urgency]]),
    ]


def _victim(asked: Asked) -> list[Row]:
    evidence, prisoner = asked.evidence, asked.prisoner
    sources = evidence.spelling(next((n for n in prisoner.names if n.kind is NameKind.CHOSEN), None))
    born = [*evidence.dates(Topic.BORN), *_undated_birth(asked)]
    return [
        ["1.1", N_("Name"), cited(prisoner.name, sources)],
        ["1.2", N_("Age or date of birth"), or_none(born)],
        _of(asked, "1.3", "sex"),
        _of(asked, "1.4", "nationality"),
        _of(asked, "1.5", "background"),
        ["1.6", N_("Profession"), or_none(evidence.about(Topic.WORK)) or evidence.words(prisoner.role)],
        _of(asked, "1.7", "affiliations"),
    ]


def _happened(asked: Asked) -> list[Row]:
    evidence, context = asked.evidence, asked.communication.context
    elsewhere = (Topic.BORN, Topic.WORK, Topic.CHARGE, Topic.ARTICLES, Topic.COURT, Topic.FINDING)
    story = evidence.told(*(t for t in Topic if t not in elsewhere))
    pattern = [*([context] if context else []), *evidence.about(answers="context")]
    return [
        ["4.1", N_("Date"), or_none(evidence.dates(Topic.ARREST))],
        _of(asked, "4.2", "arrest-place"),
        ["4.3", N_("What happened"), or_none(story)],
        _of(asked, "4.4", "arrest-reasons", Topic.CHARGE),
        _of(asked, "4.5", "arrest-basis", Topic.ARTICLES),
        ["4.6", ANSWERABLE["context"], or_none(pattern)],
    ]
