"""The way of a packet after it is built: printed, passed on, handed over, receipted, answered."""

from collections.abc import Callable
from typing import TypeVar

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from campaign.collaborators import now
from campaign.database import db
from campaign.domain import delivering
from campaign.domain.delivering import DayWrong, WordsMissing
from campaign.models.delivery import Delivery, DeliveryState, Outcome
from campaign.models.packet import Packet
from campaign.web.accounts.guards import account
from campaign.web.staff import bp, record
from campaign.web.staff.forms import AnswerForm, HandOverForm, PassOnForm, PrintedForm, ReceiptForm
from campaign.web.staff.packets import packet_or_404

Form = TypeVar("Form", bound=FlaskForm)
FORMS: dict[str, type[FlaskForm]] = {
    "printed": PrintedForm,
    "pass-on": PassOnForm,
    "hand-over": HandOverForm,
    "receipt": ReceiptForm,
    "answer": AnswerForm,
}
NEXT: dict[DeliveryState | None, tuple[str, ...]] = {
    None: ("printed",),
    DeliveryState.PREPARED: ("hand-over", "pass-on"),
    DeliveryState.HANDED_OVER: ("receipt", "answer", "pass-on"),
    DeliveryState.RECEIPTED: ("answer", "pass-on"),
    DeliveryState.ANSWERED: (),
    DeliveryState.CLOSED: (),
}


@bp.get("/packets/<reference>/delivery")
def delivery(reference: str) -> str:
    return _page(packet_or_404(reference))


@bp.post("/packets/<reference>/delivery/printed")
def printed(reference: str) -> ResponseReturnValue:
    def act(form: PrintedForm, packet: Packet) -> None:
        delivering.prepare(packet, place=form.place.data or "", by=account().printed_name, at=now())

    return _step(reference, "printed", PrintedForm, act)


@bp.post("/packets/<reference>/delivery/pass-on")
def pass_on(reference: str) -> ResponseReturnValue:
    def act(form: PassOnForm, packet: Packet) -> None:
        what, place = form.what.data or "", form.place.data or ""
        delivering.pass_on(_delivery_of(packet), what, place=place, by=account().printed_name, at=now())

    return _step(reference, "pass-on", PassOnForm, act)


@bp.post("/packets/<reference>/delivery/hand-over")
def hand_over(reference: str) -> ResponseReturnValue:
    def act(form: HandOverForm, packet: Packet) -> None:
        delivering.hand_over(
            _delivery_of(packet),
            Outcome(form.outcome.data),
            on=form.on.data,
            place=form.place.data or "",
            words=form.words.data or "",
            by=account().printed_name,
            at=now(),
        )

    return _step(reference, "hand-over", HandOverForm, act)


@bp.post("/packets/<reference>/delivery/receipt")
def receipt(reference: str) -> ResponseReturnValue:
    def act(form: ReceiptForm, packet: Packet) -> None:
        theirs = form.reference.data or ""
        delivering.receipt(_delivery_of(packet), reference=theirs, by=account().printed_name, at=now())

    return _step(reference, "receipt", ReceiptForm, act)


@bp.post("/packets/<reference>/delivery/reference")
def refer(reference: str) -> ResponseReturnValue:
    def act(form: ReceiptForm, packet: Packet) -> None:
        delivering.refer(_delivery_of(packet), form.reference.data or "")

    return _step(reference, "receipt", ReceiptForm, act)


@bp.post("/packets/<reference>/delivery/answer")
def answer(reference: str) -> ResponseReturnValue:
    def act(form: AnswerForm, packet: Packet) -> None:
        words, by = form.words.data or "", account().printed_name
        delivering.answer(_delivery_of(packet), words, on=form.on.data, by=by, at=now())

    return _step(reference, "answer", AnswerForm, act)


@bp.post("/packets/<reference>/delivery/close")
def close(reference: str) -> ResponseReturnValue:
    packet = packet_or_404(reference)
    delivering.close(_delivery_of(packet), by=account().printed_name, at=now())
    record("delivery closed", "packet", reference)
    return redirect(url_for("staff.delivery", reference=reference), 303)


def _step(reference: str, name: str, make: type[Form], act: Callable[[Form, Packet], None]) -> ResponseReturnValue:
    """One step. What is wrong in the form is said beside its field, with everything kept; the rest by the domain."""
    packet, form = packet_or_404(reference), make()
    if not form.validate():
        return _page(packet, {name: form}), 422
    try:
        act(form, packet)
    except (DayWrong, WordsMissing) as fault:
        db.session.rollback()
        field = form["on" if isinstance(fault, DayWrong) else "words"]
        field.errors = [_(fault.sentence)]
        return _page(packet_or_404(reference), {name: form}), 422
    record(f"delivery: {name}", "packet", reference)
    return redirect(url_for("staff.delivery", reference=reference), 303)


def _page(packet: Packet, sent: dict[str, FlaskForm] | None = None) -> str:
    found = delivering.of(packet)
    forms = {name: (sent or {}).get(name) or make(formdata=None) for name, make in FORMS.items()}
    return render_template(
        "staff/delivery.html",
        packet=packet,
        delivery=found,
        forms=forms,
        next=NEXT[found.state if found else None],
        outcomes=list(Outcome),
        today=now().date(),
    )


def _delivery_of(packet: Packet) -> Delivery:
    return delivering.of(packet) or abort(404)
