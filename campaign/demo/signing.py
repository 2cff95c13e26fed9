"""Invented signers in twenty scripts, sealed and counted like real ones.

Nobody here exists: names are drawn from lists, addresses are under example.org, and no letter is posted. Rows
are written in bulk and already confirmed; the ledger and the count are made by the real counter, day by day.
"""

import random
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select

from campaign.database import db
from campaign.demo import reading
from campaign.demo.records import NameList, NamePool
from campaign.domain import mailboxes, names, spellings
from campaign.domain.cases import showing
from campaign.domain.sealing import Seal
from campaign.domain.signatures import counting, grouping
from campaign.models.petition import Petition
from campaign.models.signature import Signature, SignatureState, Visibility

SPREAD = timedelta(days=27)
TIMES_KEPT = timedelta(hours=48)  # older times of signing are cut to the day, as for everybody
SEED = 20170609
AS_WRITTEN = 0.02  # of signers bear one of the whole names that show what one field has to take
LEFT_EMPTY = 0.3  # of those who are only counted leave the name empty
CHOICES = {Visibility.COUNTED: 45, Visibility.ADDRESSEE: 25, Visibility.INITIALS: 12, Visibility.PUBLIC: 18}


@dataclass(frozen=True)
class Invented:
    name: str
    country: str
    lang: str
    visibility: Visibility


def add_signatures(
    slug: str, number: int, *, at: datetime, seal: Seal, advance: Callable[[int], None] = lambda done: None
) -> int:
    """Add that many confirmed signatures to the petition and count them; its new count. The caller commits.

    They are spread over the 27 days before `at`, but never before what is already counted.
    """
    petition = db.session.scalars(select(Petition).where(Petition.slug == slug)).one()
    start = max(at - SPREAD, min(petition.counted_at or at - SPREAD, at))
    already = db.session.scalar(select(func.count()).where(Signature.petition_id == petition.id)) or 0
    chance = random.Random(f"{SEED}:{petition.slug}:{already}")  # noqa: S311 - invents people, guards nothing
    people = invent(number, chance)
    moments = sorted(start + chance.random() * (at - start) for _ in range(number))
    for day in _by_day(moments):
        rows = [_row(petition, next(people), moment, at, seal) for moment in day]
        db.session.execute(insert(Signature), rows)
        while counting.count(petition.id, at=day[-1]):
            pass
        advance(len(day))
    db.session.flush()
    return petition.signature_count


def invent(number: int, chance: random.Random) -> Iterator[Invented]:
    """Invented signers; the same chance gives the same people."""
    listed = reading.names()
    weights = [pool.weight for pool in listed.pools]
    risky = showing.high_risk_countries()
    everywhere = sorted({country for pool in listed.pools for country in pool.countries})
    for _ in range(number):
        pool = chance.choices(listed.pools, weights)[0]
        odd = chance.random() < AS_WRITTEN
        country = chance.choice(everywhere if odd else pool.countries)
        visibility = chance.choices(list(CHOICES), list(CHOICES.values()))[0]
        name = _name(pool, listed, odd, chance)
        if country in risky:
            visibility = Visibility.COUNTED
        if visibility is Visibility.COUNTED and chance.random() < LEFT_EMPTY:
            name = ""
        yield Invented(name, country, "en", visibility)


def _name(pool: NamePool, listed: NameList, odd: bool, chance: random.Random) -> str:
    if odd:
        return names.accepted(chance.choice(listed.as_written))
    given = chance.choice(pool.given)
    if not pool.family:
        return names.accepted(given)
    return names.accepted(pool.pattern.format(given=given, family=chance.choice(pool.family)))


def _by_day(moments: list[datetime]) -> Iterator[list[datetime]]:
    day: list[datetime] = []
    for moment in moments:
        if day and moment.astimezone(UTC).date() != day[-1].astimezone(UTC).date():
            yield day
            day = []
        day.append(moment)
    if day:
        yield day


def _row(petition: Petition, person: Invented, moment: datetime, at: datetime, seal: Seal) -> dict[str, Any]:
    public_id = secrets.token_bytes(16)
    address = f"{public_id.hex()}@example.org"
    secret, campaign_secret = petition.hash_secret, petition.campaign.hash_secret
    if secret is None or campaign_secret is None:
        raise ValueError("the secrets of this petition are purged; it takes no more signatures")
    if at - moment > TIMES_KEPT:
        moment = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return {
        "public_id": public_id,
        "petition_id": petition.id,
        "text_id": petition.text.id,
        "state": SignatureState.CONFIRMED,
        "place": 1,
        "visibility": person.visibility,
        "country": person.country,
        "lang": person.lang,
        "has_name": bool(person.name),
        "name_box": seal.name_box(person.name, public_id),
        "email_box": seal.address_box(address, public_id),
        "email_key": seal.email_key(secret, address, mailboxes.rules_of(petition)),
        "name_key": seal.name_key(secret, spellings.skeleton(person.name)),
        **_campaign_keys(petition, campaign_secret, person, address, seal),
        "receipt_id": secrets.token_bytes(16),
        "created_at": moment,
        "confirmed_at": moment,
    }


def _campaign_keys(
    petition: Petition, secret: bytes, person: Invented, address: str, seal: Seal
) -> dict[str, bytes | None]:
    """As signing does it: only where several letters stand under the campaign."""
    keys: dict[str, bytes | None] = {"person_key": None, "person_name_key": None}
    if grouping.is_kept(petition.campaign):
        keys["person_key"] = seal.person_key(secret, address)
        if person.name:
            keys["person_name_key"] = seal.person_name_key(secret, spellings.skeleton(person.name))
    return keys
