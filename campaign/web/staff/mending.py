"""Where each finding of the preflight is mended."""

from flask import url_for

from campaign.domain.packets.preflight import Code, Finding
from campaign.models.communication import Communication
from campaign.models.joint_letter import JointLetter
from campaign.models.packet import Packet
from campaign.models.prisoner import Question


def mended_at(finding: Finding, packet: Packet) -> str:
    """The address of the page that cures it; empty where the cure is not on a page of this site."""
    if finding.slug:
        anchors = {Code.CONFLICT_OPEN: "conflicts", Code.FACTS_STALE: "checked", Code.PERSON_PAUSED: "pause"}
        anchor = anchors.get(finding.code, "consent")
        return url_for("staff.prisoner", slug=finding.slug, packet=packet.reference, _anchor=anchor)
    if finding.letter:
        return url_for("staff.joint_letter", reference=finding.letter, _anchor="organisations")
    if finding.code is Code.ADDRESSEE_UNCONFIRMED:
        return url_for("staff.addressee", id=packet.addressee_id, packet=packet.reference)
    if finding.code in {Code.PETITION_NOT_PUBLIC, Code.NOTHING_COUNTED, Code.COUNT_DISAGREES, Code.NUMBER_GAP}:
        return url_for("staff.petition", slug=packet.petition.slug)
    if finding.code in {Code.OWN_GOVERNMENT, Code.NO_NAMES_KEY, Code.ADDRESSEE_NOT_NAMED}:
        return url_for(
            "staff.new", petition=packet.petition.slug, addressee=packet.addressee_id, paper=packet.paper.value
        )
    return ""


_ASKED = {
    Code.TO_GOVERNMENT_UNANSWERED: Question.TO_GOVERNMENT,
    Code.TO_GOVERNMENT_REFUSED: Question.TO_GOVERNMENT,
    Code.UN_REPORTS_UNANSWERED: Question.UN_REPORTS,
    Code.UN_CONSENT_EXPIRED: Question.TO_GOVERNMENT,
    Code.UN_CONSENT_ENDS: Question.TO_GOVERNMENT,
    Code.CONSENT_FROM_WHOM: Question.TO_GOVERNMENT,
    Code.RELATIVES_MUST_AGREE: Question.TO_GOVERNMENT,
}
_WRITTEN = {
    Code.NO_MANDATE: "mandates",
    Code.SUMMARY_MISSING: "summary",
    Code.SUMMARY_TOO_LONG: "summary",
    Code.NO_CATEGORY: "grounds",
    Code.CATEGORY_WITHOUT_REASON: "grounds",
    Code.NO_REQUEST: "requests",
    Code.URGENCY_WITHOUT_REASON: "kind",
    Code.NO_FIXED_WORDS: "kind",
    Code.TOO_LONG: "summary",
    Code.RATHER_LONG: "summary",
}


def mended_in(finding: Finding, words: Communication) -> str:
    """The same for a communication: the case record, the register, the directory, or its own words."""
    reference = words.packet.reference
    if finding.code in _ASKED:
        question = _ASKED[finding.code].value
        return url_for("staff.prisoner", slug=finding.slug, question=question, packet=reference, _anchor="consent")
    if finding.code is Code.DOUBLE_FILING:
        return url_for("staff.filings", slug=finding.slug, packet=reference)
    if finding.code is Code.NOT_HELD:
        return url_for("staff.status", slug=finding.slug)
    if finding.code is Code.FACTS_NOT_TRANSLATED:
        return url_for("staff.translation", reference=reference)
    if finding.office:
        return url_for("staff.addressee", id=finding.office, packet=reference)
    if finding.code is Code.ANNEX_LOST:
        return url_for("staff.communication", reference=reference, _anchor="annexes")
    if finding.code is Code.LANGUAGE_NOT_TAKEN:
        return url_for("staff.words", reference=reference, _anchor="kind")
    if finding.code in _WRITTEN:
        return url_for("staff.words", reference=reference, _anchor=_WRITTEN[finding.code])
    return mended_at(finding, words.packet)


def mended_beside(finding: Finding, letter: JointLetter) -> str:
    """The same for a joint letter: the organisations, its own words, or what cures every packet."""
    reference = letter.packet.reference
    if finding.code in {Code.NO_ORGANISATION, Code.TEXT_NOT_ASKED, Code.TEXT_CHANGED, Code.RECORD_CHANGED}:
        return url_for("staff.joint_letter", reference=reference, _anchor="organisations")
    if finding.code in {Code.LANGUAGE_NOT_TAKEN, Code.TEXT_WITHOUT_GLYPHS}:
        return url_for("staff.joint_words", reference=reference)
    return mended_at(finding, letter.packet)
