"""Paper: sheets are issued and printed, recorded with a scan when they return, or written off."""

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from campaign.collaborators import collaborators, now
from campaign.database import db
from campaign.domain import journalling
from campaign.domain.packets import contents, receipting
from campaign.domain.packets.receipting import ScanRefused
from campaign.domain.paper import collecting, issuing
from campaign.domain.paper.collecting import Arrival, Cabinet, ReturnedAlready, TooManyLines
from campaign.domain.signatures import reviewing
from campaign.gateways.scans import Scans
from campaign.models.packet import Paper
from campaign.models.paper import PaperSheet, SheetEnd
from campaign.models.petition import Petition, PetitionText
from campaign.web.accounts.guards import account, signed_in
from campaign.web.staff import bp, record
from campaign.web.staff.deliveries import uploaded
from campaign.web.staff.petitions import petition_or_404
from campaign.web.staff.sheet_forms import (
    END_WORDS,
    VOID_WORDS,
    EndForm,
    IssueForm,
    PrintForm,
    ReturnForm,
    WriteOffForm,
)

OF_THE_CODE = (
    issuing.CodeIncomplete,
    issuing.OtherPetition,
    issuing.SheetUnknown,
    issuing.CheckWrong,
    issuing.OtherWords,
    ReturnedAlready,
)


@bp.get("/petitions/<slug>/sheets")
def sheets(slug: str) -> str:
    return _page(petition_or_404(slug))


@bp.post("/petitions/<slug>/sheets")
def issue_sheets(slug: str) -> ResponseReturnValue:
    """Register the next numbers; they are printed with a button of their own, as often as a printer jams."""
    petition, form = petition_or_404(slug), IssueForm()
    form.words.offered = [(str(text.id), text.lang) for text in _texts(petition)]
    if not form.validate():
        return _page(petition, issue=form), 422
    text = next(text for text in _texts(petition) if str(text.id) == form.words.data)
    whom = (form.issued_to.data or "").strip()
    order = issuing.Order(form.sheets.data or 1, form.lines.data or 1, text, Paper(form.paper.data), whom)
    try:
        rows = issuing.issue(petition, order, by=account(), at=now(), seal=collaborators().seal)
    except issuing.CodeNeeded as fault:
        form.issued_to.errors = [_(fault.sentence)]
        return _page(petition, issue=form), 422
    first, last = rows[0].number, rows[-1].number
    record("sheets issued", "petition", slug, first=first, last=last, lines=order.lines, to=whom, lang=text.lang)
    flash(_("Sheets %(first)s to %(last)s are registered. Print them now.", first=first, last=last), "success")
    return redirect(url_for("staff.sheets", slug=slug, first=first, last=last), 303)


@bp.post("/petitions/<slug>/sheets/print")
def print_sheets(slug: str) -> ResponseReturnValue:
    """The sheets of these numbers as one PDF. They belong to one order, so that they are alike."""
    petition, form = petition_or_404(slug), PrintForm()
    first, last = form.first.data or 0, form.last.data or 0
    rows = issuing.sheets(petition, first=first, last=last) if form.validate() else []
    kinds = {(row.text_id, row.lines, row.paper) for row in rows}
    if len(kinds) != 1 or len(rows) > issuing.MOST_SHEETS:
        form.first.errors = [_("Choose numbers that were issued together, at most %(n)s.", n=issuing.MOST_SHEETS)]
        return _page(petition, printing=form), 422
    tools = collaborators()
    desk, data = tools.desk(), issuing.page_data(rows, tools.desk().sender)
    record("sheets printed", "petition", slug, first=first, last=last)
    db.session.commit()  # nothing is held while the press runs
    printed = desk.printer.alone("paper-sheet", data)
    headers = {"Content-Disposition": f'attachment; filename="sheets-{slug}-{first:04}-{last:04}.pdf"'}
    return Response(printed.pdf, mimetype="application/pdf", headers=headers)


@bp.before_app_request
def _leave_room_for_a_sheet() -> None:
    """As for a receipt: only somebody who is signed in may send more than a few lines, and only here."""
    if request.endpoint == "staff.return_sheet" and signed_in() is not None:
        request.max_content_length = receipting.MOST_BYTES + 64 * 1024


@bp.post("/petitions/<slug>/sheets/return")
def return_sheet(slug: str) -> ResponseReturnValue:
    petition, form, tools = petition_or_404(slug), ReturnForm(), collaborators()
    if not form.validate():
        return _page(petition, returning=form), 422
    cabinet = Cabinet(Scans(), tools.store, tools.seal)
    came = Arrival(form.code.data or "", form.seen.data or 0, uploaded(form.file))
    try:
        row = collecting.receive(petition, came, by=account(), at=now(), cabinet=cabinet)
    except (*OF_THE_CODE, TooManyLines, ScanRefused) as fault:
        db.session.rollback()
        box = (
            form.file if isinstance(fault, ScanRefused) else form.seen if isinstance(fault, TooManyLines) else form.code
        )
        box.errors = [_(fault.sentence)]
        return _page(petition_or_404(slug), returning=form), 422
    record("sheet returned", "sheet", sheet_id(row), seen=came.seen, scan_sha256=row.scans[-1].kept_sha256)
    return redirect(url_for("staff.sheet", slug=slug, number=row.number), 303)


@bp.get("/petitions/<slug>/sheets/<int:number>")
def sheet(slug: str, number: int) -> str:
    return sheet_page(sheet_or_404(slug, number))


@bp.post("/petitions/<slug>/sheets/<int:number>/scan")
def sheet_scan(slug: str, number: int) -> Response:
    """The scan, for whoever types it in. It shows names and hands: the journal has its row before the first byte."""
    row, tools = sheet_or_404(slug, number), collaborators()
    kept = collecting.scan_of(row)
    if kept is None:
        raise collecting.NoScan
    if not tools.names_opener.key_ids:
        raise reviewing.NoNamesKey
    record("sheet looked at", "sheet", sheet_id(row))
    db.session.commit()
    content = collecting.open_scan(kept, store=tools.store, opener=tools.names_opener)
    kind, end = ("application/pdf", "pdf") if kept.is_pdf else ("image/jpeg", "jpg")
    headers = {"Content-Disposition": f'inline; filename="sheet-{number:04}.{end}"'}
    return Response(content, mimetype=kind, headers=headers)


@bp.post("/petitions/<slug>/sheets/<int:number>/write-off")
def write_off_sheet(slug: str, number: int) -> ResponseReturnValue:
    row, form = sheet_or_404(slug, number), WriteOffForm()
    if not form.validate():
        return sheet_page(row, writing_off=form), 422
    collecting.write_off(row, SheetEnd(form.why.data), at=now())
    record("sheet written off", "sheet", sheet_id(row), why=str(form.why.data))
    return redirect(url_for("staff.sheet", slug=slug, number=number), 303)


def sheet_or_404(slug: str, number: int) -> PaperSheet:
    return issuing.found(petition_or_404(slug), number) or abort(404)


def sheet_id(row: PaperSheet) -> str:
    """How the journal calls it."""
    return f"{row.petition.reference}-P{row.number:04}"


def sheet_page(row: PaperSheet, *, writing_off: WriteOffForm | None = None, ending: EndForm | None = None) -> str:
    return render_template(
        "staff/sheet.html",
        row=row,
        petition=row.petition,
        code=issuing.printed_code(row),
        scan=collecting.scan_of(row),
        mine=collecting.keyed_by(row, account().id),
        lines={line.line: line for line in row.signed},
        history=journalling.of("sheet", sheet_id(row)),
        writing_off=writing_off or WriteOffForm(formdata=None),
        ending=ending or EndForm(formdata=None),
        end_words=END_WORDS,
        void_words=VOID_WORDS,
        has_key=bool(collaborators().names_opener.key_ids),
    )


def _texts(petition: Petition) -> list[PetitionText]:
    """What can be signed today, in each language."""
    return [petition.text, *petition.translations]


def _page(
    petition: Petition,
    *,
    issue: IssueForm | None = None,
    printing: PrintForm | None = None,
    returning: ReturnForm | None = None,
) -> str:
    asked = {name: request.args.get(name, type=int) for name in ("first", "last")}
    return render_template(
        "staff/sheets.html",
        petition=petition,
        rows=list(reversed(issuing.sheets(petition))),
        tally=contents.on_paper(petition.id),
        issue=issue or IssueForm(formdata=None),
        printing=printing or PrintForm(formdata=None, data=asked),
        returning=returning or ReturnForm(formdata=None),
        texts=[(str(text.id), f"{text.lang}, {text.title}") for text in _texts(petition)],
        papers=[(paper.value, "A4" if paper is Paper.A4 else "US Letter") for paper in Paper],
        is_open=petition.is_open(now()),
        end_words=END_WORDS,
        counted=ngettext("%(num)s line counts.", "%(num)s lines count.", petition.paper_count),
    )
