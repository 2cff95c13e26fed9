"""Answering: what those addressed have answered, from the page of a letter and from its deliveries, as one list.

The same answer may be recorded in both places. It counts as one if it is to the same letter and of the same day, or
in the same words; so supporters are told once of each day (domain/news/heralding.py, domain/news/noticing.py), and
what is recorded later for a day that was told stands on the pages alone.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from campaign.database import db
from campaign.domain.cases import concluding
from campaign.domain.phrasing import Phrases
from campaign.models.delivery import Delivery, DeliveryState
from campaign.models.packet import Packet
from campaign.models.petition import Petition
from campaign.models.update import Update

_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_TELLING = 40  # letters; fewer stand in many answers and make none the same


@dataclass(frozen=True)
class Answered:
    """One answer. `packet` is the reference of the packet that was answered, `seal` what its first code was made of."""

    whom: str
    on: date
    words: str
    source: str = ""
    packet: str = ""
    seal: str = ""


def of(petition: Petition) -> list[Answered]:
    """Every answer to this letter in the order of its days; those of deliveries first, as they are whole."""
    delivered = (
        select(Delivery)
        .join(Packet, Packet.id == Delivery.packet_id)
        .where(Packet.petition_id == petition.id, ~Packet.is_specimen, Delivery.state == DeliveryState.ANSWERED)
    )
    found = [of_delivery(row) for row in db.session.scalars(delivered.order_by(Delivery.id))]
    found += [Answered(a.from_whom, a.on, a.text, source=a.source) for a in concluding.answers(petition)]
    return sorted(found, key=lambda answered: answered.on)


def of_delivery(delivery: Delivery) -> Answered:
    """Of a delivery that was answered."""
    packet = delivery.packet
    on = delivery.answered_on or date.min
    return Answered(packet.addressee.title, on, delivery.answer, packet=packet.reference, seal=packet.seal or "")


def code(petition: Petition, on: date) -> str:
    """Of the letter that tells of that day's answers: the same each time, so that the database refuses a second one."""
    return _hashed(f"{petition.reference} answered {on.isoformat()}")


def untold(petition: Petition) -> list[Answered]:
    """The answers that nobody was told of."""
    answers = of(petition)
    codes = {answered: {code(petition, answered.on), *_first_code(answered)} for answered in answers}
    known = set(db.session.scalars(select(Update.code).where(Update.code.in_(set().union(*codes.values())))))
    days = {answered.on for answered in answers if codes[answered] & known}
    told = [answered.words for answered in answers if answered.on in days]
    return [a for a in answers if a.on not in days and not any(_same(a.words, words) for words in told)]


def words(answers: Sequence[Answered], say: Phrases) -> str:
    """These answers in Markdown: whose each is, quoted, and where it can be read; the same one once."""
    parts, said = list[str](), list[str]()
    for answered in answers:
        if not any(_same(answered.words, known) for known in said):
            said.append(answered.words)
            parts += _one(answered, say)
    return "\n\n".join(parts)


def _one(answered: Answered, say: Phrases) -> Sequence[str]:
    lead = say("{whom} answered on {day}:", whom=answered.whom, day=say.day(answered.on.isoformat()))
    linked = _ADDRESS.sub(lambda found: f"[{say('link')}]({found[0]})", answered.words)
    quoted = "\n".join(f"> {line}" for line in linked.splitlines())
    source = [f"[{say('Where the answer can be read')}]({answered.source})."] if answered.source else []
    return [lead, quoted, *source]


def _same(one: str, other: str) -> bool:
    short, long = sorted((" ".join(words.split()).casefold() for words in (one, other)), key=len)
    return short == long or (len(short) >= _TELLING and short in long)


def _first_code(answered: Answered) -> Sequence[str]:
    """As it was made before the two places knew of each other."""
    return [_hashed(f"{answered.seal} answered")] if answered.seal else []


def _hashed(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()[:16]
