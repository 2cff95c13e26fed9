"""An update to many, over a real mail server, while its worker is killed again and again.

Small in the suite. `KILL_RECIPIENTS=5000 pytest tests/journeys/test_an_update_is_killed.py -k sqlite -s` is the whole
of it: then leases end by themselves, and the worker is killed every few seconds until the last letter has left.
"""

import os
import random
import signal
import time
from collections import Counter

import pytest
from sqlalchemy import update

from campaign.collaborators import now
from campaign.database import db, unit_of_work
from campaign.domain import limits
from campaign.domain.news import updating
from campaign.models.letter import LetterState
from campaign.models.update import UpdateLetter, UpdateState
from tests.news import scheduled, subscribers

RECIPIENTS = int(os.environ.get("KILL_RECIPIENTS", "300"))
IS_WHOLE = RECIPIENTS > 1000


def leases_end():
    """The minute passes for which the killed worker had letters in its hands; no other lives meanwhile."""
    db.session.rollback()
    db.session.execute(update(UpdateLetter).where(UpdateLetter.state == LetterState.SENDING).values(due_at=now()))
    db.session.commit()


def kill(worker):
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()


def wait_for(office, number, worker, *, seconds):
    end = time.monotonic() + seconds
    while len(office.letters) < number and time.monotonic() < end:
        assert worker.poll() is None, "the worker ended by itself"
        time.sleep(0.01)


@pytest.mark.feature(66)
@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_killing_the_worker_loses_no_letter_and_repeats_at_most_those_in_flight(app, make, living, post_office):
    campaign = make.open_petition().campaign
    people = subscribers(make, campaign, RECIPIENTS)
    letter = scheduled(make, campaign)
    with unit_of_work():
        for name in ("news.hour", "news.domain.hour"):
            limits.change(name, 10_000_000, by="Ada", at=now())
    site, kills, chance = living(), 0, random.Random(20170609)  # noqa: S311 - any moments do
    post_office.waits = 0.005
    begun = time.monotonic()
    while len({str(m["To"]) for m in post_office.letters}) < RECIPIENTS and (IS_WHOLE or kills < 3):
        worker, before = site.start_worker(), len(post_office.letters)
        wait_for(post_office, before + 1, worker, seconds=90)
        if IS_WHOLE:
            time.sleep(3 + 3 * chance.random())
        else:
            wait_for(post_office, before + chance.randint(20, 70), worker, seconds=60)
        kill(worker)
        kills += 1
        print(f"killed {kills}: {len(post_office.letters)} letters so far", flush=True)
        if not IS_WHOLE:
            leases_end()
    worker = site.start_worker()
    end = time.monotonic() + 150
    while db.session.get_one(type(letter), letter.id, populate_existing=True).state is not UpdateState.SENT:
        assert time.monotonic() < end, "not finished"
        db.session.rollback()
        time.sleep(0.2)
    kill(worker)

    got = Counter(str(m["To"]) for m in post_office.letters)
    repeated = sum(n - 1 for n in got.values())
    took = time.monotonic() - begun
    print(f"{RECIPIENTS} recipients, {kills} workers killed, {took:.0f} s: 0 lost, {repeated} repeated")
    assert len(got) == len(people) == RECIPIENTS
    assert repeated <= kills, "one worker has one letter in flight"
    assert updating.progress(letter).sent == RECIPIENTS


@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_a_confirmation_leaves_within_five_seconds_while_news_stand_in_line(app, make, living, post_office):
    """`KILL_RECIPIENTS=100000` is the whole of it."""
    campaign = make.open_petition().campaign
    for n in range(0, max(RECIPIENTS, 1500), 5000):
        subscribers(make, campaign, min(5000, max(RECIPIENTS, 1500) - n))
    scheduled(make, campaign)
    with unit_of_work():
        for name in ("news.hour", "news.domain.hour"):
            limits.change(name, 10_000_000, by="Ada", at=now())
    site = living()
    post_office.waits = 0.02
    worker = site.start_worker()
    wait_for(post_office, 20, worker, seconds=180)
    petition, waits = make.open_petition(), []
    for n in range(3):
        address = f"leila.{n}@lake.example"
        make.pending_signature(petition, make.signer(email=address), at=now())
        asked, before = time.monotonic(), len(post_office.letters)
        while not post_office.to(address) and time.monotonic() < asked + 30:
            time.sleep(0.02)
        waits.append(time.monotonic() - asked)
        assert len(post_office.letters) - before < 300, "not everything went before it"
    kill(worker)
    print(f"confirmations waited {', '.join(f'{w:.1f} s' for w in waits)}")
    assert max(waits) < 5
