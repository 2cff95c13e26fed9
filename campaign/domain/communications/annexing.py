"""Annexing: copies of documents that go with a communication: judgments, photographs of papers, medical notes.

Only copies, never originals, and only their pages: what a file says of its maker, its place or its earlier versions
is left behind when it is attached. What must not be read has to be cut out before; a black box over text hides
nothing. The names of the files say nothing of what is in them.
"""

from dataclasses import dataclass
from typing import Protocol

from campaign.database import db
from campaign.domain import frozen
from campaign.domain.errors import Refused
from campaign.domain.packets.packing import OPEN_STATES, AlreadySealed
from campaign.domain.printing import Store
from campaign.models.communication import Annex, Communication

MOST_BYTES = 20_000_000
MOST = 30


class NoCopy(Refused):
    """This cannot be attached. Send a PDF without a password, a JPEG or a PNG, of 20 MB at most."""


class TooManyAnnexes(Refused):
    """Thirty annexes are the most. The mandates read short submissions first."""


class AnnexLost(Refused):
    """The file of an annex is not here, or is not the one that was sealed. Nothing was built."""


@dataclass(frozen=True)
class Copy:
    """What the copier gives back: pages alone."""

    content: bytes
    suffix: str  # pdf or jpg
    pages: int


class Copier(Protocol):
    def copy(self, upload: bytes) -> Copy:
        """The pages of the upload and nothing else. Raises NoCopy."""


def attach(words: Communication, title: str, upload: bytes, *, copier: Copier, store: Store) -> Annex:
    """Clean, keep and hash one copy. Raises AlreadySealed, NoCopy, TooManyAnnexes."""
    if words.packet.state not in OPEN_STATES:
        raise AlreadySealed
    if len(words.annexes) >= MOST:
        raise TooManyAnnexes
    if not upload or len(upload) > MOST_BYTES:
        raise NoCopy
    made = copier.copy(upload)
    annex = Annex(
        position=max((a.position for a in words.annexes), default=0) + 1,
        title=title.strip(),
        suffix=made.suffix,
        size=len(made.content),
        pages=made.pages,
        sha256=frozen.digest(made.content),
    )
    store.write(place(words.packet.reference, annex.file_name), made.content)
    words.annexes.append(annex)
    db.session.flush()
    return annex


def remove(words: Communication, annex: Annex, store: Store) -> None:
    """Take one away; its number is not given again. Raises AlreadySealed."""
    if words.packet.state not in OPEN_STATES:
        raise AlreadySealed
    words.annexes.remove(annex)
    db.session.flush()
    store.remove(place(words.packet.reference, annex.file_name))


def fetch(reference: str, name: str, sha256: str, store: Store) -> bytes:
    """The file as it was attached. Raises AnnexLost."""
    where = place(reference, name)
    content = store.read(where) if store.holds(where) else b""
    if frozen.digest(content) != sha256:
        raise AnnexLost
    return content


def lost(words: Communication, store: Store) -> list[int]:
    """Positions of annexes whose file is not what was attached."""
    missing = []
    for annex in words.annexes:
        try:
            fetch(words.packet.reference, annex.file_name, annex.sha256, store)
        except AnnexLost:
            missing.append(annex.position)
    return missing


def place(reference: str, name: str) -> str:
    return f"annexes/{reference}/{name}"
