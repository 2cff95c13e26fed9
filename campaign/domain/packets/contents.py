"""The words of a packet: letter, at a glance, case sheets, texts, totals and method, out of the records.

What is in here is frozen with the seal and printed later exactly so. It holds what may be printed and
nothing else: no confidential fact, no health without consent, no person whose name may not be published,
no signer. Fixed sentences are the templates'; this module gives them names, dates and numbers.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from campaign.database import db
from campaign.domain.cases import casework, showing, telling, translating
from campaign.domain.cases.casework import Shelf
from campaign.domain.packets import lining
from campaign.domain.packets.lining import Rules
from campaign.domain.signatures import tallying
from campaign.models.organisation import Cosigner
from campaign.models.packet import Packet
from campaign.models.paper import LineState, PaperLine, PaperSheet, SheetState
from campaign.models.petition import Petition, PetitionText
from campaign.models.prisoner import Confidence, Conflict, Decision, Fact, NameKind, Prisoner, Status, Topic
from campaign.models.signature import Signature

ALWAYS_ASKED = (Topic.BORN, Topic.CHARGE, Topic.ARTICLES, Topic.COURT, Topic.PLACE, Topic.HEALTH, Topic.FINDING)
PROSECUTED = {Topic.ARREST, Topic.CHARGE, Topic.ARTICLES, Topic.COURT, Topic.HEARING, Topic.JUDGMENT}
WHEREABOUTS = {Topic.ARREST, Topic.TRANSFER, Topic.PLACE, Topic.RELEASE}


@dataclass(frozen=True)
class Sender:
    """Who hands the packet over: the operator of the site."""

    name: str
    lines: tuple[str, ...]
    site_url: str


def gather(packet: Packet, sender: Sender, totals: dict[str, Any], *, at: datetime) -> dict[str, Any]:
    """Every part of the packet but the lines of signers."""
    petition = packet.petition
    named = [p for p in petition.campaign.prisoners if showing.may_be_named(p)]
    cases = [_case(p, casework.held(p)) for p in named]
    return {
        "petition": _petition(petition, sender),
        "sender": {"name": sender.name, "lines": list(sender.lines)},
        "addressee": {"lines": addressee_lines(packet, at)},
        "letter": _letter(packet, sender, at),
        "glance": {"people": [_glance(c) for c in cases], "facts_as_of": petition.campaign.facts_as_of},
        "cases": cases,
        "texts": _texts(petition),
        "totals": totals,
        "method": _method(packet),
    }


def _petition(petition: Petition, sender: Sender) -> dict[str, Any]:
    first = " ".join(petition.text.paragraphs[:1])
    return {
        "title": petition.text.title,
        "lang": petition.text.lang,
        "first_lines": first if len(first) <= 150 else first[:150].rsplit(" ", 1)[0] + " …",
        "url": f"{sender.site_url.split('://', 1)[-1]}/petitions/{petition.slug}",
        "link": f"{sender.site_url}/petitions/{petition.slug}",
        "opened": _day(petition.opened_at),
        "closed": _day(petition.closed_at),
        "addressees": [a.addressee.title for a in petition.addressees],
    }


def addressee_lines(packet: Packet, at: datetime) -> list[str]:
    """The title; a holder's name only while it was confirmed lately and the term runs."""
    to = packet.addressee
    street = to.address_lines[1:] if to.address_lines[:1] == [to.title] else to.address_lines
    return [line for line in (to.holder_on(at.date()), to.title, *street) if line]


def _letter(packet: Packet, sender: Sender, at: datetime) -> dict[str, Any]:
    petition, words = packet.petition, packet.petition.text
    cosigners = db.session.scalars(
        select(Cosigner).where(Cosigner.petition_id == petition.id).order_by(Cosigner.position, Cosigner.id)
    )
    signers = [{"name": c.signatory, "title": c.signatory_title, "org": c.organisation.name} for c in cosigners]
    return {
        "date": at.date().isoformat(),
        "subject": words.title,
        "salutation": packet.addressee.salutation or words.salutation,
        "occasion": words.occasion,
        "asks_lead": words.asks_lead,
        "asks": [{"words": a["text"], "of": a["to"]} for a in words.asks],
        "complimentary": words.closing,
        "signers": signers or [signed_by(sender)],
        "copies": [a.addressee.title for a in petition.addressees if a.addressee_id != packet.addressee_id],
        "contact": list(sender.lines),
    }


def signed_by(sender: Sender) -> dict[str, str]:
    return {"name": "", "title": "", "org": sender.name}


def _case(prisoner: Prisoner, held: casework.Held | None) -> dict[str, Any]:
    shelf = Shelf()
    printable = [f for f in prisoner.facts if telling.may_be_told(f, prisoner)]
    plain = [f for f in printable if f.conflict is None or f.conflict.decision is not Decision.BOTH]
    facts = [_fact(f, shelf) for f in sorted((f for f in plain if not f.happened), key=_order)]
    events = [{"date": f.happened, **_fact(f, shelf)} for f in sorted(plain, key=_when) if f.happened]
    decided = [c for c in prisoner.conflicts if c.decision in (Decision.BOTH, Decision.ONE)]
    disputed = [_dispute(c, printable, shelf) for c in decided]
    known = {f.topic for f in printable}
    return {
        "name": prisoner.name,
        "native": [n.text for n in prisoner.names if n.kind is NameKind.NATIVE],
        "variants": prisoner.variants,
        "role": prisoner.role,
        "held": prisoner.status.in_custody,
        "since": prisoner.held_since if prisoner.status.in_custody else None,
        "days": held.days if held else None,
        "days_until": held.until.isoformat() if held else None,
        "status": prisoner.status.value,
        "died": telling.died_on(prisoner),
        "status_note": prisoner.status_note,
        "status_as_of": prisoner.status_as_of,
        "checked": prisoner.last_checked_on.isoformat(),
        "checked_by": prisoner.last_checked_by,
        "facts": facts,
        "not_known": [t.value for t in _asked(prisoner, known) if t not in known and t is not Topic.HEALTH],
        "health_kept_back": Topic.HEALTH not in known and prisoner.status is not Status.DIED,
        "events": events,
        "disputed": disputed,
        "sources": [vars(told) for told in shelf.told],
    }


def people(prisoners: Iterable[Prisoner], facts_as_of: str) -> dict[str, Any]:
    """Those whom a joint letter names, a row each: what happened and when, what sources dispute, whom it rests on."""
    shelf = Shelf()
    rows = [_row(p, casework.held(p), shelf) for p in prisoners]
    return {"rows": rows, "sources": [vars(told) for told in shelf.told], "facts_as_of": facts_as_of}


def _row(prisoner: Prisoner, held: casework.Held | None, shelf: Shelf) -> dict[str, Any]:
    printable = [f for f in prisoner.facts if telling.may_be_told(f, prisoner)]
    happened = [f for f in printable if f.conflict is None or f.conflict.decision is not Decision.BOTH]
    told = sorted((f for f in happened if f.happened or f.topic is Topic.FINDING), key=_when)
    glance = _glance(_case(prisoner, held))
    kept = ("name", "native", "role", "held", "since", "days", "status", "status_as_of", "died", "whereabouts_disputed")
    decided = [c for c in prisoner.conflicts if c.decision is Decision.BOTH]
    return {
        **{key: glance[key] for key in kept},
        "events": [{"date": f.happened, **_fact(f, shelf)} for f in told],
        "disputed": [_sides(c, printable, shelf) for c in decided],
    }


def _sides(conflict: Conflict, printable: Iterable[Fact], shelf: Shelf) -> dict[str, Any]:
    sides = [{"date": f.happened, **_fact(f, shelf)} for f in printable if f.conflict_id == conflict.id]
    return {"about": conflict.about, "sides": sides}


def _asked(prisoner: Prisoner, known: set[Topic]) -> list[Topic]:
    """What a sheet owns up to not knowing. To call the prison of somebody free "not known" would say there is one."""
    beside_the_point: set[Topic] = set()
    if not prisoner.status.in_custody and prisoner.status is not Status.UNKNOWN:
        beside_the_point |= {Topic.PLACE}
    if not known & PROSECUTED:
        beside_the_point |= {Topic.CHARGE, Topic.ARTICLES, Topic.COURT}
    return [t for t in ALWAYS_ASKED if t not in beside_the_point]


def _order(fact: Fact) -> tuple[int, int]:
    return list(Topic).index(fact.topic), fact.position


def _when(fact: Fact) -> tuple[tuple[int, int, int], int]:
    return casework.in_order(fact.happened or "0001"), fact.position


def _fact(fact: Fact, shelf: Shelf) -> dict[str, Any]:
    return {
        "k": fact.topic.value,
        "v": fact.value,
        "uncertain": fact.confidence is Confidence.UNCERTAIN,
        "s": list(shelf.numbers(fact.sources)),
    }


def _dispute(conflict: Conflict, printable: Iterable[Fact], shelf: Shelf) -> dict[str, Any]:
    sides = [f for f in printable if f.conflict_id == conflict.id]
    return {
        "k": conflict.about,
        "both": conflict.decision is Decision.BOTH,
        "values": [{"date": f.happened, **_fact(f, shelf)} for f in sides],
        "reason": conflict.reason,
        "by": conflict.decided_by or "",
        "on": conflict.decided_on.isoformat() if conflict.decided_on else None,
    }


def _glance(case: dict[str, Any]) -> dict[str, Any]:
    """One line of the overview. What sources dispute is never there as if it were decided."""
    told = [*case["events"], *case["facts"]]
    both = [v for d in case["disputed"] if d["both"] for v in d["values"]]
    judgments = [v for v in both if v["k"] == Topic.JUDGMENT and not v["uncertain"]]
    judgments += [e for e in told if e["k"] == Topic.JUDGMENT]
    return {
        **{key: case[key] for key in ("name", "native", "role", "held", "since", "days", "status", "status_as_of")},
        "judgments": [[e.get("date"), e["v"]] for e in sorted(judgments, key=_when_told)],
        "disputed": any(v["k"] == Topic.JUDGMENT for v in both),
        "whereabouts_disputed": any(v["k"] in WHEREABOUTS for v in both),
        "died": case["died"],
        "findings": [e["v"] for e in told if e["k"] == Topic.FINDING],
    }


def _when_told(told: dict[str, Any]) -> tuple[int, int, int]:
    return casework.in_order(told.get("date") or "9999")


def _texts(petition: Petition) -> list[dict[str, Any]]:
    """Every version of every language, the first language first, each with how many signatures point at it."""
    first = petition.text.lang
    pointed = db.session.execute(
        select(Signature.text_id, func.count())
        .where(Signature.petition_id == petition.id, Signature.counted)
        .group_by(Signature.text_id)
    )
    signed = Counter({text_id: n for text_id, n in pointed})
    ordered = sorted(petition.texts, key=lambda t: (t.lang != first, t.lang, t.version))
    return [_text(t, signed[t.id]) for t in ordered]


def _text(words: PetitionText, signed: int) -> dict[str, Any]:
    locale = translating.locale_of(words.lang)
    return {
        "language": locale.get_display_name(locale) or words.lang,
        "lang": words.lang.split("-")[0],
        "dir": locale.text_direction,
        "from": _day(words.effective_at),
        "version": words.version,
        "signed": signed,
        "salutation": words.salutation,
        "paragraphs": words.paragraphs,
        "asks_lead": words.asks_lead,
        "asks": [{"words": a["text"], "of": a["to"]} for a in words.asks],
        "closing": words.closing,
        "consent": words.consent,
        "sha256": words.sha256,
    }


def _method(packet: Packet) -> dict[str, Any]:
    petition = packet.petition
    shared = db.session.scalar(
        select(func.count()).where(Signature.petition_id == petition.id, Signature.counted, Signature.place == 2)
    )
    return {"places": petition.people_per_address, "shared": shared or 0, "funding": petition.funding_line}


def count_totals(packet: Packet, given: Rules, forms: dict[str, int], why: dict[str, int]) -> dict[str, Any]:
    """Every total of the packet. Small and dangerous countries are one sum in which nobody stands alone."""
    petition = packet.petition
    place = lining.place_names(petition.text.lang)
    counts = lining.countries(petition.id)
    shown = sorted(given.shown_countries, key=lambda code: (-counts[code], code))
    others = sum(n for code, n in counts.items() if code not in given.shown_countries)
    paper, paper_months = _paper(petition.id)
    months = _months(petition.id) + paper_months
    return {
        "counted": petition.signature_count,
        "numbers": petition.last_number,
        "paper": paper,
        "on_paper": on_paper(petition.id),
        **forms,
        "why": why,
        "countries_known": len(counts),
        "countries": [[code, place(code), counts[code]] for code in shown] + ([["", "", others]] if others else []),
        "least": tallying.LEAST_SHOWN,
        "months": sorted([month, n] for month, n in months.items()),
    }


def _months(petition_id: int) -> Counter[str]:
    """Counted signatures by the month, in UTC, in which they were confirmed."""
    if db.session.get_bind().dialect.name == "sqlite":
        month = func.strftime("%Y-%m", Signature.confirmed_at)
    else:
        month = func.to_char(func.timezone("UTC", Signature.confirmed_at), "YYYY-MM")
    found = db.session.execute(
        select(month.label("month"), func.count().label("n"))
        .where(Signature.petition_id == petition_id, Signature.counted, Signature.confirmed_at.is_not(None))
        .group_by(month)
    )
    return Counter({row.month: row.n for row in found})


def _paper(petition_id: int) -> tuple[int, Counter[str]]:
    """Counted lines on paper, by the month in which their sheet was settled."""
    days = db.session.execute(
        select(PaperLine.counted_on, func.count())
        .where(PaperLine.petition_id == petition_id, PaperLine.counted)
        .group_by(PaperLine.counted_on)
    )
    months: Counter[str] = Counter()
    for day, n in days:
        months[(day or "")[:7]] += n
    return months.total(), months


def on_paper(petition_id: int) -> dict[str, int]:
    """What became of the lines of settled sheets, for pages and packets: sheets, and lines by state."""
    by_state = {
        state: n
        for state, n in db.session.execute(
            select(PaperLine.state, func.count()).where(PaperLine.petition_id == petition_id).group_by(PaperLine.state)
        )
    }
    settled = select(func.count()).where(PaperSheet.petition_id == petition_id, PaperSheet.state == SheetState.SETTLED)
    return {
        "sheets": db.session.scalar(settled) or 0,
        **{state.value: by_state.get(state, 0) for state in (LineState.SIGNED, LineState.VOID, LineState.WITHDRAWN)},
    }


def _day(moment: datetime | None) -> str | None:
    return moment.date().isoformat() if moment else None
