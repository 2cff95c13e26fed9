import pytest

from campaign.collaborators import now
from campaign.domain import errors
from campaign.domain.errors import Refused
from campaign.domain.links import Purpose
from campaign.models.campaign import State
from tests.inspector import read
from tests.make import NOON
from tests.web.filling import leila, stamp_of


def h1(response):
    return read(response.text).all("h1")[0].text


@pytest.mark.parametrize("path", ["/nothing", "/petitions/nothing", "/campaigns/nothing", "/petitions/../etc", "/%00"])
def test_an_unknown_address_says_so_and_leads_home(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert h1(answer) == "There is no such page"
    assert 'href="/"' in answer.text


@pytest.mark.parametrize(
    "state", [s for s in State if s not in {State.OPEN, State.CLOSED, State.ANSWERED, State.PAUSED}]
)
def test_a_petition_that_is_not_public_is_answered_like_one_that_never_was(client, make, state):
    petition = make.petition(state=state)
    hidden, unknown = client.get(f"/petitions/{petition.slug}"), client.get("/petitions/never-was")
    assert (hidden.status_code, hidden.text) == (unknown.status_code, unknown.text)


def test_a_link_that_has_expired_says_what_to_do(client, make):
    token = make.token(Purpose.CONFIRM, make.pending_signature(at=NOON.replace(year=2020)))
    for answer in (client.get(f"/confirm/{token}"), client.post(f"/confirm/{token}")):
        assert answer.status_code == 410
        assert errors.LinkExpired().sentence in answer.text


@pytest.mark.parametrize("cut", [1, 10, 40])
def test_a_link_that_was_cut_says_what_to_do(client, make, cut):
    token = make.token(Purpose.CONFIRM, make.pending_signature(at=now()))
    answer = client.get(f"/confirm/{token[:-cut]}")
    assert answer.status_code == 404
    assert "ask for your links" in answer.text
    assert "/my-links" in answer.text


def test_a_petition_that_closed_while_the_form_lay_open_says_that_nothing_was_recorded(client, make):
    petition = make.open_petition()
    stamp = stamp_of(client.get(f"/petitions/{petition.slug}"))
    petition.state = State.CLOSED
    client.application.extensions["public_memory"].forget()
    answer = client.post(f"/petitions/{petition.slug}/sign", data=leila() | {"stamp": stamp})
    assert answer.status_code == 409
    assert "Nothing was recorded" in answer.text


def test_a_form_too_long_to_be_one_is_refused(client, make):
    path = f"/petitions/{make.open_petition().slug}/sign"
    assert client.post(path, data={"name": "x" * 100_000}).status_code == 413


@pytest.mark.parametrize("method", ["put", "delete", "patch", "post"])
def test_what_an_address_does_not_take_is_answered_with_a_page(client, make, method):
    answer = getattr(client, method)(f"/petitions/{make.open_petition().slug}")
    assert answer.status_code == 405
    assert h1(answer)


def test_every_refusal_of_the_house_is_a_sentence_that_ends():
    def all_of(kind):
        return [kind, *(deeper for below in kind.__subclasses__() for deeper in all_of(below))]

    for refusal in all_of(Refused):
        sentence = (refusal.__doc__ or "").strip().partition("\n")[0]
        assert sentence[:1].isupper(), refusal
        assert (refusal.__doc__ or "").strip().endswith((".", "?")), refusal
