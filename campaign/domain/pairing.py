"""Pairing: when two accounts are two people, for whatever one person alone may not do.

Two accounts are soon made by one hand: whoever may open accounts could open one for a mailbox of their own and agree
to what they asked for themselves. So for a week an account counts as the hand of whoever opened it, which gives the
other admins, who see it in the list and in the journal, the time to ask who that is. And a yes is worth as much as the
account behind it: once somebody is no longer on the staff, what they asked for or agreed to opens nothing any more.
"""

from datetime import datetime, timedelta

from campaign.domain import journalling
from campaign.domain.errors import Refused
from campaign.models.account import Account

YOUNG = timedelta(days=7)
OPENED = "account opened"  # domain/accounts/organising.py writes it down


class NotTwoPeople(Refused):
    """This takes two people who are on the staff now, neither of whom opened the other’s account within the last seven
    days. Ask somebody else."""


def check(one: Account | None, other: Account | None, *, at: datetime) -> None:
    """Raises NotTwoPeople."""
    if not are_two(one, other, at=at):
        raise NotTwoPeople


def are_two(one: Account | None, other: Account | None, *, at: datetime) -> bool:
    if one is None or other is None or not (one.is_of_staff and other.is_of_staff):
        return False
    return not hands(one, at=at) & hands(other, at=at)


def hands(account: Account, *, at: datetime) -> set[int]:
    """The accounts that may be behind this one: itself and, while it is young, whoever opened it."""
    if account.created_at <= at - YOUNG:
        return {account.id}
    return {account.id, journalling.who_did(OPENED, "account", str(account.id)) or account.id}
