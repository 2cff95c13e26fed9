"""Organising: accounts and their roles, and the letters that go to their owners.

An account is opened by staff or by whoever runs the site, never by its owner, and without a password: its one link
sets it. Nobody learns from this site who has an account.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, func, select, text
from sqlalchemy.types import LargeBinary, String

from campaign.database import Moment, after_commit, db
from campaign.domain import posting
from campaign.domain.errors import Refused
from campaign.domain.journalling import note
from campaign.models.account import Account, Role, RoleName


class AccountKnown(Refused):
    """There is already an account with this address."""


class OwnAccount(Refused):
    """Nobody disables their own account: ask another admin."""


class AccountUnknown(Refused):
    """There is no account with this address."""


def open_account(
    email: str, role: RoleName, *, name: str = "", by: Account | None = None, lang: str = "en", at: datetime
) -> Account:
    """A new account with one role and no password. `email` is normalised. Raises AccountKnown.

    `by` is None for the command line, which prints the link; otherwise a letter brings it.
    """
    if find(email) is not None:
        raise AccountKnown
    account = Account(
        email=email.lower(),
        name=name,
        fs_uniquifier=new_mark(),
        created_at=at,
        roles=[role_named(role)],
    )
    db.session.add(account)
    db.session.flush()
    note("account opened", "account", str(account.id), account_id=by.id if by else None, at=at, role=role.value)
    if by is not None:
        posting.post("account-invited", at=at, account_id=account.id, lang=lang)
    return account


def invite_again(account: Account, *, by: Account, at: datetime) -> None:
    """Another letter with the link that sets the password."""
    posting.post("account-invited", at=at, account_id=account.id)
    note("account invited again", "account", str(account.id), account_id=by.id, at=at)


def set_active(account: Account, active: bool, *, by: Account, at: datetime) -> None:
    """Disable it, which ends every session and link at once, or enable it again. Raises OwnAccount."""
    if account.id == by.id:
        raise OwnAccount
    account.active, account.fs_uniquifier = active, new_mark()
    note("account enabled" if active else "account disabled", "account", str(account.id), account_id=by.id, at=at)


def everybody() -> Sequence[Account]:
    """Every account, by address."""
    return db.session.scalars(select(Account).order_by(Account.email)).all()


def find(email: str) -> Account | None:
    return db.session.scalar(select(Account).where(func.lower(Account.email) == email.lower()))


def found(email: str) -> Account:
    """The account of that address. Raises AccountUnknown."""
    account = find(email)
    if account is None:
        raise AccountUnknown
    return account


def role_named(name: RoleName) -> Role:
    role = db.session.scalar(select(Role).where(Role.name == name.value))
    if role is None:
        role = Role(name=name.value)
        db.session.add(role)
        db.session.flush()
    return role


def new_mark() -> str:
    """What a session's cookie carries; a new one ends every session and every link of the account."""
    return uuid.uuid4().hex


def rename(account: Account, name: str, title: str, *, at: datetime) -> None:
    """How certificates print the person. Packets sealed before keep what they were sealed with."""
    account.name, account.title = name.strip(), title.strip()
    note("account renamed", "account", str(account.id), account_id=account.id, at=at)


def forget_second_factor(account: Account, *, by: Account | None = None, at: datetime, **why: str | int) -> None:
    """After the loss of a telephone: the next sign-in sets up a new one. Ends all sessions; the owner is written to.

    `by` is None for the command line; two admins do it through domain/accounts/recovering.py.
    """
    account.tf_primary_method = account.tf_totp_secret = account.mf_recovery_codes = None
    account.webauthn.clear()
    account.fs_uniquifier = new_mark()
    note("second factor forgotten", "account", str(account.id), account_id=by.id if by else None, at=at, **why)
    write_to(account, "account-factor-reset", at=at)


def write_to(account: Account, kind: str, *, at: datetime) -> None:
    """Post a letter of that kind to the owner; the worker makes whatever link it holds."""
    posting.post(kind, at=at, account_id=account.id)


def ask_for_link(email: str, *, at: datetime) -> None:
    """Post the link for a new password, if the address has an account; the same one statement if it has not."""
    post_to_address("account-reset-password", email, at=at)


def post_to_address(kind: str, email: str, *, at: datetime) -> None:
    """Post a letter to whoever has an account of that address; the same one statement if nobody has."""
    values = {"letter": uuid.uuid4().bytes, "email": email.lower(), "at": at, "kind": kind}
    db.session.execute(_POST_TO_ADDRESS, values)
    after_commit("letters")


_POST_TO_ADDRESS = text(
    """
    INSERT INTO letter (public_id, kind, state, lang, account_id, params, attempts, posted_at, due_at)
    SELECT :letter, :kind, 'queued', 'en', id, '{}', 0, :at, :at FROM account WHERE lower(email) = :email AND active
    """
).bindparams(
    bindparam("letter", type_=LargeBinary()),
    bindparam("kind", type_=String()),
    bindparam("email", type_=String()),
    bindparam("at", type_=Moment()),
)
