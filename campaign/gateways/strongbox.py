"""A strongbox: one encrypted file that can be written and read as a stream, whatever its size.

Encrypted in pieces of 64 KiB (XChaCha20-Poly1305 secretstream), each bound to the one before, and the last marked as
the last: a flipped bit, a piece left out or put elsewhere, and an end cut off are all noticed. The key of a file is
drawn anew and lies in its head under a passphrase, or sealed to a public key, so that a server can write backups
which it cannot read. The head says in clear on which day it was made, and nothing else.
"""

import io
import json
import os
import struct
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from nacl import bindings
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.secret import SecretBox

from campaign.passphrases import SALT_BYTES, USUAL, Cost, NotProtected, derive

MAGIC = b"campaign-backup 1\n"
PIECE = 64 * 1024
_MORE = bindings.crypto_secretstream_xchacha20poly1305_ABYTES
_HEADER = bindings.crypto_secretstream_xchacha20poly1305_HEADERBYTES
_LAST = bindings.crypto_secretstream_xchacha20poly1305_TAG_FINAL
_MESSAGE = bindings.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
_LENGTH = struct.Struct(">I")
_LONGEST_HEAD = 4096


class NoStrongbox(Exception):
    """This is no backup of this program."""


class StrongboxBroken(Exception):
    """The file was changed, or its end is missing: it cannot be read back whole."""


class WontOpen(Exception):
    """This passphrase or key does not open the file."""


@dataclass(frozen=True)
class Locks:
    """What a file is locked with: a passphrase, or a public key of 32 bytes."""

    passphrase: str | None = None
    public_key: bytes | None = None
    cost: Cost = USUAL

    def lock(self, key: bytes) -> dict[str, Any]:
        if self.public_key is not None:
            return {"lock": "key", "box": b64encode(SealedBox(PublicKey(self.public_key)).encrypt(key)).decode()}
        salt = os.urandom(SALT_BYTES)
        box = SecretBox(derive(self.passphrase or "", salt, self.cost)).encrypt(key)
        cost = {"turns": self.cost.turns, "memory": self.cost.memory}
        return {"lock": "passphrase", "salt": b64encode(salt).decode(), "box": b64encode(box).decode(), **cost}


@dataclass(frozen=True)
class Keys:
    """What opens a file; each is asked for only if the file needs it."""

    passphrase: Callable[[], str]
    private_key: Callable[[], bytes]

    def unlock(self, head: dict[str, Any]) -> bytes:
        try:
            box = b64decode(head["box"])
            if head["lock"] == "key":
                return SealedBox(PrivateKey(self.private_key())).decrypt(box)
            cost = Cost(int(head["turns"]), int(head["memory"]))
            return SecretBox(derive(self.passphrase(), b64decode(head["salt"]), cost)).decrypt(box)
        except CryptoError:
            raise WontOpen from None
        except (KeyError, ValueError, TypeError, NotProtected):
            raise StrongboxBroken from None


class Closing(io.RawIOBase):
    """Takes what is to be kept. Only `seal_off` makes the file whole; without it, it reads as cut off."""

    def __init__(self, file: BinaryIO, locks: Locks, *, day: str) -> None:
        super().__init__()
        key = bindings.crypto_secretstream_xchacha20poly1305_keygen()
        head = json.dumps({"day": day, **locks.lock(key)}, sort_keys=True).encode()
        self._bound: bytes | None = MAGIC + _LENGTH.pack(len(head)) + head
        self._file, self._waiting = file, bytearray()
        self._state = bindings.crypto_secretstream_xchacha20poly1305_state()
        begun = bindings.crypto_secretstream_xchacha20poly1305_init_push(self._state, key)
        file.write(self._bound + begun)

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._waiting += data
        while len(self._waiting) > PIECE:
            self._push(bytes(self._waiting[:PIECE]), _MESSAGE)
            del self._waiting[:PIECE]
        return len(data)

    def seal_off(self) -> None:
        self._push(bytes(self._waiting), _LAST)
        self._waiting.clear()

    def _push(self, piece: bytes, tag: int) -> None:
        self._file.write(
            bindings.crypto_secretstream_xchacha20poly1305_push(self._state, piece, ad=self._bound, tag=tag)
        )
        self._bound = None  # the head is bound to the first piece, which the others follow


class Opening(io.RawIOBase):
    """Gives back what was kept, piece by piece. Raises NoStrongbox, WontOpen at once; StrongboxBroken where it is."""

    def __init__(self, file: BinaryIO, keys: Keys) -> None:
        super().__init__()
        raw, head = _head(file)
        self._bound: bytes | None = raw
        self._file, self._ready, self._is_over = file, b"", False
        self._state = bindings.crypto_secretstream_xchacha20poly1305_state()
        begun, key = file.read(_HEADER), keys.unlock(head)
        if len(begun) != _HEADER or len(key) != 32:
            raise StrongboxBroken
        bindings.crypto_secretstream_xchacha20poly1305_init_pull(self._state, begun, key)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._ready and not self._is_over:
            self._ready = self._pull()
        given = self._ready[: len(buffer)]
        buffer[: len(given)] = given
        self._ready = self._ready[len(given) :]
        return len(given)

    def _pull(self) -> bytes:
        sealed = self._file.read(PIECE + _MORE)
        try:
            piece, tag = bindings.crypto_secretstream_xchacha20poly1305_pull(self._state, sealed, ad=self._bound)
        except (CryptoError, ValueError):
            raise StrongboxBroken from None
        self._bound = None
        if tag == _LAST:
            self._is_over = True
            if self._file.read(1):
                raise StrongboxBroken
        return piece


def day_of(path: Path) -> str | None:
    """The day on which that backup was made, as its head says; None if it is no backup."""
    try:
        with path.open("rb") as file:
            return str(_head(file)[1].get("day"))
    except (NoStrongbox, StrongboxBroken, OSError):
        return None


def _head(file: BinaryIO) -> tuple[bytes, dict[str, Any]]:
    if file.read(len(MAGIC)) != MAGIC:
        raise NoStrongbox
    length = file.read(_LENGTH.size)
    if len(length) != _LENGTH.size or _LENGTH.unpack(length)[0] > _LONGEST_HEAD:
        raise StrongboxBroken
    text = file.read(_LENGTH.unpack(length)[0])
    try:
        head = json.loads(text)
    except ValueError:
        raise StrongboxBroken from None
    if not isinstance(head, dict):
        raise StrongboxBroken
    return MAGIC + length + text, head


class NewFile:
    """A file that is there whole or not at all, for this account alone. Raises FileExistsError."""

    def __init__(self, path: Path) -> None:
        if path.exists():
            raise FileExistsError(17, "there is such a file already", str(path))
        self.path, self._aside = path, path.with_name(f".{path.name}.unfinished")

    def __enter__(self) -> BinaryIO:
        handle = os.open(self._aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._file = os.fdopen(handle, "wb")
        return self._file

    def __exit__(
        self, kind: type[BaseException] | None, _fault: BaseException | None, _at: TracebackType | None
    ) -> None:
        if kind is None:
            self._file.flush()
            os.fsync(self._file.fileno())
        self._file.close()
        if kind is None:
            self._aside.rename(self.path)
        else:
            self._aside.unlink(missing_ok=True)
