"""Forms that no browser would send: each is answered plainly, and nothing of them is stored."""

from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import func, select

from campaign.collaborators import now
from campaign.database import db
from campaign.models.letter import Letter
from campaign.models.proof import SpentProof
from campaign.models.signature import Signature
from tests.web.filling import leila, stamp_of

FIELDS = ["name", "email", "country", "visibility", "consent", "updates", "silent", "sure", "email_sure", "young"]
HIDDEN = ["stamp", "words", "remarks", "proof"]


@pytest.fixture
def send(client, make):
    petition = make.open_petition()
    petition.asks_for_proof = True
    db.session.commit()
    path = f"/petitions/{petition.slug}"
    stamp = stamp_of(client.get(path))

    def send(**how):
        how.setdefault("data", leila(stamp=stamp))
        return client.post(f"{path}/sign", **how)

    send.stamp = stamp
    yield send
    for table in (Signature, Letter, SpentProof):
        assert db.session.scalar(select(func.count()).select_from(table)) == 0


@pytest.mark.parametrize("name", FIELDS + HIDDEN)
def test_a_field_that_comes_twice_is_refused_whichever_it_is(send, name):
    filled = leila(stamp=send.stamp)
    answer = send(data=filled | {name: [filled.get(name, "y"), "y"]})
    assert answer.status_code == 400
    assert "Go back and send the form again" in answer.text


def test_a_form_of_a_thousand_fields_is_refused(send):
    assert send(data=leila(stamp=send.stamp) | {f"f{n}": "x" for n in range(1000)}).status_code in {400, 413}


@pytest.mark.parametrize("name", FIELDS + HIDDEN)
def test_ten_megabytes_in_any_field_are_too_much(send, name):
    answer = send(data=leila(stamp=send.stamp) | {name: "x" * 10_000_000})
    assert answer.status_code == 413
    assert "Send less" in answer.text


@pytest.mark.parametrize("name", ["name", "email", "country", "visibility", "consent", "stamp", "words"])
def test_a_nul_is_answered_as_a_form_to_correct(send, name):
    filled = leila(stamp=send.stamp)
    assert send(data=filled | {name: filled.get(name, "1") + "\0"}).status_code == 422


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_a_form_in_another_encoding_is_a_form_to_correct_and_not_read_wrongly(send, encoding):
    body = "&".join(f"{k}={v}" for k, v in leila(stamp=send.stamp).items()).encode(encoding)
    answer = send(data=body, content_type="application/x-www-form-urlencoded; charset=utf-16")
    assert answer.status_code in {400, 422}


@pytest.mark.parametrize("body", [b"name=%FF%FE&email=%C0%80", b"name=\xff\xfe", b"%", b"=&=&=", b"name=%u0041"])
def test_bytes_that_are_no_text_are_a_form_to_correct(send, body):
    assert send(data=body, content_type="application/x-www-form-urlencoded").status_code in {400, 422}


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "text/xml", "", "multipart/form-data"])
def test_a_body_that_is_no_form_is_a_form_to_correct(send, kind):
    assert send(data=b'{"name": "Leila"}', content_type=kind).status_code in {400, 415, 422}


def test_a_file_in_the_place_of_a_word_is_a_form_to_correct(send):
    answer = send(data=leila(stamp=send.stamp) | {"name": (BytesIO(b"Leila"), "name.txt")})
    assert answer.status_code == 422


@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(hours=2), timedelta(days=1), timedelta(days=3650)])
def test_a_stamp_from_the_future_is_not_believed(send, tools, ahead):
    answer = send(data=leila(stamp=tools.links.stamp(now() + ahead)))
    assert answer.status_code == 422
    assert "send it once more" in answer.text


@pytest.mark.parametrize("ago", [timedelta(hours=26), timedelta(days=30)])
def test_a_stamp_of_yesterday_is_over(send, tools, ago):
    assert send(data=leila(stamp=tools.links.stamp(now() - ago))).status_code == 422


def test_a_stamp_whose_hour_was_changed_is_not_believed(send):
    hour, _, mac = send.stamp.partition(".")
    assert send(data=leila(stamp=f"{int(hour) + 1}.{mac}")).status_code == 422


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_the_form_takes_only_what_a_form_sends(client, make, method):
    answer = getattr(client, method)(f"/petitions/{make.open_petition().slug}/sign")
    assert answer.status_code == 405
