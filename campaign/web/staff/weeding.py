"""Names struck from the sheets of a packet before it is sealed, with a reason, and back (domain/packets/weeding.py)."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import Length

from campaign.collaborators import now
from campaign.domain.packets import striking, weeding
from campaign.domain.packets.packing import OPEN_STATES
from campaign.domain.packets.weeding import NotThere, NumbersUnclear
from campaign.models.packet import Packet
from campaign.models.weeded import WeedingReason
from campaign.web.accounts.guards import account
from campaign.web.staff import bp, record
from campaign.web.staff.forms import NEEDED, Choice
from campaign.web.staff.packets import packet_or_404


class WeedingForm(FlaskForm):
    numbers = StringField(validators=[NEEDED, Length(max=2000)])
    reason = Choice([reason.value for reason in WeedingReason])


@bp.get("/packets/<reference>/strikes")
def strikes(reference: str) -> str:
    return _page(packet_or_404(reference), WeedingForm(formdata=None))


@bp.post("/packets/<reference>/strikes")
def strike_names(reference: str) -> ResponseReturnValue:
    found, form = packet_or_404(reference), WeedingForm()
    if not form.validate():
        return _page(found, form), 422
    try:
        typed = weeding.lines_in(form.numbers.data or "")
        new = weeding.strike(found, typed, WeedingReason(form.reason.data), by=account(), at=now())
    except (NumbersUnclear, NotThere) as fault:
        form.numbers.errors = [_(fault.sentence)]
        return _page(found, form), 422
    if new:
        lines = ", ".join([*striking.spans(typed.numbers), *(f"{sheet}/{line}" for sheet, line in typed.places)])[:500]
        record(
            "names struck before sealing", "packet", reference, number=new, lines=lines, reason=form.reason.data or ""
        )
    flash(ngettext("%(num)s name struck.", "%(num)s names struck.", new), "success")
    return redirect(url_for("staff.strikes", reference=reference), 303)


@bp.post("/packets/<reference>/strikes/<int:number>/back")
def put_name_back(reference: str, number: int) -> ResponseReturnValue:
    found = packet_or_404(reference)
    if weeding.put_back(found, number):
        record("struck name put back", "packet", reference, lines=str(number))
    return redirect(url_for("staff.strikes", reference=reference), 303)


@bp.post("/packets/<reference>/strikes/<int:sheet>/<int:line>/back")
def put_paper_name_back(reference: str, sheet: int, line: int) -> ResponseReturnValue:
    found = packet_or_404(reference)
    if weeding.put_back_on_paper(found, sheet, line):
        record("struck name put back", "packet", reference, lines=f"{sheet}/{line}")
    return redirect(url_for("staff.strikes", reference=reference), 303)


def _page(packet: Packet, form: WeedingForm) -> str:
    return render_template(
        "staff/weeding.html",
        packet=packet,
        form=form,
        rows=weeding.of(packet),
        on_paper=weeding.on_paper(packet),
        signatures=weeding.signatures_of(packet),
        is_open=packet.state in OPEN_STATES,
    )
