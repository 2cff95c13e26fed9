"""Drafting: campaigners write what is not public, alone or as a team, and send it to staff when it is whole.

Each saving holds the whole form and the number of the version that was on the screen. A saving that knows only an
older version is refused rather than mixed: two open windows, or two people, never overwrite each other unseen.
"""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import exists, select

from campaign.database import db
from campaign.domain import switching
from campaign.domain.accounts import teaming
from campaign.domain.cases import enclosing, proposal, showing, translating
from campaign.domain.cases.proposal import (
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
from campaign.domain.drafts import completing, locking, sponsoring
from campaign.domain.errors import ReadingOnly, Refused
from campaign.domain.journalling import note
from campaign.models.account import Account
from campaign.models.campaign import PUBLIC_STATES, Campaign
from campaign.models.draft import Draft, DraftState, OldAddress
from campaign.models.petition import Petition
from campaign.models.prisoner import Prisoner
from campaign.models.team import Part, Team, TeamMember


class SavedElsewhere(Refused):
    """This draft was saved in another window meanwhile. What you typed is still in the form: compare the two before
    you save."""


class NotBeingWritten(Refused):
    """This draft is not being written any more: it was sent to staff, or decided."""


class NotOfItsTeam(Refused):
    """Only its own team, or staff, can change this campaign. Take it as an example for one of your own, or ask its team
    to invite you."""


class AuthorOnly(Refused):
    """A draft is thrown away by whoever began it, or by the owner of its team."""


class Incomplete(Refused):
    """Something is still missing before this can go to staff."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__()
        self.faults = faults


def begin(
    account: Account | None,
    content: Content | None = None,
    *,
    team: Team | None = None,
    lang: str = "en",
    at: datetime,
) -> Draft:
    """An empty draft, or one with this content; its author owns a new team unless one is given.

    Raises CreatingStopped while staff have stopped that.
    """
    switching.refuse_creating()
    if team is None and account is not None:
        team = teaming.found(account, at=at)
    draft = Draft(
        public_id=secrets.token_bytes(16),
        state=DraftState.WRITING,
        content=(content or Content()).as_json(),
        account_id=account.id if account else None,
        team_id=team.id if team else None,
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
    """A draft that changes a campaign that is there: it holds what is public now, and nothing changes by itself.

    For those who write in its team, and for staff. Raises NotOfItsTeam.
    """
    if not teaming.may_write(account, campaign):
        raise NotOfItsTeam
    team = teaming.for_change(campaign, account, at=at)
    draft = begin(account, content_of(campaign, petition), team=team, at=at)
    draft.campaign_id, draft.petition_id = campaign.id, petition.id if petition else None
    draft.base = draft.content
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
    if draft.campaign is not None and not teaming.may_write(account, draft.campaign):
        raise NotOfItsTeam
    known = proposal.read(draft.content)
    team = draft.team if teaming.may_write(account, draft) else None
    copy = begin(account, replace(known, safety=SafetyProposed()), team=team, lang=draft.lang, at=at)
    copy.campaign_id, copy.petition_id, copy.base = draft.campaign_id, draft.petition_id, draft.base
    note("draft copied", "draft", str(copy.id), account_id=account.id, at=at, copied_from=draft.id)
    return copy


def of(account: Account) -> Sequence[tuple[Draft, Part]]:
    """The drafts of the teams that this account is in, the last saved first, and what it is there."""
    mine = select(Draft, TeamMember.part).join(TeamMember, TeamMember.team_id == Draft.team_id)
    mine = mine.where(TeamMember.account_id == account.id, Draft.state != DraftState.WITHDRAWN)
    rows = db.session.execute(mine.order_by(Draft.saved_at.desc(), Draft.id.desc()))
    return [(draft, part) for draft, part in rows]


def readable(draft_id: int, account: Account) -> Draft | None:
    """The draft of that number if this account is in its team; nobody else ever finds it."""
    teams = select(TeamMember.team_id).where(TeamMember.account_id == account.id)
    return db.session.scalar(
        select(Draft)
        .where(Draft.id == draft_id, Draft.team_id.in_(teams), Draft.state != DraftState.WITHDRAWN)
        .execution_options(populate_existing=True)
        .with_for_update(of=Draft)
    )


def own(draft_id: int, account: Account) -> Draft | None:
    """The same, to write in it. Raises ReadingOnly for those of the team who only read."""
    draft = readable(draft_id, account)
    if draft is not None and not teaming.may_write(account, draft):
        raise ReadingOnly
    return draft


def public_campaign(slug: str) -> Campaign | None:
    return db.session.scalar(select(Campaign).where(Campaign.slug == slug, Campaign.state.in_(PUBLIC_STATES)))


def public_campaigns() -> Sequence[Campaign]:
    """What may be changed or taken as an example: all that is public, by title."""
    return db.session.scalars(
        select(Campaign).where(Campaign.state.in_(PUBLIC_STATES)).order_by(Campaign.position, Campaign.title)
    ).all()


def save(draft: Draft, content: Content, *, version: int, by: Account, at: datetime) -> None:
    """Keep what is typed, however little. Raises NotBeingWritten, SavedElsewhere; `content` has nothing wrong."""
    refuse_other(draft, version=version)
    draft.content = content.as_json()
    draft.version += 1
    draft.saved_at = at
    teaming.note_hand(draft, by, at=at)


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
    found = proposal.wrong(content) + translating.wrong(content) + translating.missing(content)
    found += completing.missing(content, needs_letter=needs_letter, needs_consent=draft.account_id is not None)
    return found + clashing(draft, content)


def submit(draft: Draft, *, by: Account, at: datetime) -> None:
    """Send it to staff, or first to co-sponsors. From here on it rests: nobody changes what somebody reads.

    Everybody who could write in it now has had a hand in it, and cannot approve it. Raises NotBeingWritten, Incomplete.
    """
    if draft.state is not DraftState.WRITING:
        raise NotBeingWritten
    faults = lacking(draft)
    if faults:
        raise Incomplete(faults)
    for writer in teaming.writers(draft):
        teaming.note_hand(draft, writer, saved=False, at=at)
    sponsoring.send(draft, by=by.id, at=at)


def take_back(draft: Draft, *, by: Account, at: datetime) -> None:
    """The team goes on writing. Not while staff hold it: they would decide about words that change. Raises Held."""
    if draft.state not in {DraftState.SUBMITTED, DraftState.GATHERING}:
        raise NotBeingWritten
    locking.refuse_held(draft, at=at)
    sponsoring.forget_of(draft)
    draft.state, draft.submitted_at = DraftState.WRITING, None
    draft.version += 1
    draft.link_version += 1  # the link that was passed on ends: it spoke of these words
    db.session.flush()
    note("draft taken back", "draft", str(draft.id), account_id=by.id, at=at)


def may_discard(draft: Draft, account: Account) -> bool:
    """Whoever began it, while in the team, or the owner of the team."""
    part = teaming.part_of(account, draft)
    return part is Part.OWNER or (part is Part.EDITOR and draft.account_id == account.id)


def discard(draft: Draft, *, by: Account, at: datetime) -> None:
    """Throw it away: its words are deleted, for they may name people whom nobody has named in public."""
    if not may_discard(draft, by):
        raise AuthorOnly
    if draft.state is not DraftState.WRITING:
        raise NotBeingWritten
    draft.state, draft.content, draft.email_box = DraftState.WITHDRAWN, {}, None
    draft.base = None
    db.session.flush()
    note("draft discarded", "draft", str(draft.id), account_id=by.id, at=at)


def content_of(campaign: Campaign, petition: Petition | None) -> Content:
    """What is public of a campaign and of its letter, as a draft holds it."""
    people = tuple(PersonProposed(slug=p.slug) for p in campaign.prisoners if showing.may_be_named(p))
    return Content(
        people=people,
        campaign=CampaignProposed(campaign.title, campaign.slug, campaign.country, campaign.summary, campaign.body),
        letter=_letter_of(petition) if petition and petition.texts else LetterProposed(),
        translations=translating.of(petition) if petition and petition.texts else (),
        files=enclosing.proposed(campaign),
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
