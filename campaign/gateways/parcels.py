"""Parcels: files of the store as one zip and, where they hold names, encrypted to one public key with age.

The zip is made piece by piece and never lies anywhere in the clear; what waits on the disk until it is sent is
encrypted already, and has no name in the file system. One door to age, as to the printer.
"""

import io
import json
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import IO

import pyrage

from campaign.domain.packets import manifest
from campaign.domain.packets.keyholding import KeyWrong
from campaign.domain.printing import Store

TIME = (1980, 1, 1, 0, 0, 0)  # the same files make the same zip
IN_MEMORY = 1024 * 1024
BLOCK = 64 * 1024


class Drain:
    """Takes what the zip writes and gives it on; nothing of it is kept."""

    def __init__(self) -> None:
        self.held: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.held.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """There is nothing below to flush."""

    def take(self) -> bytes:
        data = b"".join(self.held)
        self.held.clear()
        return data


Change = Callable[[str, bytes], bytes]  # a file's name and content → what is sent of it


def numbered(store: Store, folder: str, top: str, names: Sequence[str], note: bytes) -> Iterator[bytes]:
    """A numbered copy: its note first, then the files, with the copy's mark on each page of theirs."""
    from campaign.gateways.copymarks import marked  # 15 MB, where a copy leaves

    line = manifest.copy_line(json.loads(note))

    def change(name: str, content: bytes) -> bytes:
        return marked(content, line) if name.endswith(".pdf") else content

    return zipped(store, folder, top, names, {manifest.COPY: note}, change)


def zipped(
    store: Store,
    folder: str,
    top: str,
    names: Sequence[str],
    more: Mapping[str, bytes] | None = None,
    change: Change = lambda name, content: content,
) -> Iterator[bytes]:
    """Files of `folder` under the name `top`, and before them what is in `more`."""
    drain = Drain()
    with zipfile.ZipFile(drain, "w") as file:  # type: ignore[call-overload]
        for name, content in (more or {}).items():
            file.writestr(_entry(top, name), content)
            yield drain.take()
        for name in names:
            file.writestr(_entry(top, name), change(name, store.read(f"{folder}/{name}")))
            yield drain.take()
    yield drain.take()


def _entry(top: str, name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(f"{top}/{name}", TIME)
    entry.external_attr = 0o600 << 16
    return entry


class Age:
    """Meets `domain.keyholding.Keys`."""

    def plain(self, typed: str) -> str:
        """The key without a comment, if it is one of the two kinds taken here. Raises KeyWrong."""
        words = typed.split()
        key = " ".join(words[:2]) if words[:1] == ["ssh-ed25519"] else "".join(words[:1])
        if len(words) > 1 and not key.startswith("ssh-"):
            raise KeyWrong
        _recipient(key)
        return key


def locked(pieces: Iterator[bytes], key: str) -> IO[bytes]:
    """All pieces, encrypted to that key, as a file that is read from its beginning and gone when it is closed."""
    out = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - whoever sends it closes it
    pyrage.encrypt_io(_Source(pieces), out, [_recipient(key)])
    out.seek(0)
    return out


def read_out(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while block := file.read(BLOCK):
            yield block


def _recipient(key: str) -> object:
    try:
        if key.startswith("age1"):
            return pyrage.x25519.Recipient.from_str(key)
        if key.startswith("ssh-ed25519 "):
            return pyrage.ssh.Recipient.from_str(key)
    except pyrage.RecipientError as fault:
        raise KeyWrong from fault
    raise KeyWrong


class _Source(io.RawIOBase):
    """What comes in pieces of any size, read as a file."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces, self.left = pieces, b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while not self.left:
            piece = next(self.pieces, None)
            if piece is None:
                return b""
            self.left = piece
        size = len(self.left) if size < 0 else size
        taken, self.left = self.left[:size], self.left[size:]
        return taken
