"""The filing register of a person: what lies where, since when, and what became of it."""

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.collaborators import now
from campaign.domain.communications import dossier, filing
from campaign.domain.errors import Refused
from campaign.models.communication import Filing
from campaign.models.prisoner import Prisoner
from campaign.web.accounts.guards import account
from campaign.web.staff import bp, record
from campaign.web.staff.communication_forms import FilingForm
from campaign.web.staff.communications import communication_or_404, sealed_page
from campaign.web.staff.prisoners import prisoner_or_404


@bp.get("/prisoners/<slug>/filings")
def filings(slug: str) -> str:
    return _page(prisoner_or_404(slug), FilingForm(formdata=None))


@bp.post("/prisoners/<slug>/filings")
def enter_filing(slug: str) -> ResponseReturnValue:
    found, form = prisoner_or_404(slug), FilingForm()
    if form.validate():
        try:
            row = filing.enter(found, form.filed(), by=account().printed_name, at=now())
        except Refused as fault:
            form.filed_on.errors = [_(fault.sentence)]
        else:
            record("filing entered", "prisoner", slug, filing=row.id, channel=row.channel.value)
            return redirect(url_for("staff.filings", slug=slug), 303)
    return _page(found, form), 422


@bp.get("/prisoners/<slug>/filings/<int:id>")
def filed(slug: str, id: int) -> str:
    found = prisoner_or_404(slug)
    row = _filing_or_404(found, id)
    return _page(found, FilingForm.of(row), row)


@bp.post("/prisoners/<slug>/filings/<int:id>")
def correct_filing(slug: str, id: int) -> ResponseReturnValue:
    found, form = prisoner_or_404(slug), FilingForm()
    row = _filing_or_404(found, id)
    if form.validate():
        try:
            changed = filing.correct(row, form.filed(), at=now())
        except Refused as fault:
            form.filed_on.errors = [_(fault.sentence)]
        else:
            record("filing corrected", "prisoner", slug, filing=id, fields=", ".join(changed))
            return redirect(url_for("staff.filings", slug=slug), 303)
    return _page(found, form, row), 422


@bp.post("/communications/<reference>/filing")
def submitted(reference: str) -> ResponseReturnValue:
    """The communication was handed in; the register has it from now on."""
    words, form = communication_or_404(reference), FilingForm()
    form.channel.data = words.channel.value
    if form.validate():
        try:
            row = filing.submit(words, form.filed(), by=account().printed_name, at=now())
        except (filing.DayAhead, filing.ResultBefore) as fault:
            form.filed_on.errors = [_(fault.sentence)]
        else:
            record("communication filed", "packet", reference, filing=row.id)
            return redirect(url_for("staff.communication", reference=reference, _anchor="filing"), 303)
    return sealed_page(words, form), 422


def _page(found: Prisoner, form: FilingForm, row: Filing | None = None) -> str:
    rows = filing.of(found)
    clashes = {each.id: filing.against(found, each.channel, but=each) for each in rows if not each.is_over}
    return render_template(
        "staff/filings.html",
        prisoner=found,
        rows=rows,
        row=row,
        form=form,
        clashes=clashes,
        dossier=dossier,
        packet=request.args.get("packet", "")[:24],
    )


def _filing_or_404(found: Prisoner, id: int) -> Filing:
    return next((row for row in filing.of(found) if row.id == id), None) or abort(404)
