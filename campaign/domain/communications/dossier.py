"""The dossier: what a communication says, part by part, out of the case record and what staff wrote for it.

It is frozen with the seal and printed later exactly so, as PDF, as a document and as blocks for the portal. It holds
no signer at any level, no confidential fact, no name of a relative or lawyer who gave consent, and no proof: what
shows the consent stays with the sender. Fixed words stand in it as keys (domain/phrasing.py).
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select, union

from campaign.database import db
from campaign.domain.cases.evidence import Evidence
from campaign.domain.cases.grounds import CATEGORIES, INSTRUMENTS, REQUESTS, article
from campaign.domain.communications import filing, questionnaire, restating
from campaign.domain.communications.questionnaire import Asked
from campaign.domain.packets.contents import Sender
from campaign.domain.phrasing import N_, Value, on, said, together
from campaign.models.addressee import Addressee
from campaign.models.communication import Approach, Channel, Communication, Filing
from campaign.models.joint_letter import JointLetter
from campaign.models.packet import Packet, PacketState
from campaign.models.prisoner import Answer, Capacity, Consent, NameKind, Prisoner, Question, Status, Topic

APPROACHES = {
    Approach.URGENT_APPEAL: N_("Urgent appeal"),
    Approach.ALLEGATION: N_("Letter of allegation"),
    Approach.REGULAR: N_("Regular communication"),
}
CHANNELS = {
    Channel.WGAD: N_("Working Group on Arbitrary Detention"),
    Channel.SPECIAL_PROCEDURES: N_("Special procedures"),
    Channel.WGEID: N_("Working Group on Enforced or Involuntary Disappearances"),
    Channel.HRC_COMPLAINT: N_("Complaint procedure of the Human Rights Council"),
    Channel.TREATY_BODY: N_("Treaty body"),
    Channel.UPR: N_("Universal Periodic Review"),
    Channel.NGO_STATEMENT: N_("Written statement to the Human Rights Council"),
    Channel.PETITION: N_("Petition"),
}
LANGUAGES = {
    "ar": N_("Arabic"),
    "en": N_("English"),
    "es": N_("Spanish"),
    "fr": N_("French"),
    "ru": N_("Russian"),
    "zh": N_("Chinese"),
}
CAPACITIES = {
    Capacity.SELF: N_("the victim"),
    Capacity.RELATIVE: N_("a relative"),
    Capacity.LAWYER: N_("a lawyer"),
    Capacity.REPRESENTATIVE: N_("another representative"),
}
STATUSES = {
    Status.DETAINED: N_("in prison"),
    Status.AWAITING_TRIAL: N_("held, awaiting trial"),
    Status.AT_LIBERTY: N_("at liberty"),
    Status.RELEASED: N_("released"),
    Status.EXILED: N_("in exile"),
    Status.DISAPPEARED: N_("disappeared"),
    Status.DIED: N_("died"),
    Status.UNKNOWN: N_("not known"),
}
TOPICS = {
    Topic.BORN: N_("Born"),
    Topic.WORK: N_("Work"),
    Topic.ARREST: N_("Arrest"),
    Topic.CHARGE: N_("Charge"),
    Topic.ARTICLES: N_("Articles applied"),
    Topic.COURT: N_("Court"),
    Topic.HEARING: N_("Hearing"),
    Topic.JUDGMENT: N_("Judgment"),
    Topic.DEFENCE: N_("Defence"),
    Topic.PLACE: N_("Place of detention"),
    Topic.HEALTH: N_("Health"),
    Topic.TRANSFER: N_("Transfer"),
    Topic.PRESSURE: N_("Pressure"),
    Topic.RELEASE: N_("Release"),
    Topic.DEATH: N_("Death"),
    Topic.FINDING: N_("UN findings"),
}
QUESTIONS = {
    Question.TO_GOVERNMENT: N_(
        "The victim, or those who may speak for the victim, know and agree that a letter with the name goes to the "
        "Government and to others concerned."
    ),
    Question.UN_REPORTS: N_(
        "The victim, or those who may speak for the victim, know and agree that this letter, with the name, enters "
        "public reports of the United Nations and their online database."
    ),
}
METHOD = (
    N_("Anyone could sign the petition on the sender’s site, without an account."),
    N_("A signature counts once its signer has opened a link sent to the signer’s own e-mail address."),
    N_("The same name from the same address counts once; signatures on paper are a line of their own."),
    N_("What staff found to be no person’s own was taken out, with a reason; whoever withdrew is not counted."),
    N_("The total is the sum of a ledger that only grows. Identity and citizenship were not verified."),
)
WITHHELD = N_("Names are withheld for the signers’ safety.")


def gather(
    communication: Communication,
    sender: Sender,
    totals: dict[str, Any],
    *,
    mandates: Sequence[Addressee],
    day: date,
) -> dict[str, Any]:
    """All parts, in the order in which they are printed. `day` is that of the submission."""
    prisoner = communication.prisoner
    evidence = Evidence(prisoner, restating.told_as(communication))
    asked = Asked(communication, evidence, sender, day)
    before = [f for f in filing.of(prisoner) if f.packet_id != communication.packet_id]
    sections = [
        _cover(communication, sender, mandates),
        _consent(communication),
        _section("3", N_("Summary"), {"t": "paras", "paras": _paragraphs(communication.summary) or [None]}),
        _questionnaire(asked),
        _chronology(evidence),
        _grounds(communication),
        _steps(communication, evidence, before),
        _section("8", N_("Requests"), {"t": "list", "rows": requests(communication) or [None]}),
        _annexes(communication),
    ]
    sections[4]["items"] += _disputes(evidence)
    return {
        "person": _person(prisoner),
        "sender": {"name": sender.name, "lines": list(sender.lines)},
        "sections": sections,
        "sources": [told.line for told in evidence.shelf.told],
        "petition": _petition(communication, sender, totals),
        "totals": totals,
        "filing": {
            "channel": said(CHANNELS[communication.channel]),
            "mandates": [m.title for m in mandates],
            "before": [_filing(f) for f in before],
        },
    }


def _section(number: str, title: str, *items: dict[str, Any]) -> dict[str, Any]:
    return {"no": number, "title": title, "items": list(items)}


def _person(prisoner: Prisoner) -> dict[str, Any]:
    return {
        "name": prisoner.name,
        "native": [n.text for n in prisoner.names if n.kind is NameKind.NATIVE],
        "variants": prisoner.variants,
        "status": said("{status}, as of {day}", status=said(STATUSES[prisoner.status]), day=on(prisoner.status_as_of)),
    }


def _cover(words: Communication, sender: Sender, mandates: Sequence[Addressee]) -> dict[str, Any]:
    urgent = words.approach is Approach.URGENT_APPEAL
    rows: list[list[Any]] = [
        [N_("Addressed to"), [m.title for m in mandates] or None],
        [N_("Kind"), said(APPROACHES[words.approach])],
        [N_("Urgent"), [said(N_("yes") if urgent else N_("no")), *([words.urgent_why] if urgent else [])]],
        [N_("Language"), said(LANGUAGES[words.lang])],
        [N_("Sender"), [sender.name, *filter(None, sender.lines)]],
        [N_("To be kept confidential"), words.confidential or said(N_("The identity of the sender."))],
        [N_("Status of the person"), _person(words.prisoner)["status"]],
    ]
    return _section("1", N_("Cover note"), {"t": "rows", "rows": rows})


def consent_to(prisoner: Prisoner, question: Question) -> Consent | None:
    return next((c for c in prisoner.consents if c.question is question), None)


def answered(prisoner: Prisoner, question: Question) -> bool | None:
    """Yes or no where somebody was asked. That a name was public before answers neither of the two questions."""
    consent = consent_to(prisoner, question)
    return {Answer.YES: True, Answer.NO: False}.get(consent.answer) if consent else None


def _consent(words: Communication) -> dict[str, Any]:
    rows = [[sentence, answered(words.prisoner, question)] for question, sentence in QUESTIONS.items()]
    given = [c for q in QUESTIONS if (c := consent_to(words.prisoner, q)) and answered(words.prisoner, q) is not None]
    unrecorded = said(N_("not recorded"))
    facts: list[list[Any]] = [
        [N_("Consent given by"), _each(said(CAPACITIES[c.capacity]) for c in given if c.capacity) or unrecorded],
        [N_("On"), _each(on(c.given_on.isoformat()) for c in given if c.given_on) or unrecorded],
        [N_("By what way"), _each(c.channel for c in given if c.channel) or unrecorded],
        [N_("Valid until"), _each(_end(c) for c in given) or unrecorded],
        [N_("Proof"), said(N_("kept by the sender, not attached")) if given else unrecorded],
    ]
    return _section("2", N_("Consent"), {"t": "yesno", "rows": rows}, {"t": "rows", "rows": facts})


def _end(consent: Consent) -> Value:
    return on(consent.expires_on.isoformat()) if consent.expires_on else said(N_("until it is taken back"))


def _each(values: Any) -> list[Value] | None:
    """Each value once: two questions are mostly answered by one person on one day."""
    found: list[Value] = []
    for value in values:
        if value not in found:
            found.append(value)
    return found or None


def _paragraphs(text: str) -> list[str]:
    return [" ".join(part.split()) for part in text.replace("\r", "").split("\n\n") if part.strip()]


def _questionnaire(asked: Asked) -> dict[str, Any]:
    items = [{"t": "qa", **part} for part in questionnaire.parts(asked)]
    note = said(
        N_("Small numbers point to the sources at the end. An answer that nobody has is printed as “not known”.")
    )
    return _section("4", questionnaire.title(asked.communication.channel), {"t": "note", "v": note}, *items)


def _disputes(evidence: Evidence) -> list[dict[str, Any]]:
    rows = [
        [evidence.words(conflict.about), sides, evidence.words(conflict.reason) or None]
        for conflict, sides in evidence.disputes()
    ]
    if not rows:
        return []
    head = [N_("Disputed"), N_("What the sources say"), N_("How it is printed, and why")]
    return [{"t": "table", "of": "disputes", "head": head, "rows": rows}]


def _chronology(evidence: Evidence) -> dict[str, Any]:
    rows = [
        [on(fact.happened), together(said("{topic}:", topic=said(TOPICS[fact.topic])), evidence.cite(fact))]
        for fact, _numbers in evidence.events()
    ]
    table = {"t": "table", "of": "events", "head": [N_("Date"), N_("Event and source")], "rows": rows}
    return _section("5", N_("Chronology"), table)


def _grounds(words: Communication) -> dict[str, Any]:
    rows = []
    for number, sentence in CATEGORIES.items():
        ticked = words.categories.get(number)
        why = (
            {"why": _paragraphs(ticked["why"]), "articles": [article(code) for code in ticked["articles"]]}
            if ticked
            else None
        )
        rows.append([number, sentence, why])
    return _section("6", N_("Legal grounds"), {"t": "grounds", "rows": rows}, {"t": "note", "v": said(INSTRUMENTS[0])})


def _steps(words: Communication, evidence: Evidence, filings: Sequence[Filing]) -> dict[str, Any]:
    inside = [*_paragraphs(words.remedies), *evidence.about(answers="remedies")]
    findings = evidence.told(Topic.FINDING)
    items: list[dict[str, Any]] = [
        {
            "t": "rows",
            "rows": [
                [N_("Domestic remedies and other internal steps"), inside or None],
                [N_("Findings of the United Nations or a court abroad"), findings or None],
            ],
        },
        {
            "t": "table",
            "of": "filings",
            "head": [N_("Date"), N_("Channel"), N_("Reference"), N_("Result")],
            "rows": [_filing(f) for f in filings],
            "empty": said(N_("Nothing else is on the sender’s register for this person.")),
        },
    ]
    return _section("7", N_("Internal steps, remedies and filing register"), *items)


def _filing(row: Filing) -> list[Value]:
    return [
        on(row.filed_on),
        together(said(CHANNELS[row.channel]), f"({row.body})" if row.body else ""),
        row.reference or None,
        together(on(row.result_on), row.result) if row.result else None,
    ]


def requests(words: Communication) -> list[Value]:
    return [*(said(REQUESTS[code]) for code in words.requests if code in REQUESTS), *words.other_requests]


def _annexes(words: Communication) -> dict[str, Any]:
    rows = [[str(a.position), a.title, a.file_name, {"hash": a.sha256}] for a in words.annexes]
    table = {
        "t": "table",
        "of": "annexes",
        "head": [N_("No."), N_("Copy of"), N_("File"), "SHA-256"],
        "rows": rows,
        "empty": said(N_("No copy is attached, apart from Annex P.")),
    }
    return _section("9", N_("Annexes"), table)


def _petition(words: Communication, sender: Sender, totals: dict[str, Any]) -> dict[str, Any]:
    """Annex P: one page of totals, no names at any level."""
    packet = words.packet
    petition = packet.petition
    opened, closed = petition.opened_at, petition.closed_at
    until = on(closed.date().isoformat()) if closed else said(N_("still open"))
    public = f"{sender.site_url}/petitions/{petition.slug}"
    facts: list[list[Any]] = [
        [N_("Title"), petition.text.title],
        [N_("Addressed to"), [a.addressee.title for a in petition.addressees] or None],
        [
            N_("Period"),
            said("{opened} – {until}", opened=on(opened.date().isoformat()), until=until) if opened else None,
        ],
        [N_("Countries and territories"), {"n": totals["countries_known"]}],
        [N_("Of these on paper"), {"n": totals["paper"]}],
        [N_("Withdrawn by their signers"), {"n": totals["withdrawn"]}],
        [N_("Taken out after review"), {"n": totals["removed"]}],
        [N_("Reference of the petition"), petition.reference],
        [N_("Packets of the petition"), list(_packets_of(petition.id)) or said(N_("none is sealed"))],
        [N_("Public totals"), public],
    ]
    return {"rows": facts, "method": [said(line) for line in METHOD], "withheld": said(WITHHELD), "link": public}


def _packets_of(petition_id: int) -> Sequence[str]:
    """Sealed packets of the first kind: what was or can be handed over with the signatures."""
    sealed = (PacketState.SEALED, PacketState.BUILT)
    others = union(select(Communication.packet_id), select(JointLetter.packet_id)).subquery()
    return db.session.scalars(
        select(Packet.reference)
        .where(
            Packet.petition_id == petition_id, Packet.state.in_(sealed), Packet.id.not_in(select(others.c.packet_id))
        )
        .order_by(Packet.id)
    ).all()
