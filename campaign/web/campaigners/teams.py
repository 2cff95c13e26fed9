"""A team: who is in it and what for, asked to join, changed, taken out, handed on. Others find no such page."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.exceptions import TooManyRequests

from campaign.collaborators import now
from campaign.domain.accounts import teaming
from campaign.models.team import Part, Team
from campaign.web import throttle
from campaign.web.accounts.guards import account
from campaign.web.campaigners import bp
from campaign.web.fields import Address


class InviteForm(FlaskForm):
    email = Address()


@bp.get("/teams/<int:id>")
def team(id: int) -> str:
    return _page(_team_or_404(id), InviteForm(formdata=None))


@bp.post("/teams/<int:id>/invite")
@throttle.links
def invite(id: int) -> ResponseReturnValue:
    """Ask somebody by address; the answer is the same whether or not there is such an account."""
    found, form = _owned_or_404(id), InviteForm()
    part = _part_or_400()
    if not form.validate():
        return _page(found, form), 422
    if not throttle.may_mail_links(form.email.address):
        raise TooManyRequests(retry_after=throttle.HOUR)
    teaming.invite(found, form.email.address, part, by=account(), at=now())
    flash(_("If that address has an account here, a letter asks its owner to join, for two weeks."), "success")
    return _back(id)


@bp.post("/teams/<int:id>/call-back")
def call_back(id: int) -> ResponseReturnValue:
    teaming.call_back(_owned_or_404(id), by=account(), at=now())
    flash(_("No invitation is open any more."), "success")
    return _back(id)


@bp.post("/teams/<int:id>/members/<int:member>/part")
def change_part(id: int, member: int) -> ResponseReturnValue:
    teaming.change_part(_owned_or_404(id), member, _part_or_400(), by=account(), at=now())
    return _back(id)


@bp.post("/teams/<int:id>/members/<int:member>/remove")
def remove_member(id: int, member: int) -> ResponseReturnValue:
    teaming.remove(_owned_or_404(id), member, by=account(), at=now())
    return _back(id)


@bp.post("/teams/<int:id>/members/<int:member>/own")
def hand_on(id: int, member: int) -> ResponseReturnValue:
    """Make that member the owner; one stays as an editor."""
    teaming.hand_on(_owned_or_404(id), member, by=account(), at=now())
    return _back(id)


@bp.post("/teams/<int:id>/leave")
def leave_team(id: int) -> ResponseReturnValue:
    teaming.leave(_team_or_404(id), account(), at=now())
    flash(_("You have left the team."), "success")
    return redirect(url_for("campaigners.start"), 303)


@bp.post("/invitations/<int:id>/accept")
def accept_invitation(id: int) -> ResponseReturnValue:
    teaming.accept(id, account(), at=now())
    return _back(id)


@bp.post("/invitations/<int:id>/decline")
def decline_invitation(id: int) -> ResponseReturnValue:
    teaming.decline(id, account(), at=now())
    return redirect(url_for("campaigners.start"), 303)


def _page(found: Team, form: InviteForm) -> str:
    return render_template(
        "campaigners/team.html",
        team=found,
        part=teaming.part_of(account(), found),
        drafts=teaming.drafts_of(found),
        me=account(),
        form=form,
    )


def _team_or_404(id: int) -> Team:
    return teaming.team_of(id, account()) or abort(404)


def _owned_or_404(id: int) -> Team:
    return teaming.owned(id, account()) or abort(404)


def _part_or_400() -> Part:
    part = request.form.get("part", "")
    return Part(part) if part in set(Part) else abort(400)


def _back(id: int) -> ResponseReturnValue:
    return redirect(url_for("campaigners.team", id=id), 303)
