"""Updating: a campaign's team writes to those who asked for its news.

The first letter of a campaign is read by staff who had no hand in it; whoever has been trusted once may then write
alone. Nothing is sent that lacks a language of the campaign, a value it names, or anybody to read it: that is found
out before the first letter, not after the ten-thousandth. From the moment it begins an update is also a public page,
and its words stand still.

In letters the words of a link stay and its address goes, as it may name a prisoner: the one link of a letter leads to
the page, and there the others are. So a bare address in the text is refused.
"""

import enum
import html
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select

from campaign.database import after_commit, db
from campaign.domain.accounts import teaming
from campaign.domain.cases import proposal
from campaign.domain.errors import ReadingOnly, Refused
from campaign.domain.journalling import note
from campaign.domain.news import filling, segmenting
from campaign.domain.news.segmenting import Segment
from campaign.domain.supporters import subscribing
from campaign.models.account import Account
from campaign.models.campaign import Campaign
from campaign.models.journal import JournalEntry
from campaign.models.letter import LetterState
from campaign.models.update import Update, UpdateLetter, UpdateState, UpdateText

BELL = "updates"
TITLE, BODY = 200, 20_000
_BARE = re.compile(r"(?<!\]\()(?:https?\\?:\\?/\\?/|www\\?\.)\S", re.IGNORECASE)  # Markdown drops the strokes
_UNDER_WAY = (UpdateState.SENDING, UpdateState.PAUSED)


class UpdateSavedElsewhere(Refused):
    """This was saved in another window meanwhile. What you typed is still in the form: compare the two before you save
    again."""


class UpdateFixed(Refused):
    """This is not being written any more: it waits for staff or for its hour, or is on its way. Take it back first, if
    that is still possible."""


class UpdateNotReady(Refused):
    """Something is missing, so not one letter was sent."""

    def __init__(self, faults: Sequence["UpdateFault"]) -> None:
        super().__init__()
        self.faults = faults


class OwnWords(Refused):
    """Somebody who had no hand in it has to read the first letter of a campaign. Ask a colleague."""


class NotUnderWay(Refused):
    """This is not on its way, so there is nothing to stop, go on with, or end."""


class Lack(enum.StrEnum):
    TITLE = "title"
    BODY = "body"
    VALUE_UNKNOWN = "value_unknown"  # named in braces, and nothing of that name is known
    VALUE_MISSING = "value_missing"  # known, and not there yet
    BARE_ADDRESS = "bare_address"
    NOBODY = "nobody"
    CAMPAIGN = "campaign"  # it is not public
    SMALL = "small"


@dataclass(frozen=True)
class UpdateFault:
    """What is missing, in which language; `about` is the value it is about."""

    lack: Lack
    lang: str = ""
    about: str = ""


@dataclass(frozen=True)
class Words:
    title: str
    body: str


# Finding


def of_campaign(campaign: Campaign) -> Sequence[Update]:
    """All of them, the latest first, for its team."""
    query = select(Update).where(Update.campaign_id == campaign.id)
    return db.session.scalars(query.order_by(Update.id.desc())).all()


def readable(update_id: int, account: Account) -> Update | None:
    """For everybody in the team of its campaign, and nobody else."""
    found = db.session.get(Update, update_id)
    return found if found is not None and teaming.part_of(account, found.campaign) is not None else None


def writable(update_id: int, account: Account) -> Update | None:
    """The same, locked, for whoever writes in the team. Raises ReadingOnly for a viewer."""
    found = readable(update_id, account)
    if found is None:
        return None
    if not may_write(found, account):
        raise ReadingOnly
    return db.session.scalars(
        select(Update)
        .where(Update.id == update_id)
        .with_for_update(of=Update)
        .execution_options(populate_existing=True)
    ).one()


def languages(update: Update) -> tuple[str, ...]:
    """Those in which it has to be written: of its campaign, or the one it is meant for alone."""
    only = segmenting.read(update.segment).lang
    found = subscribing.languages_of(update.campaign)
    return tuple(lang for lang in found if lang == only) or found


def all_languages(update: Update) -> tuple[str, ...]:
    """Those in which its campaign writes."""
    return subscribing.languages_of(update.campaign)


def may_write(update: Update, account: Account) -> bool:
    part = teaming.part_of(account, update.campaign)
    return part is not None and part.writes


def words(update: Update, lang: str) -> UpdateText | None:
    """Its words in that language, else in the first one there is of the campaign's, else in whichever there is."""
    texts = {text.lang: text for text in update.texts if text.title and text.body}
    return next((texts[each] for each in (lang, *languages(update), *sorted(texts)) if each in texts), None)


# Writing


def begin(campaign: Campaign, author: Account, *, at: datetime) -> Update:
    """An empty one. Raises ReadingOnly for a viewer of the team."""
    if not teaming.may_write(author, campaign):
        raise ReadingOnly
    update = Update(
        code=secrets.token_hex(8),
        campaign_id=campaign.id,
        author_id=author.id,
        state=UpdateState.WRITING,
        version=1,
        segment={},
        filled={},
        created_at=at,
        saved_at=at,
        returned="",
        reached=0,
        totals={},
    )
    db.session.add(update)
    db.session.flush()
    _note("update begun", update, author, at)
    return update


def save(
    update: Update, texts: Mapping[str, Words], segment: Segment, *, version: int, by: Account, at: datetime
) -> None:
    """Keep what was written, half-written too. Raises UpdateFixed, UpdateSavedElsewhere, SegmentWrong."""
    if update.state is not UpdateState.WRITING:
        raise UpdateFixed
    if version != update.version:
        raise UpdateSavedElsewhere
    update.segment = segmenting.checked(segment, update.campaign).as_json()
    known = {text.lang: text for text in update.texts}
    for lang, typed in texts.items():
        title, body = proposal.cleaned(_plain(typed.title)), proposal.cleaned(_plain(typed.body), lines=True)
        title, body = title[:TITLE], body[:BODY]
        text = known.get(lang)
        if text is None:
            update.texts.append(UpdateText(lang=lang, title=title, body=body))
        else:
            text.title, text.body = title, body
    update.version, update.saved_at, update.author_id = update.version + 1, at, by.id
    db.session.flush()
    if not _had_a_hand(update, by):
        _note("update written", update, by, at)


def _plain(text: str) -> str:
    """Signs written as `&#8238;` as what they are: Markdown would make them that after everything was looked at."""
    while (told := html.unescape(text)) != text:
        text = told
    return text


def lacking(update: Update, *, at: datetime) -> list[UpdateFault]:
    """Everything that stands between this and its first letter."""
    given, texts = filling.values(update.campaign), {text.lang: text for text in update.texts}
    found = []
    for lang in languages(update):
        text = texts.get(lang)
        found += _lacking_words(lang, text.title if text else "", text.body if text else "", given)
    if not update.campaign.state.is_public:
        found.append(UpdateFault(Lack.CAMPAIGN))
    segment = segmenting.read(update.segment)
    number = segmenting.count(update.campaign_id, segment, at=at)
    if not number:
        found.append(UpdateFault(Lack.NOBODY))
    elif not segment.is_all and number < segmenting.FEWEST:
        found.append(UpdateFault(Lack.SMALL))
    return found


def _lacking_words(lang: str, title: str, body: str, given: Mapping[str, str]) -> list[UpdateFault]:
    found = [] if title else [UpdateFault(Lack.TITLE, lang)]
    found += [] if body else [UpdateFault(Lack.BODY, lang)]
    for name in sorted(filling.named([title, body]) - set(given)):
        known = name in filling.NAMES
        found.append(UpdateFault(Lack.VALUE_MISSING if known else Lack.VALUE_UNKNOWN, lang, name))
    if _BARE.search(title) or _BARE.search(body):
        found.append(UpdateFault(Lack.BARE_ADDRESS, lang))
    return found


# Sending it off


def needs_approval(update: Update) -> bool:
    """Whether no update of this campaign was ever approved by staff."""
    approved = select(Update.id).where(Update.campaign_id == update.campaign_id, Update.approved_at.is_not(None))
    return db.session.scalar(approved.limit(1)) is None


def send(update: Update, *, send_at: datetime | None, by: Account, at: datetime) -> None:
    """To its hour or at once; the first of a campaign to staff before. Raises UpdateFixed, UpdateNotReady."""
    if update.state is not UpdateState.WRITING:
        raise UpdateFixed
    if faults := lacking(update, at=at):
        raise UpdateNotReady(faults)
    update.send_at, update.returned = send_at or at, ""
    update.state = UpdateState.WAITING if needs_approval(update) else UpdateState.SCHEDULED
    db.session.flush()
    _note("update sent to staff" if update.state is UpdateState.WAITING else "update scheduled", update, by, at)
    after_commit(BELL)


def take_back(update: Update, *, by: Account, at: datetime) -> None:
    """Write on: possible until the first letter. What staff approved of it has to be approved again."""
    if update.state not in {UpdateState.WAITING, UpdateState.SCHEDULED}:
        raise UpdateFixed
    _write_on(update)
    _note("update taken back", update, by, at)


def stop_if_value_lost(update: Update, *, at: datetime) -> bool:
    """At its hour: whether a value that it names went meanwhile, so that it is with its team again and nothing leaves.

    Its `send_at` stays, for its team to see that it did not leave. What nobody wrote names none.
    """
    lost = {Lack.VALUE_MISSING, Lack.VALUE_UNKNOWN}
    if update.author_id is None or not any(fault.lack in lost for fault in lacking(update, at=at)):
        return False
    missed = update.send_at
    _write_on(update)
    update.send_at = missed
    note("update not begun", "update", str(update.id), account_id=None, at=at, campaign=update.campaign_id)
    return True


def _write_on(update: Update) -> None:
    update.state, update.send_at = UpdateState.WRITING, None
    update.approved_at = update.approved_by_id = None
    db.session.flush()


def waiting() -> Sequence[Update]:
    """Those that staff have to read, the first first."""
    query = select(Update).where(Update.state == UpdateState.WAITING)
    return db.session.scalars(query.order_by(Update.saved_at, Update.id)).all()


def approve(update: Update, *, by: Account, at: datetime) -> None:
    """Raises UpdateFixed, OwnWords."""
    _for_staff(update, by)
    update.approved_at, update.approved_by_id, update.state = at, by.id, UpdateState.SCHEDULED
    db.session.flush()
    _note("update approved", update, by, at)
    after_commit(BELL)


def give_back(update: Update, reason: str, *, by: Account, at: datetime) -> None:
    """Back to its team, with a reason for them. Raises UpdateFixed, OwnWords."""
    _for_staff(update, by)
    update.returned = proposal.cleaned(reason)[:500]
    _write_on(update)
    _note("update given back", update, by, at)


def _for_staff(update: Update, by: Account) -> None:
    if update.state is not UpdateState.WAITING:
        raise UpdateFixed
    if _had_a_hand(update, by) or teaming.part_of(by, update.campaign) is not None:
        raise OwnWords


def _had_a_hand(update: Update, account: Account) -> bool:
    """Also of somebody who left the team since: the journal is never changed."""
    wrote = select(JournalEntry.id).where(
        JournalEntry.subject_kind == "update",
        JournalEntry.subject_id == str(update.id),
        JournalEntry.act == "update written",
        JournalEntry.account_id == account.id,
    )
    return db.session.scalar(wrote.limit(1)) is not None


# While it is on its way


@dataclass(frozen=True)
class Progress:
    """`recipients` grows until everybody has a row. What is left when it was ended is `waiting`, and never goes.

    Of those waiting, `again` were tried, and their mail server said later.
    """

    recipients: int
    sent: int
    failed: int
    not_wanted: int
    waiting: int
    again: int = 0

    @property
    def settled(self) -> int:
        return self.sent + self.failed + self.not_wanted


def progress(update: Update) -> Progress:
    counted, again = dict(update.totals), 0
    if not counted:
        tried = func.count(case((UpdateLetter.attempts > 0, 1)))
        rows = select(UpdateLetter.state, func.count(), tried).where(UpdateLetter.update_id == update.id)
        found = db.session.execute(rows.group_by(UpdateLetter.state)).all()
        counted = {state.value: n for state, n, _ in found}
        again = sum(tries for state, _, tries in found if state is LetterState.QUEUED)
    by = {state: int(counted.get(state.value, 0)) for state in LetterState}
    return Progress(
        recipients=sum(by.values()),
        sent=by[LetterState.SENT],
        failed=by[LetterState.FAILED],
        not_wanted=by[LetterState.NOT_WANTED],
        waiting=by[LetterState.QUEUED] + by[LetterState.SENDING],
        again=again,
    )


def pause(update: Update, *, by: Account, at: datetime) -> None:
    """No letter leaves from the next one on. Raises NotUnderWay."""
    _move(update, {UpdateState.SENDING}, UpdateState.PAUSED, "update paused", by, at)


def resume(update: Update, *, by: Account, at: datetime) -> None:
    """Raises NotUnderWay."""
    _move(update, {UpdateState.PAUSED}, UpdateState.SENDING, "update resumed", by, at)
    after_commit(BELL)


def cancel(update: Update, *, by: Account, at: datetime) -> None:
    """For good: whoever has no letter yet gets none. The public page stays. Raises NotUnderWay."""
    _move(update, set(_UNDER_WAY), UpdateState.CANCELLED, "update cancelled", by, at)
    update.ended_at = at


def _move(update: Update, before: set[UpdateState], after: UpdateState, act: str, by: Account, at: datetime) -> None:
    if update.state not in before:
        raise NotUnderWay
    update.state = after
    db.session.flush()
    _note(act, update, by, at)


def _note(act: str, update: Update, by: Account, at: datetime) -> None:
    note(act, "update", str(update.id), account_id=by.id, at=at, campaign=update.campaign_id)
