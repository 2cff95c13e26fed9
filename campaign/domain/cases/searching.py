"""Searching: a person is found under any spelling, a campaign by the words on its page.

Names from Tajikistan alone reach Latin letters by two routes, so names are compared by `spelling_key`, which
finds too much rather than too little; people then choose. Only what is published is found: a name whose
publication nobody agreed to, and that was not public before, leads nowhere.
"""

from sqlalchemy import ColumnElement, and_, false, literal, or_, select
from sqlalchemy.orm import selectinload
from sqlalchemy.sql.base import ExecutableOption

from campaign.database import db
from campaign.domain import pausing
from campaign.domain.cases import showing
from campaign.domain.spellings import search_key, spelling_key
from campaign.models.campaign import PUBLIC_STATES, Campaign, campaign_prisoners
from campaign.models.petition import Petition, PetitionAddressee
from campaign.models.prisoner import Consent, Prisoner, PrisonerName, Question

MOST_WORDS, MOST_LETTERS = 8, 200
WHOLE_BELOW = 3  # letters; a shorter word of a name must be written out, a longer one may be begun
_AROUND_WORDS = ".,;:!?\"'()[]«»„“”‘’…–-"


def find_campaigns(query: str = "", country: str | None = None) -> list[Campaign]:
    """Public campaigns in which every word of `query` stands, best first; all of them for an empty query.

    A campaign whose person bears the name comes before one that only mentions the words, and a campaign for
    one person before one for many. `country` is a two-letter code, of detention.
    """
    words = _words(query)
    found = (
        select(Campaign)
        .where(Campaign.state.in_(PUBLIC_STATES), pausing.running())
        .order_by(Campaign.position, Campaign.title)
    )
    if country:
        found = found.where(Campaign.country == (country.upper() if country.isascii() and country.isalpha() else ""))
    for word in words:
        found = found.where(or_(_names_somebody([word]), _mentions(word)))
    campaigns = list(db.session.scalars(found.options(*_what_a_list_shows())))
    return sorted(campaigns, key=lambda campaign: _rank(campaign, words)) if words else campaigns


def find_people(query: str) -> list[Prisoner]:
    """People of public campaigns one of whose spellings holds every word of `query`, in order of their address."""
    words = _words(query)
    if not words:
        return []
    public = (
        select(campaign_prisoners.c.prisoner_id)
        .join(Campaign, Campaign.id == campaign_prisoners.c.campaign_id)
        .where(Campaign.state.in_(PUBLIC_STATES))
    )
    found = (
        select(Prisoner)
        .where(Prisoner.id.in_(public), _may_be_named(), _bears(words))
        .options(selectinload(Prisoner.names))
        .order_by(Prisoner.slug)
    )
    return list(db.session.scalars(found))


def _words(query: str) -> list[str]:
    """What was typed, as words; signs that part words for the eye part them here, and NUL is no letter."""
    clean = query[:MOST_LETTERS].encode(errors="ignore").decode().replace("\x00", " ")
    words = (word.strip(_AROUND_WORDS) for word in clean.split())
    return [word for word in words if search_key(word)][:MOST_WORDS]


def _bears(words: list[str]) -> ColumnElement[bool]:
    """One spelling of the person in which every word begins a word of the name."""
    keys = [key for word in words for key in spelling_key(word).split()]
    if not keys:
        return false()
    spaced = literal(" ").concat(PrisonerName.key).concat(literal(" "))
    begins = [spaced.contains(f" {key}" if len(key) >= WHOLE_BELOW else f" {key} ", autoescape=True) for key in keys]
    return Prisoner.names.any(and_(*begins))


def _may_be_named() -> ColumnElement[bool]:
    """The rule of `showing.may_be_named`, asked of the database."""
    said_yes = and_(Consent.question == Question.PUBLISH_NAME, Consent.answer.in_(showing.SAID_YES))
    return and_(Prisoner.paused_at.is_(None), Prisoner.consents.any(said_yes))


def _names_somebody(words: list[str]) -> ColumnElement[bool]:
    return Campaign.prisoners.any(and_(_may_be_named(), _bears(words)))


def _mentions(word: str) -> ColumnElement[bool]:
    """The word in the title, summary, text or a person's role. SQLite folds the case of ASCII letters only."""
    cases = {word, word.lower(), word.capitalize(), word.upper()}
    columns = (Campaign.title, Campaign.summary, Campaign.body)
    in_text = [column.icontains(case, autoescape=True) for column in columns for case in cases]
    in_role = [Prisoner.role.icontains(case, autoescape=True) for case in cases]
    return or_(*in_text, Campaign.prisoners.any(and_(_may_be_named(), or_(*in_role))))


def _what_a_list_shows() -> tuple[ExecutableOption, ...]:
    people = selectinload(Campaign.prisoners)
    petitions = selectinload(Campaign.petitions)
    return (
        people.selectinload(Prisoner.names),
        people.selectinload(Prisoner.consents),
        petitions.selectinload(Petition.texts),
        petitions.selectinload(Petition.addressees).selectinload(PetitionAddressee.addressee),
    )


def _rank(campaign: Campaign, words: list[str]) -> tuple[int, int]:
    """Lower is better. Sorting is stable: what ranks alike stays in the order of the home page."""
    keys = [key for word in words for key in spelling_key(word).split()]
    named = [p for p in campaign.prisoners if showing.may_be_named(p)]
    borne = max((_match(name.key, keys) for person in named for name in person.names), default=0)
    return -borne, len(named)


def _match(key: str, words: list[str]) -> int:
    """2 where every word is a word of the name, 1 where every word begins one, 0 otherwise."""
    parts = key.split()
    if all(word in parts for word in words):
        return 2
    return int(all(any(part.startswith(word) for part in parts) for word in words))
