import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.public import PrivateKey

from campaign.domain import mailboxes
from campaign.domain.errors import SealBroken
from campaign.domain.mailboxes import SHIPPED
from campaign.domain.sealing import Lock, Opener, Seal, key_id

MAIL, NAMES, OTHER = (bytes(PrivateKey(bytes([n]) * 32)) for n in (1, 2, 3))
ROW, OTHER_ROW = b"a" * 16, b"b" * 16
SECRET, OTHER_SECRET = b"s" * 32, b"t" * 32


def public(private):
    return bytes(PrivateKey(private).public_key)


@pytest.fixture
def seal():
    return Seal(Lock(public(MAIL)), Lock(public(NAMES)), hash_key=b"h" * 32)


@pytest.mark.feature(99)
@given(text=st.text(max_size=400))
def test_what_was_sealed_opens_again_in_its_row(text):
    assert Opener([NAMES]).open(Lock(public(NAMES)).seal(text, ROW), ROW) == text


def test_a_box_moved_to_another_row_does_not_open(seal):
    box = seal.name_box("Leila", ROW)
    with pytest.raises(SealBroken):
        Opener([NAMES]).open(box, OTHER_ROW)


@pytest.mark.feature(119)
def test_whoever_can_seal_cannot_open(seal):
    for opener in (Opener([]), Opener([MAIL])):
        with pytest.raises(SealBroken):
            opener.open(seal.name_box("Leila", ROW), ROW)


@pytest.mark.parametrize("at", [0, 1, 5, 40, -1])
def test_a_box_with_one_changed_bit_does_not_open(seal, at):
    box = bytearray(seal.name_box("Leila", ROW))
    box[at] ^= 1
    with pytest.raises(SealBroken):
        Opener([NAMES]).open(bytes(box), ROW)


@pytest.mark.parametrize("length", [0, 1, 5, 20])
def test_a_box_that_was_cut_does_not_open(seal, length):
    with pytest.raises(SealBroken):
        Opener([NAMES]).open(seal.name_box("Leila", ROW)[:length], ROW)


def test_the_same_name_is_never_sealed_alike_twice(seal):
    assert seal.name_box("Leila", ROW) != seal.name_box("Leila", ROW)


def test_while_keys_are_changed_boxes_of_the_old_and_of_the_new_key_open():
    both = Opener([OTHER, NAMES])
    for private in (NAMES, OTHER):
        assert both.open(Lock(public(private)).seal("Leila", ROW), ROW) == "Leila"


def test_a_box_says_its_version_and_which_key_it_was_sealed_to(seal):
    box = seal.address_box("leila@post.example", ROW)
    assert box[0] == 1
    assert box[1:5] == key_id(public(MAIL))


def test_a_key_tells_people_apart_within_one_petition_and_one_purpose_only(seal):
    keys = {
        seal.email_key(SECRET, "a@post.example", SHIPPED),
        seal.email_key(SECRET, "b@post.example", SHIPPED),
        seal.email_key(OTHER_SECRET, "a@post.example", SHIPPED),
        seal.person_key(SECRET, "a@post.example"),
        seal.subscription_key(SECRET, "a@post.example"),
        seal.name_key(SECRET, "a@post.example"),
        Seal(seal.mail, seal.names, b"i" * 32).email_key(SECRET, "a@post.example", SHIPPED),
    }
    assert len(keys) == 7
    assert all(len(key) == 32 for key in keys)


@pytest.mark.feature(28)
@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("Leila@Post.Example", "leila@post.example"),
        ("  leila@post.example ", "leila@post.example"),
        ("leila@post.example.", "leila@post.example"),
        ("leila@BÜCHER.example", "leila@xn--bcher-kva.example"),
        ("leila+petition@post.example", "leila+petition@post.example"),
        ("l.e.i.l.a@post.example", "l.e.i.l.a@post.example"),
        ("ЛЕЙЛА@post.example", "лейла@post.example"),
    ],
)
def test_one_mailbox_has_one_form(typed, canonical):
    assert mailboxes.canonical(typed, SHIPPED) == canonical


def test_a_seal_shows_no_key_when_it_is_printed(seal):
    assert "hhhh" not in repr(seal)
    assert repr(NAMES) not in repr(Opener([NAMES]))
