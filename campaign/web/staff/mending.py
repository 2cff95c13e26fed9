"""Where each finding of the preflight is mended."""

from flask import url_for

from campaign.domain.preflight import Code, Finding
from campaign.models.packet import Packet


def mended_at(finding: Finding, packet: Packet) -> str:
    """The address of the page that cures it; empty where the cure is not on a page of this site."""
    if finding.slug:
        anchors = {Code.CONFLICT_OPEN: "conflicts", Code.FACTS_STALE: "checked", Code.PERSON_PAUSED: "pause"}
        anchor = anchors.get(finding.code, "consent")
        return url_for("staff.prisoner", slug=finding.slug, packet=packet.reference, _anchor=anchor)
    if finding.code is Code.ADDRESSEE_UNCONFIRMED:
        return url_for("staff.addressee", id=packet.addressee_id, packet=packet.reference)
    if finding.code in {Code.PETITION_NOT_PUBLIC, Code.NOTHING_COUNTED, Code.COUNT_DISAGREES, Code.NUMBER_GAP}:
        return url_for("staff.petition", slug=packet.petition.slug)
    if finding.code in {Code.OWN_GOVERNMENT, Code.NO_NAMES_KEY, Code.ADDRESSEE_NOT_NAMED}:
        return url_for(
            "staff.new", petition=packet.petition.slug, addressee=packet.addressee_id, paper=packet.paper.value
        )
    return ""
