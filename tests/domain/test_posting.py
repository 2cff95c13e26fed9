from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from campaign.database import db, unit_of_work
from campaign.domain import posting
from campaign.domain.posting import ATTEMPTS, LEASE, Fate
from campaign.models.letter import Letter, LetterState
from tests.make import NOON

A_MINUTE = timedelta(minutes=1)


@pytest.fixture
def letter(make):
    make.pending_signature()
    return db.session.scalars(select(Letter)).one()


def claim(limit=10, *, at=NOON):
    with unit_of_work():
        return posting.claim(limit, at=at)


def settle(letter, fate, *, fault=None, at=NOON):
    with unit_of_work():
        posting.settle(letter.id, fate, fault=fault, at=at)


def test_a_letter_is_posted_with_its_cause_or_not_at_all(make):
    with pytest.raises(ZeroDivisionError), unit_of_work():
        posting.post("your-links", at=NOON, email_box=b"box")
        raise ZeroDivisionError
    assert db.session.scalars(select(Letter)).all() == []


def test_nothing_is_posted_to_a_signature_that_is_not_there(app):
    with unit_of_work():
        posting.post_to_signature("confirm-signature", b"x" * 16, at=NOON)
    assert db.session.scalars(select(Letter)).all() == []


def test_the_database_refuses_a_letter_that_waits_for_nobody(app):
    with pytest.raises(IntegrityError, match="has_reader"):
        posting.post("your-links", at=NOON)
    db.session.rollback()


def test_a_claimed_letter_is_nobody_elses_until_its_lease_ends(letter):
    assert claim() == [letter.id]
    assert (letter.state, letter.attempts) == (LetterState.SENDING, 1)
    assert claim(at=NOON + LEASE - timedelta(seconds=1)) == []
    assert claim(at=NOON + LEASE) == [letter.id]
    assert letter.attempts == 2


def test_letters_are_taken_oldest_first_and_no_more_than_asked_for(make):
    petition = make.open_petition()
    for minutes in (3, 1, 2):
        make.pending_signature(petition, at=NOON + minutes * A_MINUTE)
    oldest_first = list(db.session.scalars(select(Letter.id).order_by(Letter.due_at)))
    later = NOON + timedelta(hours=1)
    assert claim(2, at=later) == oldest_first[:2]
    assert claim(2, at=later) == oldest_first[2:]


def test_a_letter_is_not_taken_before_it_is_due(make):
    make.pending_signature(at=NOON + A_MINUTE)
    assert claim(at=NOON) == []


def test_workers_that_claim_at_once_share_the_letters_and_none_has_two_claimants(make, app):
    petition = make.open_petition()
    for _ in range(20):
        make.pending_signature(petition)

    def take(_):
        with app.app_context(), unit_of_work():
            return posting.claim(5, at=NOON)

    with ThreadPoolExecutor(6) as pool:
        taken = [id for ids in pool.map(take, range(8)) for id in ids]
    db.session.rollback()
    taken += claim(20)
    assert len(taken) == len(set(taken)) == 20


def test_a_sent_letter_is_not_sent_again(letter):
    claim()
    settle(letter, Fate.SENT, at=NOON + A_MINUTE)
    assert (letter.state, letter.sent_at, letter.fault) == (LetterState.SENT, NOON + A_MINUTE, None)
    assert claim(at=NOON + timedelta(days=30)) == []


@pytest.mark.parametrize(("fate", "state"), [(Fate.NEVER, "failed"), (Fate.NOT_WANTED, "not_wanted")])
def test_a_refused_or_unwanted_letter_is_over_and_keeps_only_a_code(letter, fate, state):
    claim()
    settle(letter, fate, fault="smtp 550")
    assert (letter.state, letter.fault, letter.sent_at) == (LetterState(state), "smtp 550", None)
    assert claim(at=NOON + timedelta(days=30)) == []


def test_the_address_in_a_letters_own_box_is_deleted_once_the_letter_is_over(app):
    with unit_of_work():
        letter = posting.post("your-links", at=NOON, email_box=b"box")
    claim()
    settle(letter, Fate.LATER)
    assert letter.email_box == b"box"
    settle(letter, Fate.SENT)
    assert letter.email_box is None


def test_a_temporary_failure_is_tried_again_ever_more_slowly_and_not_for_ever(letter):
    at, waits = NOON, []
    while claim(at=at):
        settle(letter, Fate.LATER, fault="smtp 451", at=at)
        if letter.state is LetterState.FAILED:
            break
        waits.append((letter.due_at - at) / A_MINUTE)
        assert claim(at=letter.due_at - timedelta(seconds=1)) == []
        at = letter.due_at
    assert waits[:4] == [1, 2, 4, 8]
    assert waits == sorted(waits)
    assert max(waits) == 240
    assert len(waits) == ATTEMPTS - 1
    assert (letter.state, letter.fault) == (LetterState.FAILED, "smtp 451")


def test_what_was_claimed_while_the_server_is_down_is_given_back_without_costing_an_attempt(letter):
    ids = claim()
    with unit_of_work():
        posting.release(ids, at=NOON)
    assert (letter.state, letter.attempts, letter.due_at) == (LetterState.QUEUED, 0, NOON + A_MINUTE)


def test_giving_back_a_batch_leaves_alone_what_was_sent_of_it(letter):
    ids = claim()
    settle(letter, Fate.SENT)
    with unit_of_work():
        posting.release(ids, at=NOON)
    assert letter.state is LetterState.SENT


def test_ended_letters_are_forgotten_and_waiting_ones_are_not(make):
    petition = make.open_petition()
    for _ in range(4):
        make.pending_signature(petition)
    letters = db.session.scalars(select(Letter).order_by(Letter.id)).all()
    for row, state in zip(letters, ("sent", "failed", "not_wanted", "queued"), strict=True):
        row.state = LetterState(state)
    db.session.commit()
    assert posting.forget_sent(before=NOON) == 0
    assert posting.forget_sent(before=NOON + A_MINUTE) == 3
    assert db.session.scalars(select(Letter.state)).all() == [LetterState.QUEUED]


def test_the_database_knows_no_other_state_of_a_letter(letter):
    with pytest.raises(IntegrityError, match="letterstate"):
        db.session.execute(db.text("UPDATE letter SET state = 'lost'"))
    db.session.rollback()
