"""A named recipient fetches a digital packet: the link shows, the button acts, and the code came by another way.

Nothing of a signer is on these pages; what is fetched is encrypted wherever it shows one.
"""

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.collaborators import collaborators, now
from campaign.database import db
from campaign.domain.errors import Refused
from campaign.domain.links import Purpose
from campaign.domain.packets import entrusting, manifest, preparing, releasing
from campaign.domain.packets.entrusting import RecipientCodeWrong
from campaign.gateways import parcels
from campaign.models.release import Release
from campaign.web import fields
from campaign.web.mailed import bp, tokens


class PacketElsewhere(Refused):
    """The files are not on this machine at the moment. Nothing is lost; try again in an hour."""


@bp.get("/recipient/<token>")
@tokens.limited
def recipient(token: str) -> ResponseReturnValue:
    return _page(_access(token), token)


@bp.post("/recipient/<token>/fetch")
@tokens.limited
def fetch_packet(token: str) -> ResponseReturnValue:
    """Number, mark and journal are committed before the first byte."""
    row = releasing.held(_access(token))
    entrusting.check_open(row, at=now())
    if not _knows_the_code(row):
        return _page(row, token, _(RecipientCodeWrong().sentence)), 422
    reference, store = row.packet.reference, collaborators().store
    names = store.names(f"packets/{reference}")
    if manifest.NAME not in names:
        raise PacketElsewhere
    large = preparing.is_large(row.packet)
    if large and not (preparing.is_ready(row) and store.holds(preparing.path(row))):
        preparing.ask(row, at=now())
        return redirect(url_for("mailed.recipient", token=token), 303)
    copy = entrusting.fetch(row, looked=large, at=now())
    db.session.commit()
    if large:
        headers = {"Content-Disposition": f'attachment; filename="{reference}-copy-{copy.number}.zip.age"'}
        kept = store.open(preparing.path(row))
        return Response(parcels.read_out(kept), mimetype="application/octet-stream", headers=headers)
    key, stem = row.key.public_key if row.key else "", f"{reference}-copy-{copy.number}"
    note = releasing.copy_note(row)
    db.session.commit()
    pieces = parcels.numbered(store, f"packets/{reference}", stem, names, note)
    if not key:
        headers = {"Content-Disposition": f'attachment; filename="{stem}.zip"'}
        return Response(pieces, mimetype="application/zip", headers=headers)
    headers = {"Content-Disposition": f'attachment; filename="{stem}.zip.age"'}
    file = parcels.locked(pieces, key)
    return Response(parcels.read_out(file), mimetype="application/octet-stream", headers=headers)


@bp.post("/recipient/<token>/received")
@tokens.limited
def packet_received(token: str) -> ResponseReturnValue:
    row = releasing.held(_access(token))
    entrusting.check_open(row, at=now())
    if not _knows_the_code(row):
        return _page(row, token, _(RecipientCodeWrong().sentence)), 422
    entrusting.receive(row, at=now())
    return redirect(url_for("mailed.recipient", token=token), 303)


def _access(token: str) -> Release:
    return entrusting.opened(tokens.claim(Purpose.RECIPIENT, token).public_id)


def _knows_the_code(row: Release) -> bool:
    """A wrong code is counted, and that is committed although the answer is a refusal."""
    fields.refuse_doubled_fields()
    if collaborators().links.code_is_right(row.public_id, request.form.get("code", "")[:40]):
        return True
    releasing.wrong_code(row, by=None, at=now())
    db.session.commit()
    return False


def _page(row: Release, token: str, error: str = "") -> str:
    at = now()
    return render_template(
        "mailed/recipient.html",
        access=row,
        token=token,
        is_open=entrusting.is_open(row, at=at),
        until=entrusting.closes_at(row),
        preparing=preparing.awaits_worker(row),
        prepared=preparing.is_ready(row),
        error=error,
    )
