"""Proposing without an account: a visitor writes down a case, confirms the mailbox, and then staff see it.

Until the link is opened and its button pressed nobody sees the proposal, so that no stranger's name can be put under
one. After seven days without that it is deleted. The address lies in a box that only the worker opens.
"""

from datetime import datetime, timedelta

from sqlalchemy import select

from campaign.database import db
from campaign.domain import posting
from campaign.domain.cases import proposal
from campaign.domain.cases.proposal import Content
from campaign.domain.drafts import completing, drafting, sponsoring
from campaign.domain.drafts.drafting import Incomplete
from campaign.domain.errors import LinkUnknown, Refused
from campaign.domain.journalling import note
from campaign.domain.links import Claim
from campaign.domain.sealing import Seal
from campaign.models.draft import Draft, DraftState

LASTS = timedelta(days=7)


class AlreadyDecided(Refused):
    """Staff have decided about this already, so it cannot be taken back any more."""


def propose(content: Content, address: str, *, lang: str, seal: Seal, at: datetime) -> Draft:
    """Keep the proposal and post the letter that confirms its mailbox. Raises Incomplete, CreatingStopped."""
    draft = drafting.begin(None, content, lang=lang, at=at)
    faults = [*proposal.wrong(content), *completing.missing_at_first(content), *drafting.clashing(draft, content)]
    if faults:
        raise Incomplete(faults)
    draft.email_box = seal.address_box(address, draft.public_id)
    db.session.flush()
    sponsoring.leave_out_author(draft, address, seal=seal, at=at)
    posting.post("draft-confirm", at=at, email_box=draft.email_box, lang=lang, params={"draft": str(draft.id)})
    return draft


def awaits_confirming(draft: Draft, *, at: datetime) -> bool:
    return draft.state is DraftState.WRITING and draft.account_id is None and at < draft.created_at + LASTS


def found(claim: Claim, *, at: datetime) -> Draft:
    """The visitor's own proposal behind a genuine link. Raises LinkUnknown where it is gone."""
    draft = db.session.scalar(
        select(Draft)
        .where(Draft.public_id == claim.public_id, Draft.link_version == claim.version, Draft.account_id.is_(None))
        .execution_options(populate_existing=True)
        .with_for_update()
    )
    if draft is None or (draft.state is DraftState.WRITING and not awaits_confirming(draft, at=at)):
        raise LinkUnknown
    return draft


def confirm(draft: Draft, *, at: datetime) -> None:
    """The mailbox is hers: staff, or first co-sponsors, see the proposal from now on. Again: the same answer."""
    if draft.state is not DraftState.WRITING:
        return
    sponsoring.send(draft, at=at)


def take_back(draft: Draft, *, at: datetime) -> None:
    """Delete every word and the address, while nobody has decided. Again: the same answer. Raises AlreadyDecided."""
    if draft.state in {DraftState.APPROVED, DraftState.REJECTED}:
        raise AlreadyDecided
    if draft.state is DraftState.WITHDRAWN:
        return
    draft.state, draft.content, draft.email_box = DraftState.WITHDRAWN, {}, None
    sponsoring.forget_of(draft)
    note("draft discarded", "draft", str(draft.id), account_id=None, at=at)


def forget_unconfirmed(*, at: datetime) -> int:
    """Delete the words and addresses of proposals that nobody confirmed in seven days; how many."""
    late = select(Draft).where(
        Draft.state == DraftState.WRITING, Draft.account_id.is_(None), Draft.created_at <= at - LASTS
    )
    rows = db.session.scalars(late).all()
    for draft in rows:
        draft.state, draft.content, draft.email_box = DraftState.WITHDRAWN, proposal.Content().as_json(), None
        sponsoring.forget_of(draft)
    db.session.flush()
    return len(rows)
