"""Noticing: letters of news that nobody has to write: a number was reached, a letter was answered or closed, a person
released.

The words are fixed (domain/news/heralding.py) and name nobody. They go to those who asked for news and, where a
campaign has several letters, signed this one. A number is told at a quarter, half, three quarters and the whole of
the goal and at each goal after it: once each, the highest alone, and in one campaign not before a week is over; staff
may change the week, or set it to none. If signatures are removed and the number falls below, a letter that has not
left is deleted, one on its way is ended, and its page says so. An end is told an hour after it came, so that a
mistake can be undone; an answer on the page of a letter likewise, with all of the same day
(domain/news/answering.py), and it says too if it closed the letter. That somebody has died is for people to tell.
"""

import enum
import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.exc import IntegrityError

from campaign.database import db
from campaign.domain import limits, pausing
from campaign.domain.cases import concluding
from campaign.domain.journalling import note
from campaign.domain.news import answering, heralding, segmenting
from campaign.domain.news.answering import Answered
from campaign.domain.phrasing import Phrases
from campaign.domain.signatures import tallying
from campaign.models.campaign import PUBLIC_STATES, Campaign, State
from campaign.models.ending import OfficialAnswer
from campaign.models.petition import Petition
from campaign.models.prisoner import Status
from campaign.models.signature import DayCount
from campaign.models.update import Update, UpdateState, UpdateText

LEAST = 10  # a smaller number is no news
RECENT = timedelta(days=14)  # what happened before is told to nobody any more
UNDOING = timedelta(hours=1)
_OVER = (State.CLOSED, State.ANSWERED)
_READABLE = (State.OPEN, State.PAUSED, *_OVER)
_CLOSED_BY_IT = (
    "The letter is closed with this answer and can no longer be signed. The signatures that it has stay counted."
)
_ON_ITS_WAY = (UpdateState.SENDING, UpdateState.PAUSED)


class End(enum.StrEnum):
    CLOSED = "closed"
    RELEASED = "released"


def look(phrases: Callable[[str], Phrases], *, at: datetime) -> int:
    """Write the letters that are due and take back those that are true no more; how many were written."""
    _take_back(at)
    return _tell_answers(phrases, at) + _tell_ends(phrases, at) + _tell_numbers(phrases, at)


def is_below(update: Update) -> bool:
    """Whether it tells of a number that its letter does not have any more."""
    if update.mark is None:
        return False
    stands = select(Petition.signature_count).where(Petition.id == update.petition_id)
    return (db.session.scalar(stands) or 0) < update.mark


# Numbers


def mark_of(count: int, goal: int) -> int:
    """The highest number worth a letter that was reached; 0 for none."""
    marks = [-(-goal * quarter // 4) for quarter in (1, 2, 3, 4)]
    while marks[-1] <= count:
        marks.append(tallying.next_goal(marks[-1], goal))
    return max((mark for mark in marks if LEAST <= mark <= count), default=0)


def _tell_numbers(phrases: Callable[[str], Phrases], at: datetime) -> int:
    days = limits.read()["news.milestone.days"]
    if not days:
        return 0
    open_ones = _petitions(Petition.state == State.OPEN, Petition.signature_count >= LEAST)
    due = {_code(p, mark): (p, mark) for p in open_ones if (mark := mark_of(p.signature_count, p.goal))}
    lately = select(Update.campaign_id).where(Update.mark.is_not(None), Update.created_at > at - timedelta(days=days))
    resting, known, written = set(db.session.scalars(lately)), _known(due), 0
    for code, (petition, mark) in due.items():
        if code in known or petition.campaign_id in resting or _is_old(petition, mark, at):
            continue

        def words(say: Phrases, petition: Petition = petition, mark: int = mark) -> tuple[str, str]:
            title = say("The letter has reached {n} signatures", n=mark)
            day, count = say.day(at.date().isoformat()), petition.signature_count
            return title, say("On {day} it stood at {count} confirmed signatures.", day=day, count=count)

        if _write(petition, code, words, phrases, mark=mark, send_at=at, at=at):
            resting.add(petition.campaign_id)
            written += 1
    return written


def _is_old(petition: Petition, mark: int, at: datetime) -> bool:
    """Whether it was reached so long ago that it is no news, as when these letters are switched on."""
    before = select(func.sum(DayCount.signatures)).where(
        DayCount.petition_id == petition.id, DayCount.day < (at - RECENT).date().isoformat()
    )
    return int(db.session.scalar(before) or 0) >= mark


# Ends


def _tell_ends(phrases: Callable[[str], Phrases], at: datetime) -> int:
    since = at - RECENT
    closed = and_(Petition.state.in_(_OVER), Petition.closed_at > since)
    ran_out = and_(Petition.state == State.OPEN, Petition.closes_at > since, Petition.closes_at <= at)
    ended = [(p, _end_of(p, at)) for p in _petitions(or_(closed, ran_out))]
    due = {_code(p, end): (p, end) for p, end in ended if end is not None}
    known, written = _known(due), 0
    for code, (petition, end) in due.items():
        if code in known:
            continue
        day = petition.closed_at or petition.closes_at or at
        as_of = petition.closed_as_of or day.date().isoformat()

        def words(say: Phrases, end: End = end, day: datetime = day, as_of: str = as_of) -> tuple[str, str]:
            if end is End.RELEASED:
                return say("The person the letter is for has been released"), say(
                    "That is what our record says, as of {day}. The letter is closed and can no longer be signed; the "
                    "signatures that it has stay counted. Thank you.",
                    day=say.day(as_of),
                )
            return say("The letter is closed"), say(
                "It was closed on {day} and can no longer be signed. The signatures that it has stay counted.",
                day=say.day(day.date().isoformat()),
            )

        written += _write(petition, code, words, phrases, send_at=max(at, day + UNDOING), at=at)
    return written


def _end_of(petition: Petition, at: datetime) -> End | None:
    if _is_told_with_its_answer(petition):
        return None
    is_over = petition.state in _OVER or (petition.closes_at is not None and petition.closes_at <= at)
    if not is_over or petition.closed_because not in {None, Status.RELEASED.value}:
        return None
    return End.RELEASED if petition.closed_because else End.CLOSED


# Answers


def _tell_answers(phrases: Callable[[str], Phrases], at: datetime) -> int:
    lately = and_(OfficialAnswer.added_at > at - RECENT, OfficialAnswer.added_at <= at - UNDOING)
    answered = Petition.id.in_(select(OfficialAnswer.petition_id).where(lately))
    written = 0
    for petition in _petitions(Petition.state.in_(_READABLE), answered):
        new = set(
            db.session.scalars(select(OfficialAnswer.on).where(lately, OfficialAnswer.petition_id == petition.id))
        )
        found, closing = answering.untold(petition), _closing_answer(petition)
        for on in sorted({each.on for each in found} & new):
            is_closed = closing is not None and closing.on == on
            words = _of_answers([each for each in found if each.on == on], is_closed=is_closed)
            written += _write(petition, answering.code(petition, on), words, phrases, send_at=at, at=at)
    return written


def _of_answers(answers: Sequence[Answered], *, is_closed: bool) -> Callable[[Phrases], tuple[str, str]]:
    def words(say: Phrases) -> tuple[str, str]:
        closed = ["", say(_CLOSED_BY_IT)] if is_closed else []
        return say("The letter was answered"), "\n".join([answering.words(answers, say), *closed])

    return words


def _closing_answer(petition: Petition) -> OfficialAnswer | None:
    """The answer with which staff closed the letter, in one act."""
    return next((a for a in concluding.answers(petition) if a.added_at == petition.closed_at), None)


def _is_told_with_its_answer(petition: Petition) -> bool:
    """Whether the letter about the answer says, or will say, that it closed this one."""
    closing = _closing_answer(petition)
    if closing is None:
        return False
    mine = Update.code == answering.code(petition, closing.on), Update.created_at >= closing.added_at
    told = db.session.scalar(select(Update.id).where(*mine)) is not None
    return told or any(each.on == closing.on for each in answering.untold(petition))


# All of them


def _petitions(*which: ColumnElement[bool]) -> Sequence[Petition]:
    query = select(Petition).join(Campaign, Campaign.id == Petition.campaign_id)
    query = query.where(Campaign.state.in_(PUBLIC_STATES), pausing.running(), *which)
    return db.session.scalars(query.order_by(Petition.id)).all()


def _write(
    petition: Petition,
    code: str,
    words: Callable[[Phrases], tuple[str, str]],
    phrases: Callable[[str], Phrases],
    *,
    mark: int | None = None,
    send_at: datetime,
    at: datetime,
) -> bool:
    """Schedule it, unless nobody asked for it or another worker was quicker."""
    campaign = petition.campaign
    segment = segmenting.of_petition(petition)
    if not segmenting.count(campaign.id, segment, at=at):
        return False
    about: dict[str, Any] = {"petition_id": petition.id, "mark": mark, "segment": segment.as_json()}
    texts = [_text(say, *words(say), campaign.slug) for say in heralding.spoken(campaign, phrases)]
    try:
        with db.session.begin_nested():
            row = Update(code=code, campaign_id=campaign.id, texts=texts, **about)
            heralding.schedule(row, send_at=send_at, at=at)
    except IntegrityError:
        return False
    note("notice scheduled", "update", str(row.id), account_id=None, at=at, petition=petition.slug, number=mark or 0)
    return True


def _text(say: Phrases, title: str, body: str, slug: str) -> UpdateText:
    more = say("The page of the campaign shows where it stands today")
    return UpdateText(lang=say.lang, title=title, body=f"{body}\n\n[{more}](/campaigns/{slug}).")


def _take_back(at: datetime) -> None:
    """What was not sent and is true no more."""
    query = select(Update, Petition).join(Petition, Petition.id == Update.petition_id)
    fallen = and_(Update.mark > Petition.signature_count, Update.state.in_(_ON_ITS_WAY))
    waits = and_(Update.begun_at.is_(None), Update.state == UpdateState.SCHEDULED)
    for row, petition in db.session.execute(query.where(or_(fallen, waits)).order_by(Update.id)).all():
        if _holds(row, petition, at):
            continue
        note("notice taken back", "update", str(row.id), account_id=None, at=at, petition=petition.slug)
        if row.begun_at is None:
            db.session.delete(row)
        else:
            row.state, row.ended_at = UpdateState.CANCELLED, at
    db.session.flush()


def _holds(row: Update, petition: Petition, at: datetime) -> bool:
    if row.mark:
        return row.mark <= petition.signature_count
    if petition.state not in _READABLE:
        return False
    days = {each.on for each in answering.of(petition)}
    return row.code in {_code(petition, _end_of(petition, at)), *(answering.code(petition, on) for on in days)}


def _known(codes: Iterable[str]) -> set[str]:
    return set(db.session.scalars(select(Update.code).where(Update.code.in_(list(codes)))))


def _code(petition: Petition, what: End | int | None) -> str:
    """The same each time for the same news of the same letter, so that the database refuses a second one."""
    return hashlib.sha256(f"{petition.reference} {what}".encode()).hexdigest()[:16]
