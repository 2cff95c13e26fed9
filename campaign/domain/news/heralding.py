"""Heralding: telling supporters what became of the letter they signed, when it is handed over and when it is answered.

The words are fixed, in each language of the campaign that has a table of them and else in its first; staff press the
button once for each of the two, after looking at the delivery, and nobody else has to read them again. It is an update
like any other: to those who asked for news, each once, and a public page. An answer is quoted whole; addresses in it
become links, which letters leave out. An answer that stands on the page of the letter too is told once for both
(domain/news/answering.py).
"""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import exists, or_, select

from campaign.database import after_commit, db
from campaign.domain.errors import Refused
from campaign.domain.journalling import note
from campaign.domain.news import answering, segmenting
from campaign.domain.news.updating import BELL
from campaign.domain.phrasing import Phrases
from campaign.domain.supporters import subscribing
from campaign.models.campaign import Campaign
from campaign.models.delivery import Delivery, DeliveryState
from campaign.models.packet import Packet
from campaign.models.petition import Petition
from campaign.models.supporter import Subscription, SubscriptionState
from campaign.models.update import Update, UpdateState, UpdateText

REMINDED = timedelta(days=30)
_HANDED_OVER = (DeliveryState.HANDED_OVER, DeliveryState.RECEIPTED)


class NothingToTell(Refused):
    """Supporters are told once it is handed over, and once it is answered."""


class ToldAlready(Refused):
    """Supporters were told of this already, or of an answer of the same day. Nobody is written to twice."""


def may_tell(delivery: Delivery) -> bool:
    return _is_told_of(delivery) and not _is_told(delivery)


def untold(*, at: datetime) -> list[Delivery]:
    """What happened within the last month, somebody asked to hear of, and nobody was told: for staff to press."""
    since = at.date() - REMINDED
    asked = exists().where(
        Subscription.campaign_id == Petition.campaign_id, Subscription.state == SubscriptionState.ACTIVE
    )
    lately = (
        select(Delivery)
        .join(Packet, Packet.id == Delivery.packet_id)
        .join(Petition, Petition.id == Packet.petition_id)
        .where(or_(Delivery.handed_over_on >= since, Delivery.answered_on >= since), ~Packet.is_specimen, asked)
    )
    return [row for row in db.session.scalars(lately.order_by(Delivery.id)) if may_tell(row)]


def tell(delivery: Delivery, phrases: Callable[[str], Phrases], *, account_id: int, at: datetime) -> Update:
    """Write and schedule it. Raises NothingToTell, ToldAlready."""
    if not _is_told_of(delivery):
        raise NothingToTell
    if _is_told(delivery):
        raise ToldAlready
    petition = delivery.packet.petition
    campaign = petition.campaign
    texts = [_text(delivery, say) for say in spoken(campaign, phrases)]
    update = Update(code=_code(delivery), campaign_id=campaign.id, texts=texts)
    update.segment = segmenting.of_petition(petition).as_json()
    schedule(update, send_at=at, at=at)
    note("supporters told", "update", str(update.id), account_id=account_id, at=at, delivery=delivery.id)
    return update


def spoken(campaign: Campaign, phrases: Callable[[str], Phrases]) -> list[Phrases]:
    """The campaign's languages in which there are fixed words; English where there are none of them."""
    found = [phrases(lang) for lang in subscribing.languages_of(campaign)]
    there = {
        say.lang: say for say, lang in zip(found, subscribing.languages_of(campaign), strict=True) if say.lang == lang
    }
    return list(there.values()) or found[:1]


def schedule(update: Update, *, send_at: datetime, at: datetime) -> Update:
    """Fixed words need nobody's approval, and leave at that moment."""
    update.state, update.created_at, update.saved_at, update.send_at = UpdateState.SCHEDULED, at, at, send_at
    db.session.add(update)
    db.session.flush()
    after_commit(BELL)
    return update


def _text(delivery: Delivery, say: Phrases) -> UpdateText:
    packet = delivery.packet
    if delivery.state is DeliveryState.ANSWERED:
        of_the_day = [a for a in answering.untold(packet.petition) if a.on == delivery.answered_on]
        title, body = say("The letter was answered"), answering.words(of_the_day, say)
    else:
        title, day = say("The letter was handed over"), delivery.handed_over_on
        told = say.day(day.isoformat()) if day is not None else ""
        body = say("It was handed over to {whom} on {day}.", whom=packet.addressee.title, day=told)
    more = say("The page of this delivery says how many signatures it held, and never a name")
    return UpdateText(lang=say.lang, title=title, body=f"{body}\n\n[{more}](/packets/{packet.reference}).")


def _is_told_of(delivery: Delivery) -> bool:
    """What was not handed over, nobody is told of."""
    accepted = delivery.outcome is not None and delivery.outcome.is_accepted
    return delivery.state is DeliveryState.ANSWERED or (delivery.state in _HANDED_OVER and accepted)


def _is_told(delivery: Delivery) -> bool:
    if delivery.state is DeliveryState.ANSWERED:
        return answering.of_delivery(delivery) not in answering.untold(delivery.packet.petition)
    return db.session.scalar(select(Update.id).where(Update.code == _code(delivery))) is not None


def _code(delivery: Delivery) -> str:
    """The same each time for the same step of the same delivery, so that the database refuses a second one."""
    if delivery.state is DeliveryState.ANSWERED and delivery.answered_on is not None:
        return answering.code(delivery.packet.petition, delivery.answered_on)
    return hashlib.sha256(f"{delivery.packet.seal} handed over".encode()).hexdigest()[:16]
