"""Copies that show signers: asked for, approved by another, fetched once, encrypted (domain/packets/releasing.py)."""

from flask import Response, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import Length

from campaign.collaborators import collaborators, now
from campaign.database import db
from campaign.domain.links import Purpose
from campaign.domain.packets import entrusting, keyholding, manifest, preparing, releasing
from campaign.domain.packets.entrusting import Recipient
from campaign.domain.packets.releasing import CodeWrong, KeyUnusable, ReasonMissing
from campaign.gateways import parcels
from campaign.models.packet import Packet
from campaign.models.release import Release, Way
from campaign.web.accounts import codes
from campaign.web.accounts.guards import account
from campaign.web.accounts.limits import CODES
from campaign.web.fields import Address, Tick
from campaign.web.staff import bp
from campaign.web.staff.downloads import NotHere
from campaign.web.staff.forms import LINE, NEEDED, Choice
from campaign.web.staff.packets import packet_or_404
from campaign.web.throttle import limiter


class AskForm(FlaskForm):
    key = Choice()
    reason = StringField(validators=[Length(max=300)])


class RecipientForm(FlaskForm):
    organisation = StringField(validators=[NEEDED, LINE])
    email = Address()
    key = Choice()
    is_addressee = Tick()
    why = StringField(validators=[NEEDED, Length(max=300)])


class CodeForm(FlaskForm):
    code = StringField(validators=[Length(max=20)])


@bp.get("/packets/<reference>/copies")
def releases(reference: str) -> str:
    return _page(packet_or_404(reference), AskForm(formdata=None))


@bp.post("/packets/<reference>/copies")
def ask_release(reference: str) -> ResponseReturnValue:
    found = packet_or_404(reference)
    form = _offered(AskForm(), found)
    try:
        if not form.validate():
            return _page(found, form), 422
        releasing.ask(found, keyholding.found(int(form.key.data)), form.reason.data or "", by=account(), at=now())
    except (KeyUnusable, ReasonMissing) as fault:
        form["key" if isinstance(fault, KeyUnusable) else "reason"].errors = [_(fault.sentence)]
        return _page(found, form), 422
    return redirect(url_for("staff.releases", reference=reference), 303)


@bp.post("/packets/<reference>/recipients")
def name_recipient(reference: str) -> ResponseReturnValue:
    """An office that may fetch the packet itself; see domain/packets/entrusting.py."""
    found = packet_or_404(reference)
    form = _offered_to(RecipientForm(), found)
    if not form.validate():
        return _page(found, AskForm(formdata=None), form), 422
    key = keyholding.found(int(form.key.data)) if form.key.data else None
    whom = Recipient(form.organisation.data or "", form.email.address, key, bool(form.is_addressee.data))
    try:
        entrusting.name(found, whom, form.why.data or "", by=account(), at=now(), seal=collaborators().seal)
    except KeyUnusable as fault:
        form.key.errors = [_(fault.sentence)]
        return _page(found, AskForm(formdata=None), form), 422
    return redirect(url_for("staff.releases", reference=reference), 303)


@bp.post("/releases/<int:id>/approve")
def approve_release(id: int) -> ResponseReturnValue:
    found = releasing.by_id(id) or abort(404)
    releasing.approve(found, by=account(), at=now())
    if found.way is Way.RECIPIENT:
        entrusting.invite(found, at=now())
    return redirect(url_for("staff.releases", reference=found.packet.reference), 303)


@bp.post("/releases/<int:id>/close")
def close_release(id: int) -> ResponseReturnValue:
    found = releasing.by_id(id) or abort(404)
    releasing.close(found, by=account(), at=now())
    return redirect(url_for("staff.releases", reference=found.packet.reference), 303)


@bp.get("/release/<token>")
def release_page(token: str) -> str:
    """The link of the letter. Opening it uses nothing up."""
    found = _linked(token)
    releasing.check_fetch(found, by=account(), at=now())
    return _fetch_page(found, token, CodeForm(formdata=None))


@bp.post("/release/<token>")
@limiter.limit(CODES)
def fetch_release(token: str) -> ResponseReturnValue:
    """Used up, numbered and written into log and journal; all of that is committed before the first byte."""
    found, form, who, at = releasing.held(_linked(token)), CodeForm(), account(), now()
    releasing.check_fetch(found, by=who, at=at)
    if not codes.is_right(who, form.code.data or ""):
        releasing.wrong_code(found, by=who.id, at=at)
        db.session.commit()
        form.code.errors = [_(CodeWrong().sentence)]
        return _fetch_page(found, token, form), 422
    reference, store = found.packet.reference, collaborators().store
    names = store.names(f"packets/{reference}")
    if manifest.NAME not in names:
        raise NotHere
    large = preparing.is_large(found.packet)
    if large and not (preparing.is_ready(found) and store.holds(preparing.path(found))):
        preparing.ask(found, at=at)
        return redirect(url_for("staff.releases", reference=reference), 303)
    copy = releasing.fetch(found, by=who, looked=large, at=at)
    db.session.commit()
    key, stem = found.key, f"{reference}-copy-{copy.number}"
    if large:
        headers = {"Content-Disposition": f'attachment; filename="{stem}.zip.age"'}
        file = store.open(preparing.path(found))
        return Response(parcels.read_out(file), mimetype="application/octet-stream", headers=headers)
    note = releasing.copy_note(found)
    db.session.commit()
    pieces = parcels.numbered(store, f"packets/{reference}", stem, names, note)
    file = parcels.locked(pieces, key.public_key if key else "")
    headers = {"Content-Disposition": f'attachment; filename="{stem}.zip.age"'}
    return Response(parcels.read_out(file), mimetype="application/octet-stream", headers=headers)


def _linked(token: str) -> Release:
    claim = collaborators().links.claim(Purpose.STAFF, token)
    return releasing.found(claim.public_id) or abort(404)


def _fetch_page(found: Release, token: str, form: CodeForm) -> str:
    asks = not account().is_demonstration
    return render_template("staff/release.html", release=found, token_of_link=token, form=form, asks=asks)


def _offered(form: AskForm, packet: Packet) -> AskForm:
    form.key.offered = _keys_for(packet)
    return form


def _offered_to(form: RecipientForm, packet: Packet) -> RecipientForm:
    form.key.offered = [("", _("Not encrypted: only for totals")), *_keys_for(packet)]
    return form


def _keys_for(packet: Packet) -> list[tuple[str, str]]:
    fitting = (key for key in keyholding.usable() if releasing.suits(packet, key))
    return [(str(key.id), f"{key.holder} · {key.fingerprint[:16]}") for key in fitting]


def _page(packet: Packet, form: AskForm, naming: RecipientForm | None = None) -> str:
    at, who, links = now(), account(), collaborators().links
    rows = releasing.of(packet)
    mine = {row.id for row in rows if row.asked_by_id == who.id and releasing.can_be_fetched(row, at=at)}
    return render_template(
        "staff/releases.html",
        packet=packet,
        form=_offered(form, packet),
        naming=naming or _offered_to(RecipientForm(formdata=None), packet),
        shows_signers=releasing.shows_signers(packet),
        codes={row.id: links.code(row.public_id) for row in rows if entrusting.is_open(row, at=at)},
        rows=rows,
        me=who,
        waiting={row.id for row in rows if releasing.awaits_approval(row, at=at)},
        preparing=[row.id for row in rows if preparing.awaits_worker(row)],
        ready=[row.id for row in rows if row.id in mine and preparing.is_ready(row)],
        tokens={row.id: links.token(Purpose.STAFF, row.public_id, 1) for row in rows if row.id in mine},
    )
