"""What to take along: the travel kit and the press sheet, without a signer in them, and the checklist of the day."""

from flask import Response, abort, render_template

from campaign.collaborators import collaborators
from campaign.database import db
from campaign.domain.packets import copying, delivering, manifest, striking, travelling
from campaign.gateways import parcels
from campaign.models.packet import Packet, PacketState
from campaign.web.staff import bp, record
from campaign.web.staff.downloads import NotHere
from campaign.web.staff.packets import packet_or_404


@bp.post("/packets/<reference>/travel-kit")
def travel_kit(reference: str) -> Response:
    packet, tools = _built_or_404(reference), collaborators()
    listed, names, data = _manifest(packet), travelling.files(packet), travelling.certificate_data(packet)
    record("travel kit taken", "packet", reference)
    db.session.commit()  # nothing is held while the press runs
    certificate = travelling.print_certificate(tools.desk().printer, data)
    contents = {name: _whole(packet.reference, name, listed) for name in names}
    contents["certificate.pdf"] = certificate
    contents[travelling.LIST] = travelling.list_of(packet, contents)
    db.session.rollback()
    stem = f"{reference}-travel-kit"
    headers = {"Content-Disposition": f'attachment; filename="{stem}.zip"'}
    files = parcels.zipped(tools.store, f"packets/{reference}", stem, [], contents)
    return Response(files, mimetype="application/zip", headers=headers)


@bp.post("/packets/<reference>/press-sheet")
def press_sheet(reference: str) -> Response:
    """One page with totals for journalists; it holds no signer."""
    packet = _built_or_404(reference)
    content = _whole(reference, travelling.PRESS, _manifest(packet))
    record("press sheet taken", "packet", reference)
    headers = {"Content-Disposition": f'attachment; filename="{reference}-press-sheet.pdf"'}
    return Response(content, mimetype="application/pdf", headers=headers)


@bp.get("/packets/<reference>/checklist")
def checklist(reference: str) -> str:
    """To be printed and ticked by hand on the day."""
    packet = _built_or_404(reference)
    return render_template(
        "staff/checklist.html",
        packet=packet,
        delivery=delivering.of(packet),
        copies=[copy for copy in copying.of(packet) if copy.kind.value == "paper"],
        files=travelling.printed_files(_manifest(packet)),
        addendum=striking.latest(packet),
        struck=striking.news(packet),
    )


def _built_or_404(reference: str) -> Packet:
    found = packet_or_404(reference)
    return found if found.state is PacketState.BUILT else abort(404)


def _manifest(packet: Packet) -> bytes:
    store, path = collaborators().store, f"packets/{packet.reference}/{manifest.NAME}"
    if not store.holds(path):
        raise NotHere
    return store.read(path)


def _whole(reference: str, name: str, listed: bytes) -> bytes:
    """The file as the manifest lists it; a file that was changed is not handed out."""
    store, path = collaborators().store, f"packets/{reference}/{name}"
    if not store.holds(path):
        raise NotHere
    content = store.read(path)
    if not travelling.is_whole(content, listed, name):
        raise NotHere
    return content
