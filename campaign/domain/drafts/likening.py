"""Likening: what is there already for the same person, whatever the spelling, or under nearly the same title.

Two letters for one person divide the people who would sign. Authors are shown only what is public; staff see in
addition what else waits, for a draft is nobody's business but its author's and theirs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import select

from campaign.database import db
from campaign.domain.cases import proposal, searching
from campaign.domain.cases.proposal import Content
from campaign.domain.spellings import search_key, spelling_key
from campaign.models.campaign import PUBLIC_STATES, Campaign
from campaign.models.draft import Draft, DraftState
from campaign.models.prisoner import Prisoner

MOST = 8
MOST_NAMES = 100  # looked for in one draft: each is a question to the database
LONG_WORD = 5  # letters; shorter words of a title are alike everywhere


@dataclass(frozen=True)
class PersonLike:
    """A record that may be the same person as number `n` of the draft."""

    n: int
    slug: str
    name: str
    native: str


@dataclass(frozen=True)
class CampaignLike:
    slug: str
    title: str
    summary: str
    signature_count: int


def people(content: Content) -> list[PersonLike]:
    """Public records that bear one of the names of somebody new in this draft, in any spelling."""
    found: dict[tuple[int, str], PersonLike] = {}
    written = (
        (n, name)
        for n, person in enumerate(content.people)
        if not person.slug
        for name in (person.name, person.native, *person.spellings[:MOST])
    )
    for n, name in islice(written, MOST_NAMES):
        for known in searching.find_people(name):
            native = known.native.text if known.native else ""
            found.setdefault((n, known.slug), PersonLike(n, known.slug, known.name, native))
    return list(found.values())[: MOST * 2]


def campaigns(content: Content, *, but: int | None = None) -> list[CampaignLike]:
    """Public campaigns for the same people first, then those with much the same title in the same country."""
    slugs = {p.slug for p in content.people if p.slug} | {p.slug for p in people(content)}
    found: dict[int, Campaign] = {}
    public = select(Campaign).where(Campaign.state.in_(PUBLIC_STATES)).order_by(Campaign.position, Campaign.id)
    if slugs:
        same = public.where(Campaign.prisoners.any(Prisoner.slug.in_(slugs)))
        found.update((c.id, c) for c in db.session.scalars(same))
    words = _words([content.campaign.title, content.letter.title])
    if words:
        there = public.where(Campaign.country == content.campaign.country) if content.campaign.country else public
        alike = [(len(words & _words(_titles(c))), c) for c in db.session.scalars(there)]
        alike = sorted((pair for pair in alike if pair[0] >= min(2, len(words))), key=lambda pair: -pair[0])
        for _n, campaign in alike:
            found.setdefault(campaign.id, campaign)
    return [_like(c) for c in found.values() if c.id != but][:MOST]


def waiting(draft: Draft) -> list[Draft]:
    """Other drafts before staff for one of the same people. For staff alone."""
    mine = _keys(proposal.read(draft.content))
    others = db.session.scalars(select(Draft).where(Draft.state == DraftState.SUBMITTED, Draft.id != draft.id))
    return [other for other in others if mine & _keys(proposal.read(other.content))]


def _keys(content: Content) -> set[str]:
    """By what two drafts for one person are recognised: the record's address, or a name by its sound."""
    keys = {f"slug:{p.slug}" for p in content.people if p.slug}
    for person in content.people:
        keys |= {spelling_key(name) for name in (person.name, person.native, *person.spellings) if name}
    return keys


def _words(titles: Iterable[str]) -> set[str]:
    return {word for title in titles for word in search_key(title).split() if len(word) >= LONG_WORD}


def _titles(campaign: Campaign) -> Sequence[str]:
    return [campaign.title, *(p.text.title for p in campaign.petitions if p.texts)]


def _like(campaign: Campaign) -> CampaignLike:
    total = sum(p.signature_count for p in campaign.petitions)
    return CampaignLike(campaign.slug, campaign.title, campaign.summary, total)
