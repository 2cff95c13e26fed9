import pytest
from sqlalchemy import func, select

from campaign.database import db, take_bells, unit_of_work
from campaign.domain import posting, switching
from campaign.domain.switching import CreatingStopped
from campaign.models.letter import Letter, LetterState
from campaign.models.site import StoppedSwitch, Switch
from campaign.worker import count_signatures
from tests.make import NOON


def stop(switch):
    with unit_of_work():
        return switching.stop(switch, by="Ada", reason="a flood", at=NOON)


def start(switch):
    with unit_of_work():
        return switching.start(switch)


@pytest.mark.feature(103)
@pytest.mark.parametrize("switch", list(Switch))
def test_what_is_stopped_stays_so_until_it_is_started(app, switch):
    assert switching.stopped() == frozenset()
    assert stop(switch)
    assert switching.stopped() == {switch}
    assert switching.is_stopped(switch)
    assert start(switch)
    assert not switching.is_stopped(switch)


def test_stopping_twice_keeps_the_first_reason_and_starting_twice_does_nothing(app):
    assert stop(Switch.SIGNING)
    with unit_of_work():
        assert not switching.stop(Switch.SIGNING, by="Bob", reason="another", at=NOON)
    assert db.session.get_one(StoppedSwitch, Switch.SIGNING).by == "Ada"
    assert start(Switch.SIGNING)
    assert not start(Switch.SIGNING)


@pytest.mark.feature(103)
def test_while_counting_is_stopped_the_number_stands_still_and_then_nothing_is_missing(make):
    petition = make.open_petition()
    stop(Switch.COUNTING)
    make.confirmed_signatures(3, petition)
    assert count_signatures() == 0
    assert make.count(petition) == 0
    assert petition.signature_count == 0
    start(Switch.COUNTING)
    assert take_bells() == {"count"}
    assert count_signatures() == 3
    db.session.refresh(petition)
    assert petition.signature_count == 3


@pytest.mark.feature(103)
def test_while_letters_are_stopped_they_stay_queued_and_then_leave(make):
    for _ in range(2):
        make.pending_signature()
    stop(Switch.LETTERS)
    with unit_of_work():
        assert posting.claim(10, at=NOON) == []
    queued = select(func.count()).select_from(Letter).where(Letter.state == LetterState.QUEUED, Letter.attempts == 0)
    assert db.session.scalar(queued) == 2
    start(Switch.LETTERS)
    assert take_bells() == {"letters"}
    with unit_of_work():
        assert len(posting.claim(10, at=NOON)) == 2


@pytest.mark.feature(103)
def test_while_creating_is_stopped_whoever_makes_something_new_is_told(app):
    switching.refuse_creating()
    stop(Switch.CREATING)
    with pytest.raises(CreatingStopped):
        switching.refuse_creating()
