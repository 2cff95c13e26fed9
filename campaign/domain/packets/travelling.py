"""Travelling: what may be carried over a border or lie on a table. Nothing in it says anything of a signer.

The kit is a list of what is in it, never of what is left out: a file that is new to packets stays at home until
somebody writes it down here. The certificate is printed anew without the names of staff. The full packet goes another
way, encrypted, and its key does not travel.
"""

import json
from typing import Any

from campaign.domain import frozen
from campaign.domain.packets import building
from campaign.domain.packets.manifest import File
from campaign.domain.printing import Printer
from campaign.models.packet import Packet

PARTS = ("cover-letter", "at-a-glance", "case-sheet", "petition-text", "totals", "method", "receipt")
CERTIFICATE = "certificate"
PRESS = "press-sheet.pdf"
LIST = "travel-kit.json"


def files(packet: Packet) -> list[str]:
    """Files of the built packet that travel as they are."""
    named, _ = building.file_names(packet)
    return sorted(named[part] for part in PARTS)


def certificate_data(packet: Packet) -> dict[str, Any]:
    """The certificate without the names of those who sealed and checked."""
    data = building.page_data(packet)
    unnamed = {"sealed_by": "", "checked_by": "", "unnamed": True}
    return {**data, CERTIFICATE: {**data[CERTIFICATE], **unnamed}}


def print_certificate(printer: Printer, data: dict[str, Any]) -> bytes:
    return printer.alone(CERTIFICATE, data).pdf


def list_of(packet: Packet, contents: dict[str, bytes]) -> bytes:
    """What lies in the kit, with hashes, and of which packet it is."""
    body = {
        "reference": packet.reference,
        "seal": packet.seal,
        "manifest": packet.manifest_sha256,
        "signers": "none",
        "files": [{"name": f.name, "bytes": f.size, "sha256": f.sha256} for f in _files(contents)],
    }
    return (json.dumps(body, ensure_ascii=False, indent=1) + "\n").encode()


def printed_files(listed: bytes) -> list[dict[str, Any]]:
    """Of a manifest: what is printed for one copy, with its pages. The press sheet goes to others."""
    found: list[dict[str, Any]] = json.loads(listed)["files"]
    return [file for file in found if file["pages"] and file["name"] != PRESS]


def is_whole(content: bytes, listed: bytes, name: str) -> bool:
    """Whether a file is still the one of the manifest."""
    return any(f["name"] == name and f["sha256"] == frozen.digest(content) for f in json.loads(listed)["files"])


def _files(contents: dict[str, bytes]) -> list[File]:
    return [File.of(name, content) for name, content in sorted(contents.items())]
