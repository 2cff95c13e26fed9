"""The typewriter: a communication as a document for word processors, with the same words as its pages.

The file says nothing of who made it or when it was last opened, and the same seal gives the same bytes: properties
are emptied, the zip is written anew in a fixed order with a fixed time.
"""

import io
import re
import zipfile
from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from campaign.domain.phrasing import Phrases, Value, labelled, source_line, text_of

TIME = (1980, 1, 1, 0, 0, 0)
GREY = RGBColor(0x50, 0x50, 0x50)
SMALL = Pt(7)
WIDTHS = {  # mm of each column; together as wide as the page is between its margins
    "events": (42, 118),
    "filings": (34, 48, 36, 42),
    "annexes": (12, 52, 34, 62),
    "disputes": (40, 62, 58),
}
SERIF, SANS = "Noto Serif", "Noto Sans"  # named, not embedded: a reader without them sees others
_DROPPED = ("docProps/thumbnail.jpeg", "customXml/")
_SOURCES = re.compile(r"((?: \[\d+\])+)")


def type_out(data: dict[str, Any], phrases: Phrases) -> bytes:
    """The whole communication as DOCX. `data` is what the pages are made of."""
    return _Sheet(data, phrases).typed()


class _Sheet:
    def __init__(self, data: dict[str, Any], phrases: Phrases) -> None:
        self.data, self.phrases = data, phrases
        self.document = Document()

    def typed(self) -> bytes:
        dressed(self.document, us=self.data["paper"] == "us-letter", lang=self.phrases.lang)
        self._furniture()
        person, tr = self.data["person"], self.phrases
        self._line(f"1 {tr('Cover note')}", grey=True)
        self.document.add_heading(person["name"], level=1)
        for native in person["native"]:
            self._line(native)
        if person["variants"]:
            self._line(labelled("Also written", tr("; ").join(person["variants"]), tr), grey=True)
        for section in self.data["sections"]:
            if section["no"] != "1":
                self.document.add_heading(f"{section['no']}  {tr(section['title'])}", level=2)
            for item in section["items"]:
                self._item(item)
        self.document.add_heading(tr("Sources"), level=2)
        for n, source in enumerate(self.data["sources"], 1):
            self._line(f"{n}  {source_line(source, tr)}", grey=True, after=3)
        self._petition()
        return plain_zip(self._saved())

    def _furniture(self) -> None:
        """Reference, level, cut-off and page above; the seal below, on every page."""
        section, tr, packet = self.document.sections[0], self.phrases, self.data["packet"]
        head = section.header.paragraphs[0]
        head.add_run(packet["ref"]).bold = True
        if self.data["specimen"]:
            head.add_run(f"   {tr('SPECIMEN – NOT FOR DELIVERY')}").bold = True
        head.add_run(f"   {tr('Page {page} of {all}', page=chr(0), all=chr(1))}".split(chr(0))[0])
        _field(head, "PAGE")
        head.add_run(tr("Page {page} of {all}", page=chr(0), all=chr(1)).split(chr(0))[1].split(chr(1))[0])
        _field(head, "NUMPAGES")
        cut_off = f"{tr.day(packet['cut_off'])}, {packet['cut_off'][11:16]} UTC"
        second = section.header.add_paragraph()
        second.add_run(f"{labelled('Level', tr('totals only'), tr)}   {tr('Counted up to {moment}', moment=cut_off)}")
        foot = section.footer.paragraphs[0]
        foot.add_run(f"{tr('Seal')} SHA-256 {self.data['seal']}")
        for paragraph in (head, second, foot):
            for run in paragraph.runs:
                run.font.name, run.font.size = SANS, SMALL

    def _item(self, item: dict[str, Any]) -> None:
        getattr(self, f"_{item['t']}")(item)

    def _rows(self, item: dict[str, Any]) -> None:
        self._grid([[self.phrases(label), self._say(value)] for label, value in item["rows"]], widths=(46, 114))

    def _qa(self, item: dict[str, Any]) -> None:
        self.document.add_heading(f"{item['no']}  {self.phrases(item['title'])}", level=3)
        rows = [[number, self.phrases(asked), self._say(answer)] for number, asked, answer in item["rows"]]
        if any(number for number, *_rest in rows):
            self._grid(rows, widths=(14, 50, 96))
        else:
            self._grid([row[1:] for row in rows], widths=(40, 120))

    def _paras(self, item: dict[str, Any]) -> None:
        for each in item["paras"]:
            self._line(self._say(each))

    def _list(self, item: dict[str, Any]) -> None:
        for n, each in enumerate(item["rows"], 1):
            self._line(f"{n}. {self._say(each)}", after=3)

    def _note(self, item: dict[str, Any]) -> None:
        self._line(self._say(item["v"]), grey=True)

    def _yesno(self, item: dict[str, Any]) -> None:
        tr = self.phrases
        for sentence, answer in item["rows"]:
            yes, no = ("☒" if answer is True else "☐"), ("☒" if answer is False else "☐")
            unsaid = f"   ({tr('not recorded')})" if answer is None else ""
            self._line(f"{tr(sentence)}\n{yes} {tr('Yes')}   {no} {tr('No')}{unsaid}")

    def _table(self, item: dict[str, Any]) -> None:
        if not item["rows"]:
            self._line(self._say(item.get("empty")))
            return
        head = [self.phrases(word) for word in item["head"]]
        rows = [[self._say(cell) for cell in row] for row in item["rows"]]
        self._grid([head, *rows], WIDTHS[item["of"]], head=True)

    def _grounds(self, item: dict[str, Any]) -> None:
        tr = self.phrases
        for number, sentence, ticked in item["rows"]:
            self._line(f"{'☒' if ticked else '☐'} {number}  {tr(sentence)}", grey=not ticked)
            if ticked:
                for each in ticked["why"]:
                    self._line(each)
                if ticked["articles"]:
                    self._line(labelled("Articles", text_of(ticked["articles"], tr), tr), grey=True)

    def _petition(self) -> None:
        tr, statement, totals = self.phrases, self.data["petition"], self.data["totals"]
        self.document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        self._line(f"{tr('Annex')} P · {tr('totals only')}", grey=True)
        self.document.add_heading(tr("Petition statement"), level=1)
        word = "counted signature" if totals["counted"] == 1 else "counted signatures"
        self._line(f"{tr.number(totals['counted'])} {tr(word)}", size=18)
        self._rows(statement)
        for line in statement["method"]:
            self._line(self._say(line))
        self.document.add_paragraph().add_run(self._say(statement["withheld"])).bold = True

    def _grid(self, rows: list[list[str]], widths: Sequence[float], *, head: bool = False) -> None:
        """A table that keeps its widths in every word processor, its rows whole and its head on every page."""
        table = self.document.add_table(rows=0, cols=len(widths))
        table.style, table.autofit = self.document.styles["Table Grid"], False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Mm(width)
        for n, row in enumerate(rows):
            line = table.add_row()
            kept = line._tr.get_or_add_trPr()
            kept.append(OxmlElement("w:cantSplit"))
            if head and n == 0:
                kept.append(OxmlElement("w:tblHeader"))
            for cell, text, width in zip(line.cells, row, widths, strict=True):
                cell.width = Mm(width)
                self._write(cell.paragraphs[0], text, bold=head and n == 0, size=9)
        self.document.add_paragraph().paragraph_format.space_after = Pt(2)

    def _line(self, text: str, *, grey: bool = False, size: float = 0, after: float | None = None) -> None:
        """One paragraph; `size` and the room `after` it in points, by default as the style has them."""
        paragraph = self.document.add_paragraph()
        if after is not None:
            paragraph.paragraph_format.space_after = Pt(after)
        self._write(paragraph, text, grey=grey, size=size or (9 if grey else 10.5))

    def _write(self, paragraph: Any, text: str, *, bold: bool = False, grey: bool = False, size: float = 10.5) -> None:
        """Text with the numbers of its sources raised, and apart: 3 and 4 are not 34."""
        for piece in _SOURCES.split(text):
            if not piece:
                continue
            raised = bool(_SOURCES.fullmatch(piece))
            run = paragraph.add_run(",".join(re.findall(r"\d+", piece)) if raised else piece)
            run.font.size, run.font.superscript, run.bold = Pt(size), raised or None, bold or None
            if grey:
                run.font.color.rgb = GREY

    def _say(self, value: Value) -> str:
        if isinstance(value, list):
            return "\n".join(text_of(each, self.phrases) for each in value) or self.phrases("not known")
        return text_of(value, self.phrases)

    def _saved(self) -> bytes:
        title = f"{self.phrases('Communication')} {self.data['packet']['ref']}"
        without_maker(self.document, title=title, lang=self.phrases.lang)
        out = io.BytesIO()
        self.document.save(out)
        return out.getvalue()


def dressed(document: Any, *, us: bool, lang: str) -> None:
    """Paper, margins, type and language of every document of the house."""
    section = document.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (Mm(215.9), Mm(279.4)) if us else (Mm(210), Mm(297))
    section.left_margin, section.right_margin = Mm(30), Mm(20)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = SERIF, Pt(10.5)
    for level, size in ((1, 20), (2, 12), (3, 10)):
        style = document.styles[f"Heading {level}"]
        style.font.name, style.font.size = SERIF if level < 3 else SANS, Pt(size)
        style.font.color.rgb = RGBColor(0, 0, 0)
        style.element.rPr.rFonts.set(qn("w:asciiTheme"), "")
        del style.element.rPr.rFonts.attrib[qn("w:asciiTheme")]
    spoken = OxmlElement("w:lang")
    spoken.set(qn("w:val"), lang)
    normal.element.get_or_add_rPr().append(spoken)


def without_maker(document: Any, *, title: str, lang: str) -> None:
    """The properties say what it is, and nothing of who made it or when."""
    properties = document.core_properties
    for name in ("author", "comments", "category", "keywords", "last_modified_by", "subject", "version"):
        setattr(properties, name, "")
    properties.title = title
    properties.language, properties.revision = lang, 1
    for tag in ("created", "modified", "lastPrinted"):
        for found in properties._element.findall(f".//{{*}}{tag}"):
            properties._element.remove(found)


def _field(paragraph: Any, name: str) -> None:
    """A number that the word processor fills in."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    paragraph._p.append(field)
    run = paragraph.add_run("1")
    run.font.name, run.font.size = SANS, SMALL
    field.append(run._r)


def plain_zip(content: bytes) -> bytes:
    """The same parts in a fixed order, without times and without a picture of the first page."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as clean:
        names = [n for n in given.namelist() if not n.startswith(_DROPPED)]
        for name in sorted(names, key=lambda n: (n != "[Content_Types].xml", n)):
            entry = zipfile.ZipInfo(name, TIME)
            entry.external_attr, entry.compress_type = 0o600 << 16, zipfile.ZIP_DEFLATED
            clean.writestr(entry, _without_dropped(given.read(name), name))
    return out.getvalue()


def _without_dropped(part: bytes, name: str) -> bytes:
    """Relations to what was left out would make a reader complain."""
    if not name.endswith(".rels") and name != "[Content_Types].xml":
        return part
    return re.sub(rb"<(?:Relationship|Override)\b[^>]*(?:thumbnail\.jpeg|customXml/)[^>]*/>", b"", part)
