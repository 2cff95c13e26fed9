"""Where campaigners begin: the drafts and campaigns of their teams, and what is public of others."""

from flask import render_template

from campaign.collaborators import now
from campaign.domain.accounts import teaming
from campaign.domain.drafts import drafting
from campaign.web.accounts.guards import account
from campaign.web.campaigners import bp


@bp.get("")
def start() -> str:
    """Numbers stand beside the campaigns of one's own teams only; what is public may be taken as an example."""
    who = account()
    return render_template(
        "campaigners/start.html",
        drafts=drafting.of(who),
        invitations=teaming.invitations(who, at=now()),
        campaigns=[(campaign, part, teaming.of_campaign(campaign)) for campaign, part in teaming.campaigns_of(who)],
        others=drafting.public_campaigns(),
        is_staff=teaming.is_staff(who),
    )
