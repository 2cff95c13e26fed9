"""Preflight: what stands between a packet and its seal, each with a code, so that a page can link to the cure.

Only a finding that `blocks` stops sealing. A specimen, which nobody can deliver, meets stale records,
unconfirmed addressees and missing letters as warnings; a contradiction, a missing consent or a total that
does not add up stops a specimen, too.
"""

import enum
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from campaign.database import db
from campaign.domain.cases import casework, showing
from campaign.domain.packets.lining import Troubles
from campaign.models.addressee import AddresseeKind
from campaign.models.campaign import State
from campaign.models.ledger import LedgerEntry
from campaign.models.packet import Level, Packet
from campaign.models.prisoner import Decision, Prisoner, Question
from campaign.models.signature import Signature


def N_(message: str) -> str:
    """Mark a sentence for the translators; whoever shows it translates it."""
    return message


class Code(enum.StrEnum):
    CONFLICT_OPEN = "conflict-open"
    PERSON_PAUSED = "person-paused"
    CONSENT_MISSING = "consent-missing"
    CONSENT_EXPIRED = "consent-expired"
    FACTS_STALE = "facts-stale"
    ADDRESSEE_UNCONFIRMED = "addressee-unconfirmed"
    ADDRESSEE_NOT_NAMED = "addressee-not-named"
    LANGUAGE_NOT_TAKEN = "language-not-taken"
    NO_FIXED_WORDS = "no-fixed-words"
    FACTS_NOT_TRANSLATED = "facts-not-translated"
    TO_GOVERNMENT_UNANSWERED = "to-government-unanswered"
    TO_GOVERNMENT_REFUSED = "to-government-refused"
    UN_REPORTS_UNANSWERED = "un-reports-unanswered"
    UN_CONSENT_EXPIRED = "un-consent-expired"
    UN_CONSENT_ENDS = "un-consent-ends"
    CONSENT_FROM_WHOM = "consent-from-whom"
    RELATIVES_MUST_AGREE = "relatives-must-agree"
    NO_MANDATE = "no-mandate"
    SUMMARY_MISSING = "summary-missing"
    SUMMARY_TOO_LONG = "summary-too-long"
    NO_CATEGORY = "no-category"
    CATEGORY_WITHOUT_REASON = "category-without-reason"
    NO_REQUEST = "no-request"
    URGENCY_WITHOUT_REASON = "urgency-without-reason"
    NOT_HELD = "not-held"
    DOUBLE_FILING = "double-filing"
    TOO_LONG = "too-long"
    RATHER_LONG = "rather-long"
    ANNEX_LOST = "annex-lost"
    OWN_GOVERNMENT = "own-government"
    PETITION_NOT_PUBLIC = "petition-not-public"
    NOTHING_COUNTED = "nothing-counted"
    COUNT_DISAGREES = "count-disagrees"
    NUMBER_GAP = "number-gap"
    NO_NAMES_KEY = "no-names-key"
    BOX_BROKEN = "box-broken"
    NAMES_WITHOUT_GLYPHS = "names-without-glyphs"
    TEXT_WITHOUT_GLYPHS = "text-without-glyphs"
    NAMES_UNDER_REVIEW = "names-under-review"
    ORGANISATION_UNDECIDED = "organisation-undecided"
    NO_ORGANISATION = "no-organisation"
    TEXT_NOT_ASKED = "text-not-asked"
    TEXT_CHANGED = "text-changed"
    RECORD_CHANGED = "record-changed"


SENTENCES: dict[Code, str] = {
    Code.CONFLICT_OPEN: N_("Sources contradict each other about %(about)s. Decide how it is printed."),
    Code.PERSON_PAUSED: N_("Everything about %(about)s is paused. End the pause first."),
    Code.CONSENT_MISSING: N_("There is no recorded consent to publish the name of %(about)s."),
    Code.CONSENT_EXPIRED: N_("The consent to publish the name of %(about)s has expired."),
    Code.FACTS_STALE: N_("The record of %(about)s was last checked more than 90 days ago."),
    Code.ADDRESSEE_UNCONFIRMED: N_("Nobody has confirmed %(about)s in the last 30 days."),
    Code.ADDRESSEE_NOT_NAMED: N_(
        "No version of the petition names %(about)s in its consent, so names given for the addressee only are withheld."
    ),
    Code.LANGUAGE_NOT_TAKEN: N_("%(about)s does not take letters in the language of this petition."),
    Code.NO_FIXED_WORDS: N_("A communication can be printed in English, French and Spanish, not yet in %(about)s."),
    Code.FACTS_NOT_TRANSLATED: N_(
        "%(count)s texts of the record of %(about)s are printed as staff recorded them, not in the chosen language."
    ),
    Code.TO_GOVERNMENT_UNANSWERED: N_(
        "Nobody has recorded whether the name of %(about)s may go to the Government. That it was public before does "
        "not answer this."
    ),
    Code.TO_GOVERNMENT_REFUSED: N_("The name of %(about)s may not go to the Government, so nothing is sent."),
    Code.UN_REPORTS_UNANSWERED: N_(
        "Nobody has recorded whether public reports of the United Nations may name %(about)s. That the name was "
        "public before does not answer this."
    ),
    Code.UN_CONSENT_EXPIRED: N_("A consent of %(about)s to this communication expired on %(when)s."),
    Code.UN_CONSENT_ENDS: N_("A consent of %(about)s to this communication ends on %(when)s."),
    Code.CONSENT_FROM_WHOM: N_("It is not recorded as whom somebody agreed for %(about)s: victim, relative, lawyer."),
    Code.RELATIVES_MUST_AGREE: N_("Cases of disappearance need the consent of a relative of %(about)s."),
    Code.NO_MANDATE: N_("No mandate is addressed yet."),
    Code.SUMMARY_MISSING: N_("The summary is not written yet."),
    Code.SUMMARY_TOO_LONG: N_("The summary has %(count)s words; 200 are the most."),
    Code.NO_CATEGORY: N_("No category of arbitrary detention is ticked, so nothing says why it is unlawful."),
    Code.CATEGORY_WITHOUT_REASON: N_("Category %(about)s is ticked without a reason."),
    Code.NO_REQUEST: N_("Nothing is requested yet."),
    Code.URGENCY_WITHOUT_REASON: N_("It is marked as urgent, and nothing says why."),
    Code.NOT_HELD: N_("By the record %(about)s is not held now. A case of detention may no longer be examined."),
    Code.DOUBLE_FILING: N_("%(about)s has been filed before; this channel may refuse what lies elsewhere: %(when)s."),
    Code.TOO_LONG: N_("It has more pages or words than this channel takes: %(about)s."),
    Code.RATHER_LONG: N_("It is longer than is advised for this channel: %(about)s."),
    Code.ANNEX_LOST: N_("The file of annex %(about)s is not here or was changed. Attach it again."),
    Code.OWN_GOVERNMENT: N_("Full names are never given to %(about)s, the prisoner’s own State."),
    Code.PETITION_NOT_PUBLIC: N_("The petition is not open, closed or answered, so no packet can be made from it."),
    Code.NOTHING_COUNTED: N_("No signature has been counted yet."),
    Code.COUNT_DISAGREES: N_("The count, the ledger and the signatures do not agree. Run “flask recount”."),
    Code.NUMBER_GAP: N_("%(count)s numbers have no signature, so the lines would have a gap."),
    Code.NO_NAMES_KEY: N_(
        "This machine holds no key that opens names. Seal where the names key is, or choose totals only."
    ),
    Code.BOX_BROKEN: N_("%(count)s names cannot be opened with the keys of this machine."),
    Code.NAMES_WITHOUT_GLYPHS: N_(
        "%(count)s names cannot be shown by any font here. Run “make fonts”, or agree to print number and country."
    ),
    Code.TEXT_WITHOUT_GLYPHS: N_("Some letters of the packet’s own texts are in no font here. Run “make fonts”."),
    Code.NAMES_UNDER_REVIEW: N_("%(count)s names look unusual and are withheld from print, never from the count."),
    Code.ORGANISATION_UNDECIDED: N_(
        "%(about)s was asked to sign the joint letter and has not decided yet; it may until %(when)s."
    ),
    Code.NO_ORGANISATION: N_("No organisation has approved this text yet."),
    Code.TEXT_NOT_ASKED: N_("The text was not put before the organisations yet."),
    Code.TEXT_CHANGED: N_("The letter is not what the organisations were shown any more. Ask them anew."),
    Code.RECORD_CHANGED: N_(
        "The record of %(about)s is not what the organisations were shown any more. Ask them anew."
    ),
}


@dataclass(frozen=True)
class Finding:
    """One thing to mend or to know. `about` names a prisoner or an office, never a signer."""

    code: Code
    blocks: bool
    about: str = ""
    count: int = 0
    slug: str = ""  # of the prisoner, for the link
    office: str = ""  # id of the addressee, for the link
    when: str = ""
    letter: str = ""  # reference of the joint letter, for the link

    @property
    def message_key(self) -> str:
        return SENTENCES[self.code]

    @property
    def message_values(self) -> dict[str, str]:
        return {"about": self.about, "count": str(self.count), "when": self.when}

    @property
    def sentence(self) -> str:
        return self.message_key % self.message_values


def records(packet: Packet, *, at: datetime) -> list[Finding]:
    """Findings that need no name opened: people, addressee, petition and count."""
    found = [
        *(f for p in packet.petition.campaign.prisoners for f in _person(packet, p, at.date())),
        *_addressee(packet, at.date()),
        *_petition(packet),
    ]
    return sorted(found, key=lambda f: not f.blocks)


def people(packet: Packet, prisoners: Iterable[Prisoner], *, at: datetime) -> list[Finding]:
    """Findings about those whom a letter names."""
    return [finding for prisoner in prisoners for finding in _person(packet, prisoner, at.date())]


def office(packet: Packet, *, at: datetime) -> list[Finding]:
    """Findings about whom a packet is addressed to."""
    return list(_addressee(packet, at.date()))


def names(packet: Packet, troubles: Troubles, *, has_key: bool, text_gaps: bool) -> list[Finding]:
    """Findings of the pass over the lines: keys, boxes and letters without glyphs."""
    found = []
    soft = packet.is_specimen
    if packet.level is not Level.TOTALS and not has_key:
        found.append(Finding(Code.NO_NAMES_KEY, True))
    if troubles.broken_boxes:
        found.append(Finding(Code.BOX_BROKEN, True, count=troubles.broken_boxes))
    if troubles.unshowable:
        agreed = soft or packet.script_gaps_agreed_by is not None
        found.append(Finding(Code.NAMES_WITHOUT_GLYPHS, not agreed, count=troubles.unshowable))
    if text_gaps:
        found.append(Finding(Code.TEXT_WITHOUT_GLYPHS, not soft))
    if troubles.under_review:
        found.append(Finding(Code.NAMES_UNDER_REVIEW, False, count=troubles.under_review))
    return found


def _person(packet: Packet, prisoner: Prisoner, today: date) -> Iterator[Finding]:

    def finding(code: Code, *, blocks: bool = True) -> Finding:
        return Finding(code, blocks, about=prisoner.name, slug=prisoner.slug)

    if any(c.decision is Decision.OPEN for c in prisoner.conflicts):
        yield finding(Code.CONFLICT_OPEN)
    consent = next((c for c in prisoner.consents if c.question is Question.PUBLISH_NAME), None)
    if prisoner.is_paused:
        yield finding(Code.PERSON_PAUSED)
    elif not showing.may_be_named(prisoner):
        yield finding(Code.CONSENT_MISSING)
    elif consent and consent.expires_on and consent.expires_on < today:
        yield finding(Code.CONSENT_EXPIRED)
    if casework.is_stale(prisoner.last_checked_on, today):
        yield finding(Code.FACTS_STALE, blocks=not packet.is_specimen)


def _addressee(packet: Packet, today: date) -> Iterator[Finding]:
    to = packet.addressee
    if not to.is_confirmed(today):
        yield Finding(Code.ADDRESSEE_UNCONFIRMED, not packet.is_specimen, about=to.title)
    if to.languages and packet.petition.text.lang.split("-")[0] not in to.languages:
        yield Finding(Code.LANGUAGE_NOT_TAKEN, not packet.is_specimen, about=to.title)
    if packet.level is Level.TOTALS:
        return
    if not any(to.id in words.addressee_ids for words in packet.petition.texts):
        yield Finding(Code.ADDRESSEE_NOT_NAMED, False, about=to.title)
    states = {packet.petition.campaign.country, *(p.country for p in packet.petition.campaign.prisoners)}
    if packet.level is Level.FULL and to.kind is AddresseeKind.GOVERNMENT and to.country in {*states, ""}:
        yield Finding(Code.OWN_GOVERNMENT, True, about=to.title)


def _petition(packet: Packet) -> Iterator[Finding]:
    petition = packet.petition
    if not (petition.state.is_public or petition.state is State.PAUSED):
        yield Finding(Code.PETITION_NOT_PUBLIC, True)
    if petition.signature_count <= 0:
        yield Finding(Code.NOTHING_COUNTED, True)
    summed = db.session.scalar(
        select(func.coalesce(func.sum(LedgerEntry.delta), 0)).where(LedgerEntry.petition_id == petition.id)
    )
    if summed != petition.signature_count:
        yield Finding(Code.COUNT_DISAGREES, True)
    numbered = db.session.scalar(
        select(func.count()).where(Signature.petition_id == petition.id, Signature.number.is_not(None))
    )
    if numbered != petition.last_number:
        yield Finding(Code.NUMBER_GAP, True, count=abs(petition.last_number - (numbered or 0)))
