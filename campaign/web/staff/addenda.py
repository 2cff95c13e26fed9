"""Addenda: staff see how many signatures of a packet have become void, and strike them with one button."""

from flask import abort, redirect, url_for
from flask.typing import ResponseReturnValue

from campaign.collaborators import now
from campaign.database import after_commit
from campaign.domain.packets import striking
from campaign.web.accounts.guards import account
from campaign.web.staff import bp, record
from campaign.web.staff.packets import packet_or_404


@bp.post("/packets/<reference>/addenda")
def strike(reference: str) -> ResponseReturnValue:
    packet = packet_or_404(reference)
    made = striking.make(packet, by=account().printed_name, at=now())
    void = sum(len(made.frozen[kind]) for kind in ("withdrawn", "removed", "paper"))
    record("addendum made", "packet", reference, addendum=made.reference, void=void)
    return redirect(url_for("staff.packet", reference=reference, _anchor="h-addenda"), 303)


@bp.post("/addenda/<reference>/build")
def build_addendum(reference: str) -> ResponseReturnValue:
    """After a fault was mended: let a worker print it."""
    found = striking.found(reference) or abort(404)
    found.fault = None
    after_commit("addenda")
    record("addendum tried again", "packet", found.packet.reference, addendum=reference)
    return redirect(url_for("staff.packet", reference=found.packet.reference, _anchor="h-addenda"), 303)
