"""The way of a packet after it is built: printed, passed on, handed over, receipted, answered."""

from collections.abc import Callable
from typing import TypeVar

from flask import Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField

from campaign.collaborators import collaborators, now, phrases
from campaign.database import db
from campaign.domain.errors import Refused
from campaign.domain.news import heralding
from campaign.domain.packets import copying, delivering, receipting, striking
from campaign.domain.packets.delivering import DayWrong, WordsMissing
from campaign.domain.packets.receipting import ScanRefused
from campaign.gateways.scans import Scans
from campaign.models.delivery import Delivery, DeliveryState, Outcome
from campaign.models.packet import Packet
from campaign.web.accounts.guards import account, signed_in
from campaign.web.staff import bp, record
from campaign.web.staff.forms import (
    AnswerForm,
    CopiesForm,
    HandOverForm,
    PassOnForm,
    PrintedForm,
    ReceiptForm,
    ReferenceForm,
    ScanForm,
)
from campaign.web.staff.packets import packet_or_404

Form = TypeVar("Form", bound=FlaskForm)
FORMS: dict[str, type[FlaskForm]] = {
    "printed": PrintedForm,
    "copies": CopiesForm,
    "pass-on": PassOnForm,
    "hand-over": HandOverForm,
    "receipt": ReceiptForm,
    "reference": ReferenceForm,
    "scan": ScanForm,
    "answer": AnswerForm,
}
FIELD: dict[type[Refused], str] = {DayWrong: "on", WordsMissing: "words"}  # beside which its sentence stands
NEXT: dict[DeliveryState | None, tuple[str, ...]] = {
    None: ("printed",),
    DeliveryState.PREPARED: ("hand-over", "pass-on", "copies"),
    DeliveryState.HANDED_OVER: ("receipt", "answer", "scan", "pass-on", "copies"),
    DeliveryState.RECEIPTED: ("answer", "scan", "reference", "pass-on", "copies"),
    DeliveryState.ANSWERED: ("scan", "reference"),
    DeliveryState.CLOSED: ("scan", "reference"),
}


@bp.get("/packets/<reference>/delivery")
def delivery(reference: str) -> str:
    return _page(packet_or_404(reference))


@bp.post("/packets/<reference>/delivery/printed")
def printed(reference: str) -> ResponseReturnValue:
    def act(form: PrintedForm, packet: Packet) -> None:
        copies, place = form.copies.data or 1, form.place.data or ""
        delivering.prepare(packet, copies=copies, place=place, by=account().printed_name, at=now())

    return _step(reference, "printed", PrintedForm, act)


@bp.post("/packets/<reference>/delivery/copies")
def print_more(reference: str) -> ResponseReturnValue:
    def act(form: CopiesForm, packet: Packet) -> None:
        copies, whom, by = form.copies.data or 1, form.meant_for.data or "", account().printed_name
        delivering.print_more(_delivery_of(packet), copies=copies, meant_for=whom, by=by, at=now())

    return _step(reference, "copies", CopiesForm, act)


@bp.post("/packets/<reference>/delivery/pass-on")
def pass_on(reference: str) -> ResponseReturnValue:
    def act(form: PassOnForm, packet: Packet) -> None:
        what, place = form.what.data or "", form.place.data or ""
        by, on = account().printed_name, form.on.data
        delivering.pass_on(_delivery_of(packet), what, place=place, on=on, by=by, at=now())

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
        delivering.receipt(
            _delivery_of(packet),
            reference=form.reference.data or "",
            on=form.on.data,
            place=form.place.data or "",
            by=account().printed_name,
            at=now(),
        )

    return _step(reference, "receipt", ReceiptForm, act)


@bp.post("/packets/<reference>/delivery/reference")
def refer(reference: str) -> ResponseReturnValue:
    def act(form: ReferenceForm, packet: Packet) -> None:
        delivering.refer(_delivery_of(packet), form.reference.data or "", by=account().printed_name, at=now())

    return _step(reference, "reference", ReferenceForm, act)


@bp.before_app_request
def _leave_room_for_a_scan() -> None:
    """Other forms are a few lines (app.py). Only somebody who is signed in may send more, and only here."""
    if request.endpoint == "staff.keep_scan" and signed_in() is not None:
        request.max_content_length = receipting.MOST_BYTES + 64 * 1024


@bp.post("/packets/<reference>/delivery/scan")
def keep_scan(reference: str) -> ResponseReturnValue:
    """The signed receipt, written anew; see domain/packets/receipting.py."""

    def act(form: ScanForm, packet: Packet) -> None:
        found, by, store = _delivery_of(packet), account().printed_name, collaborators().store
        receipting.keep(found, uploaded(form.file), by=by, at=now(), scanner=Scans(), store=store)

    return _step(reference, "scan", ScanForm, act)


@bp.post("/packets/<reference>/delivery/scan/<int:id>")
def scan(reference: str, id: int) -> Response:
    """Hand the kept receipt to staff. It bears a name, so the journal has its row before the first byte."""
    found, store = _delivery_of(packet_or_404(reference)), collaborators().store
    row = receipting.found(found, id) or abort(404)
    if not store.holds(receipting.path(found, row)):
        abort(404)
    record("receipt looked at", "packet", reference, scan=row.id)
    db.session.commit()
    kind = "application/pdf" if row.name.endswith(".pdf") else "image/jpeg"
    name = f"receipt-{reference}-{row.id}.{row.name.rpartition('.')[2]}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(store.read(receipting.path(found, row)), mimetype=kind, headers=headers)


@bp.post("/packets/<reference>/delivery/answer")
def answer(reference: str) -> ResponseReturnValue:
    def act(form: AnswerForm, packet: Packet) -> None:
        words, by = form.words.data or "", account().printed_name
        delivering.answer(_delivery_of(packet), words, on=form.on.data, by=by, at=now())

    return _step(reference, "answer", AnswerForm, act)


@bp.post("/packets/<reference>/delivery/tell")
def tell_supporters(reference: str) -> ResponseReturnValue:
    """To everybody who asked for news of the campaign, in fixed words."""
    heralding.tell(_delivery_of(packet_or_404(reference)), phrases, account_id=account().id, at=now())
    record("supporters told", "packet", reference)
    return redirect(url_for("staff.delivery", reference=reference), 303)


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
    except (DayWrong, WordsMissing, ScanRefused) as fault:
        db.session.rollback()
        field = form[FIELD.get(type(fault), "file")]
        field.errors = [_(fault.sentence)]
        return _page(packet_or_404(reference), {name: form}), 422
    record(f"delivery: {name}", "packet", reference)
    return redirect(url_for("staff.delivery", reference=reference), 303)


def _page(packet: Packet, sent: dict[str, FlaskForm] | None = None) -> str:
    found = delivering.of(packet)
    steps = NEXT[found.state if found else None]
    if found and found.state is DeliveryState.PREPARED and delivering.when(packet, delivering.PRINTED) is None:
        steps = ("printed", *steps)
    forms = {name: (sent or {}).get(name) or make(formdata=None) for name, make in FORMS.items()}
    return render_template(
        "staff/delivery.html",
        packet=packet,
        delivery=found,
        forms=forms,
        next=steps,
        may_tell=found is not None and heralding.may_tell(found),
        copies=copying.of(packet),
        scans=receipting.of(found) if found else [],
        struck=striking.news(packet) if found else None,
        outcomes=list(Outcome),
        today=now().date(),
    )


def uploaded(field: FileField) -> bytes:
    """The file that was sent; what the web server kept of it aside is given back at once."""
    if not field.data:
        return b""
    with field.data.stream as stream:
        content: bytes = stream.read()
    return content


def _delivery_of(packet: Packet) -> Delivery:
    return delivering.of(packet) or abort(404)
