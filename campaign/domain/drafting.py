"""Drafting: a campaigner writes what is not public, alone, and sends it to staff when it is whole.

Each saving holds the whole form and the number of the version that was on the screen. A saving that knows only an
older version is refused rather than mixed: two open windows, or two people, never overwrite each other unseen.
"""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import exists, select

from campaign.database import db
from campaign.domain import filing, locking, proposal, showing, switching
from campaign.domain.errors import Refused
from campaign.domain.journalling import note
from campaign.domain.proposal import (
    AskProposed,
    CampaignProposed,
    Code,
    Content,
    Fault,
    LetterProposed,
    PersonProposed,
    SafetyProposed,
    Step,
)
from campaign.models.account import Account
from campaign.models.campaign import PUBLIC_STATES, Campaign
from campaign.models.draft import Draft, DraftState, OldAddress
from campaign.models.petition import Petition
from campaign.models.prisoner import Prisoner


class SavedElsewhere(Refused):
    """This draft was saved in another window meanwhile. What you typed is still in the form: compare the two before
    you save."""


class NotBeingWritten(Refused):
    """This draft is not being written any more: it was sent to staff, or decided."""


class Incomplete(Refused):
    """Something is still missing before this can go to staff."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__()
        self.faults = faults


def begin(account: Account | None, content: Content | None = None, *, lang: str = "en", at: datetime) -> Draft:
    """An empty draft, or one with this content. Raises CreatingStopped while staff have stopped that."""
    switching.refuse_creating()
    draft = Draft(
        public_id=secrets.token_bytes(16),
        state=DraftState.WRITING,
        content=(content or Content()).as_json(),
        account_id=account.id if account else None,
        lang=lang,
        created_at=at,
        saved_at=at,
    )
    db.session.add(draft)
    db.session.flush()
    if account:
        note("draft begun", "draft", str(draft.id), account_id=account.id, at=at)
    return draft


def begin_on(campaign: Campaign, petition: Petition | None, account: Account, *, at: datetime) -> Draft:
    """A draft that changes a campaign that is there: it holds what is public now, and nothing changes by itself."""
    draft = begin(account, content_of(campaign, petition), at=at)
    draft.campaign_id, draft.petition_id = campaign.id, petition.id if petition else None
    db.session.flush()
    return draft


def begin_like(campaign: Campaign, petition: Petition | None, account: Account, *, at: datetime) -> Draft:
    """A new draft with the words of another campaign and letter: the people, addresses and title are its own."""
    known = content_of(campaign, petition)
    like = Content(
        campaign=CampaignProposed(country=known.campaign.country, body=known.campaign.body),
        letter=_renamed(known.letter),
    )
    return begin(account, like, at=at)


def begin_copy(draft: Draft, account: Account, *, at: datetime) -> Draft:
    """Somebody else's draft, or one's own of before, to go on with; consent and risk are to be written anew."""
    known = proposal.read(draft.content)
    copy = begin(account, replace(known, safety=SafetyProposed()), lang=draft.lang, at=at)
    copy.campaign_id, copy.petition_id = draft.campaign_id, draft.petition_id
    note("draft copied", "draft", str(copy.id), account_id=account.id, at=at, copied_from=draft.id)
    return copy


def of(account: Account) -> Sequence[Draft]:
    """One's own drafts, the last saved first."""
    mine = select(Draft).where(Draft.account_id == account.id, Draft.state != DraftState.WITHDRAWN)
    return db.session.scalars(mine.order_by(Draft.saved_at.desc(), Draft.id.desc())).all()


def own(draft_id: int, account: Account) -> Draft | None:
    """The draft of that number if it is this account's; nobody else's is ever found."""
    return db.session.scalar(
        select(Draft)
        .where(Draft.id == draft_id, Draft.account_id == account.id, Draft.state != DraftState.WITHDRAWN)
        .execution_options(populate_existing=True)
        .with_for_update()
    )


def public_campaign(slug: str) -> Campaign | None:
    return db.session.scalar(select(Campaign).where(Campaign.slug == slug, Campaign.state.in_(PUBLIC_STATES)))


def public_campaigns() -> Sequence[Campaign]:
    """What may be changed or taken as an example: all that is public, by title."""
    return db.session.scalars(
        select(Campaign).where(Campaign.state.in_(PUBLIC_STATES)).order_by(Campaign.position, Campaign.title)
    ).all()


def save(draft: Draft, content: Content, *, version: int, at: datetime) -> None:
    """Keep what is typed, however little. Raises NotBeingWritten, SavedElsewhere; `content` has nothing wrong."""
    refuse_other(draft, version=version)
    draft.content = content.as_json()
    draft.version += 1
    draft.saved_at = at
    db.session.flush()


def refuse_other(draft: Draft, *, version: int) -> None:
    """Raises NotBeingWritten, and SavedElsewhere for any version but the last."""
    if draft.state is not DraftState.WRITING:
        raise NotBeingWritten
    if draft.version != version:
        raise SavedElsewhere


def lacking(draft: Draft) -> list[Fault]:
    """Everything that stands between this draft and staff."""
    content = proposal.read(draft.content)
    needs_letter = draft.campaign_id is None or draft.petition_id is not None
    found = proposal.wrong(content)
    found += proposal.missing(content, needs_letter=needs_letter, needs_consent=draft.account_id is not None)
    return found + clashing(draft, content)


def submit(draft: Draft, *, at: datetime) -> None:
    """Send it to staff. From here on it rests: nobody changes what somebody reads. Raises Incomplete."""
    if draft.state is not DraftState.WRITING:
        raise NotBeingWritten
    faults = lacking(draft)
    if faults:
        raise Incomplete(faults)
    draft.state, draft.submitted_at = DraftState.SUBMITTED, at
    db.session.flush()
    note("draft submitted", "draft", str(draft.id), account_id=draft.account_id, at=at)


def take_back(draft: Draft, *, at: datetime) -> None:
    """The author goes on writing. Not while staff hold it: they would decide about words that change. Raises Held."""
    if draft.state is not DraftState.SUBMITTED:
        raise NotBeingWritten
    locking.refuse_held(draft, at=at)
    draft.state, draft.submitted_at = DraftState.WRITING, None
    draft.version += 1
    db.session.flush()
    note("draft taken back", "draft", str(draft.id), account_id=draft.account_id, at=at)


def discard(draft: Draft, *, at: datetime) -> None:
    """Throw it away: its words are deleted, for they may name people whom nobody has named in public."""
    if draft.state is not DraftState.WRITING:
        raise NotBeingWritten
    draft.state, draft.content, draft.email_box = DraftState.WITHDRAWN, {}, None
    db.session.flush()
    note("draft discarded", "draft", str(draft.id), account_id=draft.account_id, at=at)


def content_of(campaign: Campaign, petition: Petition | None) -> Content:
    """What is public of a campaign and of its letter, as a draft holds it."""
    people = tuple(PersonProposed(slug=p.slug) for p in campaign.prisoners if showing.may_be_named(p))
    return Content(
        people=people,
        campaign=CampaignProposed(campaign.title, campaign.slug, campaign.country, campaign.summary, campaign.body),
        letter=_letter_of(petition) if petition and petition.texts else LetterProposed(),
        files=filing.proposed(campaign),
    )


def _letter_of(petition: Petition) -> LetterProposed:
    words = petition.text
    return LetterProposed(
        title=words.title,
        slug=petition.slug,
        occasion=words.occasion,
        salutation=words.salutation,
        text="\n\n".join(words.paragraphs),
        asks_lead=words.asks_lead,
        asks=tuple(AskProposed(ask["text"], ask["to"]) for ask in words.asks),
        closing=words.closing,
        addressees=tuple(a.addressee_id for a in petition.addressees),
        goal=str(petition.goal),
    )


def _renamed(letter: LetterProposed) -> LetterProposed:
    return LetterProposed(**{**vars(letter), "title": "", "slug": ""})


def clashing(draft: Draft, content: Content) -> list[Fault]:
    """What cannot stand beside what is there: an address that is taken, a record that is gone."""
    found = []
    if content.campaign.slug and address_taken("campaign", content.campaign.slug, but=draft.campaign_id):
        found.append(Fault(Step.CAMPAIGN, "slug", Code.SLUG_TAKEN))
    if content.letter.slug and address_taken("petition", content.letter.slug, but=draft.petition_id):
        found.append(Fault(Step.LETTER, "letter_slug", Code.SLUG_TAKEN))
    slugs = [p.slug for p in content.people if p.slug]
    known = set(db.session.scalars(select(Prisoner.slug).where(Prisoner.slug.in_(slugs))))
    found += [
        Fault(Step.CASE, f"people-{n}-name", Code.PERSON_UNKNOWN)
        for n, p in enumerate(content.people)
        if p.slug and p.slug not in known
    ]
    return found


def address_taken(kind: str, slug: str, *, but: int | None = None) -> bool:
    """Whether another campaign or petition has or had this address: a link that was printed leads where it led."""
    table = Campaign if kind == "campaign" else Petition
    now = exists().where(table.slug == slug, table.id != (but or 0))
    once = exists().where(OldAddress.kind == kind, OldAddress.slug == slug, OldAddress.thing_id != (but or 0))
    return bool(db.session.scalar(select(now | once)))


def moved_to(kind: str, slug: str) -> str | None:
    """Where what once had this address is now; None for an address that never was one."""
    table = Campaign if kind == "campaign" else Petition
    once = select(table.slug).join(OldAddress, OldAddress.thing_id == table.id)
    return db.session.scalar(once.where(OldAddress.kind == kind, OldAddress.slug == slug))
