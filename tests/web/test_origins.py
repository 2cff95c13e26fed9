import pytest
from sqlalchemy import func, select

from campaign.collaborators import now
from campaign.database import db
from campaign.domain.links import Purpose
from campaign.models.signature import Signature, SignatureState
from tests.web.filling import leila, stamp_of

OURS = [
    {},
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "http://localhost"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
]
OTHERS = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Origin": "https://elsewhere.example"},
    {"Origin": "http://localhost.elsewhere.example"},
    {"Origin": "http://localhost:8001"},
]


@pytest.fixture
def send(client, make):
    petition = make.open_petition()
    stamp = stamp_of(client.get(f"/petitions/{petition.slug}"))

    def send(headers):
        data = leila() | {"stamp": stamp}
        return client.post(f"/petitions/{petition.slug}/sign", data=data, headers=headers).status_code

    return send


def signatures():
    return db.session.scalar(select(func.count()).select_from(Signature))


@pytest.mark.parametrize("headers", OURS, ids=str)
def test_a_form_of_ours_is_taken_also_from_a_browser_that_says_nothing(send, headers):
    assert send(headers) == 303
    assert signatures() == 1


@pytest.mark.parametrize("headers", OTHERS, ids=str)
def test_a_form_that_another_site_makes_its_visitors_send_is_refused(send, headers):
    assert send(headers) == 403
    assert signatures() == 0


@pytest.mark.parametrize("headers", OTHERS, ids=str)
def test_another_site_cannot_make_its_visitors_confirm(client, make, headers):
    signature = make.pending_signature(at=now())
    answer = client.post(f"/confirm/{make.token(Purpose.CONFIRM, signature)}", headers=headers)
    assert answer.status_code == 403
    assert signature.state is SignatureState.PENDING


def test_mail_programs_may_unsubscribe_by_themselves_from_anywhere(client, make):
    signature = make.confirmed_signature(signer=make.signer(wants_updates=True))
    token = make.token(Purpose.UNSUBSCRIBE, signature)
    answer = client.post(f"/unsubscribe/{token}", headers={"Sec-Fetch-Site": "cross-site", "Origin": "null"})
    assert answer.status_code == 200


def test_a_link_in_another_site_may_be_followed(client, make):
    page = client.get(f"/petitions/{make.open_petition().slug}", headers={"Sec-Fetch-Site": "cross-site"})
    assert page.status_code == 200
