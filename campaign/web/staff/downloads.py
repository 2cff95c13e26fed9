"""Files as one zip: packets without signers, specimens, addenda. Names leave by another way, see releases.py."""

from flask import Response, abort

from campaign.collaborators import collaborators
from campaign.database import db
from campaign.domain.errors import Refused
from campaign.domain.packets import releasing, striking
from campaign.gateways import parcels
from campaign.models.packet import PacketState
from campaign.web.staff import bp, record
from campaign.web.staff.packets import packet_or_404


class NotHere(Refused):
    """The files of this packet are not on this machine. Build it again here, or fetch them where it was built."""


@bp.post("/packets/<reference>/download")
def download(reference: str) -> Response:
    """Stream the files. POST, so that no link and no cache can fetch it by itself."""
    found, store = packet_or_404(reference), collaborators().store
    if found.state is not PacketState.BUILT:
        abort(404)
    releasing.check_plain(found)
    names = store.names(f"packets/{reference}")
    if "manifest.json" not in names:
        raise NotHere
    record("packet downloaded", "packet", reference, level=found.level.value, files=len(names))
    db.session.commit()
    headers = {"Content-Disposition": f'attachment; filename="{reference}.zip"'}
    return Response(
        parcels.zipped(store, f"packets/{reference}", reference, names), mimetype="application/zip", headers=headers
    )


@bp.post("/addenda/<reference>/download")
def download_addendum(reference: str) -> Response:
    """Its PDF, record and manifest. Numbers only, so that it may leave as it is."""
    found, store = striking.found(reference), collaborators().store
    if found is None or found.built_at is None:
        abort(404)
    names = store.names(striking.folder(reference))
    if "manifest.json" not in names:
        raise NotHere
    record("addendum downloaded", "packet", found.packet.reference, addendum=reference)
    db.session.commit()
    headers = {"Content-Disposition": f'attachment; filename="{reference}.zip"'}
    files = parcels.zipped(store, striking.folder(reference), reference, names)
    return Response(files, mimetype="application/zip", headers=headers)
