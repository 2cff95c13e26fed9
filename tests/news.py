"""Situations of updates: people who asked for news, and an update that is written, approved and due."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import func, insert, select

from campaign import worker
from campaign.database import db, unit_of_work
from campaign.domain.accounts import organising, teaming
from campaign.domain.news import updating
from campaign.domain.news.segmenting import Segment
from campaign.domain.news.updating import Words
from campaign.models.account import Account, RoleName
from campaign.models.campaign import Campaign
from campaign.models.supporter import Subscription, SubscriptionState
from campaign.models.update import Update
from tests.make import GIVEN_OUT, NOON, Make

BODY = """On Monday the court heard him.

More is on [the page of the court](https://court.example/rahimzoda).

- one
- two
"""


def account(email: str, role: RoleName = RoleName.CAMPAIGNER) -> Account:
    with unit_of_work():
        return organising.open_account(email, role, name=email.partition("@")[0].title(), at=NOON)


def team_of(campaign: Campaign, owner: Account) -> None:
    with unit_of_work():
        teaming.appoint(campaign, owner, by=owner, at=NOON)


def subscribers(
    make: Make, campaign: Campaign, number: int, *, lang: str = "en", domain: str = "post.example", at: datetime = NOON
) -> list[Subscription]:
    """That many people who asked and confirmed, without the petition each signed: as after its data were deleted."""
    known = db.session.scalar(select(func.count()).select_from(Subscription)) or 0
    secret, rows = campaign.hash_secret or b"", []
    for n in range(known, known + number):
        address, public_id = f"person.{n}@{domain}", hashlib.sha256(f"subscription {n}".encode()).digest()[:16]
        GIVEN_OUT.add(address)
        rows.append(
            {
                "public_id": public_id,
                "campaign_id": campaign.id,
                "state": SubscriptionState.ACTIVE,
                "email_key": make.seal.subscription_key(secret, address),
                "email_box": make.seal.address_box(address, public_id),
                "lang": lang,
                "wording": "Write to me",
                "asked_at": at - timedelta(hours=1),
                "confirmed_at": at - timedelta(hours=1),
                "link_version": 1,
            }
        )
    with unit_of_work():
        db.session.execute(insert(Subscription), rows)
    return list(db.session.scalars(select(Subscription).order_by(Subscription.id).offset(known)))


def written(
    make: Make,
    campaign: Campaign,
    author: Account,
    *,
    title: str = "The court has met",
    body: str = BODY,
    lang: str = "en",
    segment: Segment | None = None,
) -> Update:
    with unit_of_work():
        update = updating.begin(campaign, author, at=NOON)
        words = {lang: Words(title, body)}
        updating.save(update, words, segment or Segment(), version=1, by=author, at=NOON)
    return update


def scheduled(make: Make, campaign: Campaign, *, at: datetime | None = None, **how: object) -> Update:
    """Written by its team and approved by staff, to leave at that moment."""
    known = {a.email: a for a in db.session.scalars(select(Account))}
    team = teaming.of_campaign(campaign)
    author = team.members[0].account if team else known.get("amira@example.org") or account("amira@example.org")
    reader = known.get("noor@example.org") or account("noor@example.org", RoleName.STAFF)
    if team is None:
        team_of(campaign, author)
    update = written(make, campaign, author, **how)  # type: ignore[arg-type]
    with unit_of_work():
        updating.send(update, send_at=at, by=author, at=NOON)
        if update.state.value == "waiting":
            updating.approve(update, by=reader, at=NOON)
    return update


def send() -> int:
    """One round of the worker; how many letters were settled."""
    db.session.commit()
    settled = worker.send_updates()
    db.session.expire_all()
    return settled
