from datetime import timedelta

import pytest
from sqlalchemy import select

from campaign.database import db
from campaign.domain.errors import SignatureEnded, SignatureRemoved
from campaign.domain.signatures import confirming, forgetting, vetting, withdrawing
from campaign.domain.signatures.vetting import Asked, NotHeld, NotRemoved, NotStanding, SignedAgain, TooLate
from campaign.models.ledger import EntryKind, LedgerEntry
from campaign.models.signature import RemovalReason, SignatureState
from tests.make import NOON
from tests.suspects import arrived, held_signature

KEPT = ("name_box", "email_box", "email_key", "name_key", "receipt_id")
ROBOT = RemovalReason.ROBOT


def entries(petition):
    query = select(LedgerEntry).where(LedgerEntry.petition_id == petition.id).order_by(LedgerEntry.seq)
    return [(e.kind, e.delta, e.number) for e in db.session.scalars(query)]


@pytest.mark.feature(44)
def test_what_is_held_counts_once_staff_release_it_and_gets_the_next_number(make):
    petition = make.counted_petition(1)
    suspect = held_signature(make, petition)
    make.count(petition)
    assert (suspect.state, suspect.number, petition.signature_count) == (SignatureState.HELD, None, 1)
    assert vetting.held(petition) == [suspect]
    vetting.release(suspect)
    make.count(petition)
    assert (suspect.number, petition.signature_count, vetting.held(petition)) == (2, 2, [])


@pytest.mark.feature(44)
def test_what_is_removed_lowers_the_count_and_comes_back_under_the_same_number(make):
    petition = make.open_petition()
    first, second = make.confirmed_signatures(2, petition)
    make.count(petition)
    vetting.remove(first, RemovalReason.DOUBLE, at=NOON)
    make.count(petition)
    assert petition.signature_count == 1
    assert all(getattr(first, name) for name in KEPT), "what is kept for thirty days can be put back"
    vetting.restore(first)
    make.count(petition)
    assert (first.number, first.removal_reason, petition.signature_count) == (1, None, 2)
    assert entries(petition)[2:] == [(EntryKind.REMOVED, -1, 1), (EntryKind.RESTORED, 1, 1)]
    assert second.state is SignatureState.CONFIRMED


def test_a_held_signature_that_was_removed_never_had_a_number_and_gets_one_when_it_is_put_back(make):
    petition = make.open_petition()
    suspect = held_signature(make, petition)
    vetting.remove(suspect, ROBOT, at=NOON)
    make.count(petition)
    assert entries(petition) == []
    vetting.restore(suspect)
    make.count(petition)
    assert entries(petition) == [(EntryKind.SIGNED, 1, 1)]


def test_who_has_signed_again_meanwhile_is_not_put_back_a_second_time(make):
    petition, leila = make.open_petition(), make.signer()
    first = make.confirmed_signature(petition, leila)
    make.count(petition)
    vetting.remove(first, ROBOT, at=NOON)
    make.count(petition)
    again = make.confirmed_signature(petition, leila)
    make.count(petition)
    with pytest.raises(SignedAgain):
        vetting.restore(first)
    assert (first.state, again.number, petition.signature_count) == (SignatureState.REMOVED, 2, 1)


def test_two_people_of_one_address_are_both_put_back_and_a_third_is_not(make):
    petition = make.open_petition()
    two = [
        make.confirmed_signature(petition, make.signer(name, "home@sample.example"))
        for name in ("Ana Benhaddou", "Omar Benhaddou")
    ]
    for row in two:
        vetting.remove(row, ROBOT, at=NOON)
    newcomer = make.confirmed_signature(petition, make.signer("Tarek Benhaddou", "home@sample.example"))
    vetting.restore(two[0])
    with pytest.raises(SignedAgain):
        vetting.restore(two[1])
    assert sorted((two[0].place, newcomer.place)) == [1, 2]


@pytest.mark.feature(44)
def test_after_thirty_days_what_was_removed_is_emptied_and_cannot_be_put_back(make):
    petition = make.open_petition()
    row = make.confirmed_signature(petition)
    make.count(petition)
    vetting.remove(row, ROBOT, at=NOON)
    make.count(petition)
    assert forgetting.empty_removed(at=NOON + timedelta(days=29)) == 0
    assert forgetting.empty_removed(at=NOON + timedelta(days=30, minutes=1)) == 1
    db.session.expire_all()
    assert [getattr(row, name) for name in KEPT] == [None] * len(KEPT)
    assert row.number == 1
    with pytest.raises(TooLate):
        vetting.restore(row)


@pytest.mark.parametrize(
    ("act", "refusal"),
    [
        (vetting.release, NotHeld),
        (vetting.restore, NotRemoved),
        (lambda row: vetting.remove(row, ROBOT, at=NOON), NotStanding),
    ],
)
def test_what_has_ended_is_not_let_in_put_back_or_removed(make, act, refusal):
    row = make.confirmed_signature()
    make.withdraw(row)
    with pytest.raises(refusal):
        act(row)


def test_whoever_was_removed_is_told_so_by_the_own_link_and_not_that_it_was_withdrawn(make):
    row = make.confirmed_signature()
    vetting.remove(row, ROBOT, at=NOON)
    for look in (lambda: withdrawing.show(make.claim(row)), lambda: confirming.show(make.claim(row), at=NOON)):
        with pytest.raises(SignatureRemoved):
            look()
    forgetting.empty_removed(at=NOON + timedelta(days=31))
    db.session.expire_all()
    with pytest.raises(SignatureEnded):
        withdrawing.show(make.claim(row))


def test_a_signature_is_found_by_number_day_and_country(make):
    petition = make.open_petition()
    here = make.confirmed_signature(petition, make.signer(country="FR"))
    there = make.confirmed_signature(petition, make.signer(country="DE"))
    make.count(petition)

    def found(**asked):
        return vetting.find(petition, Asked(**asked), seal=make.seal)

    assert found(number=2) == [there]
    assert found(country="FR") == [here]
    assert found(day=NOON.date()) == [there, here]
    assert found(day=NOON.date(), country="DE", number=1) == []
    assert found() == [], "nobody browses"


def test_a_signature_is_found_by_the_whole_name_or_address_however_it_is_written_and_never_by_a_part(make):
    petition = make.open_petition()
    row = make.confirmed_signature(petition, make.signer("Leïla Benhaddou", "leila.benhaddou@gmail.com"))
    make.confirmed_signature(petition)

    def found(**asked):
        return vetting.find(petition, Asked(**asked), seal=make.seal)

    assert found(name="leïla  benhaddou") == found(address="Leila.Benhaddou@Gmail.com") == [row]
    assert found(address="leilabenhaddou+news@googlemail.com") == [row], "one mailbox, as signing knows it"
    assert found(name="Leïla") == found(address="leila") == found(address="gmail.com") == []


def test_a_name_typed_finds_nobody_on_another_petition(make):
    leila = make.signer("Leïla Benhaddou")
    make.confirmed_signature(make.open_petition(), leila)
    assert vetting.find(make.open_petition(), Asked(name=leila.name), seal=make.seal) == []


def test_the_page_of_a_signature_says_how_many_came_the_same_way(make):
    petition = make.open_petition()
    rows = [
        arrived(make, petition, make.signer(f"Person {letter}", f"{letter}@robots.example"), network=b"net")
        for letter in "abc"
    ]
    arrived(make, petition, make.signer("Person a", "x@elsewhere.example"), network=b"other")
    assert vetting.around(rows[0]) == vetting.Around(domain=3, network=3, name=2)


def test_what_is_held_can_be_told_by_its_reason_and_words_that_only_contain_it_do_not_count(make):
    petition = make.open_petition()
    rows = [held_signature(make, petition) for _ in range(3)]
    rows[1].suspicion = "honeypot blocked_domain"
    rows[2].suspicion = "honeypots"
    db.session.commit()
    assert vetting.held(petition, reason="honeypot") == rows[:2]
    assert vetting.held(petition, reason="blocked_domain") == [rows[1]]
    assert vetting.held_by_reason(petition) == {"honeypot": 2, "blocked_domain": 1, "honeypots": 1}
    assert vetting.waiting() == [(petition, 3)]


def test_the_public_is_told_how_many_were_removed_and_why(make):
    petition = make.open_petition()
    rows = make.confirmed_signatures(4, petition)
    make.count(petition)
    for row, why in zip(rows, (ROBOT, ROBOT, RemovalReason.INSULT), strict=False):
        vetting.remove(row, why, at=NOON)
    make.withdraw(rows[3], not_me=True)
    make.withdraw(make.pending_signature(petition), not_me=True)  # never counted, so nothing was removed
    make.count(petition)
    assert vetting.removed_by_reason(petition) == (("robot", 2), ("insult", 1), ("not_owner", 1))
