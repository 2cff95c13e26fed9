"""SpamAssassin, with its local rules alone, scores every kind of letter of the site.

Which kinds there are is read from where they stand: each folder of letters, and each fixed sentence of the modules that
write news by themselves. A new one is scored without being named here, or the test says what it needs to know of it.
"""

import ast
import mailbox
import re
import secrets
import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import current_app
from jinja2 import meta

from campaign import worker
from campaign.collaborators import now, phrases
from campaign.database import db, unit_of_work
from campaign.domain import posting
from campaign.domain.cases import concluding
from campaign.domain.news import answering, heralding, noticing
from campaign.domain.news.noticing import End
from campaign.models.campaign import State
from campaign.models.delivery import Delivery, DeliveryState, Outcome
from campaign.models.letter import Letter
from campaign.models.packet import Level, Packet, PacketState
from tests.fakes import words
from tests.house.rooms import ROOT
from tests.news import scheduled, subscribers

pytestmark = [
    pytest.mark.parametrize("house", ["sqlite"], indirect=True),
    pytest.mark.skipif(shutil.which("spamassassin") is None, reason="spamassassin is not installed"),
]
SCORE = re.compile(r"score=(-?\d+(?:\.\d+)?)")
SITE = "https://letters.example"
LINK = f"{SITE}/signature/AhFz0mTq3rQYxw4v2cJkLr8AAWqP1oYkZ2sN5v7b9dE3fG"
WORDS = {  # what stands in letters; whatever ends with "link" is one
    "own_links": [LINK, LINK],
    "amount": "€25.00",
    "approved": True,
    "sha256": "9f3c" * 16,
    "counted": "1204",
    "day": "9 June 2026",
    "deadline": now(),
    "handed_over": "2026-06-09",
    "kind": "receipt",
    "lang": "en",
    "letter": "TJ-2018-001",
    "manifest": "9f3c" * 16,
    "organisation": "Lawyers for Lawyers",
    "outcome": "accepted",
    "plan": SimpleNamespace(renews_on=now().date(), state=SimpleNamespace(value="running"), ends_on=now().date()),
    "reason": "A source is missing for one of the facts. Add it, and send it once more.",
    "reference": "TJ-2018-001-A1",
    "salutation": "Excellency,",
    "seal": "9f3c" * 16,
    "text_direction": "ltr",
    "theirs": "SG/77",
    "year": 2026,
}
SPAM = b"""From: <win@prize.example>
Date: Mon, 1 Jun 2026 10:00:00 +0000
Message-ID: <spam@prize.example>
Subject: YOU HAVE WON $$$ 1,000,000 DOLLARS!!!

CLICK HERE NOW http://192.0.2.7/win to claim your million dollars, viagra no prescription, 100% free, act now!!!
"""
WRITTEN_BY_THEMSELVES = (noticing, heralding, answering)


def scores(messages: dict[str, bytes], folder: Path) -> dict[str, float]:
    """One run for all of them, as they arrive: with the head that the receiving server writes. It sorts by date."""
    box, named = mailbox.mbox(folder / "letters"), {}
    for kind, raw in messages.items():
        heads = message_from_bytes(raw)
        named[heads["Message-ID"]] = kind
        received = f"Received: by mx.post.example with ESMTP id 1; {heads['Date']}\n"
        box.add(received.encode() + raw.replace(b"\r\n", b"\n"))
    box.close()
    with (folder / "scored").open("wb") as scored:
        command = ["spamassassin", "-L", "--mbox", str(folder / "letters")]
        subprocess.run(command, stdout=scored, stderr=subprocess.PIPE, timeout=300, check=True)
    box = mailbox.mbox(folder / "scored")
    found = {named[each["Message-ID"]]: float(SCORE.search(each["X-Spam-Status"])[1]) for each in box}
    box.close()
    assert set(found) == set(messages)
    return found


def filled(kind: str) -> dict[str, object]:
    """Something for every name that the templates of this kind mention."""
    env, named = current_app.jinja_env, set()
    for name in ("subject.txt", "body.txt", "body.html"):
        source, _, _ = env.loader.get_source(env, f"letters/{kind}/{name}")
        named |= meta.find_undeclared_variables(env.parse(source))
    named -= set(env.globals) | {"site_name", "site_url", "postal_address", "button"}  # the last from parts.html
    unknown = {name for name in named if not name.endswith("link")} - set(WORDS)
    assert not unknown, f"say in WORDS what {unknown} of {kind} look like"
    return {name: WORDS.get(name, LINK) for name in named}


def of_folders(writer) -> dict[str, bytes]:
    found = {}
    for folder in sorted((ROOT / "templates" / "letters").iterdir()):
        if folder.is_dir() and folder.name != "update":  # that one is news, below
            letter = Letter(public_id=secrets.token_bytes(16), kind=folder.name, lang="en", posted_at=now())
            found[folder.name] = writer.sheet(letter, "leila@post.example", filled(folder.name)).as_bytes()
    return found


def everything_happens(make) -> None:
    """To three letters: one closed, one ended by a release, one answered, delivered, and at its goal."""
    for n, end in enumerate(End):
        petition = make.open_petition()
        petition.signature_count = petition.goal = 1000
        petition.state, petition.closed_at = State.CLOSED, now() - timedelta(hours=2)
        petition.closed_because = "released" if end is End.RELEASED else None
        subscribers(make, petition.campaign, 1, domain=f"{n}.example")
    petition = make.open_petition()
    petition.signature_count = petition.goal = 1000
    subscribers(make, petition.campaign, 1, domain="more.example")
    at = now() - timedelta(hours=2)
    day = at.date()
    about = {"reference": "TJ-2018-001-A1", "level": Level.TOTALS, "state": PacketState.BUILT, "seal": "5ea1"}
    packet = Packet(petition=petition, addressee=petition.addressees[0].addressee, created_at=at, **about)
    delivery = Delivery(packet=packet, state=DeliveryState.HANDED_OVER, outcome=Outcome.ACCEPTED, handed_over_on=day)
    with unit_of_work():
        db.session.add(delivery)
    with unit_of_work():
        heralding.tell(delivery, phrases, account_id=None, at=now())
        said = {"from_whom": "The office", "source": "https://office.example/answer", "by": "Nora"}
        text = "We have taken note, see https://office.example/note. The matter is with the competent authorities."
        concluding.answer(petition, on=day, text=text, closes=True, at=at, **said)
    worker.notice()
    other = make.open_petition()
    other.signature_count = other.goal = 1000
    subscribers(make, other.campaign, 1, domain="last.example")
    worker.notice()


def fixed_words() -> set[str]:
    """Every sentence that those modules say, up to its first place to be filled in."""
    found = set()
    for module in WRITTEN_BY_THEMSELVES:
        tree = ast.parse(Path(module.__file__).read_text())
        constants = {
            node.targets[0].id: node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say":
                said = node.args[0]
                found.add(constants[said.id] if isinstance(said, ast.Name) else said.value)
    return found


def test_no_kind_of_letter_looks_like_spam(app, make, post_office, tmp_path):
    tools = app.extensions["collaborators"]  # as in production: a number for an address is a rule of its own
    writer = replace(tools.writer, site_url=SITE, site_name="Letters for Freedom")
    app.extensions["collaborators"] = replace(tools, writer=writer)
    everything_happens(make)
    campaign = make.open_petition().campaign
    subscribers(make, campaign, 1, domain="one.example")
    update = scheduled(make, campaign)
    with unit_of_work():
        params = {"update": str(update.id), "lang": "en"}
        posting.post("update-test", at=now(), account_id=update.author_id, params=params)
    worker.send_letters()
    worker.send_updates()
    said = " ".join(" ".join(words(letter).split()) for letter in post_office.letters)
    unsaid = {each for each in fixed_words() if each.split("{")[0].split("[")[0] and each.split("{")[0] not in said}
    assert unsaid == set(), "a sentence of a letter that writes itself was not looked at"
    news = {f"{n} {words(letter).splitlines()[0]}": letter.as_bytes() for n, letter in enumerate(post_office.letters)}
    letters = of_folders(writer) | news
    found = scores(letters | {"spam": SPAM}, tmp_path)
    assert found.pop("spam") > 1, "it really looks"
    print(*(f"{score:5.1f}  {kind}" for kind, score in sorted(found.items(), key=lambda row: -row[1])), sep="\n")
    assert {kind: score for kind, score in found.items() if score >= 1} == {}
