"""Reminders of a delivery: a day to ask again, and the words to ask with."""

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField

from campaign.collaborators import collaborators, now
from campaign.domain.packets import delivering, reminding
from campaign.domain.packets.reminding import DayGone
from campaign.models.delivery import Delivery, Reminder
from campaign.models.packet import Packet
from campaign.web.accounts.guards import account
from campaign.web.staff import bp, record
from campaign.web.staff.forms import LINE, NEEDED, Day
from campaign.web.staff.packets import packet_or_404


class ReminderForm(FlaskForm):
    on = Day(validators=[NEEDED])
    note = StringField(validators=[LINE])


@bp.get("/packets/<reference>/reminders")
def reminders(reference: str) -> str:
    packet = packet_or_404(reference)
    return _page(packet, _delivery_of(packet), ReminderForm(formdata=None))


@bp.post("/packets/<reference>/reminders")
def set_reminder(reference: str) -> ResponseReturnValue:
    packet, form = packet_or_404(reference), ReminderForm()
    delivery = _delivery_of(packet)
    try:
        if not form.validate():
            return _page(packet, delivery, form), 422
        reminding.set_for(delivery, form.on.data, note=form.note.data or "", by=account(), at=now())
    except DayGone as fault:
        form.on.errors = [_(fault.sentence)]
        return _page(packet, delivery, form), 422
    record("reminder set", "packet", reference, day=form.on.data.isoformat())
    return _back(packet)


@bp.post("/reminders/<int:id>/done")
def reminder_done(id: int) -> ResponseReturnValue:
    row = _reminder_or_404(id)
    reminding.done(row, at=now())
    record("reminder done", "packet", row.delivery.packet.reference)
    return _back(row.delivery.packet)


@bp.post("/reminders/<int:id>/postpone")
def reminder_postpone(id: int) -> ResponseReturnValue:
    row, form = _reminder_or_404(id), ReminderForm()
    packet = row.delivery.packet
    try:
        if not form.validate():
            return _page(packet, row.delivery, ReminderForm(formdata=None), {id: form}), 422
        reminding.postpone(row, form.on.data, at=now())
    except DayGone as fault:
        form.on.errors = [_(fault.sentence)]
        return _page(packet, row.delivery, ReminderForm(formdata=None), {id: form}), 422
    record("reminder postponed", "packet", packet.reference, day=form.on.data.isoformat())
    return _back(packet)


@bp.post("/reminders/<int:id>/send")
def reminder_send(id: int) -> ResponseReturnValue:
    """Mail the addressee now. Nothing of this ever happens by itself."""
    row = _reminder_or_404(id)
    packet = row.delivery.packet
    reminding.send(row, by=account(), at=now(), seal=collaborators().seal)
    record("reminder sent to the addressee", "packet", packet.reference, addressee=packet.addressee_id)
    return _back(packet)


def _page(packet: Packet, delivery: Delivery, form: ReminderForm, moving: dict[int, ReminderForm] | None = None) -> str:
    return render_template(
        "staff/reminders.html",
        packet=packet,
        delivery=delivery,
        form=form,
        rows=reminding.of(delivery),
        is_open=delivery.state in reminding.OPEN,
        can_be_mailed=reminding.can_be_mailed(packet, on=now().date()),
        words=_words(packet, delivery),
        moving=moving or {},
        empty=ReminderForm(formdata=None),
        today=now().date(),
    )


def _words(packet: Packet, delivery: Delivery) -> str:
    """Exactly what would be mailed, in the language of the packet."""
    tools = collaborators().settings
    told = {"site_name": tools.site_name, "site_url": tools.site_url, "postal_address": tools.mail_postal_address}
    with force_locale(packet.petition.text.lang):
        return render_template("letters/addressee-reminder/body.txt", **reminding.words_for(delivery), **told).strip()


def _reminder_or_404(id: int) -> Reminder:
    return reminding.by_id(id) or abort(404)


def _delivery_of(packet: Packet) -> Delivery:
    return delivering.of(packet) or abort(404)


def _back(packet: Packet) -> ResponseReturnValue:
    return redirect(url_for("staff.reminders", reference=packet.reference), 303)
