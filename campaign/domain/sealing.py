"""Sealing names and addresses, and telling two people apart without knowing either.

A box is `version (1 byte) ‖ key id (4 bytes) ‖ NaCl sealed box of (public id ‖ text)`. The public id
inside binds the box to its row: a box moved to another row does not open there. Whoever holds only
public keys can seal and never read back. Equality is an HMAC under a key from the environment and a
secret in the petition's row; destroying either makes the keys meaningless.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.secret import SecretBox
from nacl.utils import random

from campaign.domain import mailboxes
from campaign.domain.errors import SealBroken

BOX_VERSION = 1
_HEADER = 5
_ID_BYTES = 16


def key_id(public_key: bytes) -> bytes:
    """The four bytes that name a key: the head of its SHA-256."""
    return hashlib.sha256(public_key).digest()[:4]


@dataclass(frozen=True)
class Lock:
    """The public half of a pair: seals, and cannot open."""

    public_key: bytes
    _box: "SealedBox[PublicKey]" = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_box", SealedBox(PublicKey(self.public_key)))

    @property
    def key_id(self) -> bytes:
        return key_id(self.public_key)

    def seal(self, text: str, public_id: bytes) -> bytes:
        return bytes([BOX_VERSION]) + self.key_id + self._box.encrypt(public_id + text.encode())


class Opener:
    """The private halves of one purpose, by key id; several while keys are being changed."""

    def __init__(self, private_keys: Sequence[bytes]) -> None:
        pairs = [PrivateKey(raw) for raw in private_keys]
        self._boxes: Mapping[bytes, SealedBox[PrivateKey]] = {key_id(bytes(p.public_key)): SealedBox(p) for p in pairs}

    @property
    def key_ids(self) -> set[bytes]:
        return set(self._boxes)

    def open(self, box: bytes, public_id: bytes) -> str:
        """The text sealed for the row `public_id`. Raises SealBroken, which names no content."""
        held = self._boxes.get(box[1:_HEADER])
        if box[:1] != bytes([BOX_VERSION]) or held is None:
            raise SealBroken
        try:
            inside = held.decrypt(box[_HEADER:])
        except CryptoError as fault:
            raise SealBroken from fault
        if not hmac.compare_digest(inside[:_ID_BYTES], public_id):
            raise SealBroken
        return inside[_ID_BYTES:].decode()


@dataclass(frozen=True)
class Seal:
    """What signing needs: two locks and the key of the hashes. It cannot open anything."""

    mail: Lock
    names: Lock
    hash_key: bytes = field(repr=False)

    def address_box(self, address: str, public_id: bytes) -> bytes:
        return self.mail.seal(address, public_id)

    def name_box(self, name: str, public_id: bytes) -> bytes:
        return self.names.seal(name, public_id)

    def keyed(self, purpose: str, secret: bytes, value: str) -> bytes:
        """HMAC-SHA256(hash key, purpose ‖ secret ‖ value), lengths made unambiguous. 32 bytes."""
        message = b"\x00".join([purpose.encode(), secret.hex().encode(), value.encode()])
        return hmac.digest(self.hash_key, message, "sha256")

    def email_key(self, secret: bytes, address: str, rules: mailboxes.Rules) -> bytes:
        """One mailbox on one petition; `rules` are the petition's own, see `mailboxes.rules_of`."""
        return self.keyed("email", secret, mailboxes.canonical(address, rules))

    def name_key(self, secret: bytes, skeleton: str) -> bytes:
        return self.keyed("name", secret, skeleton)

    def person_key(self, secret: bytes, address: str) -> bytes:
        """The same person under several petitions of one campaign; `secret` is the campaign's.

        The rules are those shipped with the site, which do not change: petitions of one campaign may have
        opened under different ones.
        """
        return self.keyed("person", secret, mailboxes.canonical(address, mailboxes.SHIPPED))

    def person_name_key(self, secret: bytes, skeleton: str) -> bytes:
        """Tells two people of one address apart under several petitions; `secret` is the campaign's.

        Without the address, as whoever can open the box of a name later cannot open that of an address.
        """
        return self.keyed("person name", secret, skeleton)

    def subscription_key(self, secret: bytes, address: str) -> bytes:
        return self.keyed("subscription", secret, mailboxes.canonical(address, mailboxes.SHIPPED))

    def domain_key(self, secret: bytes, domain: str) -> bytes:
        """A mail domain on one petition, so that clusters can be seen and not read."""
        return self.keyed("domain", secret, domain)

    def network_key(self, secret: bytes, network: bytes) -> bytes:
        """A network on one petition. `network` is hashed already, under the key of the day; 48 hours later it goes."""
        return self.keyed("network", secret, network.hex())


def enclose(content: bytes) -> tuple[bytes, bytes]:
    """A fresh key, and the content locked with it: for what is too large for a row, such as a scan."""
    key = random(SecretBox.KEY_SIZE)
    return key, bytes(SecretBox(key).encrypt(content))


def disclose(closed: bytes, key: bytes) -> bytes:
    """Raises SealBroken where it was changed, or the key is another."""
    try:
        return SecretBox(key).decrypt(closed)
    except (CryptoError, ValueError) as fault:
        raise SealBroken from fault
