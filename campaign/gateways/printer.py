"""The one door to Typst: data go in through memory, PDF/A comes out, and any doubt is a refusal.

Documents are set in processes of their own, which get an environment without any key, and JSON messages on
their standard input. Most answer one and end; the volumes of a packet share a few, as starting one and reading
the fonts costs a tenth of a volume. Typst remembers what it laid out until ten more documents are set: after every
third volume ten empty ones are, so that its memory stays at what three volumes take. A press refuses on any warning
(an unknown font is only a warning) and on any missing glyph, and looks through the finished pages for
glyph 0. Its diagnostics quote letters of names and never leave it: only a place in our own templates
does.
"""

import io
import json
import re
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from itertools import count
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

import regex

from campaign.domain.printing import Data, GlyphMissing, Printed, PrintRefused
from campaign.gateways import fonts, presses, rows
from campaign.gateways.glyph_zero import examine
from campaign.gateways.presses import Child

if TYPE_CHECKING:
    from typst import Fonts, PDFStandard

HERE = "campaign.gateways.printer"
TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "packets"
ACCESSIBLE: "list[PDFStandard]" = ["ua-1", "a-2a"]
PRINT_ONLY: "list[PDFStandard]" = ["a-2b"]
AT_ONCE = 2  # volumes set side by side; each press takes about 300 MB
KEPT = 10  # documents that Typst remembers
IN_A_ROW = 3  # volumes before it is made to forget them
FIXED_WORD = re.compile(r'\btrn?\(\s*"((?:[^"\\]|\\.)*)"(?:\s*,\s*"((?:[^"\\]|\\.)*)")?')
UNSHOWN = re.compile(r'the text `"((?:[^"\\`]|\\.)*)"` could not be displayed')
PLACE = re.compile(r"([a-z-]+\.typ):(\d+)")
ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")


Words = Callable[[str], Mapping[str, str]]


class TypstPrinter:
    """Meets `domain.printing.Printer`. `words` gives the templates' fixed words in a packet's language."""

    def __init__(self, folder: Path, words: Words = lambda lang: {}, at_once: int = AT_ONCE) -> None:
        self.folder = folder
        self.words = words
        self.at_once = at_once
        self._asked: set[str] = set()
        self._missing: set[str] = set()

    def missing(self, texts: Iterable[str]) -> set[str]:
        """Each piece is asked about once in the life of this printer."""
        pieces = {piece for text in set(texts) for piece in pieces_of(text)}
        new = pieces - self._asked
        if new:
            answer = self._ask({"act": "missing", "pieces": sorted(new)})
            self._missing |= set(json.loads(answer[0].pdf))
            self._asked |= new
        return self._missing.intersection("".join(pieces))

    def parts(self, names: Sequence[str], data: Data) -> dict[str, Printed]:
        return dict(zip(names, self._set(names, self._with_words(data)), strict=True))

    def alone(self, name: str, data: Data) -> Printed:
        return self.parts([name], data)[name]

    def volumes(self, data: Iterable[Data]) -> Iterator[Printed]:
        idle: SimpleQueue[Child] = SimpleQueue()
        running: deque[Future[Printed]] = deque()
        with ThreadPoolExecutor(self.at_once) as pool:
            try:
                for one in data:
                    running.append(pool.submit(self._volume, self._with_words(one), idle))
                    if len(running) > self.at_once:
                        yield running.popleft().result()
                while running:
                    yield running.popleft().result()
            finally:
                pool.shutdown(cancel_futures=True)
                while not idle.empty():
                    idle.get().close()

    def _volume(self, data: Data, idle: "SimpleQueue[Child]") -> Printed:
        """In a process that has nothing to do, or in a new one."""
        try:
            child = idle.get_nowait()
        except Empty:
            child = Child(HERE)
        answer = child.answer(self._order(["signature-sheet"], data))
        idle.put(child)
        return _made(*answer)[0]

    def _set(self, names: Sequence[str], data: Data) -> list[Printed]:
        return self._ask(self._order(names, data))

    def _order(self, names: Sequence[str], data: Data) -> dict[str, Any]:
        return {"act": "parts", "names": list(names), "data": data, "fonts": str(self.folder)}

    def _with_words(self, data: Data) -> dict[str, Any]:
        """The fixed words in the packet's language, and the QR codes: of the public page, and of each blank sheet."""
        drawn: dict[str, Any] = {"qr": _qr(data["link"])} if "link" in data else {}
        if "sheets" in data:
            drawn["sheets"] = [{**sheet, "qr": _qr(sheet["link"])} for sheet in data["sheets"]]
        return {**data, **drawn, "words": dict(self.words(data["lang"]))}

    def _ask(self, message: dict[str, Any]) -> list[Printed]:
        child = Child(HERE)
        answer = child.answer({**message, "fonts": str(self.folder)})
        child.close()
        return _made(*answer)


def _made(head: dict[str, Any], pdfs: Sequence[bytes]) -> list[Printed]:
    if head.get("fault") == "glyph":
        raise GlyphMissing(head["where"], frozenset(head["characters"]))
    if "fault" in head:
        raise PrintRefused(head["where"])
    return [Printed(pdf, pages) for pdf, pages in zip(pdfs, head["pages"], strict=True)]


def _qr(address: str) -> str:
    import segno  # the printing process itself never needs it

    out = io.BytesIO()
    segno.make(address, error="q", micro=False).save(out, kind="svg", border=0, xmldecl=False, omitsize=True)
    return out.getvalue().decode()


@lru_cache(maxsize=1)
def fixed_words() -> tuple[str, ...]:
    """Every fixed sentence of the templates, for the translators' catalogue."""
    found: dict[str, None] = {}
    for template in sorted(TEMPLATES.glob("*.typ")):
        for match in FIXED_WORD.finditer(template.read_text()):
            found |= {words.replace('\\"', '"'): None for words in match.groups() if words}
    return tuple(found)


def translated(gettext: Callable[[str], str]) -> dict[str, str]:
    """The dictionary that the templates' `tr` looks up, for one language."""
    return {words: theirs for words in fixed_words() if (theirs := gettext(words)) != words}


def pieces_of(text: str) -> set[str]:
    """Runs that are shaped together: a letter with its marks and, after a virama, the next letter."""
    return {piece for word in text.split() for piece in CLUSTER.findall(word)}


CLUSTER = regex.compile(r"(?:\X(?<=[\p{Canonical_Combining_Class=9}\u200c\u200d]))*\X")


# ---- the child -------------------------------------------------------------------------------------


def main() -> int:
    """Answer messages until there are no more. Nothing is printed but answers; a fault says its kind and its place."""
    with suppress(EOFError):
        for answered in count():
            message = json.loads(presses.read(sys.stdin.buffer))
            if answered and answered % IN_A_ROW == 0:
                _forget_layouts(message["fonts"])
            presses.reply(sys.stdout.buffer, *_answered(message))
    return 0


def _answered(message: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    try:
        made = _missing(message) if message["act"] == "missing" else _parts(message)
    except GlyphMissing as fault:
        return {"fault": "glyph", "where": fault.where, "characters": sorted(fault.characters)}, []
    except PrintRefused as fault:
        return {"fault": "refused", "where": fault.where}, []
    return {"pages": [m.pages for m in made]}, [m.pdf for m in made]


def _forget_layouts(folder: str) -> None:
    import typst

    for _ in range(KEPT + 1):
        typst.compile(b"", font_paths=_fonts(folder), ignore_system_fonts=True)


@lru_cache(maxsize=1)
def _fonts(folder: str) -> "Fonts":
    import typst

    return typst.Fonts(include_system_fonts=False, font_paths=[folder] if Path(folder).is_dir() else [])


def _parts(message: dict[str, Any]) -> list[Printed]:
    """Two passes: the first counts pages and finds how tight a part must be, the second numbers them."""
    names, data = message["names"], message["data"]
    press = _Press(Path(message["fonts"]), data)
    if names[0] in LONG:
        return [press.set(name) for name in names]
    drafts = [press.set_on_one_page(name) for name in names]
    total, first, made = sum(d.pages for d, _ in drafts), 1, []
    for name, (draft, tight) in zip(names, drafts, strict=True):
        made.append(press.set(name, first=str(first), of=str(total), tight=str(tight)))
        if made[-1].pages != draft.pages:
            raise PrintRefused(f"{name}.typ: its length depends on its page number")
        first += draft.pages
    return made


def _missing(message: dict[str, Any]) -> list[Printed]:
    """Ask the engine itself, with the fonts it will use: a table of letters is not the whole truth."""
    press = _Press(Path(message["fonts"]), {"packet": {"sealed_at": "2000-01-01T00:00+00:00"}})
    try:
        press.set("glyphs", pieces=json.dumps(message["pieces"]))
        unshown: list[str] = []
    except GlyphMissing as fault:
        unshown = sorted(fault.characters)
    return [Printed(json.dumps(unshown).encode(), 0)]


LONG = {"signature-sheet", "signed-on-paper"}  # lists that are set once, and not tagged line by line
ONE_PAGE = {
    "cover-letter",
    "at-a-glance",
    "petition-text",
    "totals",
    "method",
    "certificate",
    "press-sheet",
}  # wherever it can be


class _Press:
    def __init__(self, folder: Path, data: dict[str, Any]) -> None:
        import typst

        self._typst = typst
        self._fonts = _fonts(str(folder))
        families = self._fonts.families()
        if "volume" in data:
            data = {**data, "volume": _prepared(data, families)}
        self._json = json.dumps({**data, "fonts": fonts.stack(families)})
        self._moment = datetime.fromisoformat(data["packet"]["sealed_at"])

    def set_on_one_page(self, name: str) -> tuple[Printed, int]:
        """A page that grew gives up air first; if that is not enough it flows on in full comfort."""
        loose = self.set(name)
        if name in ONE_PAGE and loose.pages > 1:
            for tight in (1, 2):
                if (made := self.set(name, tight=str(tight))).pages == 1:
                    return made, tight
        return loose, 0

    def set(self, name: str, **more: str) -> Printed:
        standards = PRINT_ONLY if name in {*LONG, "glyphs"} else ACCESSIBLE
        try:
            pdf, warnings = self._typst.compile_with_warnings(
                str(TEMPLATES / f"{name}.typ"),
                root=str(TEMPLATES),
                font_paths=self._fonts,
                ignore_system_fonts=True,
                sys_inputs={"json": self._json, **more},
                pdf_standards=standards,
                pdf_tags=standards is ACCESSIBLE,
                timestamp=self._moment,
            )
        except self._typst.TypstError as fault:
            raise _safe(fault.diagnostic or "", name) from None
        if warnings:
            raise PrintRefused(f"{name}.typ: a warning")
        pages, empty = examine(pdf)
        if empty:
            raise GlyphMissing(f"{name}.typ, page {empty[0]}")
        return Printed(pdf, pages)


def _prepared(data: dict[str, Any], families: list[str]) -> dict[str, Any]:
    try:
        return rows.prepared(data["volume"], families, data.get("words", {}).get("thousands-separator", ","))
    except rows.TwoLines:
        raise PrintRefused("signature-sheet.typ") from None


def _safe(diagnostic: str, name: str) -> PrintRefused:
    """What may be said of a diagnostic: a place in our templates, and characters without their line."""
    place = PLACE.search(diagnostic)
    where = f"{place[1]}:{place[2]}" if place else f"{name}.typ"
    unshown = {ESCAPED.sub(lambda m: chr(int(m[1], 16)), found) for found in UNSHOWN.findall(diagnostic)}
    return GlyphMissing(where, frozenset(unshown)) if unshown else PrintRefused(where)


if __name__ == "__main__":
    sys.exit(main())
