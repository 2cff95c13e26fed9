"""Recovering: a second factor was lost. Two admins reset it together, or whoever runs the site on its command line.

Whoever can reset a second factor alone needs only a password to become anybody. So one admin asks and says why, another
agrees, and neither is the owner, who is written to. Every session of the account ends, passkeys and recovery codes go,
and the next sign-in sets up a new factor.
"""

from datetime import datetime

from campaign.domain import assenting
from campaign.domain.accounts import organising
from campaign.domain.assenting import AssentOver
from campaign.domain.errors import Refused
from campaign.models.account import Account, RoleName
from campaign.models.assent import Assent, AssentKind


class AdminsOnly(Refused):
    """Only two admins together reset a second factor."""


def ask(account: Account, reason: str, *, by: Account, at: datetime) -> Assent:
    """Raises AdminsOnly, ReasonMissing, AnotherNeeded, AskedAlready."""
    _needs_admin(by)
    return assenting.ask(AssentKind.RESET_FACTOR, reason, by=by, account=account, at=at)


def agree(assent: Assent, *, by: Account, at: datetime) -> None:
    """Reset it, now. Raises AdminsOnly, AnotherNeeded, AssentOver."""
    _needs_admin(by)
    if assent.account is None:
        raise AssentOver
    assenting.agree(assent, by=by, at=at)
    assenting.done(assent, at=at)
    organising.forget_second_factor(assent.account, by=by, at=at, asked_by=assent.asked_by_id)


def _needs_admin(account: Account) -> None:
    if not account.has_any_role(RoleName.ADMIN):
        raise AdminsOnly
