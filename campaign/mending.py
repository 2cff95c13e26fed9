"""Where each finding of the preflight is mended: the page that holds the very field, for pages and the command line."""

import re
from collections.abc import Callable

from flask import current_app, url_for
from werkzeug.routing import BuildError

from campaign.collaborators import collaborators
from campaign.domain.packets.preflight import Code, Finding
from campaign.models.communication import Communication
from campaign.models.joint_letter import JointLetter
from campaign.models.packet import Packet
from campaign.models.prisoner import Question


def mended_at(finding: Finding, packet: Packet) -> str:
    """The address of the page that cures it; empty where the cure is not on a page of this site."""
    reference, slug = packet.reference, packet.petition.slug
    if finding.slug:
        anchors = {
            Code.CONFLICT_OPEN: "conflicts",
            Code.FACTS_STALE: "checked",
            Code.PERSON_PAUSED: "pause",
            Code.FACTS_NOT_TRANSLATED: "facts",
        }
        if finding.code in anchors:
            return url_for("staff.prisoner", slug=finding.slug, packet=reference, _anchor=anchors[finding.code])
        asked = Question.PUBLISH_NAME.value
        return url_for("staff.prisoner", slug=finding.slug, question=asked, packet=reference, _anchor="consent")
    if finding.letter:
        return url_for("staff.joint_letter", reference=finding.letter, _anchor="organisations")
    if finding.code in _OF_THE_OFFICE:
        anchor = _OF_THE_OFFICE[finding.code]
        return url_for("staff.addressee", id=packet.addressee_id, packet=reference, _anchor=anchor)
    if finding.code in _OF_THE_COUNT:
        return url_for("staff.petition", slug=slug, _anchor=_OF_THE_COUNT[finding.code])
    if finding.code is Code.PETITION_NOT_PUBLIC:
        return url_for("staff.ending_page", slug=slug)
    if finding.code is Code.NAMES_UNDER_REVIEW:
        return url_for("staff.names_waiting", slug=slug)
    if finding.code is Code.BOX_BROKEN:
        return url_for("staff.keys")
    if finding.code in {Code.OWN_GOVERNMENT, Code.NO_NAMES_KEY, Code.ADDRESSEE_NOT_NAMED}:
        return url_for(
            "staff.new", petition=packet.petition.slug, addressee=packet.addressee_id, paper=packet.paper.value
        )
    return ""


_OF_THE_OFFICE = {Code.ADDRESSEE_UNCONFIRMED: "h-confirm", Code.LANGUAGE_NOT_TAKEN: "h-record"}
_OF_THE_COUNT = {Code.NOTHING_COUNTED: "h-count", Code.COUNT_DISAGREES: "h-recount", Code.NUMBER_GAP: "h-recount"}
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
        question = finding.question or _ASKED[finding.code].value
        return url_for("staff.prisoner", slug=finding.slug, question=question, packet=reference, _anchor="consent")
    if finding.code is Code.DOUBLE_FILING:
        return url_for("staff.filings", slug=finding.slug, packet=reference)
    if finding.code is Code.NOT_HELD:
        return url_for("staff.status", slug=finding.slug)
    if finding.code is Code.FACTS_NOT_TRANSLATED:
        return url_for("staff.translation", reference=reference)
    if finding.office:
        anchor = _OF_THE_OFFICE.get(finding.code)
        return url_for("staff.addressee", id=finding.office, packet=reference, _anchor=anchor)
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


Where = Callable[[Finding], str]


def on_the_command_line(finding: Finding, where: Where, draft: str) -> str:
    """The sentence and, where this node serves the page that mends it, its whole address.

    `draft` is the reference of what was refused: it is gone with the refusal, so no address leads there.
    """
    site = collaborators().settings.site_url
    with current_app.test_request_context(base_url=site):
        try:
            link = where(finding)
        except BuildError:  # a node without the pages of staff
            link = ""
    link = re.sub(rf"[?&]packet={draft}(?=#|$)", "", link)
    link = "" if draft in link else link
    return f"{finding.sentence}\n    {site}{link}" if link else finding.sentence
