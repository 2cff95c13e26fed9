"""What is signed most now, from what the counter appended."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from campaign.database import db, unit_of_work
from campaign.domain import switching
from campaign.domain.signatures import trending
from campaign.models.campaign import State
from campaign.models.site import Switch
from campaign.models.tally import RecentCount, Span
from tests.make import NOON


def look(at=NOON):
    with unit_of_work():
        trending.look(at=at)
    return {span.value: [(t.slug, t.signatures) for t in found] for span, found in trending.now(at=at).items()}


def marked(petition, n: int, at=NOON) -> None:
    with unit_of_work():
        trending.add(petition.id, n, at=at)


@pytest.mark.feature(59)
def test_what_the_counter_appends_within_the_hour_is_signed_most_from_ten_on(make):
    petition = make.open_petition()
    rows = make.confirmed_signatures(9, petition)
    make.count(petition)
    assert look() == {"hour": [], "day": []}
    rows.append(make.confirmed_signature(petition))
    make.count(petition)
    assert look() == {"hour": [(petition.slug, 10)], "day": [(petition.slug, 10)]}
    make.withdraw(rows[0])
    make.count(petition)
    assert look() == {"hour": [], "day": []}, "what is withdrawn or removed pulls it down"


@pytest.mark.feature(59)
def test_the_hour_and_the_day_differ_and_a_result_that_is_not_fresh_is_not_shown(make):
    early, late = make.open_petition(), make.open_petition()
    marked(early, 50, NOON - timedelta(hours=5))
    marked(late, 20)
    assert look() == {"hour": [(late.slug, 20)], "day": [(early.slug, 50), (late.slug, 20)]}
    assert trending.now(at=NOON + timedelta(minutes=11)) == {Span.HOUR: [], Span.DAY: []}
    with unit_of_work():
        assert trending.forget(at=NOON + timedelta(hours=21)) == 1, "a mark of time lasts a day"
    assert db.session.scalar(select(func.count()).select_from(RecentCount)) == 1


@pytest.mark.feature(59)
def test_the_switch_stops_it_at_once_and_what_is_paused_or_taken_down_is_never_named(make, client):
    petition = make.open_petition()
    now = make.now()
    marked(petition, 20, now)
    assert look(now)["hour"]
    assert "Signed most now" in client.get("/").text
    with unit_of_work():
        switching.stop(Switch.TRENDING, by="Nora", reason="A flood.", at=now)
    client.application.extensions["public_memory"].forget()
    assert "Signed most now" not in client.get("/").text
    assert look(now) == {"hour": [], "day": []}
    with unit_of_work():
        switching.start(Switch.TRENDING)
    assert look(now)["hour"]
    for hide in ("petition", "person"):
        with unit_of_work():
            petition.state = State.TAKEN_DOWN if hide == "petition" else State.OPEN
            petition.campaign.prisoners[0].paused_at = now if hide == "person" else None
        assert not trending.now(at=now)[Span.HOUR]
        assert look(now) == {"hour": [], "day": []}
        with unit_of_work():
            petition.state, petition.campaign.prisoners[0].paused_at = State.OPEN, None
        assert look(now)["hour"]
