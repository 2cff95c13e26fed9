"""Keys under a passphrase: a file that is worth nothing to whoever takes it without the words.

The key of names need not lie on any server: it can rest on a stick in a drawer, and be opened on the one machine
that prints packets while somebody sits before it. Argon2id makes each guess at the words slow.
"""

import base64
import os
import struct
from binascii import Error as NotBase64
from dataclasses import dataclass

from nacl import pwhash
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

HEAD = "campaign-protected-key 1"
SALT_BYTES = 16
_COSTS = struct.Struct(">QQ")
_MOST_TURNS, _MOST_MEMORY = 64, 4 * 1024**3  # a file that asks for more is no file of ours


class PassphraseWrong(Exception):
    """The passphrase does not open this, or the file was changed."""


class NotProtected(Exception):
    """This is no file that `keys new --protect` wrote, or it was cut."""


@dataclass(frozen=True)
class Cost:
    """What each guess costs: turns, and bytes of memory."""

    turns: int = pwhash.argon2id.OPSLIMIT_MODERATE
    memory: int = pwhash.argon2id.MEMLIMIT_MODERATE

    @property
    def is_sane(self) -> bool:
        return 1 <= self.turns <= _MOST_TURNS and 8192 <= self.memory <= _MOST_MEMORY


USUAL = Cost()


def derive(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    """32 bytes from the words. Raises NotProtected for a cost that nobody honest asks for."""
    if not cost.is_sane or len(salt) != SALT_BYTES:
        raise NotProtected
    return pwhash.argon2id.kdf(32, passphrase.encode(), salt, opslimit=cost.turns, memlimit=cost.memory)


def protect(raw: bytes, passphrase: str, *, cost: Cost = USUAL) -> str:
    """The key as the text of a file."""
    salt = os.urandom(SALT_BYTES)
    box = SecretBox(derive(passphrase, salt, cost)).encrypt(raw)
    inside = base64.b64encode(_COSTS.pack(cost.turns, cost.memory) + salt + box).decode()
    return f"{HEAD}\n{inside}\n"


def unprotect(text: str, passphrase: str) -> bytes:
    """The key in that text. Raises NotProtected, PassphraseWrong."""
    head, _, inside = text.partition("\n")
    try:
        raw = base64.b64decode(inside.strip(), validate=True)
    except (NotBase64, ValueError):
        raise NotProtected from None
    if head.strip() != HEAD or len(raw) <= _COSTS.size + SALT_BYTES:
        raise NotProtected
    cost = Cost(*_COSTS.unpack(raw[: _COSTS.size]))
    salt, box = raw[_COSTS.size :][:SALT_BYTES], raw[_COSTS.size + SALT_BYTES :]
    try:
        return SecretBox(derive(passphrase, salt, cost)).decrypt(box)
    except CryptoError:
        raise PassphraseWrong from None
