import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.public import PrivateKey

from campaign.gateways.strongbox import (
    PIECE,
    Closing,
    Keys,
    Locks,
    NoStrongbox,
    Opening,
    StrongboxBroken,
    WontOpen,
)

KEY = PrivateKey(b"b" * 32)
KEYS = Keys(passphrase=lambda: "never asked", private_key=lambda: bytes(KEY))


def closed(content: bytes) -> bytes:
    file = io.BytesIO()
    box = Closing(file, Locks(public_key=bytes(KEY.public_key)), day="2017-06-30")
    box.write(content)
    box.seal_off()
    return file.getvalue()


def opened(sealed: bytes) -> bytes:
    return Opening(io.BytesIO(sealed), KEYS).read()


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_what_went_in_comes_out_and_nothing_can_be_added_or_cut(size: int) -> None:
    content = bytes(n % 251 for n in range(size))
    sealed = closed(content)
    assert opened(sealed) == content
    assert content[:64] not in sealed or size < 64
    for wrong in (sealed + b"x", sealed[:-1]):
        with pytest.raises(StrongboxBroken):
            opened(wrong)


@given(st.data())
def test_one_flipped_bit_anywhere_is_noticed(data: st.DataObject) -> None:
    sealed = bytearray(SEALED)
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises((NoStrongbox, StrongboxBroken, WontOpen)):
        opened(bytes(sealed))


def test_pieces_cannot_change_places() -> None:
    sealed = closed(b"a" * PIECE * 3)
    piece = PIECE + 17
    start = len(sealed) - 3 * piece
    swapped = sealed[:start] + sealed[start + piece : start + 2 * piece] + sealed[start : start + piece]
    with pytest.raises(StrongboxBroken):
        opened(swapped + sealed[start + 2 * piece :])


SEALED = closed(b"what is kept")
