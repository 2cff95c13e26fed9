"""The newsroom: sends the letters of updates, in batches over one connection, and lets everybody else go first.

Before each batch the letters that somebody waits for are sent, and a batch ends after two seconds: so a confirmation
leaves within a few seconds however many letters of news stand in line. A round ends by itself after a while, that the
worker may do something else, and is rung again. One round at a time in each process.
"""

from collections.abc import Callable
from contextlib import ExitStack
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
        self._refused: set[bytes] = set()  # domains that answered "later" in this batch
        self._troubled: set[bytes] = set()  # of those at some time; the next letter they take ends it

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
                    parcels = mailing.claim(BATCH, opener=self.writer.opener, seal=self.seal, at=self.clock())
                if not parcels and not fanned:
                    break
                if not parcels:
                    continue
                try:
                    post = post or connection.enter_context(self.office.open())
                    settled += self._send(parcels, post)
                except ServerUnreachable:
                    self._give_back(parcels, after=REST)
                    log.warning("mail server unreachable", letters=len(parcels))
                    return settled, False
            else:
                return settled, True
        with unit_of_work():
            mailing.finish(at=self.clock())
        return settled, False

    def _send(self, parcels: list[Parcel], post: Post) -> int:
        begun, settled = self.clock(), 0
        self._refused.clear()
        for n, parcel in enumerate(parcels):
            if self.clock() - begun >= PATIENCE:
                self._give_back(parcels[n:])
                break
            if parcel.domain_key in self._refused:
                self._give_back([parcel], after=REST)
                continue
            settled += self._one(parcel, post)
        return settled

    def _one(self, parcel: Parcel, post: Post) -> int:
        """One letter, one commit. What cannot be written is recorded and stops no other."""
        try:
            message = self._written(parcel)
            last = self._last_look(parcel)
            if last is Last.STOPPED:
                self._give_back([parcel])
                return 0
            wanted = message is not None and last is Last.WANTED
            fate, code = post.send(message) if message is not None and wanted else (Fate.NOT_WANTED, None)
        except ServerUnreachable:
            raise
        except Exception as fault:  # its text may quote an address, so only its name is kept
            log.error("update not sent", letter=parcel.id, fault=type(fault).__name__)
            fate, code = Fate.LATER, type(fault).__name__
        with unit_of_work():
            at = self.clock()
            mailing.settle(parcel.id, fate, fault=code, attempts=parcel.attempts, at=at)
            if fate is Fate.NEVER and code:
                bouncing.refused(parcel.public_id, code, f"update letter {parcel.id}", at=at)
            self._note_domain(parcel, fate, code, at)
        return 1

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

    def _last_look(self, parcel: Parcel) -> Last:
        """In a transaction that is over before the mail server is asked anything."""
        try:
            return mailing.last_look(parcel)
        finally:
            db.session.rollback()

    def _note_domain(self, parcel: Parcel, fate: Fate, code: str | None, at: datetime) -> None:
        key = parcel.domain_key
        if fate is Fate.LATER and (code or "").startswith("smtp 4"):
            pacing.refused(key, at)
            self._refused.add(key)
            self._troubled.add(key)
        elif fate is Fate.SENT and key in self._troubled:
            pacing.taken(key, at)
            self._troubled.discard(key)

    def _give_back(self, parcels: list[Parcel], *, after: timedelta = timedelta(0)) -> None:
        with unit_of_work():
            mailing.release([parcel.id for parcel in parcels], after=after, at=self.clock())
