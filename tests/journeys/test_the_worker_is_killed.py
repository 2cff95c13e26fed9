import os
import random
import signal
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, update

from campaign.collaborators import now
from campaign.database import db
from campaign.models.ledger import LedgerEntry
from campaign.models.letter import Letter, LetterState
from campaign.models.signature import Signature
from tests.fakes import link

SIGNINGS = 300
THREADS_OF_A_WORKER = 2  # so many letters can be in flight when one is killed


def leases_end():
    """Five minutes pass for the letters that the killed worker had in its hands; no other lives meanwhile."""
    db.session.rollback()
    db.session.execute(update(Letter).where(Letter.state == LetterState.SENDING).values(due_at=now()))
    db.session.commit()


class Killer(threading.Thread):
    """Starts a worker and kills it in the middle of whatever it does, again and again."""

    def __init__(self, app, site):
        super().__init__()
        self.app, self.site, self.enough, self.kills = app, site, threading.Event(), 0
        self.chance = random.Random(20170609)  # noqa: S311 - any moments do; these can be had again

    def run(self):
        while not self.enough.is_set():
            worker = self.site.start_worker()
            self.enough.wait(0.7 + self.chance.random() * 2.0)  # it needs the first for its own start
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
            self.kills += 1
            with self.app.app_context():
                leases_end()


class Confirmer(threading.Thread):
    """Opens the link of every letter that comes, once, as people do."""

    def __init__(self, site, post_office):
        super().__init__()
        self.site, self.post_office, self.enough, self.seen = site, post_office, threading.Event(), set()

    def run(self):
        while not self.enough.is_set() or len(self.seen) < len({m["Message-ID"] for m in self.post_office.letters}):
            for letter in list(self.post_office.letters):
                if letter["Message-ID"] not in self.seen:
                    self.seen.add(letter["Message-ID"])
                    status, _ = self.site.post(link(letter, "confirm"), {})
                    assert status == 303
            time.sleep(0.05)


def sign_all(site, tools, make, petition):
    stamp = tools.links.stamp(now())
    people = [make.signer(email=f"person.{i}@mail-{i % 50}.example") for i in range(SIGNINGS)]
    path = f"/petitions/{petition.slug}/sign"
    db.session.rollback()

    def sign(row):
        i, person = row
        fields = {"name": person.name, "email": person.email, "country": "FR", "visibility": "addressee"}
        network = {"X-Forwarded-For": f"203.0.{i // 200}.{i % 200}"}
        return site.post(path, fields | {"consent": "y", "stamp": stamp}, network)[0]

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(sign, enumerate(people))) == {303}


def left():
    db.session.rollback()
    waiting = select(Letter.id).where(Letter.state.in_([LetterState.QUEUED, LetterState.SENDING]))
    uncounted = select(Signature.id).where(Signature.counted.is_(False))
    return len(db.session.scalars(waiting).all()) + len(db.session.scalars(uncounted).all())


@pytest.mark.postgres
@pytest.mark.parametrize("house", ["postgresql"], indirect=True)
def test_killing_the_worker_at_random_moments_loses_and_doubles_nothing(app, make, tools, living, post_office):
    petition = make.open_petition()
    site = living(TRUSTED_PROXIES="1")
    site.start_web(processes=2)
    killer, confirmer = Killer(app, site), Confirmer(site, post_office)
    killer.start()
    confirmer.start()
    sign_all(site, tools, make, petition)
    while killer.kills < 3 or (len(post_office.letters) < SIGNINGS * 0.8 and killer.kills < 8):
        time.sleep(0.2)
    killer.enough.set()
    killer.join()
    site.start_worker()
    end = time.monotonic() + 40
    while left() and time.monotonic() < end:
        time.sleep(0.2)
    confirmer.enough.set()
    confirmer.join()

    assert killer.kills >= 3
    db.session.rollback()
    entries = db.session.execute(select(LedgerEntry.seq, LedgerEntry.delta, LedgerEntry.number)).all()
    assert sorted(e.seq for e in entries) == sorted(e.number for e in entries) == list(range(1, SIGNINGS + 1))
    assert sum(e.delta for e in entries) == petition.signature_count == SIGNINGS
    sent = Counter(m["Message-ID"] for m in post_office.letters)
    assert len(sent) == SIGNINGS
    twice = sum(n - 1 for n in sent.values())
    print(f"{killer.kills} workers killed, {twice} letters in flight sent again")
    assert twice <= killer.kills * THREADS_OF_A_WORKER
