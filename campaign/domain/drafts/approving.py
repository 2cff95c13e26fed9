"""Approving: the one way by which something comes before the public, and it takes two people.

A name once published cannot be taken back. So nobody approves what she, or a team of hers, wrote; every point of the
do-no-harm list is ticked by itself; the ground of consent and the note on risk are on record. Whoever wrote it is
told the outcome in a letter that names nobody.
"""

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from campaign.database import db
from campaign.domain import posting
from campaign.domain.accounts import teaming
from campaign.domain.cases import proposal
from campaign.domain.cases.proposal import Code, Fault, Step
from campaign.domain.drafts import applying, comparing, completing, drafting, locking, reasoning, rebasing, sponsoring
from campaign.domain.errors import Refused
from campaign.domain.journalling import note
from campaign.models.account import Account
from campaign.models.campaign import Campaign
from campaign.models.draft import Check, Draft, DraftState

NEAR, OVER = timedelta(days=5), timedelta(days=7)


class Due(enum.StrEnum):
    NEW = "new"
    NEAR = "near"
    OVER = "over"


class SecondPersonNeeded(Refused):
    """You had a hand in this yourself, so somebody else has to approve it."""


class NotWaiting(Refused):
    """This draft does not wait for a decision: it was decided already, or taken back by its author."""


class ChecksMissing(Refused):
    """Tick every point of the list, each after you have looked at it. If one is not so, reject the draft."""


class ConsentMissing(Refused):
    """It is not on record why these names may be public. Without a yes, or proof that they were public before, this
    cannot be approved."""


class RiskMissing(Refused):
    """There is no note on what could go wrong for the people named. Without one this cannot be approved."""


class NotWhole(Refused):
    """Something is missing in this draft, or an address in it was taken meanwhile. Its author has to complete it."""


class WishOpen(Refused):
    """The letter wishes for an addressee who is not in the directory. Settle that first."""


class ReasonNeeded(Refused):
    """Choose a reason: the author has to learn what to do better."""


@dataclass(frozen=True)
class Waiting:
    """What stands before staff, by how long it has been there."""

    draft: Draft
    days: int
    due: Due


def due(draft: Draft, *, at: datetime) -> Due:
    """New for five days, nearly overdue until the seventh, then overdue."""
    waited = at - (draft.submitted_at or at)
    if waited >= OVER:
        return Due.OVER
    return Due.NEAR if waited >= NEAR else Due.NEW


def queue(*, asked: str = "", held_by: int | None = None, at: datetime) -> list[Waiting]:
    """What waits, the oldest first. `asked` is one of `Due`; anything else means all."""
    query = (
        select(Draft)
        .where(Draft.state == DraftState.SUBMITTED)
        .order_by(Draft.submitted_at, Draft.id)
        .options(joinedload(Draft.author), joinedload(Draft.held_by))
    )
    if held_by is not None:
        query = query.where(Draft.held_by_id == held_by, Draft.held_until > at)
    if asked == Due.OVER:
        query = query.where(Draft.submitted_at <= at - OVER)
    elif asked == Due.NEAR:
        query = query.where(Draft.submitted_at <= at - NEAR, Draft.submitted_at > at - OVER)
    elif asked == Due.NEW:
        query = query.where(Draft.submitted_at > at - NEAR)
    return [Waiting(d, (at - (d.submitted_at or at)).days, due(d, at=at)) for d in db.session.scalars(query)]


def counts(*, at: datetime) -> dict[Due, int]:
    """How many wait, by how long."""
    found = dict.fromkeys(Due, 0)
    for (submitted,) in db.session.execute(select(Draft.submitted_at).where(Draft.state == DraftState.SUBMITTED)):
        waited = at - (submitted or at)
        found[Due.OVER if waited >= OVER else Due.NEAR if waited >= NEAR else Due.NEW] += 1
    return found


def decided(limit: int = 50) -> Sequence[Draft]:
    """What was decided, the latest first."""
    over = [DraftState.APPROVED, DraftState.REJECTED]
    return db.session.scalars(
        select(Draft)
        .where(Draft.state.in_(over))
        .order_by(Draft.decided_at.desc(), Draft.id.desc())
        .limit(limit)
        .options(joinedload(Draft.author), joinedload(Draft.decided_by))
    ).all()


def of(draft_id: int) -> Draft | None:
    """A draft that staff may see: sent once. What is still being written is its author's alone."""
    seen = [DraftState.GATHERING, DraftState.SUBMITTED, DraftState.APPROVED, DraftState.REJECTED]
    return db.session.scalar(
        select(Draft)
        .where(Draft.id == draft_id, Draft.state.in_(seen))
        .execution_options(populate_existing=True)
        .with_for_update(of=Draft)
    )


def number_waiting() -> int:
    return db.session.scalar(select(func.count()).where(Draft.state == DraftState.SUBMITTED)) or 0


def faults(draft: Draft) -> list[Fault]:
    """What keeps this draft from being approved at all, by field."""
    return [*drafting.lacking(draft), *_unproved(draft), *_wished(draft)]


def approve(draft: Draft, who: Account, checks: Iterable[str], *, at: datetime) -> Campaign:
    """Publish it: one change of the tables, by a second person, with every point of the list ticked.

    Raises NotWaiting, SecondPersonNeeded, Held, NotHeld, ChecksMissing, ConsentMissing, RiskMissing, NotWhole,
    WishOpen, rebasing.PublicTextMoved.
    """
    _may_decide(draft, who, at=at)
    ticked = set(checks)
    if ticked != {check.value for check in Check}:
        raise ChecksMissing
    content = proposal.read(draft.content)
    if not content.safety.risk.strip():
        raise RiskMissing
    if _unproved(draft):
        raise ConsentMissing
    if drafting.lacking(draft):
        raise NotWhole
    if _wished(draft):
        raise WishOpen
    rebasing.refuse_moved(draft)
    _keep_replaced(draft)
    is_change = draft.campaign_id is not None
    changed = comparing.changed(draft)
    campaign, petition = applying.apply(draft, content, by=who.printed_name, at=at)
    draft.checks = sorted(ticked)
    draft.campaign_id, draft.petition_id = campaign.id, petition.id if petition else None
    draft.campaign, draft.petition = campaign, petition
    rebasing.start(draft)
    if not is_change:
        teaming.pass_on(draft, campaign, at=at)
    _decided(draft, who, DraftState.APPROVED, at=at)
    note("draft approved", "draft", str(draft.id), account_id=who.id, at=at, campaign=campaign.id)
    act, fields = ("campaign changed", {"fields": " ".join(changed)}) if is_change else ("campaign published", {})
    note(act, "campaign", campaign.slug, account_id=who.id, at=at, draft=draft.id, written_by=_writer(draft), **fields)
    _write(draft, "draft-approved", at=at)
    return campaign


def reject(draft: Draft, who: Account, reason: str, words: str = "", *, at: datetime) -> None:
    """Say no, for a reason of the list; `words` are read by the author where she is signed in, never in a letter.

    Raises NotWaiting, SecondPersonNeeded, Held, NotHeld, ReasonNeeded.
    """
    _may_decide(draft, who, at=at)
    why = reasoning.chosen(reason)
    if why is None:
        raise ReasonNeeded
    _keep_replaced(draft)
    draft.reason, draft.reason_sentence, draft.reason_words = why.code, why.sentence, words.strip()
    _decided(draft, who, DraftState.REJECTED, at=at)
    note("draft rejected", "draft", str(draft.id), account_id=who.id, at=at, reason=why.code)
    _write(draft, "draft-rejected", at=at)


def _may_decide(draft: Draft, who: Account, *, at: datetime) -> None:
    if draft.state is not DraftState.SUBMITTED:
        raise NotWaiting
    if teaming.had_a_hand(who, draft):
        raise SecondPersonNeeded
    locking.needs(draft, who, at=at)


def _unproved(draft: Draft) -> list[Fault]:
    """What is missing of the ground on which names become public. A visitor's draft is held to it here."""
    found = completing.missing(proposal.read(draft.content), needs_consent=True)
    safety = {"basis", "proof", "given_by", "channel"}
    return [f for f in found if f.field in safety and f.code in {Code.NO_CONSENT, Code.MISSING}]


def _wished(draft: Draft) -> list[Fault]:
    """An addressee asked for in words stays with staff until they have settled it."""
    open_wish = proposal.read(draft.content).letter.wished.strip()
    return [Fault(Step.LETTER, "wished", Code.WISH_OPEN)] if open_wish else []


def _decided(draft: Draft, who: Account, state: DraftState, *, at: datetime) -> None:
    draft.state, draft.decided_at, draft.decided_by_id = state, at, who.id
    draft.held_by_id = draft.held_until = None
    sponsoring.forget_of(draft)


def _keep_replaced(draft: Draft) -> None:
    """What was public at the decision, so that the change can still be read when the page has moved on."""
    if draft.campaign is not None:
        draft.replaced = drafting.content_of(draft.campaign, draft.petition).as_json()


def _writer(draft: Draft) -> str:
    return f"account {draft.account_id}" if draft.account_id else "a visitor"


def _write(draft: Draft, kind: str, *, at: datetime) -> None:
    """To everybody who writes in its team, or to the address in the draft’s own box, which only the worker opens."""
    known = {"draft": str(draft.id)}
    for writer in teaming.writers(draft):
        posting.post(kind, at=at, account_id=writer.id, lang=draft.lang, params=known)
    if draft.email_box is not None:
        posting.post(kind, at=at, email_box=draft.email_box, lang=draft.lang, params=known)
