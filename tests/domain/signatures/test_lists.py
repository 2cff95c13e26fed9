import ipaddress
import time

import pytest

from campaign.database import db, unit_of_work
from campaign.domain.signatures import lists
from campaign.domain.signatures.lists import (
    AddressWrong,
    CountryWrong,
    Domains,
    DomainWrong,
    EntriesWrong,
    Networks,
    NetworkWrong,
)
from campaign.models.site import ListEntry, ListName
from tests.make import NOON


def add(make, name, value):
    with unit_of_work():
        return lists.add(name, value, at=NOON, seal=make.seal)


@pytest.mark.feature(43)
@pytest.mark.parametrize(
    ("glob", "domain", "matches"),
    [
        ("post.example", "post.example", True),
        ("post.example", "mail.post.example", False),
        ("*.post.example", "mail.post.example", True),
        ("*.post.example", "a.b.post.example", True),
        ("*.post.example", "post.example", False),
        ("*.post.example", "apost.example", False),
        ("temp*.example", "tempmail.example", True),
        ("temp*.example", "attempt.example", False),
        ("*mail.*", "trashmail.example", True),
    ],
)
def test_a_glob_matches_the_domains_it_says(glob, domain, matches):
    assert (domain in Domains([glob])) is matches


@pytest.mark.feature(43)
@pytest.mark.parametrize(
    ("network", "address", "matches"),
    [
        ("192.0.2.0/24", "192.0.2.77", True),
        ("192.0.2.0/24", "192.0.3.1", False),
        ("192.0.2.0/24", "::ffff:192.0.2.77", True),
        ("2001:db8::/32", "2001:db8:ffff::1", True),
        ("2001:db8::/32", "2001:db9::1", False),
        ("192.0.2.7/32", "192.0.2.7", True),
        ("192.0.2.0/24", "no address", False),
        ("192.0.2.0/24", "", False),
    ],
)
def test_a_network_holds_the_addresses_it_says(network, address, matches):
    assert (address in Networks([network])) is matches


@pytest.mark.parametrize(
    ("name", "typed", "kept"),
    [
        (ListName.BLOCKED_DOMAIN, " @Post.Example ", "post.example"),
        (ListName.DISPOSABLE_DOMAIN, "*.BÜCHER.example", "*.xn--bcher-kva.example"),
        (ListName.BLOCKED_NETWORK, "192.0.2.77/24", "192.0.2.0/24"),
        (ListName.TOR_EXIT, "192.0.2.77", "192.0.2.77/32"),
        (ListName.BLOCKED_COUNTRY, "tj", "TJ"),
        (ListName.SAME_MAILBOX, "post.example:plus", "post.example: plus"),
    ],
)
def test_a_value_is_kept_in_one_form(make, name, typed, kept):
    assert add(make, name, typed) == kept
    assert add(make, name, kept) == kept
    assert [row.value for row in lists.entries(name)] == [kept]


@pytest.mark.parametrize(
    ("name", "typed", "fault"),
    [
        (ListName.BLOCKED_DOMAIN, "*", DomainWrong),
        (ListName.BLOCKED_DOMAIN, "*.*", DomainWrong),
        (ListName.BLOCKED_DOMAIN, "somebody@post.example", DomainWrong),
        (ListName.BLOCKED_DOMAIN, "example", DomainWrong),
        (ListName.BLOCKED_NETWORK, "0.0.0.0/0", NetworkWrong),
        (ListName.BLOCKED_NETWORK, "::/0", NetworkWrong),
        (ListName.BLOCKED_NETWORK, "192.0.2", NetworkWrong),
        (ListName.HIGH_RISK_COUNTRY, "XX", CountryWrong),
        (ListName.HIGH_RISK_COUNTRY, "Tajikistan", CountryWrong),
        (ListName.BLOCKED_ADDRESS, "somebody", AddressWrong),
    ],
)
def test_a_slip_blocks_nobody(make, name, typed, fault):
    known = [row.value for row in lists.entries(name)]
    with pytest.raises(fault) as refused:
        lists.add(name, typed, at=NOON, seal=make.seal)
    assert len(refused.value.sentence) > 20
    assert [row.value for row in lists.entries(name)] == known


@pytest.mark.feature(43)
def test_a_blocked_address_is_kept_as_a_hash_that_knows_every_spelling_of_the_mailbox(make):
    kept = add(make, ListName.BLOCKED_ADDRESS, "robot.one@gmail.com")
    assert "robot" not in repr([row.value for row in lists.entries(ListName.BLOCKED_ADDRESS)])
    assert kept in lists.read().blocked_addresses
    assert lists.address_hash("Robot.One+7@googlemail.com", seal=make.seal) == kept
    assert lists.remove_address("robotone@gmail.com", seal=make.seal)
    assert lists.read().blocked_addresses == frozenset()


@pytest.mark.feature(40)
def test_a_whole_list_is_replaced_by_its_lines_and_keeps_its_notes(make):
    add(make, ListName.BLOCKED_DOMAIN, "old.example")
    add(make, ListName.BLOCKED_DOMAIN, "stays.example")
    text = "stays.example\n\n# a remark\nnew.example # seen in March\n"
    assert lists.replace(ListName.BLOCKED_DOMAIN, text, at=NOON, seal=make.seal) == (1, 1)
    rows = {row.value: row.note for row in lists.entries(ListName.BLOCKED_DOMAIN)}
    assert rows == {"new.example": "seen in March", "stays.example": ""}


def test_if_one_line_cannot_be_read_nothing_is_changed_and_its_number_is_told(make):
    add(make, ListName.BLOCKED_DOMAIN, "old.example")
    with pytest.raises(EntriesWrong) as refused:
        lists.replace(ListName.BLOCKED_DOMAIN, "new.example\n*\nfine.example\n??", at=NOON, seal=make.seal)
    assert set(refused.value.faults) == {2, 4}
    assert [row.value for row in lists.entries(ListName.BLOCKED_DOMAIN)] == ["old.example"]


def test_a_list_of_hashes_is_saved_as_it_was_shown(make):
    kept = add(make, ListName.BLOCKED_ADDRESS, "robot@post.example")
    assert lists.replace(ListName.BLOCKED_ADDRESS, kept, at=NOON, seal=make.seal) == (0, 0)


def test_ten_thousand_networks_are_read_and_asked_fast_enough_for_every_form(app):
    exits = [f"{ipaddress.ip_address(0x0B000000 + 977 * n)}/32" for n in range(10_000)]
    rows = [{"name": ListName.TOR_EXIT, "value": value, "note": "", "added_at": NOON} for value in exits]
    db.session.execute(db.insert(ListEntry), rows)
    known = lists.read()
    begun = time.process_time()
    for _ in range(1000):
        assert "11.0.0.1" not in known.tor_exits
    each = (time.process_time() - begun) / 1000
    assert "11.0.3.209" in known.tor_exits
    assert each < 0.0002
    assert lists.read() is known  # nothing has changed, so nothing is compiled anew
