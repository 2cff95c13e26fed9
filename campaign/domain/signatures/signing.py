"""Signing: who may, and what is written.

The rule in short. A form makes a *pending* row of its own and a letter to the address. The letter's link
confirms *that* row. Among the confirmed rows of a petition an address stands once, or twice for two people
of different names; a unique index holds this under any concurrency. The count follows later, from the ledger.

The public site runs two statements per form, always the same two in the same order, whether the person is
new, known, suspected or refused in silence: nobody may learn from this site who already stands with a prisoner.
A petition that asks for a proof of work adds one statement before them, which spends it, and two between them
for forms without one, which give their letter its turn; these too depend on the form alone, never on the person.
"""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import Boolean, LargeBinary, SmallInteger, String, bindparam, text

from campaign.database import Moment, after_commit, db
from campaign.domain import mailboxes, posting, spellings
from campaign.domain.errors import PetitionClosed
from campaign.domain.limits import DEFAULTS, Limits
from campaign.domain.mailboxes import Rules
from campaign.domain.sealing import Seal
from campaign.domain.signatures import lists, proving, suspecting
from campaign.domain.signatures.lists import NOTHING_LISTED, Lists
from campaign.domain.signatures.proving import Proof
from campaign.domain.signatures.suspecting import Arrival
from campaign.models.campaign import State
from campaign.models.signature import OPEN_SLOTS, PERSONAL, Visibility

PENDING_LASTS = timedelta(days=7)  # whole days, as exact times are not kept that long


@dataclass(frozen=True)
class OpenPetition:
    """What signing has to know of a petition; the web keeps it for a second instead of asking each time."""

    id: int
    text_id: int  # the version of the words and of the consent sentence that is signed
    state: State
    closes_at: datetime | None
    hash_secret: bytes = field(repr=False)
    campaign_secret: bytes = field(repr=False)
    rules: Rules = mailboxes.SHIPPED
    asks_for_proof: bool = False
    is_joined: bool = False  # several letters stand under the campaign, and their people are counted together

    def is_open(self, at: datetime) -> bool:
        return self.state is State.OPEN and (self.closes_at is None or at < self.closes_at)


@dataclass(frozen=True)
class Signer:
    """A form, checked: `name` as `names.accepted` returned it (may be empty if only counted)."""

    name: str = field(repr=False)
    email: str = field(repr=False)
    country: str
    visibility: Visibility
    lang: str = "en"
    wants_updates: bool = False
    wants_silence: bool = False
    is_young: bool = False  # under 16: counted only, no news; of a name only the hash is kept, to tell two people apart


@dataclass(frozen=True)
class Vigil:
    """What the site watches with when a form comes in: how it came, what staff have listed, and the limits."""

    arrival: Arrival = field(default_factory=Arrival)
    proof: Proof | None = None
    lists: Lists = NOTHING_LISTED
    limits: Limits = field(default_factory=lambda: DEFAULTS)


def pending_since(at: datetime) -> datetime:
    """Rows made before this moment are too old to be confirmed at `at`: midnight UTC, seven days back."""
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - PENDING_LASTS


def sign(petition: OpenPetition, signer: Signer, *, at: datetime, seal: Seal, vigil: Vigil | None = None) -> None:
    """Record a pending signature and post the letter that confirms it.

    Signing twice is answered exactly like signing once: nobody may learn
    from this site who already stands with a prisoner. Raises PetitionClosed, TooManyWaiting.
    """
    if not petition.is_open(at):
        raise PetitionClosed
    vigil = vigil or Vigil()
    public_id = secrets.token_bytes(16)
    is_proved = petition.asks_for_proof and proving.spend(vigil.proof)
    watched = _watched(petition, signer, vigil, is_proved, seal)
    db.session.execute(_INSERT, _row(petition, signer, public_id, at, seal) | watched)
    due_at = at
    if petition.asks_for_proof and not is_proved:
        due_at = proving.turn(petition.id, public_id, limits=vigil.limits, at=at)
    posting.post_to_signature("confirm-signature", public_id, at=at, due_at=due_at)
    after_commit("letters")


def _watched(petition: OpenPetition, signer: Signer, vigil: Vigil, is_proved: bool, seal: Seal) -> dict[str, object]:
    """What the row keeps of how the form came in: keyed hashes that end within two days, and words."""
    domain, arrival = mailboxes.domain_of(signer.email), vigil.arrival
    suspicions = suspecting.reasons(
        arrival,
        domain=domain,
        address_hash=lists.address_hash(signer.email, seal=seal),
        country=signer.country,
        is_proved=is_proved,
        lists=vigil.lists,
    )
    return {
        "domain_key": seal.domain_key(petition.hash_secret, domain),
        "network_key": seal.network_key(petition.hash_secret, arrival.network) if arrival.network else b"",
        "is_proved": is_proved,
        "suspicion": " ".join(suspicions) or None,
        "forms_a_day": vigil.limits["address.day"],
    }


def _row(petition: OpenPetition, signer: Signer, public_id: bytes, at: datetime, seal: Seal) -> dict[str, object]:
    return {
        "public_id": public_id,
        "petition_id": petition.id,
        "text_id": petition.text_id,
        "visibility": signer.visibility.value,
        "country": signer.country,
        "lang": signer.lang,
        "has_name": bool(signer.name),
        "wants_updates": signer.wants_updates,
        "wants_silence": signer.wants_silence,
        "stays_counted": signer.is_young,
        "name_box": seal.name_box("" if signer.is_young else signer.name, public_id),
        "email_box": seal.address_box(signer.email, public_id),
        "email_key": seal.email_key(petition.hash_secret, signer.email, petition.rules),
        "name_key": seal.name_key(petition.hash_secret, spellings.skeleton(signer.name)),
        **_campaign_keys(petition, signer, seal),
        "receipt_id": secrets.token_bytes(16),
        "at": at,
        "a_day_ago": at - timedelta(days=1),
        "nothing": b"",
    }


def _campaign_keys(petition: OpenPetition, signer: Signer, seal: Seal) -> dict[str, bytes]:
    """What says within one campaign that it is the same person: only as far as that is needed, else nothing."""
    secret, keys = petition.campaign_secret, dict.fromkeys(("person_key", "person_name_key", "subscription_key"), b"")
    if petition.is_joined:
        keys["person_key"] = seal.person_key(secret, signer.email)
        if signer.name:
            keys["person_name_key"] = seal.person_name_key(secret, spellings.skeleton(signer.name))
    if signer.wants_updates or signer.wants_silence:  # a wish never to be written to has to be known again
        keys["subscription_key"] = seal.subscription_key(secret, signer.email)
    return keys


# A row waits to be confirmed if the address has a free slot (see models/signature.py) and has not filled its day.
# If not, an empty row is written in its place, and forgotten with the letters: a form refused in silence costs the
# same, so that no clock can tell. Two forms in the same instant may want the same slot: one then leaves no row.
_INSERT = text(
    f"""
    INSERT INTO signature (
        public_id, petition_id, text_id, visibility, country, lang, counted, link_version, created_at,
        has_name, wants_updates, wants_silence, stays_counted, is_proved, suspicion,
        state, slot, ended_at,
        {", ".join(PERSONAL)})
    SELECT
        :public_id, :petition_id, :text_id, :visibility, :country, :lang, false, 1, :at,
        :has_name, :wants_updates, :wants_silence, :stays_counted, :is_proved, :suspicion,
        CASE WHEN room.is_open THEN 'pending' ELSE 'expired' END,
        CASE WHEN room.is_open THEN room.slot END,
        CASE WHEN room.is_open THEN NULL ELSE :at END,
        {", ".join(f"CASE WHEN room.is_open THEN NULLIF(:{name}, :nothing) END" for name in PERSONAL)}
    FROM (
        SELECT free.slot, free.slot IS NOT NULL AND :forms_a_day > free.today AS is_open
        FROM (
            SELECT known.today, CASE {" ".join(f"WHEN known.in_slot_{n} = 0 THEN {n}" for n in OPEN_SLOTS)} END AS slot
            FROM (
                SELECT count(CASE WHEN earlier.created_at > :a_day_ago THEN 1 END) AS today,
                    {", ".join(f"count(CASE WHEN earlier.slot = {n} THEN 1 END) AS in_slot_{n}" for n in OPEN_SLOTS)}
                FROM signature AS earlier
                WHERE earlier.petition_id = :petition_id AND earlier.email_key = :email_key
            ) AS known
        ) AS free
    ) AS room
    WHERE true
    ON CONFLICT DO NOTHING
    """  # noqa: S608 - the only things put in are constants of ours
).bindparams(
    *(bindparam(name, type_=LargeBinary()) for name in ("public_id", "name_box", "email_box", "receipt_id")),
    *(bindparam(name, type_=LargeBinary()) for name in ("email_key", "name_key")),
    *(bindparam(name, type_=LargeBinary()) for name in ("person_key", "person_name_key", "subscription_key")),
    *(bindparam(name, type_=LargeBinary()) for name in ("domain_key", "network_key", "nothing")),
    *(bindparam(name, type_=Moment()) for name in ("at", "a_day_ago")),
    *(bindparam(name, type_=Boolean()) for name in ("has_name", "wants_updates", "wants_silence")),
    *(bindparam(name, type_=Boolean()) for name in ("stays_counted", "is_proved")),
    *(bindparam(name, type_=String()) for name in ("visibility", "country", "lang", "suspicion")),
    bindparam("forms_a_day", type_=SmallInteger()),
)
