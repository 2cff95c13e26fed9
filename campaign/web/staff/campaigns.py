"""A campaign as those see it who answer for it: who writes it, and every change with who made and who approved it."""

from itertools import pairwise

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy import select

from campaign.collaborators import now
from campaign.database import db
from campaign.domain.accounts import organising, teaming
from campaign.domain.accounts.organising import AccountUnknown
from campaign.domain.cases import proposal
from campaign.domain.cases.proposal import Content
from campaign.domain.drafts import comparing
from campaign.models.campaign import Campaign
from campaign.web import proposals
from campaign.web.accounts.guards import account, admins_only
from campaign.web.fields import Address
from campaign.web.staff import bp


class OwnerForm(FlaskForm):
    email = Address()


@bp.get("/campaigns/<slug>/changes")
def changes(slug: str) -> str:
    return _page(_campaign_or_404(slug), OwnerForm(formdata=None))


@bp.post("/campaigns/<slug>/owner")
@admins_only
def appoint_owner(slug: str) -> ResponseReturnValue:
    """Give it an owner: one that has no team, or whose owner cannot be reached any more."""
    found, form = _campaign_or_404(slug), OwnerForm()
    if not form.validate():
        return _page(found, form), 422
    try:
        owner = organising.found(form.email.address)
    except AccountUnknown as fault:
        form.email.errors = [_(fault.sentence)]
        return _page(found, form), 422
    teaming.appoint(found, owner, by=account(), at=now())
    flash(_("Changed and written into the journal."), "success")
    return redirect(url_for("staff.changes", slug=slug), 303)


def _page(found: Campaign, form: OwnerForm) -> str:
    drafts = teaming.changes(found)
    contents = [proposal.read(draft.content) for draft in drafts] + [Content()]
    rows = [[row for row in comparing.compared(old, new) if row.is_changed] for new, old in pairwise(contents)]
    return render_template(
        "staff/changes.html",
        campaign=found,
        team=teaming.of_campaign(found),
        changes=[(draft, teaming.hands(draft), changed) for draft, changed in zip(drafts, rows, strict=True)],
        labels=proposals.LABELS,
        form=form,
    )


def _campaign_or_404(slug: str) -> Campaign:
    return db.session.scalar(select(Campaign).where(Campaign.slug == slug)) or abort(404)
