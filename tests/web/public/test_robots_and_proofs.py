"""A proof of work where staff ask for one, and signing switched off altogether."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from campaign.database import db, unit_of_work
from campaign.domain import switching
from campaign.models.letter import Letter
from campaign.models.site import Switch
from campaign.web.public.memory import memory
from tests.domain.signatures.test_proving import solve
from tests.inspector import read
from tests.web.filling import field as field_of
from tests.web.filling import leila, sign, typed
from tests.web.ruling import rows, set_limit, stop


@pytest.fixture
def petition(make):
    return make.open_petition()


@pytest.fixture
def asking(make):
    petition = make.open_petition()
    petition.asks_for_proof = True
    db.session.commit()
    return petition


@pytest.mark.feature(42)
def test_a_petition_that_asks_for_a_proof_says_so_and_offers_the_work(client, asking, petition):
    page = client.get(f"/petitions/{asking.slug}")
    assert "js/proof.js" in page.text
    assert "after 10 minutes at the earliest" in page.text
    answer = client.get(f"/petitions/{asking.slug}/challenge.json")
    assert answer.json["parameters"]["data"] == {"petition": asking.id}
    assert answer.headers["Cache-Control"] == "no-store"
    assert "10 minutes" in client.get(f"/petitions/{asking.slug}/check-your-inbox").text
    assert "js/proof.js" not in client.get(f"/petitions/{petition.slug}").text
    assert client.get(f"/petitions/{petition.slug}/challenge.json").status_code == 404


@pytest.mark.feature(42)
def test_whoever_has_done_the_work_gets_the_letter_at_once_and_only_once_for_it(client, asking):
    proof = solve(client.get(f"/petitions/{asking.slug}/challenge.json").json)
    for n in range(2):
        assert sign(client, asking.slug, email=f"leila{n}@post.example", proof=proof).status_code == 303
    waits = [letter.due_at - letter.posted_at for letter in db.session.scalars(select(Letter).order_by(Letter.id))]
    assert waits == [timedelta(0), timedelta(minutes=10)]
    assert [row.is_proved for row in rows()] == [True, False]


@pytest.mark.feature(20, 42)
@pytest.mark.parametrize("proof", [None, "", "nonsense", "A" * 3000, "a\0b"])
def test_without_scripts_the_form_works_and_its_letter_waits(client, asking, proof):
    assert sign(client, asking.slug, proof=proof).status_code == 303
    [letter] = db.session.scalars(select(Letter))
    assert letter.due_at - letter.posted_at == timedelta(minutes=10)


@pytest.mark.feature(42)
def test_if_a_day_of_letters_waits_the_next_form_is_told_when_to_come_back(client, asking):
    set_limit("unproved.hour", 1)
    answers = [sign(client, asking.slug, email=f"leila{n}@post.example") for n in range(25)]
    assert [a.status_code for a in answers] == [303] * 24 + [429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 3600
    assert "Too many forms without a proof of work" in answers[-1].text
    assert len(rows()) == 24


@pytest.mark.feature(103)
def test_while_signing_is_stopped_the_page_says_so_and_takes_nothing(client, petition):
    stop(Switch.SIGNING)
    page = client.get(f"/petitions/{petition.slug}")
    assert "Signing is stopped for a while" in page.text
    assert "<form" not in page.text


@pytest.mark.feature(103)
def test_a_form_that_was_open_when_signing_was_stopped_keeps_everything_that_was_typed(client, petition):
    stamp = field_of(read(client.get(f"/petitions/{petition.slug}").text), "stamp").attrs["value"]
    stop(Switch.SIGNING)
    answer = client.post(f"/petitions/{petition.slug}/sign", data=leila(stamp=stamp))
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert typed(answer) == leila()
    assert "What you typed is still in the form" in answer.text
    assert rows() == []
    with unit_of_work():
        switching.start(Switch.SIGNING)
    memory().forget()
    kept = typed(answer) | {"stamp": field_of(read(answer.text), "stamp").attrs["value"]}
    assert client.post(f"/petitions/{petition.slug}/sign", data=kept).status_code == 303
