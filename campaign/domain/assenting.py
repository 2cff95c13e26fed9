"""Assenting: what one person alone may not do. One asks and says why; another agrees, in time; then it is done, once.

A reason may speak of people, so it stands in the row, for those who decide, and the journal has only the row's number.
Each kind of act says in its own file who may ask and what follows (recovering, exporting, unveiling).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update

from campaign.database import db
from campaign.domain import pairing
from campaign.domain.errors import Refused
from campaign.domain.journalling import note
from campaign.models.account import Account
from campaign.models.assent import Assent, AssentKind, AssentState
from campaign.models.petition import Petition

ASKED_FOR = timedelta(days=3)  # to find somebody who agrees
AGREED_FOR = timedelta(hours=24)  # to do what was agreed to


class ReasonMissing(Refused):
    """Say why, in a sentence: whoever agrees answers for it too."""


class AskedAlready(Refused):
    """Somebody has asked for this already, and it is not decided yet."""


class AnotherNeeded(Refused):
    """You asked for this yourself, or it is about you, so somebody else has to agree."""


class AssentOver(Refused):
    """This was decided or used already, or its time is over. Ask again."""


def ask(
    kind: AssentKind,
    reason: str,
    *,
    by: Account,
    account: Account | None = None,
    petition: Petition | None = None,
    addressee_id: str = "",
    at: datetime,
) -> Assent:
    """Ask a second person. Raises ReasonMissing, AnotherNeeded where it is about oneself, AskedAlready."""
    if not reason.strip():
        raise ReasonMissing
    if account is not None and account.id == by.id:
        raise AnotherNeeded
    assent = Assent(
        kind=kind,
        state=AssentState.ASKED,
        account_id=account.id if account else None,
        petition_id=petition.id if petition else None,
        addressee_id=addressee_id or None,
        reason=reason.strip()[:500],
        asked_by_id=by.id,
        asked_at=at,
    )
    if any(_is_same(assent, other) for other in waiting(kind, at=at)):
        raise AskedAlready
    db.session.add(assent)
    db.session.flush()
    _note("second person asked for", assent, by, at=at)
    return assent


def waiting(*kinds: AssentKind, at: datetime) -> Sequence[Assent]:
    """What waits for a second person, the oldest first."""
    query = select(Assent).where(Assent.state == AssentState.ASKED, Assent.asked_at > at - ASKED_FOR)
    if kinds:
        query = query.where(Assent.kind.in_(kinds))
    return db.session.scalars(query.order_by(Assent.asked_at)).all()


def of(assent_id: int, *kinds: AssentKind) -> Assent | None:
    return db.session.scalar(
        select(Assent)
        .where(Assent.id == assent_id, Assent.kind.in_(kinds))
        .execution_options(populate_existing=True)
        .with_for_update(of=Assent)
    )


def agreed(kind: AssentKind, *, by: Account, petition: Petition, at: datetime) -> Sequence[Assent]:
    """What this account asked for on that petition, was agreed to, and is not used yet."""
    return db.session.scalars(
        select(Assent)
        .where(
            Assent.kind == kind,
            Assent.state == AssentState.AGREED,
            Assent.asked_by_id == by.id,
            Assent.petition_id == petition.id,
            Assent.agreed_at > at - AGREED_FOR,
        )
        .order_by(Assent.agreed_at)
    ).all()


def agree(assent: Assent, *, by: Account, at: datetime) -> None:
    """The second yes. Raises AssentOver, AnotherNeeded, NotTwoPeople."""
    if assent.state is not AssentState.ASKED or assent.asked_at <= at - ASKED_FOR:
        raise AssentOver
    if by.id in {assent.asked_by_id, assent.account_id}:
        raise AnotherNeeded
    pairing.check(assent.asked_by, by, at=at)
    assent.state, assent.agreed_by_id, assent.agreed_at = AssentState.AGREED, by.id, at
    db.session.flush()
    _note("second person agreed", assent, by, at=at)


def refuse(assent: Assent, *, by: Account, at: datetime) -> None:
    """No; or whoever asked calls it back. Raises AssentOver."""
    if assent.state is not AssentState.ASKED:
        raise AssentOver
    assent.state, assent.ended_at = AssentState.REFUSED, at
    db.session.flush()
    _note("second person refused", assent, by, at=at)


def use(assent: Assent, *, by: Account, at: datetime) -> None:
    """Spend it: one statement, so that two requests at one moment cannot both. Raises AssentOver, NotTwoPeople."""
    pairing.check(by, assent.agreed_by, at=at)
    spent = (
        update(Assent)
        .where(
            Assent.id == assent.id,
            Assent.asked_by_id == by.id,
            Assent.state == AssentState.AGREED,
            Assent.agreed_at > at - AGREED_FOR,
        )
        .values(state=AssentState.USED, ended_at=at)
        .returning(Assent.id)
        .execution_options(synchronize_session=False)
    )
    if db.session.scalar(spent) is None:
        raise AssentOver
    db.session.expire(assent)


def done(assent: Assent, *, at: datetime) -> None:
    """For what happens in the moment in which the second person agrees."""
    assent.state, assent.ended_at = AssentState.USED, at
    db.session.flush()


def _is_same(one: Assent, other: Assent) -> bool:
    alike = (one.account_id, one.petition_id, one.addressee_id or "") == (
        other.account_id,
        other.petition_id,
        other.addressee_id or "",
    )
    return alike and (one.kind is not AssentKind.TAKE_NAMES or one.asked_by_id == other.asked_by_id)


def _note(act: str, assent: Assent, by: Account, *, at: datetime) -> None:
    kind, subject = ("account", assent.account_id) if assent.account_id else ("petition", None)
    subject_id = str(subject) if subject else _slug(assent)
    note(act, kind, subject_id, account_id=by.id, at=at, what=assent.kind.value, assent=assent.id)


def _slug(assent: Assent) -> str:
    return db.session.scalar(select(Petition.slug).where(Petition.id == assent.petition_id)) or ""
