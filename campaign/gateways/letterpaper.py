"""Letterpaper: a joint letter as a document for word processors, with the same words as its pages.

As with the typewriter the file says nothing of who made it, and the same seal gives the same bytes.
"""

import io
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.shared import Mm, Pt

from campaign.domain.phrasing import Phrases, source_line
from campaign.gateways.typewriter import GREY, SANS, dressed, plain_zip, without_maker


def type_out(data: dict[str, Any], phrases: Phrases) -> bytes:
    """The whole letter as DOCX. `data` is what the pages are made of."""
    return _Letter(data, phrases).typed()


class _Letter:
    def __init__(self, data: dict[str, Any], phrases: Phrases) -> None:
        self.data, self.text, self.phrases = data, data["text"], phrases
        self.document = Document()

    def typed(self) -> bytes:
        text, tr = self.text, self.phrases
        dressed(self.document, us=self.data["paper"] == "us-letter", lang=tr.lang)
        self._furniture()
        self._letterhead()
        self._line(tr.day(text["dated"]), right=True)
        self._line("\n".join(text["addressee"]))
        self.document.add_heading(text["subject"], level=2)
        for each in (text["salutation"], *text["paragraphs"]):
            self._line(each)
        if text["asks"]:
            lead = text["asks_lead"]
            self._line(lead if lead.endswith((":", ".", "…")) else f"{lead}:")
            for n, ask in enumerate(text["asks"], 1):
                self._line(f"{n}. {ask}")
        self._line(text["closing"])
        self._signatures()
        self._people()
        return self._saved()

    def _furniture(self) -> None:
        section, tr = self.document.sections[0], self.phrases
        head = section.header.paragraphs[0]
        head.add_run(self.data["packet"]["ref"]).bold = True
        if self.data["specimen"]:
            head.add_run(f"   {tr('SPECIMEN – NOT FOR DELIVERY')}").bold = True
        foot = section.footer.paragraphs[0]
        foot.add_run(f"{tr('Approved text')} SHA-256 {self.data['text_sha256']}\n")
        foot.add_run(f"{tr('Seal')} SHA-256 {self.data['seal']}")
        for run in (*head.runs, *foot.runs):
            run.font.name, run.font.size = SANS, Pt(7)

    def _letterhead(self) -> None:
        signers = self.data["signers"]
        if not signers:
            return
        cells = self.document.add_table(rows=1, cols=len(signers)).rows[0].cells
        for cell, signer in zip(cells, signers, strict=True):
            paragraph = cell.paragraphs[0]
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            if signer["logo"]:
                picture = paragraph.add_run().add_picture(io.BytesIO(bytes(signer["logo"])), height=Mm(14))
                named = picture._inline.docPr
                named.set("descr", self.phrases("Logo of {organisation}", organisation=signer["organisation"]))
                paragraph.add_run().add_break()
            paragraph.add_run(signer["organisation"]).bold = True
        self._line("")

    def _signatures(self) -> None:
        tr = self.phrases
        for signer in self.data["signers"]:
            self._line("\n\n" + "_" * 34)
            lines = [line for line in (signer["name"], signer["title"], signer["organisation"]) if line]
            self._line("\n".join(lines))
            day = tr.day(signer["approved"]) if signer["approved"] else ""
            said = tr("approved this text on {day} from the organisation’s mailbox", day=day)
            self._line(signer["basis"] or said, grey=True)

    def _people(self) -> None:
        people, tr = self.text["people"], self.phrases
        self.document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        self.document.add_heading(tr("The people named in this letter"), level=1)
        table = self.document.add_table(rows=0, cols=2)
        table.style = self.document.styles["Table Grid"]
        for row in people["rows"]:
            who, known = table.add_row().cells
            who.width, known.width = Mm(45), Mm(115)
            who.paragraphs[0].add_run(row["name"]).bold = True
            who.paragraphs[0].add_run("\n" + "\n".join([*row["native"], row["role"]]))
            lines = [self._told(event) for event in row["events"]]
            for dispute in row["disputed"]:
                sides = "; ".join(self._told(side) for side in dispute["sides"])
                lines.append(f"{tr('Sources differ')} ({dispute['about'].rstrip('.')}): {sides}")
            known.paragraphs[0].add_run("\n".join(lines) or tr("nothing more is known"))
        self.document.add_heading(tr("Sources"), level=2)
        for source in people["sources"]:
            self._line(f"{source['number']}  {source_line(source, tr)}", grey=True)

    def _told(self, event: dict[str, Any]) -> str:
        day = f"{self.phrases.day(event['date'])}: " if event["date"] else ""
        sources = " [" + ", ".join(map(str, event["s"])) + "]" if event["s"] else ""
        return f"{day}{event['v']}{sources}"

    def _line(self, text: str, *, grey: bool = False, right: bool = False) -> None:
        paragraph = self.document.add_paragraph()
        run = paragraph.add_run(text)
        run.font.size = Pt(9 if grey else 10.5)
        if grey:
            run.font.color.rgb = GREY
        if right:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT

    def _saved(self) -> bytes:
        title = f"{self.phrases('Joint letter')} {self.data['packet']['ref']}"
        without_maker(self.document, title=title, lang=self.phrases.lang)
        out = io.BytesIO()
        self.document.save(out)
        return plain_zip(out.getvalue())
