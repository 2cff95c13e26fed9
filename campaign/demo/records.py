"""The shape of the demonstration's data files. A field that is not here is a fault in the file."""

from dataclasses import dataclass, field
from datetime import date

from campaign.models.addressee import AddresseeKind
from campaign.models.prisoner import Confidence, Status, Topic


@dataclass(frozen=True)
class SourceRecord:
    id: str
    title: str
    publisher: str = ""
    url: str = ""
    published: str = ""
    note: str = ""


@dataclass(frozen=True)
class Spelling:
    text: str
    lang: str = ""
    source: str | None = None


@dataclass(frozen=True)
class Names:
    """`native` only where a source prints it; `variants` are the other Latin forms seen."""

    chosen: str
    native: Spelling | None = None
    variants: list[Spelling] = field(default_factory=list)


@dataclass(frozen=True)
class FactRecord:
    topic: Topic
    value: str
    as_of: str
    sources: list[str]
    happened: str | None = None
    confidence: Confidence = Confidence.REPORTED
    id: str | None = None  # only where a conflict names it


@dataclass(frozen=True)
class ConflictRecord:
    about: str
    facts: list[str]
    reason: str


@dataclass(frozen=True)
class PersonRecord:
    slug: str
    role: str
    summary: str
    status: Status
    status_as_of: str
    status_note: str
    held_since: str | None
    names: Names
    facts: list[FactRecord]
    conflicts: list[ConflictRecord]


@dataclass(frozen=True)
class AskRecord:
    text: str
    to: str


@dataclass(frozen=True)
class Words:
    title: str
    occasion: str
    salutation: str
    paragraphs: list[str]
    asks_lead: str
    asks: list[AskRecord]
    closing: str


@dataclass(frozen=True)
class PetitionRecord:
    slug: str
    reference: str
    goal: int
    addressees: list[str]
    cosigners: list[str]
    text: Words


@dataclass(frozen=True)
class CampaignRecord:
    slug: str
    reference: str
    position: int
    title: str
    summary: str
    body: str
    prisoners: list[str]
    petition: PetitionRecord | None


@dataclass(frozen=True)
class OrganisationRecord:
    slug: str
    name: str
    basis: str
    signed_on: date


@dataclass(frozen=True)
class AddresseeRecord:
    id: str
    kind: AddresseeKind
    title: str
    salutation: str
    use_when: str
    what_is_verified: str
    address_lines: list[str] = field(default_factory=list)
    country: str = ""
    holder: str | None = None
    holder_until: date | None = None
    email: str | None = None
    email_is_verified: bool = False
    languages: list[str] = field(default_factory=list)
    channels: list[str] = field(default_factory=list)
    portal: str = ""
    limits: str = ""
    consent_questions: list[str] = field(default_factory=list)
    mandate_country: str = ""
    created_by: str = ""
    last_renewal: str = ""
    note: str = ""
    sources: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class AddresseeList:
    as_of: date
    note: str
    addressees: list[AddresseeRecord]


@dataclass(frozen=True)
class NamePool:
    """Names of one language in one script: given names, family names, and how they are joined.

    `pattern` says the order, as people there write it; without family names a given name stands alone.
    """

    script: str
    lang: str
    countries: list[str]
    given: list[str]
    family: list[str] = field(default_factory=list)
    pattern: str = "{given} {family}"
    weight: int = 1


@dataclass(frozen=True)
class NameList:
    pools: list[NamePool]
    as_written: list[str]  # whole names that show what one field has to take
