"""Sponsoring: a draft waits for a number of people who stand behind it, before staff look at it.

Off until staff set the number. The author passes a link on; whoever holds it reads the title and the letter, gives
an address, and confirms in that mailbox. Nobody learns who they are, neither the author nor staff: the address is
sealed until then and deleted after, one mailbox counts once by a keyed hash under the draft's own secret, and all of
it is deleted when the draft is decided, taken back, or has waited for sixty days. The author never counts.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import joinedload

from campaign.database import db
from campaign.domain import limits, mailboxes, posting
from campaign.domain.accounts import teaming
from campaign.domain.cases import proposal
from campaign.domain.errors import LinkUnknown, Refused
from campaign.domain.journalling import note
from campaign.domain.links import Claim
from campaign.domain.sealing import Seal
from campaign.models.account import Account
from campaign.models.draft import Cosponsor, CosponsorState, Draft, DraftState

LIMIT = "cosponsors"
LETTER_LASTS = timedelta(days=7)
GATHERS = timedelta(days=60)
WORDS = 300


class NotGathering(Refused):
    """This draft does not look for co-sponsors any more: it has enough of them, or its author took it back. Nothing
    was kept of you."""


class OwnDraft(Refused):
    """You had a hand in this yourself, so somebody else has to decide that it needs no co-sponsors."""


class WhyNeeded(Refused):
    """Write why it goes to the queue without them: the journal keeps the reason."""


def send(draft: Draft, *, by: int | None = None, at: datetime) -> None:
    """Where a whole draft goes: to staff or, where staff have set a number, first among those who stand behind it.

    A change of what is public was stood behind once, and goes to staff at once.
    """
    needed = draft.cosponsors_needed = 0 if draft.campaign_id is not None else wanted()
    if needed == 0:
        _queue(draft, by=by, at=at)
        return
    draft.state, draft.gathering_since = DraftState.GATHERING, at
    draft.cosponsor_secret = draft.cosponsor_secret or secrets.token_bytes(32)
    db.session.flush()
    note("draft seeks co-sponsors", "draft", str(draft.id), account_id=by or draft.account_id, at=at, needed=needed)


def wanted() -> int:
    """How many co-sponsors a new draft needs today; 0 where staff wish for none."""
    return limits.read()[LIMIT]


def leave_out_author(draft: Draft, address: str, *, seal: Seal, at: datetime) -> None:
    """A visitor's own address, known only now, never counts as a co-sponsor of the proposal."""
    if not wanted():
        return
    draft.cosponsor_secret = secrets.token_bytes(32)
    db.session.add(_row(draft, address, CosponsorState.AUTHOR, seal=seal, at=at))
    db.session.flush()


def offered(claim: Claim) -> Draft:
    """The draft behind the link that its author passed on. Raises LinkUnknown; NotGathering once that is over."""
    known = select(Draft).where(Draft.public_id == claim.public_id, Draft.link_version == claim.version)
    draft = db.session.scalar(known.execution_options(populate_existing=True).with_for_update())
    if draft is None:
        raise LinkUnknown
    if draft.state is not DraftState.GATHERING:
        raise NotGathering
    return draft


def ask(draft: Draft, address: str, *, lang: str, seal: Seal, at: datetime) -> None:
    """Post the letter that confirms this mailbox: for everybody the same, new, known, confirmed before or the author.

    For the last two the letter is written as not wanted when its turn comes.
    """
    key = seal.keyed("cosponsor", draft.cosponsor_secret or b"", _canonical(address))
    row = db.session.scalar(select(Cosponsor).where(Cosponsor.draft_id == draft.id, Cosponsor.email_key == key))
    if row is None:
        state = CosponsorState.AUTHOR if _is_author(draft, address) else CosponsorState.ASKED
        row = _row(draft, address, state, seal=seal, at=at)
        db.session.add(row)
    box = seal.address_box(address, row.public_id)
    if row.state is CosponsorState.ASKED:
        row.email_box, row.asked_at = box, at
    db.session.flush()
    posting.post("cosponsor-confirm", at=at, email_box=box, lang=lang, params={"cosponsor": str(row.id)})


def awaits(row: Cosponsor, *, at: datetime) -> bool:
    """Whether a letter to this co-sponsor still makes sense."""
    gathering = row.draft.state is DraftState.GATHERING
    return gathering and row.state is CosponsorState.ASKED and at < row.asked_at + LETTER_LASTS


def found(claim: Claim, *, at: datetime) -> Cosponsor:
    """The co-sponsor of that letter, the draft locked. Raises LinkUnknown where it is deleted or too old."""
    own = select(Cosponsor).where(Cosponsor.public_id == claim.public_id)
    of = select(Draft).join(Cosponsor).where(Cosponsor.public_id == claim.public_id)
    db.session.scalar(of.execution_options(populate_existing=True).with_for_update(of=Draft))
    row = db.session.scalar(own.execution_options(populate_existing=True))
    if row is None or claim.version != 1:
        raise LinkUnknown
    if row.state is CosponsorState.ASKED and not awaits(row, at=at):
        raise LinkUnknown
    return row


def confirm(row: Cosponsor, *, at: datetime) -> None:
    """One more stands behind it; with the last one it enters the queue. Again: the same answer."""
    if row.state is not CosponsorState.ASKED:
        return
    row.state, row.email_box = CosponsorState.CONFIRMED, None
    db.session.flush()
    if row.draft.state is DraftState.GATHERING and number(row.draft) >= row.draft.cosponsors_needed:
        _queue(row.draft, at=at)


def leave(row: Cosponsor) -> None:
    """Do not stand behind it after all: everything about this co-sponsor is deleted. The queue keeps what it has."""
    db.session.delete(row)
    db.session.flush()


def number(draft: Draft) -> int:
    """How many stand behind it: the only thing that anybody sees of them."""
    return _numbers([draft.id]).get(draft.id, 0)


def gathering() -> Sequence[tuple[Draft, int]]:
    """Drafts that look for co-sponsors, each with the number it has, the oldest first."""
    rows = db.session.scalars(
        select(Draft)
        .where(Draft.state == DraftState.GATHERING)
        .order_by(Draft.gathering_since, Draft.id)
        .options(joinedload(Draft.author))
    ).all()
    numbers = _numbers([draft.id for draft in rows])
    return [(draft, numbers.get(draft.id, 0)) for draft in rows]


def waive(draft: Draft, who: Account, why: str, *, at: datetime) -> None:
    """Staff let it into the queue without them, for a reason. Raises NotGathering, OwnDraft, WhyNeeded."""
    if draft.state is not DraftState.GATHERING:
        raise NotGathering
    if teaming.had_a_hand(who, draft):
        raise OwnDraft
    if not why.strip():
        raise WhyNeeded
    words = why.strip()[:WORDS]
    note("co-sponsors waived", "draft", str(draft.id), account_id=who.id, at=at, had=number(draft), reason=words)
    _queue(draft, at=at)


def forget_of(draft: Draft) -> None:
    """Delete all co-sponsors of a draft that is decided or taken back: they stood behind these words and no others."""
    db.session.execute(delete(Cosponsor).where(Cosponsor.draft_id == draft.id))
    draft.cosponsor_secret = draft.gathering_since = None
    db.session.flush()


def forget(*, at: datetime) -> int:
    """Delete whom a letter was sent in vain, and give up drafts that found too few in sixty days; how many rows.

    A campaigner's draft goes back to its author; a visitor's is deleted, as nobody could go on with it.
    """
    late = _asked_before(at - LETTER_LASTS)
    for row in late:
        db.session.delete(row)
    too_few = select(Draft).where(Draft.state == DraftState.GATHERING, Draft.gathering_since <= at - GATHERS)
    drafts = db.session.scalars(too_few.with_for_update(skip_locked=True)).all()
    for draft in drafts:
        forget_of(draft)
        draft.state = DraftState.WRITING
        if draft.account_id is None:
            draft.state, draft.content, draft.email_box = DraftState.WITHDRAWN, proposal.Content().as_json(), None
        note("co-sponsors not found", "draft", str(draft.id), account_id=None, at=at)
    db.session.flush()
    return len(late) + len(drafts)


def _queue(draft: Draft, *, by: int | None = None, at: datetime) -> None:
    draft.state, draft.submitted_at = DraftState.SUBMITTED, at
    db.session.flush()
    has = {"cosponsors": number(draft)} if draft.cosponsors_needed else {}
    note("draft submitted", "draft", str(draft.id), account_id=by or draft.account_id, at=at, **has)


def _numbers(ids: Sequence[int]) -> dict[int, int]:
    rows = db.session.execute(
        select(Cosponsor.draft_id, func.count())
        .where(Cosponsor.draft_id.in_(ids), Cosponsor.state == CosponsorState.CONFIRMED)
        .group_by(Cosponsor.draft_id)
    )
    return {draft_id: n for draft_id, n in rows}


def _asked_before(moment: datetime) -> Sequence[Cosponsor]:
    return db.session.scalars(
        select(Cosponsor).where(Cosponsor.state == CosponsorState.ASKED, Cosponsor.asked_at <= moment)
    ).all()


def _row(draft: Draft, address: str, state: CosponsorState, *, seal: Seal, at: datetime) -> Cosponsor:
    public_id = secrets.token_bytes(16)
    return Cosponsor(
        public_id=public_id,
        draft=draft,
        state=state,
        email_key=seal.keyed("cosponsor", draft.cosponsor_secret or b"", _canonical(address)),
        asked_at=at,
    )


def _is_author(draft: Draft, address: str) -> bool:
    return draft.author is not None and _canonical(draft.author.email) == _canonical(address)


def _canonical(address: str) -> str:
    return mailboxes.canonical(address, mailboxes.SHIPPED)
