"""Teaming: who writes a campaign together, and who may do what.

A draft has a team from its first moment, with its author as the owner. Owner and editors write and send; viewers read
drafts and numbers; nobody else learns that a draft is there. What becomes a campaign keeps its team, and what changes
that campaign is written by that team, or by staff. A team has one owner, always.

An invitation is seen by the invited alone and joins nobody by itself, so that no owner can find out by typing
addresses who has an account here.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select, text, update
from sqlalchemy.types import Integer, String

from campaign.database import Moment, db
from campaign.domain.accounts import organising
from campaign.domain.errors import OwnerOnly, Refused
from campaign.domain.journalling import note
from campaign.models.account import Account, RoleName
from campaign.models.campaign import Campaign
from campaign.models.draft import Draft, DraftState
from campaign.models.team import DraftHand, Part, Team, TeamInvitation, TeamMember

INVITED_FOR = timedelta(days=14)


class OwnerStays(Refused):
    """A team is never without an owner. Hand it on to somebody else in the team first."""


class NotInTeam(Refused):
    """This person is not in the team, or has left it meanwhile."""


class InvitationOver(Refused):
    """This invitation is over: it was called back, answered already, or is older than two weeks."""


# What others ask


def part_of(account: Account, thing: Campaign | Draft | Team) -> Part | None:
    """What this account is in the team of that campaign or draft; None for everybody who is not in it."""
    team = select(TeamMember.part).join(Team, Team.id == TeamMember.team_id)
    team = team.where(TeamMember.account_id == account.id)
    if isinstance(thing, Campaign):
        return db.session.scalar(team.where(Team.campaign_id == thing.id))
    return db.session.scalar(team.where(Team.id == (thing.id if isinstance(thing, Team) else thing.team_id)))


def may_see(account: Account, campaign: Campaign) -> bool:
    """Whether the numbers behind a campaign are this account's to read: anybody in its team, and staff."""
    return part_of(account, campaign) is not None or is_staff(account)


def may_write(account: Account, thing: Campaign | Draft) -> bool:
    """Owner and editors; a campaign, but no draft of others, may be changed by staff too."""
    part = part_of(account, thing)
    return (part is not None and part.writes) or (isinstance(thing, Campaign) and is_staff(account))


def is_staff(account: Account) -> bool:
    """Staff, as far as they may act as staff: with a second factor."""
    return account.has_any_role(RoleName.STAFF, RoleName.ADMIN) and account.has_second_factor


def campaigns_of(account: Account) -> Sequence[tuple[Campaign, Part]]:
    """The campaigns whose team this account is in, by title."""
    rows = db.session.execute(
        select(Campaign, TeamMember.part)
        .join(Team, Team.campaign_id == Campaign.id)
        .join(TeamMember, TeamMember.team_id == Team.id)
        .where(TeamMember.account_id == account.id)
        .order_by(Campaign.title)
    )
    return [(campaign, part) for campaign, part in rows]


def had_a_hand(account: Account, draft: Draft) -> bool:
    """Whether this account wrote in the draft, or may: then somebody else has to approve it, even if it left since."""
    wrote = db.session.get(DraftHand, (draft.id, account.id)) is not None
    return wrote or draft.account_id == account.id or may_write(account, draft)


def hands(draft: Draft) -> Sequence[DraftHand]:
    """Everybody who had a hand in it, the first first."""
    rows = select(DraftHand).where(DraftHand.draft_id == draft.id)
    return db.session.scalars(rows.order_by(DraftHand.first_at, DraftHand.account_id)).all()


def changes(campaign: Campaign) -> Sequence[Draft]:
    """What was approved for it, the latest first: each with its words, its hands and whoever approved it."""
    query = select(Draft).where(Draft.campaign_id == campaign.id, Draft.state == DraftState.APPROVED)
    return db.session.scalars(query.order_by(Draft.decided_at.desc(), Draft.id.desc())).all()


def writers(draft: Draft) -> Sequence[Account]:
    """Owner and editors as they are now: whom a letter about the draft is for."""
    return db.session.scalars(
        select(Account)
        .join(TeamMember, TeamMember.account_id == Account.id)
        .where(TeamMember.team_id == draft.team_id, TeamMember.part != Part.VIEWER, Account.active)
        .order_by(Account.id)
    ).all()


# How a team comes about


def found(owner: Account, *, at: datetime) -> Team:
    team = Team(created_at=at)
    team.members = [TeamMember(account_id=owner.id, part=Part.OWNER, since=at)]
    db.session.add(team)
    db.session.flush()
    return team


def of_campaign(campaign: Campaign) -> Team | None:
    return db.session.scalar(select(Team).where(Team.campaign_id == campaign.id))


def for_change(campaign: Campaign, author: Account, *, at: datetime) -> Team:
    """The team of the campaign, for those of it who write; staff write for themselves, and the team stays theirs."""
    team, part = of_campaign(campaign), part_of(author, campaign)
    return team if team is not None and part is not None and part.writes else found(author, at=at)


def pass_on(draft: Draft, campaign: Campaign, *, at: datetime) -> None:
    """What was a draft has become that campaign: the team goes with it. One team stands for one campaign."""
    team = draft.team
    if team is None:
        return
    if team.campaign_id is not None:
        members = [TeamMember(account_id=m.account_id, part=m.part, since=at) for m in team.members]
        team = Team(created_at=at, members=members)
        db.session.add(team)
        draft.team = team
    team.campaign_id = campaign.id
    db.session.flush()


def appoint(campaign: Campaign, owner: Account, *, by: Account, at: datetime) -> Team:
    """Staff give a campaign an owner: one that never had a team, or whose owner cannot be reached any more."""
    team = of_campaign(campaign)
    if team is None:
        team = found(owner, at=at)
        team.campaign_id = campaign.id
    else:
        _make_owner(team, owner.id, at=at)
    _note("team owner appointed", team, by, at=at, account=owner.id)
    return team


def note_hand(draft: Draft, account: Account, *, saved: bool = True, at: datetime) -> None:
    """Remember that this account had a hand in the draft."""
    hand = db.session.get(DraftHand, (draft.id, account.id))
    if hand is None:
        hand = DraftHand(draft_id=draft.id, account_id=account.id, savings=0, first_at=at, last_at=at)
        db.session.add(hand)
    if saved:
        hand.savings, hand.last_at = hand.savings + 1, at
    db.session.flush()


# Inside a team


def team_of(team_id: int, account: Account) -> Team | None:
    """The team of that number for somebody who is in it; nobody else ever finds it."""
    mine = select(TeamMember.team_id).where(TeamMember.account_id == account.id)
    query = select(Team).where(Team.id == team_id, Team.id.in_(mine))
    return db.session.scalar(query.execution_options(populate_existing=True).with_for_update(of=Team))


def owned(team_id: int, account: Account) -> Team | None:
    """The same, to say who is in it. Raises OwnerOnly for everybody else in the team."""
    team = team_of(team_id, account)
    if team is not None:
        _needs_owner(team, account)
    return team


def drafts_of(team: Team) -> Sequence[Draft]:
    return db.session.scalars(select(Draft).where(Draft.team_id == team.id).order_by(Draft.id)).all()


def invite(team: Team, address: str, part: Part, *, by: Account, at: datetime) -> None:
    """Ask whoever has that address, if anybody, to join. The same statements run if nobody has. Raises OwnerOnly."""
    _needs_owner(team, by)
    values = {"team": team.id, "email": address.lower(), "part": part.value, "by": by.id, "at": at}
    db.session.execute(_FORGET_INVITATION, values)
    db.session.execute(_INVITE, values)
    organising.post_to_address("team-invited", address, at=at)
    _note("team: invited", team, by, at=at, part=part.value)


def invitations(account: Account, *, at: datetime) -> Sequence[TeamInvitation]:
    """What this account is asked to join and has not answered."""
    return db.session.scalars(
        select(TeamInvitation)
        .where(TeamInvitation.account_id == account.id, TeamInvitation.invited_at > at - INVITED_FOR)
        .order_by(TeamInvitation.invited_at)
    ).all()


def accept(team_id: int, account: Account, *, at: datetime) -> Team:
    """Join. Raises InvitationOver."""
    invitation = _invitation(team_id, account, at=at)
    team = invitation.team
    if part_of(account, team) is None:
        db.session.add(TeamMember(team_id=team.id, account_id=account.id, part=invitation.part, since=at))
        _note("team: joined", team, account, at=at, part=invitation.part.value)
    db.session.delete(invitation)
    db.session.flush()
    db.session.expire(team, ["members"])
    return team


def decline(team_id: int, account: Account, *, at: datetime) -> None:
    """Do not join; nobody is told. Raises InvitationOver."""
    db.session.delete(_invitation(team_id, account, at=at))
    db.session.flush()


def call_back(team: Team, *, by: Account, at: datetime) -> None:
    """Take back every invitation that nobody has answered. Raises OwnerOnly."""
    _needs_owner(team, by)
    db.session.execute(delete(TeamInvitation).where(TeamInvitation.team_id == team.id))
    _note("team: invitations called back", team, by, at=at)


def change_part(team: Team, account_id: int, part: Part, *, by: Account, at: datetime) -> None:
    """Editor or viewer; the owner's part is only ever handed on. Raises OwnerOnly, OwnerStays, NotInTeam."""
    _needs_owner(team, by)
    member = _member(team, account_id)
    if member.part is Part.OWNER or part is Part.OWNER:
        raise OwnerStays
    member.part = part
    db.session.flush()
    _note("team: part changed", team, by, at=at, account=account_id, part=part.value)


def remove(team: Team, account_id: int, *, by: Account, at: datetime) -> None:
    """Out at once, from every draft. Raises OwnerOnly, OwnerStays, NotInTeam."""
    _needs_owner(team, by)
    _take_out(team, account_id)
    _note("team: removed", team, by, at=at, account=account_id)


def leave(team: Team, account: Account, *, at: datetime) -> None:
    """Raises OwnerStays."""
    _take_out(team, account.id)
    _note("team: left", team, account, at=at)


def hand_on(team: Team, account_id: int, *, by: Account, at: datetime) -> None:
    """Make somebody else in the team its owner, and oneself an editor. Raises OwnerOnly, NotInTeam."""
    _needs_owner(team, by)
    _member(team, account_id)
    _make_owner(team, account_id, at=at)
    _note("team: handed on", team, by, at=at, account=account_id)


def _make_owner(team: Team, account_id: int, *, at: datetime) -> None:
    """One owner before, one after; never two, which the database would refuse."""
    db.session.execute(
        update(TeamMember).where(TeamMember.team_id == team.id, TeamMember.part == Part.OWNER).values(part=Part.EDITOR)
    )
    db.session.expire(team, ["members"])
    member = db.session.get(TeamMember, (team.id, account_id), populate_existing=True)
    if member is None:
        member = TeamMember(team_id=team.id, account_id=account_id, since=at)
        db.session.add(member)
    member.part = Part.OWNER
    db.session.flush()
    db.session.expire(team, ["members"])


def _take_out(team: Team, account_id: int) -> None:
    member = _member(team, account_id)
    if member.part is Part.OWNER:
        raise OwnerStays
    db.session.delete(member)
    db.session.flush()
    db.session.expire(team, ["members"])


def _member(team: Team, account_id: int) -> TeamMember:
    member = db.session.get(TeamMember, (team.id, account_id), populate_existing=True)
    if member is None:
        raise NotInTeam
    return member


def _needs_owner(team: Team, account: Account) -> None:
    if part_of(account, team) is not Part.OWNER:
        raise OwnerOnly


def _invitation(team_id: int, account: Account, *, at: datetime) -> TeamInvitation:
    invitation = db.session.get(TeamInvitation, (team_id, account.id))
    if invitation is None or invitation.invited_at <= at - INVITED_FOR:
        raise InvitationOver
    return invitation


def _note(act: str, team: Team, by: Account, *, at: datetime, **details: str | int) -> None:
    note(act, "team", str(team.id), account_id=by.id, at=at, **details)


_WHO = "SELECT id FROM account WHERE lower(email) = :email AND active"
_FORGET_INVITATION = text(
    f"DELETE FROM team_invitation WHERE team_id = :team AND account_id IN ({_WHO})"  # noqa: S608 - a constant of ours
).bindparams(bindparam("email", type_=String()))
_INVITE = text(
    """
    INSERT INTO team_invitation (team_id, account_id, part, invited_by_id, invited_at)
    SELECT :team, id, :part, :by, :at FROM account WHERE lower(email) = :email AND active
        AND id NOT IN (SELECT account_id FROM team_member WHERE team_id = :team)
    """
).bindparams(
    bindparam("team", type_=Integer()),
    bindparam("part", type_=String()),
    bindparam("by", type_=Integer()),
    bindparam("email", type_=String()),
    bindparam("at", type_=Moment()),
)
