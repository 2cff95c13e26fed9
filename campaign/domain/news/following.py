"""Following: an update that is on its way when somebody moves her news reaches her once, at the new address.

What has left is hers already and stays where it is. What has not left is given to the subscription at the new address,
row for row, so that the database goes on counting one letter for her; a letter that a worker has in its hands is given
back by the last look, which asks whose it is (domain/news/mailing.py), or recorded as sent on that same row.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import case, delete, exists, insert, literal, select, update
from sqlalchemy.orm import aliased

from campaign.database import after_commit, db
from campaign.domain.news import segmenting
from campaign.domain.news.updating import BELL
from campaign.models.letter import LetterState
from campaign.models.supporter import Subscription
from campaign.models.update import Update, UpdateLetter, UpdateState

_OPEN = (LetterState.QUEUED, LetterState.SENDING)
_UNDER_WAY = (UpdateState.SENDING, UpdateState.PAUSED)


def still_listed(old: Subscription) -> Sequence[Update]:
    """The updates that still give rows to their recipients and mean her, and have given her none.

    Asked while her old subscription is alive. They are held until the transaction ends, so that none is meanwhile.
    """
    listing = select(Update).where(
        Update.campaign_id == old.campaign_id, Update.state.in_(_UNDER_WAY), Update.fanned_out_at.is_(None)
    )
    rows = db.session.scalars(listing.order_by(Update.id).with_for_update(of=Update)).all()
    return [row for row in rows if _means(row, old) and not _has_row(row.id, old.id)]


def bring_along(old: Subscription, new: Subscription, listed: Sequence[Update], *, at: datetime) -> None:
    """Give the new address what has not left yet for the old one; `listed` is what `still_listed` said before."""
    hers = select(UpdateLetter.update_id).where(UpdateLetter.subscription_id == old.id, UpdateLetter.state.in_(_OPEN))
    db.session.execute(  # what the new address had left unread, when it did not want news, makes room
        delete(UpdateLetter)
        .where(UpdateLetter.subscription_id == new.id, UpdateLetter.state == LetterState.NOT_WANTED)
        .where(UpdateLetter.update_id.in_(hers))
        .execution_options(synchronize_session=False)
    )
    there = aliased(UpdateLetter)
    waits = UpdateLetter.state == LetterState.QUEUED  # the rest is in somebody's hands, under a lease
    db.session.execute(
        update(UpdateLetter)
        .where(UpdateLetter.subscription_id == old.id, UpdateLetter.state.in_(_OPEN))
        .where(~exists().where(there.update_id == UpdateLetter.update_id, there.subscription_id == new.id))
        .values(
            subscription_id=new.id,
            due_at=case((waits, literal(at, UpdateLetter.due_at.type)), else_=UpdateLetter.due_at),
            attempts=case((waits, 0), else_=UpdateLetter.attempts),
            has_turn=case((waits, False), else_=UpdateLetter.has_turn),
        )
        .execution_options(synchronize_session=False)
    )
    for row in listed:
        if not _has_row(row.id, new.id):
            values = {"update_id": row.id, "subscription_id": new.id, "state": LetterState.QUEUED, "due_at": at}
            db.session.execute(insert(UpdateLetter).values(attempts=0, has_turn=False, **values))
    after_commit(BELL)


def _means(row: Update, old: Subscription) -> bool:
    if row.begun_at is None:
        return False
    meant = segmenting.conditions(row.campaign_id, segmenting.read(row.segment), before=row.begun_at)
    return db.session.scalar(select(Subscription.id).where(Subscription.id == old.id, *meant)) is not None


def _has_row(update_id: int, subscription_id: int) -> bool:
    known = select(UpdateLetter.id).where(
        UpdateLetter.update_id == update_id, UpdateLetter.subscription_id == subscription_id
    )
    return db.session.scalar(known) is not None
