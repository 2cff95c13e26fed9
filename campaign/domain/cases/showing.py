"""What the public sees of a petition, as frozen facts that a process may keep for a second.

Nothing personal of a signer is in here. The two secrets that signing needs travel inside `open_petition`
and are never shown; they are not in its `repr`.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from campaign.database import db
from campaign.domain import mailboxes, pausing
from campaign.domain.cases import translating
from campaign.domain.signatures import grouping, tallying, vetting
from campaign.domain.signatures.signing import OpenPetition
from campaign.domain.signatures.tallying import Countries
from campaign.models.campaign import PUBLIC_STATES, Campaign, State
from campaign.models.organisation import Cosigner
from campaign.models.petition import AskState, Petition, PetitionAddressee, PetitionText
from campaign.models.prisoner import Answer, Prisoner, Question
from campaign.models.signature import CountryCount, DayCount
from campaign.models.site import ListEntry, ListName

SAID_YES = {Answer.YES, Answer.ALREADY_PUBLIC}


@dataclass(frozen=True)
class Person:
    """A name as it is written: own script where a source has it, and the chosen Latin form."""

    slug: str
    name: str
    native: str
    native_lang: str


@dataclass(frozen=True)
class AskShown:
    text: str
    to: str
    state: AskState


@dataclass(frozen=True)
class AddresseeShown:
    id: str
    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class CosignerShown:
    name: str
    signatory: str
    basis: str


@dataclass(frozen=True)
class TextShown:
    """The letter in one of its other languages, with the sentence that is ticked in it."""

    id: int
    lang: str
    direction: str
    version: int
    title: str
    occasion: str
    salutation: str
    paragraphs: tuple[str, ...]
    asks_lead: str
    asks: tuple[tuple[str, str], ...]
    closing: str
    consent: str
    words_since: datetime
    words_sha256: str
    titles: tuple[str, ...]  # of the addressees, in their order


@dataclass(frozen=True)
class PetitionShown:
    slug: str
    reference: str
    state: State
    is_demonstration: bool
    campaign_slug: str
    campaign_title: str
    facts_as_of: str
    people: tuple[Person, ...]
    addressees: tuple[AddresseeShown, ...]
    title: str
    occasion: str
    salutation: str
    paragraphs: tuple[str, ...]
    asks_lead: str
    asks: tuple[AskShown, ...]
    closing: str
    consent: str
    lang: str
    direction: str
    words_since: datetime
    words_sha256: str
    first_lang: str
    first_consent: str  # where this is a translation: the same sentence in the first language
    translations: tuple[TextShown, ...]
    versions: tuple[tuple[int, str], ...]  # each version there ever was, by id, and its language
    funding_line: str
    cosigners: tuple[CosignerShown, ...]
    goal: int
    signature_count: int
    paper_count: int  # how many of these are on paper
    counted_at: datetime | None
    opened_at: datetime | None
    closes_at: datetime | None
    closed_at: datetime | None
    closed_because: str | None  # released or died
    closed_as_of: str | None
    days: tuple[tuple[str, int], ...]
    countries: Countries
    removed: tuple[tuple[str, int], ...]  # taken out after review, by reason
    shows_names: bool
    open_petition: OpenPetition | None  # None once its secrets are erased

    def is_open(self, at: datetime) -> bool:
        return self.open_petition is not None and self.open_petition.is_open(at)

    @property
    def addressed_to(self) -> list[str]:
        return [a.title for a in self.addressees]

    @property
    def languages(self) -> tuple[str, ...]:
        """Those in which it can be read and signed, the first one first."""
        return (self.first_lang, *(text.lang for text in self.translations))

    def in_language(self, lang: str) -> "PetitionShown | None":
        """The same petition, its letter and the form below it in that language; None where it has none."""
        if lang == self.lang:
            return self
        text = next((each for each in self.translations if each.lang == lang), None)
        if text is None or self.lang != self.first_lang:
            return None
        named = zip(self.addressees, text.titles, strict=True)
        asked = zip(text.asks, self.asks, strict=False)
        return replace(
            self,
            **{name: getattr(text, name) for name in _OF_A_LANGUAGE},
            addressees=tuple(replace(addressee, title=title) for addressee, title in named),
            asks=tuple(AskShown(words, to, ask.state) for (words, to), ask in asked),
            first_consent=self.consent,
            open_petition=replace(self.open_petition, text_id=text.id) if self.open_petition else None,
        )

    def of_version(self, text_id: str) -> "PetitionShown | None":
        """In the language of that version of its words, as it stands now; None where that is not offered any more."""
        lang = next((lang for known, lang in self.versions if str(known) == text_id), "")
        return self.in_language(lang)


_OF_A_LANGUAGE = (
    "title", "occasion", "salutation", "paragraphs", "asks_lead", "closing", "consent",
    "lang", "direction", "words_since", "words_sha256",
)  # fmt: skip


@dataclass(frozen=True)
class Brief:
    """The little that a page behind a private link may say of a petition: never whom it is for."""

    reference: str
    addressed_to: tuple[str, ...]
    signature_count: int
    closes_at: datetime | None
    is_demonstration: bool
    shows_names: bool


def petition(slug: str) -> PetitionShown | None:
    """The petition under that address, or None where nothing is published there."""
    row = _published(slug)
    return _shown(row) if row else None


def brief(slug: str) -> Brief:
    """What a signer's own page says of the letter. The slug comes from the signature's row."""
    row = db.session.scalars(select(Petition).where(Petition.slug == slug)).one()
    titles = tuple(a.addressee.title for a in row.addressees)
    return Brief(
        row.reference, titles, row.signature_count, row.closes_at, row.campaign.is_demonstration, row.shows_names
    )


def high_risk_countries() -> frozenset[str]:
    """Countries whose people are warned before they sign visibly; staff keep the list."""
    return frozenset(db.session.scalars(select(ListEntry.value).where(ListEntry.name == ListName.HIGH_RISK_COUNTRY)))


def published_slugs() -> tuple[list[str], list[str]]:
    """Slugs of public campaigns and of public petitions, for the map of the site."""
    campaigns = (
        select(Campaign.slug)
        .where(Campaign.state.in_(PUBLIC_STATES), pausing.running())
        .order_by(Campaign.position, Campaign.slug)
    )
    petitions = (
        select(Petition.slug)
        .join(Campaign)
        .where(Petition.state.in_(PUBLIC_STATES), Campaign.state.in_(PUBLIC_STATES), pausing.running())
        .order_by(Petition.slug)
    )
    return list(db.session.scalars(campaigns)), list(db.session.scalars(petitions))


def may_be_named(prisoner: Prisoner) -> bool:
    """A person's name is published only with a recorded yes, or where it was public before; unknown is no.

    While the person is paused, nothing is.
    """
    return not prisoner.is_paused and answered(prisoner, Question.PUBLISH_NAME) in SAID_YES


def answered(prisoner: Prisoner, question: Question) -> Answer:
    return next((c.answer for c in prisoner.consents if c.question is question), Answer.UNKNOWN)


def person(prisoner: Prisoner) -> Person:
    native = prisoner.native
    return Person(prisoner.slug, prisoner.name, native.text if native else "", native.lang if native else "")


def _published(slug: str) -> Petition | None:
    readable = [*PUBLIC_STATES, State.PAUSED]
    prisoners = joinedload(Petition.campaign).selectinload(Campaign.prisoners)
    return db.session.scalar(
        select(Petition)
        .join(Campaign)
        .where(
            Petition.slug == slug,
            Petition.state.in_(readable),
            Campaign.state.in_(PUBLIC_STATES),
            pausing.running(),
        )
        .options(
            prisoners.selectinload(Prisoner.names),
            prisoners.selectinload(Prisoner.consents),
            selectinload(Petition.addressees).joinedload(PetitionAddressee.addressee),
        )
    )


def _shown(row: Petition) -> PetitionShown:
    words, campaign = row.text, row.campaign
    return PetitionShown(
        slug=row.slug,
        reference=row.reference,
        state=row.state,
        is_demonstration=campaign.is_demonstration,
        campaign_slug=campaign.slug,
        campaign_title=campaign.title,
        facts_as_of=campaign.facts_as_of,
        people=tuple(person(p) for p in campaign.prisoners if may_be_named(p)),
        addressees=tuple(
            AddresseeShown(a.addressee.id, a.addressee.title, tuple(a.addressee.address_lines)) for a in row.addressees
        ),
        title=words.title,
        occasion=words.occasion,
        salutation=words.salutation,
        paragraphs=tuple(words.paragraphs),
        asks_lead=words.asks_lead,
        asks=_asks(row, words),
        closing=words.closing,
        consent=words.consent,
        lang=words.lang,
        direction=translating.locale_of(words.lang).text_direction,
        words_since=words.effective_at,
        words_sha256=words.sha256,
        first_lang=words.lang,
        first_consent="",
        translations=tuple(_text(row, text) for text in row.translations),
        versions=tuple((text.id, text.lang) for text in row.texts),
        funding_line=row.funding_line,
        cosigners=_cosigners(row),
        goal=tallying.next_goal(row.signature_count, row.goal),
        signature_count=row.signature_count,
        paper_count=row.paper_count,
        counted_at=row.counted_at,
        opened_at=row.opened_at,
        closes_at=row.closes_at,
        closed_at=row.closed_at,
        closed_because=row.closed_because,
        closed_as_of=row.closed_as_of,
        days=_days(row.id),
        countries=_countries(row.id),
        removed=vetting.removed_by_reason(row),
        shows_names=row.shows_names,
        open_petition=_open_petition(row, words),
    )


def _text(row: Petition, text: PetitionText) -> TextShown:
    titles = (text.consent_parts or {}).get("titles", {})
    return TextShown(
        id=text.id,
        lang=text.lang,
        direction=translating.locale_of(text.lang).text_direction,
        version=text.version,
        title=text.title,
        occasion=text.occasion,
        salutation=text.salutation,
        paragraphs=tuple(text.paragraphs),
        asks_lead=text.asks_lead,
        asks=tuple((ask["text"], ask["to"]) for ask in text.asks),
        closing=text.closing,
        consent=text.consent,
        words_since=text.effective_at,
        words_sha256=text.sha256,
        titles=tuple(titles.get(a.addressee_id) or a.addressee.title for a in row.addressees),
    )


def _asks(row: Petition, words: PetitionText) -> tuple[AskShown, ...]:
    """The asks in the words that are signed, each with what has become of it."""
    states = {ask.position: ask.state for ask in row.asks}
    first = min(states, default=0)
    return tuple(
        AskShown(ask["text"], ask["to"], states.get(first + i, AskState.ASKED)) for i, ask in enumerate(words.asks)
    )


def _cosigners(row: Petition) -> tuple[CosignerShown, ...]:
    rows = db.session.scalars(
        select(Cosigner)
        .where(Cosigner.petition_id == row.id)
        .order_by(Cosigner.position, Cosigner.id)
        .options(joinedload(Cosigner.organisation))
    )
    return tuple(
        CosignerShown(c.organisation.name, ", ".join(filter(None, [c.signatory, c.signatory_title])), c.basis)
        for c in rows
    )


def _days(petition_id: int) -> tuple[tuple[str, int], ...]:
    rows = db.session.execute(
        select(DayCount.day, DayCount.signatures).where(DayCount.petition_id == petition_id).order_by(DayCount.day)
    )
    return tuple((day, n) for day, n in rows)


def _countries(petition_id: int) -> Countries:
    rows = db.session.execute(
        select(CountryCount.country, CountryCount.signatures).where(CountryCount.petition_id == petition_id)
    )
    return tallying.by_country((code, n) for code, n in rows)


def _open_petition(row: Petition, words: PetitionText) -> OpenPetition | None:
    if row.hash_secret is None or row.campaign.hash_secret is None:
        return None
    return OpenPetition(
        row.id,
        words.id,
        row.state,
        row.closes_at,
        row.hash_secret,
        row.campaign.hash_secret,
        rules=mailboxes.rules_of(row),
        asks_for_proof=row.asks_for_proof,
        is_joined=grouping.is_kept(row.campaign),
    )
