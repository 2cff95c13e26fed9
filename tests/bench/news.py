"""Run beside the site: an update to three thousand who asked for news, sent by the worker's function; what it cost.

`BENCH_NEWS=100000` makes it as many as that.
"""

import hashlib
import json
import os
import secrets
from datetime import timedelta

from sqlalchemy import insert, select

from campaign.app import create_app
from campaign.collaborators import collaborators, now
from campaign.database import db, unit_of_work
from campaign.demo.loading import PETITION
from campaign.domain import limits
from campaign.models.petition import Petition
from campaign.models.supporter import Subscription, SubscriptionState
from campaign.models.update import Update, UpdateState, UpdateText
from campaign.worker import send_updates
from tests.bench.spending import spending

RECIPIENTS = int(os.environ.get("BENCH_NEWS", "3000"))
WORDS = "On Monday the court met again.\n\n" + "What was said there is told on the page of this letter. " * 12


def main() -> None:
    with create_app().app_context():
        with unit_of_work():
            for name in ("news.hour", "news.domain.hour"):
                limits.change(name, 10_000_000, by="bench", at=now())
            _post(10)
        send_updates()  # a worker runs for weeks, so what its first letter costs is nobody's
        with unit_of_work():
            _post(RECIPIENTS)
        sent = 0
        with spending() as spent:
            while sent < RECIPIENTS and (step := send_updates()):
                sent += step
        print(json.dumps({"letters": sent, **vars(spent)}))


def _post(number: int) -> None:
    """An update to that many new people and to nobody who got one before."""
    seal, at = collaborators().seal, now()
    campaign = db.session.scalars(select(Petition).where(Petition.slug == PETITION)).one().campaign
    db.session.execute(Subscription.__table__.update().values(state=SubscriptionState.ENDED))
    rows = []
    for n in range(number):
        public_id, address = secrets.token_bytes(16), f"bench-{n}-{secrets.token_hex(3)}@post-{n % 50}.example"
        rows.append(
            {
                "public_id": public_id,
                "campaign_id": campaign.id,
                "state": SubscriptionState.ACTIVE,
                "email_key": hashlib.sha256(public_id).digest(),
                "email_box": seal.address_box(address, public_id),
                "lang": "en",
                "wording": "bench",
                "asked_at": at - timedelta(hours=1),
                "confirmed_at": at - timedelta(hours=1),
            }
        )
    db.session.execute(insert(Subscription), rows)
    about = {"code": secrets.token_hex(8), "campaign_id": campaign.id, "state": UpdateState.SCHEDULED}
    moments = {"created_at": at, "saved_at": at, "send_at": at}
    db.session.add(Update(**about, **moments, texts=[UpdateText(lang="en", title="The court has met", body=WORDS)]))


if __name__ == "__main__":
    main()
