"""Restating: what the record says, in the language of the communication, text by text.

Records are kept in one language, and a mandate reads another. Staff write each statement once more beside the one it
stands for; its date, its source and what is disputed stay with it. When the record changes afterwards, the old
translation no longer stands for anything and is left out, so that nothing outdated is printed.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from campaign.database import db
from campaign.domain.cases.telling import may_be_told
from campaign.domain.packets.packing import OPEN_STATES, AlreadySealed
from campaign.models.communication import Communication
from campaign.models.packet import PacketState
from campaign.models.prisoner import Decision, Topic

KEPT_IN = "en"  # the language in which records are written


@dataclass(frozen=True)
class Piece:
    """One text of the record and what stands for it; `translation` is empty where nobody has written one."""

    key: str
    text: str
    translation: str


def pieces(words: Communication) -> list[Piece]:
    """Every text of the record that this communication prints, in the order of the record."""
    prisoner = words.prisoner
    facts = [f for f in prisoner.facts if may_be_told(f, prisoner)]
    texts = {f"fact-{f.id}": f.value for f in facts}
    if not any(f.topic is Topic.WORK for f in facts):
        texts["role"] = prisoner.role
    for conflict in prisoner.conflicts:
        if conflict.decision in (Decision.BOTH, Decision.ONE):
            texts |= {f"about-{conflict.id}": conflict.about, f"reason-{conflict.id}": conflict.reason}
    return [Piece(key, text, _valid(words, key, text)) for key, text in texts.items() if text]


def _valid(words: Communication, key: str, text: str) -> str:
    known = words.translations.get(key, {})
    return str(known["is"]) if known.get("of") == text else ""


def told_as(words: Communication) -> dict[str, str]:
    """Text of the record → what stands for it. Nothing for a communication in the record's own language."""
    if words.lang == KEPT_IN:
        return {}
    return {piece.text: piece.translation for piece in pieces(words) if piece.translation}


def missing(words: Communication) -> int:
    """How many texts would be printed in the language of the record."""
    if words.lang == KEPT_IN:
        return 0
    return sum(not piece.translation for piece in pieces(words))


def write(words: Communication, translations: Mapping[str, str]) -> int:
    """Keep what was written, by key; how many stand now. It has to be checked again. Raises AlreadySealed."""
    packet = words.packet
    if packet.state not in OPEN_STATES:
        raise AlreadySealed
    kept = {}
    for piece in pieces(words):
        text = translations.get(piece.key, piece.translation).strip()
        if text:
            kept[piece.key] = {"of": piece.text, "is": text}
    words.translations = kept
    packet.state, packet.checked_by, packet.checked_at = PacketState.DRAFT, None, None
    db.session.flush()
    return len(kept)
