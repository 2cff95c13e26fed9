"""The manifest: every file of a packet with its size, pages and SHA-256, and the totals that must agree.

`manifest.json` lies with the files; its own SHA-256 stands on the public page and is written on the receipt
by hand, so that whoever holds the packet can check it without us.
"""

import json
from dataclasses import dataclass
from typing import Any

from campaign.domain import frozen

NAME = "manifest.json"
SEAL = "seal.json"
SIGNATURE = "manifest.json.p7s"  # the organisation's, where it has a certificate
COPY = "copy.json"  # in a numbered copy: which one it is; the manifest does not list it


@dataclass(frozen=True)
class File:
    name: str
    size: int  # in bytes
    sha256: str
    pages: int  # 0 for what is not printed

    @classmethod
    def of(cls, name: str, content: bytes, pages: int = 0) -> "File":
        return cls(name, len(content), frozen.digest(content), pages)

    @classmethod
    def noted(cls, record: dict[str, Any]) -> "File":
        return cls(record["name"], record["bytes"], record["sha256"], record["pages"])

    def record(self) -> dict[str, Any]:
        return {"name": self.name, "bytes": self.size, "sha256": self.sha256, "pages": self.pages}


def write(record: dict[str, Any], seal: str, files: list[File]) -> bytes:
    """The manifest of a packet from its frozen record. Byte-identical for the same packet."""
    body = {
        "reference": record["reference"],
        "seal": seal,
        "specimen": record["specimen"],
        "petition": record["petition"],
        "addressee": record["addressee"],
        "level": record["level"],
        "cut_off": record["cut_off"],
        "totals": record["totals"],
        "withheld_why": record["withheld_why"],
        "files": [file.record() for file in sorted(files, key=lambda f: f.name)],
    }
    return (json.dumps(body, ensure_ascii=False, indent=1) + "\n").encode()


PAPER_LINES = "lines/lines-paper.json"


def lines_name(no: int) -> str:
    return f"lines/lines-{no:03}.json"


def copy_line(noted: dict[str, Any]) -> str:
    """What stands on each page of a numbered copy, as `copy.json` has it: TJ-2017-001-A1-COPY-3 · 7KQ2-M9XD."""
    return f"{noted['reference']}-COPY-{noted['copy']} · {noted['mark']}".upper()


def is_signed(name: str) -> bool:
    """Our own PDFs are, where the organisation has a certificate: not the papers of others, nor what is never sent."""
    return name.endswith(".pdf") and not name.startswith(("annexes/", "internal/"))
