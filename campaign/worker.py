"""The worker: huey as bell and clock. A task only says "look now"; what to do stands in the rows.

Every task finds its work by reading rows, claims it with a lease, is safe to run twice, and is swept up
every minute after a crash. Losing the queue loses nothing but a minute.
"""

import secrets
import socket
import time
from collections.abc import Callable
from datetime import timedelta
from threading import Lock
from typing import Any

import structlog
from flask import Flask
from flask_mail import Message
from huey import Huey, RedisHuey, SqliteHuey, crontab

from campaign.collaborators import Collaborators, collaborators, now
from campaign.database import db, fold_journal, take_bells, unit_of_work
from campaign.domain import (
    alerting,
    building,
    counting,
    duties,
    enclosing,
    gauging,
    grouping,
    invalidating,
    nudging,
    posting,
    purging,
    reminding,
    retention,
    reviewing,
    striking,
    trending,
    unveiling,
)
from campaign.domain.duties import Duty
from campaign.domain.errors import SealBroken
from campaign.domain.posting import Fate
from campaign.gateways import addenda, leaflets
from campaign.gateways.bindery import Bindery, TakenOver
from campaign.gateways.mailer import Post, ServerUnreachable
from campaign.gateways.newsroom import Newsroom
from campaign.models.letter import Letter
from campaign.models.petition import Petition
from campaign.settings import Settings

log = structlog.get_logger()

BATCH = 50  # letters under one lease
DELAY = 0.5  # seconds a bell waits, so that one is enough for what is committed meanwhile


def open_queue(settings: Settings) -> Huey:
    """The queue of bells: a file by default, Redis where several machines work."""
    if settings.queue_url.startswith("sqlite:///"):
        return SqliteHuey("campaign", filename=settings.queue_url.removeprefix("sqlite:///"), results=False)
    return RedisHuey("campaign", url=settings.queue_url, results=False)


class Worker:
    """Registers the tasks on a queue and rings them."""

    def __init__(self, app: Flask, huey: Huey) -> None:
        self.app = app
        self.huey = huey
        self._rung: dict[str, float] = {}
        self._guard = Lock()
        self._looks = {name: huey.task(name=f"look_{name}")(self._in_app(look)) for name, look in LOOKS.items()}
        for name, look in LOOKS.items():
            huey.periodic_task(crontab(), name=f"sweep_{name}")(self._in_app(look))
        huey.periodic_task(crontab(minute="17"), name="forget")(self._in_app(forget))

    def ring(self, bell: str) -> None:
        """Ask for a look at `bell`. One bell in the future is enough for every row committed before it."""
        with self._guard:
            clock = time.monotonic()
            if self._rung.get(bell, 0.0) > clock:
                return
            self._rung[bell] = clock + DELAY
        try:
            self._looks[bell].schedule(delay=DELAY)
        except Exception:  # the queue may be down; the sweep of the minute finds the rows
            log.warning("bell not rung", bell=bell)

    def _in_app(self, look: Callable[[], object]) -> Callable[[], None]:
        def run() -> None:
            with self.app.app_context():
                look()

        return run


def send_letters(patience: timedelta = posting.LEASE / 2) -> int:
    """Send what is due, a batch under one connection at a time; how many were settled.

    A batch that takes longer than `patience` is ended and what is left of it given back, so that no lease
    runs out, and no letter goes twice, because a mail server is slow.
    """
    settled = 0
    while True:
        begun = now()
        with unit_of_work():
            ids = posting.claim(BATCH, at=begun)
        if not ids:
            return settled
        try:
            with collaborators().post_office.open() as post:
                for letter_id in ids:
                    _send(letter_id, post, collaborators())
                    settled += 1
                    if now() - begun >= patience:
                        break
        except ServerUnreachable:
            _give_back(ids)
            log.warning("mail server unreachable", letters=len(ids))
            return settled
        _give_back(ids)


def send_updates() -> int:
    """One round of the letters of news; how many were settled. Rung again while more could go."""
    tools = collaborators()
    room = Newsroom(tools.writer, tools.post_office, tools.seal, first=send_letters, clock=now)
    settled, more = room.work()
    if more:
        tools.ring("updates")
    return settled


def _give_back(ids: list[int]) -> None:
    with unit_of_work():
        posting.release(ids, at=now())


def _send(letter_id: int, post: Post, tools: Collaborators) -> None:
    """One letter, one commit. A letter that cannot be written is recorded and stops no other."""
    try:
        message = _written(letter_id, tools)
        fate, code = post.send(message) if message is not None else (Fate.NOT_WANTED, None)
    except ServerUnreachable:
        raise
    except SealBroken:
        fate, code = Fate.LATER, "address box not readable here"
    except Exception as fault:  # its text may quote an address, so only its name is kept
        log.error("letter not sent", letter=letter_id, fault=type(fault).__name__)
        fate, code = Fate.LATER, type(fault).__name__
    with unit_of_work():
        posting.settle(letter_id, fate, fault=code, at=now())


def _written(letter_id: int, tools: Collaborators) -> Message | None:
    """The letter, read in a transaction that is over before the mail server is asked anything.

    It may take its time: on SQLite, a transaction open meanwhile would hold up every visitor who signs.
    """
    try:
        letter = db.session.get_one(Letter, letter_id)
        if letter.kind == "update-test":
            return leaflets.test_letter(letter, tools.writer, at=now())
        return tools.writer.write(letter, at=now())
    finally:
        db.session.rollback()


def count_signatures() -> int:
    """Bring every petition's ledger up to date; how many entries were appended."""
    appended = 0
    with unit_of_work():
        due = counting.due_petitions()
    for petition_id in due:
        while True:
            with unit_of_work():
                step = counting.count(petition_id, at=now())
            appended += step
            if step < counting.BATCH:
                break
    return appended


def forget() -> None:
    """What the retention rules ask for every hour. A duty that fails is tried again in an hour and stops no other."""
    done: dict[str, int] = {}
    for duty in duties.HOURLY:
        try:
            done[duty.name] = _do(duty)
        except Exception as fault:
            log.error("not forgotten", duty=duty.name, fault=type(fault).__name__)
    log.info("forgotten", **done)
    sweep_files()
    tally_forms()
    purge()


def _do(duty: Duty) -> int:
    done, more = 0, True
    while more:
        with unit_of_work():
            step = duty.do(at=now())
        done, more = done + step, duty.in_batches and step > 0
    return done


def sweep_files() -> int:
    """Delete the images and files that no draft and no campaign holds any more; how many."""
    swept, more = 0, True
    while more:
        with unit_of_work():
            step = enclosing.sweep_unused(store=collaborators().store)
        swept, more = swept + step, step > 0
    return swept


def tally_forms() -> int:
    """Count first and write then: on SQLite nobody who signs waits for the counting."""
    try:
        counted = gauging.count_forms(at=now())
    finally:
        db.session.rollback()
    with unit_of_work():
        return gauging.keep_tallies(counted, at=now())


def purge() -> int:
    """Forget the signers of every petition whose time is over, a batch in each commit; how many rows were emptied.

    A petition that cannot be finished is left for the next hour and stops no other.
    """
    emptied = 0
    with unit_of_work():
        due = retention.expired(at=now())
    for petition_id in due:
        try:
            emptied += _purge(petition_id)
        except Exception as fault:
            log.error("petition not forgotten", petition=petition_id, fault=type(fault).__name__)
    if due and not fold_journal():
        log.warning("the journal file of the database is in use and still holds what was overwritten")
    return emptied


def _purge(petition_id: int) -> int:
    emptied, more = 0, True
    while more:
        with unit_of_work():
            step = purging.step(petition_id, store=collaborators().store, at=now())
        emptied, more = emptied + step, step > 0
    log.info("signers forgotten", petition=petition_id, rows=emptied)
    return emptied


def build_packets() -> int:
    """Build what is sealed, one packet after the other; how many are finished. A fault stops no other packet."""
    tools, holder, finished = collaborators(), f"{socket.gethostname()[:24]}-{secrets.token_hex(4)}", 0
    with unit_of_work():
        due = building.due(at=now(), with_names=tools.desk().opener is not None)
    for reference in due:
        bindery = Bindery(reference, tools.desk(), tools.store, holder=holder, now=now)
        try:
            finished += bindery.build()
        except TakenOver:
            log.info("packet is built elsewhere", packet=reference)
        except Exception as fault:  # recorded on the packet, whose page says what to do
            log.error("packet not built", packet=reference, fault=type(fault).__name__)
    return finished


def build_addenda() -> int:
    """Print the addenda that wait; how many. A fault is recorded on the addendum and stops no other."""
    tools, finished = collaborators(), 0
    with unit_of_work():
        due = striking.due()
    for reference in due:
        try:
            addenda.build(reference, tools.desk().printer, tools.store, now=now)
            finished += 1
        except Exception as fault:
            log.error("addendum not built", addendum=reference, fault=type(fault).__name__)
    return finished


def invalidate() -> int:
    """Go on with what staff remove or put back in bulk; how many were brought to their end.

    Each batch is one commit, after which the counter may look: the public number follows on the way.
    """
    ended = 0
    while True:
        with unit_of_work():
            claimed = invalidating.claim(at=now())
        if claimed is None:
            return ended
        more = True
        while more:
            with unit_of_work():
                more = invalidating.step(claimed, at=now())
            for bell in take_bells():
                collaborators().ring(bell)
        ended += 1


def show_names() -> int:
    """Where the key of names is: look at names nobody has looked at, and fill the pages of names; boxes opened."""
    opener, opened = collaborators().names_opener, 0
    with unit_of_work():
        unveiling.put_away()
    if not opener.key_ids:
        return 0
    with unit_of_work():
        behind = reviewing.behind()
    for petition_id in behind:
        more = True
        while more:
            with unit_of_work():
                more = reviewing.look(db.session.get_one(Petition, petition_id), opener) == reviewing.BATCH
    with unit_of_work():
        shown = unveiling.petitions()
    for petition_id in shown:
        with unit_of_work():
            opened += unveiling.prepare(petition_id, opener)
    return opened


def group_people() -> int:
    """Where the keys are: prepare the common total of campaigns that got a second letter; how many totals began.

    What was matched stays matched, so a stop costs nothing but another look.
    """
    tools, begun = collaborators(), 0
    with unit_of_work():
        waiting = grouping.unready()
    passes = (grouping.match_addresses, tools.mail_opener), (grouping.match_names, tools.names_opener)
    for campaign_id in waiting:
        for match, opener in passes:
            after: int | None = 0
            while opener.key_ids and after is not None:
                with unit_of_work():
                    after = match(campaign_id, after, opener=opener, seal=tools.seal, at=now())
    if waiting:
        with unit_of_work():
            begun = grouping.begin_totals(at=now())
    return begun


def remind() -> int:
    """Tell staff whose day of asking again has come; how many letters were posted."""
    with unit_of_work():
        told = reminding.tell(at=now())
    for bell in take_bells():
        collaborators().ring(bell)
    return told


def nudge() -> int:
    """Remind those who have not answered the letter to their form; how many letters were posted."""
    with unit_of_work():
        posted = nudging.nudge(at=now())
    if posted:
        collaborators().ring("letters")
    return posted


def look_for_floods() -> int:
    """Write the alerts that the last hour calls for; how many. Staff see them, and the log says that there are some."""
    with unit_of_work():
        written = alerting.look(at=now(), seal=collaborators().seal)
    if written:
        log.warning("alerts for staff", alerts=written)
    return written


def look_at_trends() -> int:
    """See what is signed most now; how many places changed."""
    with unit_of_work():
        return trending.look(at=now())


LOOKS: dict[str, Callable[[], Any]] = {
    "letters": send_letters,
    "count": count_signatures,
    "packets": build_packets,
    "addenda": build_addenda,
    "reminders": remind,
    "alerts": look_for_floods,
    "invalidations": invalidate,
    "names": show_names,
    "people": group_people,
    "trends": look_at_trends,
    "updates": send_updates,
    "nudges": nudge,
}
