"""SpamAssassin, with its local rules alone, scores every kind of letter that supporters get."""

import re
import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta

import pytest

from campaign import worker
from campaign.collaborators import now
from campaign.database import db, unit_of_work
from campaign.domain import posting
from campaign.domain.supporters import relinking
from campaign.models.campaign import State
from tests.news import scheduled, subscribers

pytestmark = [
    pytest.mark.parametrize("house", ["sqlite"], indirect=True),
    pytest.mark.skipif(shutil.which("spamassassin") is None, reason="spamassassin is not installed"),
]
SCORE = re.compile(r"score=(-?\d+(?:\.\d+)?)")


def score(message) -> float:
    """As it arrives: with the head that the receiving server writes."""
    received = b"Received: by mx.post.example with ESMTP id 1; "
    raw = received + str(message["Date"]).encode() + b"\r\n" + message.as_bytes()
    ran = subprocess.run(["spamassassin", "-L", "-t"], input=raw, capture_output=True, timeout=120, check=True)
    found = SCORE.search(ran.stdout.decode("utf-8", "replace"))
    assert found, "no score"
    return float(found[1])


def test_no_kind_of_letter_looks_like_spam(app, make, post_office):
    tools = app.extensions["collaborators"]  # as in production: a number for an address is a rule of its own
    writer = replace(tools.writer, site_url="https://letters.example", site_name="Letters for Freedom")
    app.extensions["collaborators"] = replace(tools, writer=writer)
    petition = make.open_petition()
    row = make.pending_signature(petition, make.signer(email="leila@post.example"), at=now())
    with unit_of_work():
        posting.post_to_signature("confirm-reminder", row.public_id, at=now())
        relinking.mail_links("leila@post.example", lang="en", at=now(), seal=make.seal)
    make.confirmed_signature(petition, make.signer(email="amira@post.example", wants_updates=True), at=now())
    petition.signature_count, petition.goal = 1000, 1000
    db.session.commit()
    assert worker.notice() == 1
    worker.send_letters()
    petition.closed_because, petition.state, petition.closed_at = "released", State.CLOSED, now() - timedelta(hours=2)
    db.session.commit()
    assert worker.notice() == 1
    subscribers(make, petition.campaign, 1)
    update = scheduled(make, petition.campaign)
    with unit_of_work():
        posting.post(
            "update-test", at=now(), account_id=update.author_id, params={"update": str(update.id), "lang": "en"}
        )
    db.session.commit()
    worker.send_letters()
    worker.send_updates()
    letters = [m for m in post_office.letters if not str(m["To"]).startswith("person.")]  # one reader of news is enough
    assert len(letters) == 8, "confirm, reminder, links, test, welcome, and three of news"
    scores = {(n, str(m["Subject"])): score(m) for n, m in enumerate(letters)}
    assert {which: found for which, found in scores.items() if found >= 1} == {}
