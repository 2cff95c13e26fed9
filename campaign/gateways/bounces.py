"""Reading what comes back: reports of delivery (RFC 3464), of complaint (ARF, RFC 5965), and what servers make up.

Whose letter it was is told by a return path of ours somewhere in the message, and by nothing else; without a genuine
one the message is no report. A delay is none either. Words and addresses in it are neither kept nor logged.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from email import message_from_bytes, policy
from email.message import Message
from typing import Any

from flufl.bounce import all_failures

from campaign.domain.errors import LinkUnknown
from campaign.domain.links import Links
from campaign.domain.supporters import bouncing
from campaign.domain.supporters.bouncing import Report
from campaign.models.update import TroubleKind

MOST = 512 * 1024  # bytes that are looked at; a report quotes a letter of ours, which is small
_TOKEN = re.compile(rb"\+([a-z2-7]{47})@", re.IGNORECASE)
_OURS = re.compile(r"\+([a-z2-7]{47})@", re.IGNORECASE)
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_COMPLAINTS = {"abuse", "fraud", "opt-out", "virus", "other"}  # and "not-spam" is the opposite of one


def read(raw: bytes, links: Links) -> Report | None:
    """What a message reports, or None where it reports nothing that could be genuine."""
    raw = raw[:MOST]
    public_id = _whose(raw, links)
    if public_id is None:
        return None
    message = message_from_bytes(raw, policy=policy.compat32)
    kind = _kind(message)
    digest = hashlib.sha256(b"".join(raw.split())).digest()  # however it ended its lines on the way
    return Report(public_id, kind, digest) if kind is not None else None


def events(data: Any, links: Links) -> Iterator[Report]:
    """The same from a webhook's JSON: `{"events": [{"type", "status", "return_path", "id"}]}`, or a list of them."""
    listed = data.get("events") if isinstance(data, Mapping) else data
    for event in listed if isinstance(listed, list) else []:
        if not isinstance(event, Mapping):
            continue
        told = {name: str(event.get(name, "")) for name in ("type", "status", "return_path", "id")}
        public_id = _genuine(_OURS.findall(told["return_path"]), links)
        if told["type"] == "complaint":
            kind: TroubleKind | None = TroubleKind.COMPLAINT
        else:
            kind = bouncing.kind_of(told["status"]) if told["type"] == "bounce" else None
        if public_id is not None and kind is not None:
            digest = hashlib.sha256("\0".join(told.values()).encode()).digest()
            yield Report(public_id, kind, digest)


def _whose(raw: bytes, links: Links) -> bytes | None:
    """Wherever it stands: in the address the report came to, or in the heads of the letter that it quotes."""
    whole = raw.replace(b"=\r\n", b"").replace(b"=\n", b"")  # a quoted line may break within the token
    return _genuine([found.decode("ascii") for found in _TOKEN.findall(whole)], links)


def _genuine(tokens: list[str], links: Links) -> bytes | None:
    for token in dict.fromkeys(tokens):
        try:
            return links.returned(token)
        except LinkUnknown:
            continue
    return None


def _kind(message: Message) -> TroubleKind | None:
    for part in message.walk():
        if part.get_content_type() == "message/feedback-report":
            said = _fields(part).get("feedback-type", "")
            return TroubleKind.COMPLAINT if said in _COMPLAINTS else None
        if part.get_content_type() in {"message/delivery-status", "message/global-delivery-status"}:
            return _delivery(part)
    try:
        temporary, permanent = all_failures(message)
    except Exception:  # it reads what anybody sends, and trips over some of it
        return None
    if permanent:
        return TroubleKind.HARD
    return TroubleKind.SOFT if temporary else None


def _delivery(part: Message) -> TroubleKind | None:
    """Of several recipients the worst; only what failed counts, as a delayed letter may still arrive."""
    kinds = []
    for block in part.get_payload() if isinstance(part.get_payload(), list) else []:
        fields = _of(block)
        if fields.get("action") != "failed":
            continue
        status = _STATUS.search(fields.get("status", ""))
        kinds.append(bouncing.kind_of(status[1]) if status else TroubleKind.SOFT)
    return next((kind for kind in (TroubleKind.HARD, TroubleKind.SOFT) if kind in kinds), None)


def _fields(part: Message) -> dict[str, str]:
    payload = part.get_payload()
    if isinstance(payload, list):
        return _of(payload[0]) if payload else {}
    return _of(message_from_bytes(str(payload).encode("utf-8", "replace"), policy=policy.compat32))


def _of(block: Any) -> dict[str, str]:
    return {name.lower(): " ".join(str(value).split()).lower() for name, value in block.items()}
