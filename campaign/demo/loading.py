"""Loading the demonstration: what is not there yet is added, what is there is left as staff have made it.

Loading twice changes nothing. The facts are those of 9 June 2017 and carry that date; the petitions themselves
are this site's own, so they open four weeks before the day on which they are loaded.
"""

import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from campaign.database import Base, db
from campaign.demo import letters, people, reading
from campaign.demo.reading import DataWrong
from campaign.demo.records import AddresseeRecord, CampaignRecord, PetitionRecord
from campaign.domain.accounts import teaming
from campaign.domain.cases.publishing import consent_sentence, text_hash
from campaign.models.account import Account, Role, RoleName
from campaign.models.addressee import Addressee
from campaign.models.campaign import Campaign, State, campaign_prisoners
from campaign.models.organisation import Cosigner, Organisation
from campaign.models.petition import Ask, Petition, PetitionAddressee, PetitionText
from campaign.models.prisoner import Prisoner

PETITION = "tajikistan-2017"
FACTS_AS_OF = "2017-06-09"
COUNTRY = "TJ"
OPEN_FOR = timedelta(days=28)
DEMO_PASSWORD = "open-letters-demonstration"  # noqa: S105 - public on purpose; production refuses the demonstration
ACCOUNTS = {
    RoleName.CAMPAIGNER: "campaigner@example.org",
    RoleName.STAFF: "staff@example.org",
    RoleName.ADMIN: "admin@example.org",
}


@dataclass(frozen=True)
class Loaded:
    """How many rows of each kind this loading added."""

    people: int
    campaigns: int
    petitions: int
    organisations: int
    addressees: int
    accounts: int

    @property
    def anything(self) -> bool:
        return any(vars(self).values())


_COUNTED: dict[str, type[Base]] = {
    "people": Prisoner,
    "campaigns": Campaign,
    "petitions": Petition,
    "organisations": Organisation,
    "addressees": Addressee,
    "accounts": Account,
}


def load(*, at: datetime, hash_password: Callable[[str], str] | None) -> Loaded:
    """Add the reference case to the database, once. Raises DataWrong; the caller commits.

    Without `hash_password` no accounts are added; loading again on a node where people sign in adds them.
    """
    before = _counts()
    _load_addressees()
    _load_organisations()
    people.load()
    for record in reading.campaigns():
        _load_campaign(record, at)
    letters.load(at=at)
    if hash_password:
        _load_accounts(at, hash_password)
        _load_teams(at)
    db.session.flush()
    after = _counts()
    return Loaded(**{kind: after[kind] - before[kind] for kind in _COUNTED})


def _counts() -> dict[str, int]:
    return {kind: _count(model) for kind, model in _COUNTED.items()}


def _count(model: type[Base]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def directory_lacks() -> int:
    """How many offices and mandates of the list that comes with the site are not in the directory."""
    known = set(db.session.scalars(select(Addressee.id)))
    return sum(each.id not in known for each in reading.addressees().addressees)


def load_directory() -> int:
    """The offices and mandates known on the day of the list, none confirmed; how many were not there before."""
    before = _count(Addressee)
    _load_addressees()
    return _count(Addressee) - before


def _load_addressees() -> None:
    listed = reading.addressees()
    known = set(db.session.scalars(select(Addressee.id)))
    db.session.add_all(_addressee(a, listed.as_of) for a in listed.addressees if a.id not in known)
    db.session.flush()


def _addressee(record: AddresseeRecord, as_of: date) -> Addressee:
    return Addressee(**vars(record), as_of=as_of)


def _load_organisations() -> None:
    known = set(db.session.scalars(select(Organisation.slug)))
    db.session.add_all(Organisation(slug=o.slug, name=o.name) for o in reading.organisations() if o.slug not in known)
    db.session.flush()


def _load_campaign(record: CampaignRecord, at: datetime) -> None:
    campaign = _find(Campaign, Campaign.slug == record.slug)
    if campaign is None:
        campaign = Campaign(
            slug=record.slug,
            reference=record.reference,
            title=record.title,
            summary=record.summary,
            body=record.body,
            country=COUNTRY,
            state=State.OPEN,
            facts_as_of=FACTS_AS_OF,
            is_demonstration=True,
            position=record.position,
            opened_at=at - OPEN_FOR,
            hash_secret=secrets.token_bytes(32),
        )
        db.session.add(campaign)
        db.session.flush()
        _join_people(campaign, record.prisoners)
    if record.petition and _find(Petition, Petition.slug == record.petition.slug) is None:
        _load_petition(campaign, record.petition, at)


def _join_people(campaign: Campaign, slugs: list[str]) -> None:
    rows = db.session.execute(select(Prisoner.slug, Prisoner.id).where(Prisoner.slug.in_(slugs)))
    ids = {slug: each for slug, each in rows}
    joined = [
        {"campaign_id": campaign.id, "prisoner_id": _known(ids, slug, "person"), "position": n}
        for n, slug in enumerate(slugs)
    ]
    db.session.execute(campaign_prisoners.insert(), joined)
    db.session.expire(campaign, ["prisoners"])


def _load_petition(campaign: Campaign, record: PetitionRecord, at: datetime) -> None:
    opened = at - OPEN_FOR
    petition = Petition(
        campaign_id=campaign.id,
        slug=record.slug,
        reference=record.reference,
        state=State.OPEN,
        opened_at=opened,
        goal=record.goal,
        hash_secret=secrets.token_bytes(32),
    )
    words = record.text
    petition.asks = [Ask(position=n, text=a.text, asked_of=a.to) for n, a in enumerate(words.asks, start=1)]
    petition.addressees = [PetitionAddressee(addressee_id=each, position=n) for n, each in enumerate(record.addressees)]
    petition.texts = [_text(record, opened)]
    db.session.add(petition)
    db.session.flush()
    _load_cosigners(petition, record.cosigners)


def _text(record: PetitionRecord, effective: datetime) -> PetitionText:
    words = record.text
    titles = {each: title for each, title in db.session.execute(select(Addressee.id, Addressee.title))}
    text = PetitionText(
        version=1,
        lang="en",
        title=words.title,
        occasion=words.occasion,
        salutation=words.salutation,
        paragraphs=words.paragraphs,
        asks_lead=words.asks_lead,
        asks=[{"text": ask.text, "to": ask.to} for ask in words.asks],
        closing=words.closing,
        consent=consent_sentence([_known(titles, each, "addressee") for each in record.addressees]),
        addressee_ids=record.addressees,
        effective_at=effective,
    )
    text.sha256 = text_hash(text)
    return text


def _load_cosigners(petition: Petition, slugs: list[str]) -> None:
    records = {o.slug: o for o in reading.organisations()}
    ids = {slug: each for slug, each in db.session.execute(select(Organisation.slug, Organisation.id))}
    db.session.add_all(
        Cosigner(
            petition_id=petition.id,
            organisation_id=_known(ids, slug, "organisation"),
            position=n,
            basis=records[slug].basis,
            signed_on=records[slug].signed_on,
        )
        for n, slug in enumerate(slugs)
    )
    db.session.flush()


def _load_accounts(at: datetime, hash_password: Callable[[str], str]) -> None:
    roles = {role.name: role for role in db.session.scalars(select(Role))}
    for name in RoleName:
        roles.setdefault(name, Role(name=name.value))
    for name, email in ACCOUNTS.items():
        if _find(Account, Account.email == email):
            continue
        account = Account(
            email=email,
            name=f"Demonstration {name.value}",
            title="an invented account",
            password=hash_password(DEMO_PASSWORD),
            is_demonstration=True,
            fs_uniquifier=uuid.uuid4().hex,
            created_at=at,
            roles=[roles[name]],
        )
        db.session.add(account)
    db.session.add_all(roles.values())


def _load_teams(at: datetime) -> None:
    """The campaigns of the demonstration belong to its campaigner, unless they have a team already."""
    owner = _find(Account, Account.email == ACCOUNTS[RoleName.CAMPAIGNER])
    for record in reading.campaigns():
        campaign = _find(Campaign, Campaign.slug == record.slug)
        if campaign is not None and teaming.of_campaign(campaign) is None:
            teaming.found(owner, at=at).campaign_id = campaign.id


def _find(model: type[Base], where: Any) -> Any:
    return db.session.scalars(select(model).where(where).limit(1)).first()


def _known(known: dict[str, Any], slug: str, kind: str) -> Any:
    if slug not in known:
        raise DataWrong(f'campaigns.json: there is no {kind} "{slug}"')
    return known[slug]
