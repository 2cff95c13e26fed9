"""Paper: a sheet is typed in by two people, each blind to the other; what differs is settled line by line."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from campaign.collaborators import collaborators, now
from campaign.database import db
from campaign.domain.cases import showing
from campaign.domain.errors import SealBroken
from campaign.domain.paper import collecting, keying
from campaign.domain.paper.collecting import TooManyLines
from campaign.domain.paper.keying import Compared, LineUnsettled, Typed
from campaign.domain.signatures import reviewing
from campaign.models.paper import LineState, PaperSheet, SheetState, VoidReason
from campaign.web import countries, languages
from campaign.web.accounts.guards import account
from campaign.web.staff import bp, record
from campaign.web.staff.sheet_forms import VOID_WORDS, EndForm, TypedLines, typed_lines
from campaign.web.staff.sheets import sheet_id, sheet_or_404, sheet_page

ANEW = "3"


@bp.get("/petitions/<slug>/sheets/<int:number>/key")
def key_page(slug: str, number: int) -> str:
    row = sheet_or_404(slug, number)
    if row.state is not SheetState.RETURNED:
        raise keying.NotReturned
    if collecting.keyed_by(row, account().id):
        raise keying.KeyedAlready
    if len(row.keyings) >= len(keying.TURNS):
        raise keying.KeyedTwice
    return _key_page(row, TypedLines())


@bp.post("/petitions/<slug>/sheets/<int:number>/key")
def key_sheet(slug: str, number: int) -> ResponseReturnValue:
    row, typed = sheet_or_404(slug, number), typed_lines(request.form)
    if typed.faults:
        return _key_page(row, typed), 422
    try:
        turn = keying.key(row, typed.lines, by=account(), at=now(), seal=collaborators().seal)
    except TooManyLines as fault:
        db.session.rollback()
        return _key_page(sheet_or_404(slug, number), typed, fault=_(fault.sentence)), 422
    signed = sum(line.state is LineState.SIGNED for line in typed.lines)
    record("sheet typed in", "sheet", sheet_id(row), turn=turn, signed=signed)
    flash(_("Kept. Nobody sees it before the other reading is there."), "success")
    return redirect(url_for("staff.sheet", slug=slug, number=number), 303)


@bp.get("/petitions/<slug>/sheets/<int:number>/compare")
def compare_page(slug: str, number: int) -> str:
    return _compare_page(sheet_or_404(slug, number), TypedLines())


@bp.post("/petitions/<slug>/sheets/<int:number>/compare/names")
def compare_names(slug: str, number: int) -> str:
    """Open the names of the lines in which they differ, and of no other."""
    row, opener = sheet_or_404(slug, number), collaborators().names_opener
    if not opener.key_ids:
        raise reviewing.NoNamesKey
    differing = [pair for pair in keying.compared(row) if pair.differs_in]
    record("names on paper compared", "sheet", sheet_id(row), lines=len(differing))
    db.session.commit()
    try:
        names = {pair.line: keying.names_of(pair, opener) for pair in differing}
    except SealBroken:
        raise reviewing.NoNamesKey from None
    return _compare_page(row, TypedLines(), names=names)


@bp.post("/petitions/<slug>/sheets/<int:number>/compare")
def settle_sheet(slug: str, number: int) -> ResponseReturnValue:
    row, typed = sheet_or_404(slug, number), typed_lines(request.form)
    anew = {line.line: line for line in typed.lines}
    taken = {pair.line: request.form.get(f"take-{pair.line}", "") for pair in keying.compared(row) if pair.differs_in}
    for line in [line for line in typed.faults if taken.get(line) != ANEW]:
        del typed.faults[line]
    if typed.faults:
        return _compare_page(row, typed, taken=taken), 422
    choices: dict[int, int | Typed] = {line: int(take) for line, take in taken.items() if take in {"1", "2"}}
    choices |= {line: anew[line] for line, take in taken.items() if take == ANEW and line in anew}
    about = {"by": account(), "at": now(), "seal": collaborators().seal}
    looked = "a third person" if keying.is_third(row, account()) else "one of the two who typed it in"
    try:
        made = keying.settle(row, choices, high_risk=showing.high_risk_countries(), **about)  # type: ignore[arg-type]
    except LineUnsettled as fault:
        db.session.rollback()
        return _compare_page(sheet_or_404(slug, number), typed, taken=taken, fault=_(fault.sentence)), 422
    counts = {"count": made[LineState.SIGNED], "void": made[LineState.VOID], "differed": len(taken)}
    record("sheet settled", "sheet", sheet_id(row), looked=looked, **counts)
    flash(ngettext("Settled: %(num)s line counts.", "Settled: %(num)s lines count.", counts["count"]), "success")
    return redirect(url_for("staff.sheet", slug=slug, number=number), 303)


@bp.post("/petitions/<slug>/sheets/<int:number>/line")
def end_line(slug: str, number: int) -> ResponseReturnValue:
    """A line is withdrawn at its signer's wish, or found to be void. It keeps its number."""
    row, form = sheet_or_404(slug, number), EndForm()
    line = keying.line_of(row, form.line.data or 0) if form.validate() else None
    if form.validate() and line is None:
        form.line.errors = [_("There is no such line on this sheet.")]
    if line is None:
        return sheet_page(row, ending=form), 422
    if form.why.data == LineState.WITHDRAWN.value:
        keying.withdraw(line, at=now())
    else:
        keying.void(line, VoidReason(form.why.data), at=now())
    record("line ended", "sheet", sheet_id(row), line=line.line, why=str(form.why.data))
    return redirect(url_for("staff.sheet", slug=slug, number=number), 303)


def _key_page(row: PaperSheet, typed: TypedLines, *, fault: str = "") -> str:
    return render_template("staff/sheet_key.html", fault=fault, **_about(row, typed))


def _compare_page(
    row: PaperSheet,
    typed: TypedLines,
    *,
    names: dict[int, tuple[str, str]] | None = None,
    taken: dict[int, str] | None = None,
    fault: str = "",
) -> str:
    pairs = keying.compared(row)
    return render_template(
        "staff/sheet_compare.html",
        pairs=pairs,
        differing=[pair for pair in pairs if pair.differs_in],
        standing=[_standing(pairs, turn) for turn in keying.TURNS],
        alike=keying.alike(row, pairs),
        names=names or {},
        taken=taken or {},
        fault=fault,
        has_key=bool(collaborators().names_opener.key_ids),
        may_settle=keying.may_settle(row, pairs, by=account()),
        **_about(row, typed),
    )


def _standing(pairs: list[Compared], turn: int) -> int:
    """How many signed lines one of the two has read."""
    return sum((pair.first if turn == 1 else pair.second).state is LineState.SIGNED for pair in pairs)


def _about(row: PaperSheet, typed: TypedLines) -> dict[str, object]:
    return {
        "row": row,
        "petition": row.petition,
        "typed": typed,
        "countries": countries.names(languages.chosen()),
        "void_words": VOID_WORDS,
    }
