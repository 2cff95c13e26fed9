"""Emptying: free words that somebody wrote to us, once they have done their work.

A report may hold a witness's own story, a rejected proposal a family that must not be found, an old version of a
record what had to be taken back because repeating it does harm. None of it is sealed, as staff must read it at once;
so it does not stay. The row stays with its state, day and decision.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, String, and_, cast, func, null, or_, select, update

from campaign.database import db
from campaign.models.draft import Draft, DraftState
from campaign.models.report import Report, ReportState
from campaign.models.revision import Revision

REPORTS_LAST = timedelta(days=90)  # after staff have looked
UNREAD_REPORTS_LAST = timedelta(days=365)
AUTHORS_LAST = timedelta(days=30)  # a visitor's address, after the decision that was mailed to it
REFUSED_DRAFTS_LAST = timedelta(days=90)
APPROVED_DRAFTS_LAST = timedelta(days=365)
HARMFUL_WORDS_LAST = timedelta(days=30)
HIDDEN_WORDS_LAST = timedelta(days=365)
BATCH = 500
_NO_WORDS = "{}"  # an emptied JSON value, as both databases write it


def empty_reports(*, at: datetime) -> int:
    """Empty the words of reports that staff looked at 90 days ago, or that lay a year; how many."""
    over = and_(Report.state != ReportState.OPEN, Report.looked_at_at < at - REPORTS_LAST)
    done: CursorResult[Any] = db.session.execute(  # type: ignore[assignment]
        update(Report)
        .where(Report.words != "", or_(over, Report.at < at - UNREAD_REPORTS_LAST))
        .values(words="")
        .execution_options(synchronize_session=False)
    )
    return done.rowcount


def empty_authors(*, at: datetime) -> int:
    """Delete the sealed addresses of visitors whose proposal was decided thirty days ago; how many."""
    done: CursorResult[Any] = db.session.execute(  # type: ignore[assignment]
        update(Draft)
        .where(Draft.email_box.is_not(None), Draft.decided_at < at - AUTHORS_LAST)
        .values(email_box=None)
        .execution_options(synchronize_session=False)
    )
    return done.rowcount


def empty_drafts(*, at: datetime) -> int:
    """Empty drafts that are over: refused and taken back after 90 days, approved after a year; how many."""
    refused = and_(
        Draft.state.in_([DraftState.REJECTED, DraftState.WITHDRAWN]),
        func.coalesce(Draft.decided_at, Draft.saved_at) < at - REFUSED_DRAFTS_LAST,
    )
    approved = and_(Draft.state == DraftState.APPROVED, Draft.decided_at < at - APPROVED_DRAFTS_LAST)
    done: CursorResult[Any] = db.session.execute(  # type: ignore[assignment]
        update(Draft)
        .where(cast(Draft.content, String) != _NO_WORDS, or_(refused, approved))
        .values(content={}, replaced=null(), reason_words="")
        .execution_options(synchronize_session=False)
    )
    return done.rowcount


def empty_revisions(*, at: datetime) -> int:
    """Empty old words that would do harm again after 30 days, and those that nobody ever read after a year."""
    harmful = and_(Revision.may_be_repeated.is_(False), Revision.at < at - HARMFUL_WORDS_LAST)
    hidden = and_(Revision.was_public.is_(False), Revision.is_public.is_(False), Revision.at < at - HIDDEN_WORDS_LAST)
    emptied = 0
    for which, columns in ((harmful, ("was",)), (hidden, ("was", "now"))):
        full = or_(*(cast(getattr(Revision, name), String) != _NO_WORDS for name in columns))
        ids = db.session.scalars(select(Revision.id).where(which, full).order_by(Revision.id).limit(BATCH)).all()
        if ids:
            db.session.execute(
                update(Revision)
                .where(Revision.id.in_(ids))
                .values({name: {} for name in columns})
                .execution_options(synchronize_session=False)
            )
        emptied += len(ids)
    return emptied
