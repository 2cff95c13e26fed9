"""What waits, what is stuck."""

from flask import render_template

from campaign.collaborators import now
from campaign.domain import overseeing, releasing, reminding, retention
from campaign.models.packet import PacketState
from campaign.web.accounts.guards import account
from campaign.web.staff import bp

WAITS = (PacketState.DRAFT, PacketState.CHECKED, PacketState.SEALED, PacketState.BUILT)


@bp.get("")
def start() -> str:
    at = now()
    return render_template(
        "staff/start.html",
        at=at,
        account=account(),
        reminders=reminding.due(at=at),
        releases=releasing.waiting(at=at),
        undecided=retention.undecided(at=at),
        waiting=overseeing.waiting(at=at),
        letters=overseeing.letters(),
        faults=overseeing.faults_of_letters(),
        petitions=overseeing.petitions()[:10],
        packets=[(p, overseeing.delivery(p)) for p in overseeing.packets() if p.state in WAITS][:20],
    )
