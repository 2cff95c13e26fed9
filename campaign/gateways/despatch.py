"""Despatch: the files of one communication: pages, document, blocks for the portal, annexes, and the sender's own log.
Those of a joint letter are its pages and its document.

The log lies in a folder of its own and is never sent. Everything is made of what was frozen.
"""

from collections.abc import Callable, Iterator
from typing import Any

from campaign.domain import frozen
from campaign.domain.communications import annexing, blocks
from campaign.domain.communications.communicating import PART
from campaign.domain.joint_letters import composing
from campaign.domain.printing import Printer, Store
from campaign.gateways import letterpaper, phrasebook, typewriter
from campaign.gateways.phrasebook import Phrasebook

PDF, JOINT_PDF = "01-communication.pdf", "01-joint-letter.pdf"
INTERNAL = "internal"
BLOCKS = "blocks/"
Made = tuple[str, bytes, int]  # name, content, pages
Sign = Callable[[str, bytes], bytes]  # before the log lists a file's hash


def as_printed(name: str, content: bytes) -> bytes:
    return content


def files(
    data: dict[str, Any], annexes: list[dict[str, Any]], printer: Printer, store: Store, sign: Sign = as_printed
) -> Iterator[Made]:
    """Every file but seal and manifest. `annexes` are names, hashes and pages as they were sealed. Raises AnnexLost."""
    phrases, reference = Phrasebook(data["lang"]), data["packet"]["ref"]
    made: list[Made] = []
    printed = printer.alone(PART, data)
    made.append((PDF, sign(PDF, printed.pdf), printed.pages))
    made.append(("02-communication.docx", typewriter.type_out(data, phrases), 0))
    made += _texts(data, phrases)
    for annex in annexes:
        content = annexing.fetch(reference, annex["name"], annex["sha256"], store)
        made.append((f"annexes/{annex['name']}", content, annex["pages"]))
    yield from made
    sent = [each for each in made if not each[0].startswith(BLOCKS)]
    listed = [{"name": n, "sha256": frozen.digest(content), "pages": pages or "–"} for n, content, pages in sent]
    log = printer.alone("submission-log", {**data, "files": listed})
    yield f"{INTERNAL}/submission-log.pdf", log.pdf, log.pages


def joint(data: dict[str, Any], printer: Printer, sign: Sign = as_printed) -> Iterator[Made]:
    """The files of a joint letter but seal and manifest."""
    printed = printer.alone(composing.PART, data)
    yield JOINT_PDF, sign(JOINT_PDF, printed.pdf), printed.pages
    yield "02-joint-letter.docx", letterpaper.type_out(data, _phrases(data["lang"])), 0


def _phrases(lang: str) -> Phrasebook:
    """English words around a letter in a language that has no table of its own."""
    return Phrasebook(lang if lang in phrasebook.LANGUAGES else "en")


def _texts(data: dict[str, Any], phrases: Phrasebook) -> Iterator[Made]:
    """The whole as one file, and one file for each field of a form."""
    head = f"{data['packet']['ref']} · {phrases('Seal')} SHA-256 {data['seal']}"
    if data["specimen"]:
        head = f"**{phrases('SPECIMEN – NOT FOR DELIVERY')}** · {head}"
    yield "03-communication.md", blocks.whole(data, phrases, head=head).encode(), 0
    for block in blocks.of(data, phrases):
        text = f"{block.title}\n\n{block.text}\n"
        if data["specimen"]:
            text = f"{phrases('SPECIMEN – NOT FOR DELIVERY')}\n\n{text}"
        yield f"{BLOCKS}{block.code}.txt", text.encode(), 0
