"""The newsroom: sends the letters of updates, in batches over one connection, and lets everybody else go first.

Before each batch the letters that somebody waits for are sent, and a batch ends after two seconds: so a confirmation
leaves within a few seconds however many letters of news stand in line. A round ends by itself after a while, that the
worker may do something else, and is rung again. One round at a time in each process.
"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

import structlog

from campaign.database import db, unit_of_work
from campaign.domain.news import mailing, pacing
from campaign.domain.news.mailing import Last, Parcel
from campaign.domain.posting import Fate
from campaign.domain.sealing import Seal
from campaign.domain.supporters import bouncing
from campaign.gateways import leaflets
from campaign.gateways.leaflets import Leaflet
from campaign.gateways.letters import Sheet, Writer
from campaign.gateways.mailer import Post, PostOffice, ServerUnreachable
from campaign.models.update import Update

log = structlog.get_logger()

BATCH = 50
PATIENCE = timedelta(seconds=2)  # for one batch
ROUND = timedelta(seconds=15)
REST = timedelta(minutes=1)  # after the mail server said that it is busy

_ONE_AT_A_TIME = Lock()


@dataclass(frozen=True)
class _Ended:
    """How an attempt ended. It is recorded in the transaction that looks at the next letter, before that one leaves."""

    parcel: Parcel
    fate: Fate
    fault: str | None

    @property
    def is_busy(self) -> bool:
        """The server of that domain said: later."""
        return self.fate is Fate.LATER and (self.fault or "").startswith("smtp 4")


class Newsroom:
    """`first` sends what somebody waits for; `clock` is the edge's."""

    def __init__(
        self,
        writer: Writer,
        office: PostOffice,
        seal: Seal,
        *,
        first: Callable[[], object],
        clock: Callable[[], datetime],
    ) -> None:
        self.writer, self.office, self.seal = writer, office, seal
        self.first, self.clock = first, clock
        self._leaflets: dict[tuple[int, str], Leaflet | None] = {}
        self._ended: _Ended | None = None  # how the letter before ended, until it is recorded
        self._refused: set[bytes] = set()  # domains that answered "later" in this batch
        self._troubled: set[bytes] = set()  # that did so the last time; the next letter they take ends it

    def work(self) -> tuple[int, bool]:
        """One round: how many letters were settled, and whether more could go at once."""
        if not _ONE_AT_A_TIME.acquire(blocking=False):
            return 0, False
        try:
            return self._round()
        finally:
            _ONE_AT_A_TIME.release()

    def _round(self) -> tuple[int, bool]:
        begun, settled = self.clock(), 0
        with unit_of_work():
            mailing.begin_due(at=begun)
        with ExitStack() as connection:
            post: Post | None = None
            while self.clock() - begun < ROUND:
                self.first()
                with unit_of_work():
                    fanned = mailing.fan_out(at=self.clock())
                with unit_of_work():
                    hand = mailing.claim(BATCH, opener=self.writer.opener, seal=self.seal, at=self.clock())
                if hand.is_empty and not fanned:
                    break
                if not hand.parcels:
                    continue
                try:
                    post = post or connection.enter_context(self.office.open())
                    settled += self._send(hand.parcels, post)
                except ServerUnreachable:
                    self._give_back(hand.parcels, after=REST)
                    log.warning("mail server unreachable", letters=len(hand.parcels))
                    return settled, False
            else:
                return settled, True
        with unit_of_work():
            mailing.finish(at=self.clock())
        return settled, False

    def _send(self, parcels: list[Parcel], post: Post) -> int:
        begun, settled = self.clock(), 0
        self._refused.clear()
        self._troubled = {parcel.domain_key for parcel in parcels if parcel.is_troubled}
        try:
            for n, parcel in enumerate(parcels):
                if self.clock() - begun >= PATIENCE:
                    self._give_back(parcels[n:])
                    break
                if parcel.domain_key in self._refused:
                    self._give_back([parcel], after=REST)
                    continue
                settled += self._one(parcel, post)
        finally:
            self._record()
        return settled

    def _one(self, parcel: Parcel, post: Post) -> int:
        """One letter, one transaction before it. What cannot be written is recorded and stops no other."""
        last = self._turn_to(parcel)
        if last is Last.STOPPED:
            self._give_back([parcel])
            return 0
        fate, code = Fate.NOT_WANTED, None
        try:
            if last is Last.WANTED and (message := self._written(parcel)) is not None:
                fate, code = post.send(message)
        except ServerUnreachable:
            raise
        except Exception as fault:  # its text may quote an address, so only its name is kept
            log.error("update not sent", letter=parcel.id, fault=type(fault).__name__)
            fate, code = Fate.LATER, type(fault).__name__
        self._ended = _Ended(parcel, fate, code)
        if self._ended.is_busy:
            self._refused.add(parcel.domain_key)
        return 1

    def _turn_to(self, parcel: Parcel) -> Last:
        """Record how the letter before ended, and look at this one for the last time: one short transaction.

        It is over before the mail server is asked anything. No letter leaves while the one before is not recorded.
        """
        with unit_of_work():
            self._settle()
            last = mailing.last_look(parcel)
        self._ended = None
        return last

    def _record(self) -> None:
        if self._ended is not None:
            with unit_of_work():
                self._settle()
            self._ended = None

    def _settle(self) -> None:
        if self._ended is None:
            return
        parcel, fate, code, at = self._ended.parcel, self._ended.fate, self._ended.fault, self.clock()
        mailing.settle(parcel.id, fate, fault=code, attempts=parcel.attempts, at=at)
        if fate is Fate.NEVER and code:
            bouncing.refused(parcel.public_id, code, f"update letter {parcel.id}", at=at)
        if self._ended.is_busy:
            pacing.refused(parcel.domain_key, at)
        elif fate is Fate.SENT and parcel.domain_key in self._troubled:
            pacing.taken(parcel.domain_key, at)
            self._troubled.discard(parcel.domain_key)

    def _written(self, parcel: Parcel) -> Sheet | None:
        key = (parcel.update_id, parcel.lang)
        if key not in self._leaflets:
            try:
                update = db.session.get_one(Update, parcel.update_id)
                posted = (update.begun_at or self.clock()).timestamp()
                self._leaflets[key] = leaflets.leaflet(update, parcel.lang, self.writer, posted=posted)
            finally:
                db.session.rollback()
        leaflet = self._leaflets[key]
        return leaflets.addressed(leaflet, parcel, self.writer) if leaflet is not None else None

    def _give_back(self, parcels: list[Parcel], *, after: timedelta = timedelta(0)) -> None:
        with unit_of_work():
            mailing.release([parcel.id for parcel in parcels], after=after, at=self.clock())
