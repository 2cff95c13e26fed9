from datetime import timedelta

import pytest
from sqlalchemy import select

from campaign.collaborators import now
from campaign.database import db
from campaign.domain.links import Purpose
from campaign.domain.signatures.signing import PENDING_LASTS
from campaign.models.signature import Signature, SignatureState, Visibility


def state():
    db.session.expire_all()
    return db.session.scalars(select(Signature.state)).one()


@pytest.fixture
def pending(make):
    return make.pending_signature(make.open_petition(), make.signer(visibility=Visibility.INITIALS), at=now())


@pytest.fixture
def path(make, pending):
    return f"/confirm/{make.token(Purpose.CONFIRM, pending)}"


@pytest.mark.feature(23)
def test_opening_the_link_changes_nothing_and_its_button_confirms(client, path):
    for method in (client.get, client.head, client.get):
        assert method(path).status_code == 200
        assert state() is SignatureState.PENDING
    answer = client.post(path)
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("/thank-you")
    assert state() is SignatureState.CONFIRMED


@pytest.mark.feature(24)
def test_pressing_the_button_again_is_answered_like_the_first_time(client, path):
    first, again = client.post(path), client.post(path)
    assert (first.status_code, first.headers["Location"]) == (again.status_code, again.headers["Location"])
    assert client.get(path).status_code == 200
    assert db.session.query(Signature).count() == 1


def test_the_page_shows_the_choice_and_lets_one_lower_it(client, path, pending):
    page = client.get(path).text
    assert "Initials and country, as chosen" in page
    assert 'value="public"' not in page
    client.post(path, data={"visibility": "counted"})
    db.session.refresh(pending)
    assert pending.visibility is Visibility.COUNTED


def test_the_page_says_whether_news_were_asked_for_as_somebody_else_may_have_ticked_it(client, make, path):
    assert "News of this case" not in client.get(path).text
    asks = make.pending_signature(signer=make.signer(wants_updates=True), at=now())
    assert "News of this case, as the form asked" in client.get(f"/confirm/{make.token(Purpose.CONFIRM, asks)}").text


def test_nobody_raises_the_choice_at_the_button(client, path, pending):
    client.post(path, data={"visibility": "public"})
    db.session.refresh(pending)
    assert pending.visibility is Visibility.INITIALS


def test_the_page_names_neither_signer_nor_address_nor_prisoner(client, make, path):
    page = client.get(path).text
    for told in ("Leïla", "post.example", "Rahimzoda", "release-them", "lawyers"):
        assert told not in page


def test_a_link_that_is_over_says_what_to_do(client, make):
    late = make.pending_signature(at=now() - PENDING_LASTS - timedelta(days=1))
    for answer in (client.get(p := f"/confirm/{make.token(Purpose.CONFIRM, late)}"), client.post(p)):
        assert answer.status_code == 410
        assert "Sign again" in answer.text


@pytest.mark.parametrize("change", [lambda t: t[:-3], lambda t: t[:-1] + "\u00e4", lambda t: "x", lambda t: t + "%00"])
def test_a_link_that_was_changed_on_the_way_says_what_to_do(client, path, change):
    head, _, token = path.rpartition("/")
    for method in (client.get, client.post):
        answer = method(f"{head}/{change(token)}")
        assert answer.status_code == 404
        assert "/my-links" in answer.text
    assert state() is SignatureState.PENDING


def test_the_link_to_the_signer_s_own_page_does_not_confirm(client, make, pending):
    token = make.token(Purpose.SIGNATURE, pending)
    assert client.post(f"/confirm/{token}").status_code == 404


def test_guessing_links_is_slowed_down_and_right_ones_are_not(client, path):
    for _ in range(30):
        assert client.get("/confirm/guess").status_code == 404
    assert client.get("/confirm/guess").status_code == 429
