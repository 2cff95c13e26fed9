"""A packet's files as one zip. It may hold names, so the journal has its row before the first byte leaves."""

import zipfile
from collections.abc import Iterator

from flask import Response, abort

from campaign.collaborators import collaborators
from campaign.database import db
from campaign.domain import striking
from campaign.domain.errors import Refused
from campaign.domain.printing import Store
from campaign.models.packet import PacketState
from campaign.web.staff import bp, record
from campaign.web.staff.packets import packet_or_404

TIME = (1980, 1, 1, 0, 0, 0)  # the same files make the same zip


class NotHere(Refused):
    """The files of this packet are not on this machine. Build it again here, or fetch them where it was built."""


@bp.post("/packets/<reference>/download")
def download(reference: str) -> Response:
    """Stream the files. POST, so that no link and no cache can fetch it by itself."""
    found, store = packet_or_404(reference), collaborators().store
    if found.state is not PacketState.BUILT:
        abort(404)
    names = store.names(f"packets/{reference}")
    if "manifest.json" not in names:
        raise NotHere
    record("packet downloaded", "packet", reference, level=found.level.value, files=len(names))
    db.session.commit()
    headers = {"Content-Disposition": f'attachment; filename="{reference}.zip"'}
    return Response(_zip(store, f"packets/{reference}", reference, names), mimetype="application/zip", headers=headers)


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
    files = _zip(store, striking.folder(reference), reference, names)
    return Response(files, mimetype="application/zip", headers=headers)


class _Drain:
    """Takes what the zip writes and gives it on; nothing of it is kept."""

    def __init__(self) -> None:
        self.held: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.held.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """There is nothing below to flush."""

    def take(self) -> bytes:
        data = b"".join(self.held)
        self.held.clear()
        return data


def _zip(store: Store, folder: str, top: str, names: list[str]) -> Iterator[bytes]:
    drain = _Drain()
    with zipfile.ZipFile(drain, "w") as file:  # type: ignore[call-overload]
        for name in names:
            entry = zipfile.ZipInfo(f"{top}/{name}", TIME)
            entry.external_attr = 0o600 << 16
            file.writestr(entry, store.read(f"{folder}/{name}"))
            yield drain.take()
    yield drain.take()
