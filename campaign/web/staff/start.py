"""What waits, what is stuck."""

from flask import render_template

from campaign.collaborators import now
from campaign.domain import assenting, joining, overseeing, retention
from campaign.models.account import RoleName
from campaign.models.assent import AssentKind
from campaign.models.packet import PacketState
from campaign.web.accounts.guards import account
from campaign.web.staff import bp
from campaign.web.staff.assents import KINDS

WAITS = (PacketState.DRAFT, PacketState.CHECKED, PacketState.SEALED, PacketState.BUILT)


@bp.get("")
def start() -> str:
    at, is_admin = now(), account().has_any_role(RoleName.ADMIN)
    return render_template(
        "staff/start.html",
        at=at,
        account=account(),
        second_person=len(assenting.waiting(*KINDS, at=at)),
        sign_ups=len(joining.waiting()),
        resets=len(assenting.waiting(AssentKind.RESET_FACTOR, at=at)) if is_admin else 0,
        undecided=retention.undecided(at=at),
        waiting=overseeing.waiting(at=at),
        letters=overseeing.letters(),
        faults=overseeing.faults_of_letters(),
        petitions=overseeing.petitions()[:10],
        packets=[(p, overseeing.delivery(p)) for p in overseeing.packets() if p.state in WAITS][:20],
    )
