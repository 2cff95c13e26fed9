from datetime import UTC, timedelta

from sqlalchemy import delete, select

from campaign.database import db, unit_of_work
from campaign.domain.signatures import forgetting
from campaign.models.letter import Letter, LetterState
from campaign.models.signature import SignatureState
from tests.make import NOON

PERSONAL = (
    "name_box",
    "email_box",
    "email_key",
    "name_key",
    "person_key",
    "person_name_key",
    "subscription_key",
    "receipt_id",
)
TWO_DAYS, A_SECOND = timedelta(hours=48), timedelta(seconds=1)
MIDNIGHT = NOON.astimezone(UTC).replace(hour=0)
TOO_LATE = MIDNIGHT + timedelta(days=8)  # seven whole days after the day of signing


def forget(what, **how):
    with unit_of_work():
        return what(**how)


def test_a_form_that_nobody_confirmed_within_seven_days_is_emptied(make):
    row = make.pending_signature()
    assert forget(forgetting.expire_pending, at=TOO_LATE - A_SECOND) == 0
    assert forget(forgetting.expire_pending, at=TOO_LATE) == 1
    db.session.refresh(row)
    assert row.state is SignatureState.EXPIRED
    assert [getattr(row, name) for name in PERSONAL] == [None] * len(PERSONAL)


def test_an_emptied_form_makes_room_for_another(make):
    petition, leila = make.open_petition(), make.signer()
    for _ in range(3):
        make.pending_signature(petition, leila)
    forget(forgetting.expire_pending, at=TOO_LATE)
    assert make.pending_signature(petition, leila, at=TOO_LATE).state is SignatureState.PENDING


def test_what_was_confirmed_is_not_emptied(make):
    row = make.confirmed_signature()
    assert forget(forgetting.expire_pending, at=TOO_LATE) == 0
    assert row.name_box is not None


def test_times_of_signing_are_cut_to_the_day_after_two_days_and_no_earlier(make):
    row = make.confirmed_signature()
    assert forget(forgetting.cut_times, at=NOON + TWO_DAYS) == 0
    assert row.created_at == NOON
    assert forget(forgetting.cut_times, at=NOON + TWO_DAYS + A_SECOND) == 1
    db.session.refresh(row)
    assert (row.created_at, row.confirmed_at) == (MIDNIGHT, MIDNIGHT)


def test_times_that_were_cut_are_not_looked_at_again(make):
    make.confirmed_signature()
    later = NOON + TWO_DAYS + A_SECOND
    assert [forget(forgetting.cut_times, at=later) for _ in range(2)] == [1, 0]


def test_a_form_whose_time_was_cut_can_still_be_confirmed_until_it_expires(make):
    row = make.pending_signature()
    assert forget(forgetting.cut_times, at=NOON + timedelta(days=3)) == 1
    db.session.refresh(row)
    assert (row.created_at, row.state) == (MIDNIGHT, SignatureState.PENDING)
    make.confirm(row, at=TOO_LATE - A_SECOND)
    assert row.state is SignatureState.CONFIRMED


def test_a_moment_that_is_not_two_days_old_stays_exact_beside_one_that_is(make):
    row = make.pending_signature()
    make.confirm(row, at=NOON + TWO_DAYS)
    forget(forgetting.cut_times, at=NOON + TWO_DAYS + A_SECOND)
    db.session.refresh(row)
    assert (row.created_at, row.confirmed_at) == (MIDNIGHT, NOON + TWO_DAYS)


def test_the_moment_of_withdrawing_is_cut_as_well(make):
    row = make.confirmed_signature()
    make.withdraw(row)
    forget(forgetting.cut_times, at=NOON + TWO_DAYS + A_SECOND)
    db.session.refresh(row)
    assert row.ended_at == MIDNIGHT


def test_the_order_of_confirmation_is_kept_by_the_numbers(make):
    petition = make.open_petition()
    first, second = make.confirmed_signatures(2, petition)
    make.count(petition)
    forget(forgetting.cut_times, at=NOON + timedelta(days=3))
    db.session.expire_all()
    assert first.confirmed_at == second.confirmed_at
    assert (first.number, second.number) == (1, 2)


def test_cutting_goes_in_steps(make):
    make.confirmed_signatures(3)
    later = NOON + timedelta(days=3)
    assert [forget(forgetting.cut_times, at=later, limit=2) for _ in range(3)] == [2, 1, 0]


def test_letters_are_forgotten_a_month_after_they_were_posted(make):
    make.pending_signature()
    db.session.scalars(select(Letter)).one().state = LetterState.SENT
    db.session.commit()
    assert forget(forgetting.forget_letters, at=NOON + timedelta(days=30)) == 0
    assert forget(forgetting.forget_letters, at=NOON + timedelta(days=30) + A_SECOND) == 1


def test_empty_rows_of_forms_that_came_to_nothing_are_deleted_with_their_letters(make):
    petition = make.open_petition()
    pending = make.pending_signature(petition)
    late = NOON + timedelta(days=60)
    with unit_of_work():
        forgetting.expire_pending(at=NOON + timedelta(days=9))
    assert pending.state is SignatureState.EXPIRED
    with unit_of_work():
        assert forgetting.forget_expired(at=late) == 0  # its letter is still there
        db.session.execute(delete(Letter))
        assert forgetting.forget_expired(at=late) == 1
