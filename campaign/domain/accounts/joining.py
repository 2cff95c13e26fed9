"""Joining: somebody asks for a campaigner's account, and staff open one or do not.

The page answers alike whether or not the address has an account, or has asked before. What was typed is kept until
staff decide, thirty days at the most, and nothing of it goes into the journal.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, text, update
from sqlalchemy.types import String

from campaign.database import Moment, db
from campaign.domain import switching
from campaign.domain.accounts import organising
from campaign.domain.errors import Refused
from campaign.domain.journalling import note
from campaign.models.account import Account, RoleName, SignUp
from campaign.models.site import Switch

KEPT = timedelta(days=30)


class Decided(Refused):
    """Somebody has decided about this already."""


def is_stopped() -> bool:
    """Whether staff take no new campaigns at the moment, and so no new campaigners."""
    return switching.is_stopped(Switch.CREATING)


def ask(email: str, name: str, why: str, *, lang: str, at: datetime) -> None:
    """Keep it for staff; for an address that is known nothing is kept, by the same one statement.

    Raises CreatingStopped.
    """
    switching.refuse_creating()
    values = {"email": email.lower(), "name": name, "why": why, "lang": lang, "at": at}
    db.session.execute(_ASK, values)


def waiting() -> Sequence[SignUp]:
    """What staff have not decided, the oldest first."""
    return db.session.scalars(select(SignUp).where(SignUp.decided_at.is_(None)).order_by(SignUp.asked_at)).all()


def of(sign_up_id: int) -> SignUp | None:
    query = select(SignUp).where(SignUp.id == sign_up_id)
    return db.session.scalar(query.execution_options(populate_existing=True).with_for_update())


def approve(sign_up: SignUp, *, by: Account, at: datetime) -> None:
    """Open the account; a letter brings the link that sets its password. Raises Decided, AccountKnown."""
    if sign_up.decided_at is not None or sign_up.email is None:
        raise Decided
    email, name, lang = sign_up.email, sign_up.name, sign_up.lang
    _decided(sign_up, at=at)
    organising.open_account(email, RoleName.CAMPAIGNER, name=name, by=by, lang=lang, at=at)
    note("sign-up approved", "sign-up", str(sign_up.id), account_id=by.id, at=at)


def refuse(sign_up: SignUp, *, by: Account, at: datetime) -> None:
    """Open none. Nobody is written to: that mailbox may belong to somebody who never asked. Raises Decided."""
    if sign_up.decided_at is not None:
        raise Decided
    _decided(sign_up, at=at)
    note("sign-up refused", "sign-up", str(sign_up.id), account_id=by.id, at=at)


def forget(*, at: datetime) -> int:
    """Delete what nobody decided in thirty days; how many."""
    late = update(SignUp).where(SignUp.decided_at.is_(None), SignUp.asked_at <= at - KEPT)
    rows = db.session.scalars(late.values(email=None, name="", why="", decided_at=at).returning(SignUp.id)).all()
    return len(rows)


def _decided(sign_up: SignUp, *, at: datetime) -> None:
    sign_up.email, sign_up.name, sign_up.why, sign_up.decided_at = None, "", "", at
    db.session.flush()


_ASK = text(
    """
    INSERT INTO sign_up (email, name, why, lang, asked_at)
    SELECT :email, :name, :why, :lang, :at
    WHERE NOT EXISTS (SELECT 1 FROM account WHERE lower(email) = :email)
    ON CONFLICT (email) DO NOTHING
    """
).bindparams(
    bindparam("email", type_=String()),
    bindparam("name", type_=String()),
    bindparam("why", type_=String()),
    bindparam("lang", type_=String()),
    bindparam("at", type_=Moment()),
)
