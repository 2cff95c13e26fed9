import pytest
from sqlalchemy import select

from campaign.collaborators import now
from campaign.database import db, unit_of_work
from campaign.domain.links import Purpose
from campaign.models.letter import Letter
from campaign.models.signature import Signature, SignatureState, Visibility
from campaign.models.site import ListEntry, ListName
from campaign.models.supporter import Subscription, SubscriptionState
from tests.web.filling import stamp_of

NAME, ADDRESS = "Leïla Benhaddou", "leila@post.example"


@pytest.fixture
def petition(make):
    return make.open_petition()


@pytest.fixture
def signed(make, petition):
    signer = make.signer(NAME, ADDRESS, visibility=Visibility.INITIALS, wants_updates=True)
    row = make.confirmed_signature(petition, signer, at=now())
    make.count(petition, at=now())
    db.session.refresh(row)
    return row


@pytest.fixture
def path(make, signed):
    return f"/signature/{make.token(Purpose.SIGNATURE, signed)}"


def test_the_signer_s_own_page_shows_the_receipt_and_nothing_out_of_a_box(client, path, signed):
    page = client.get(path).text
    assert "Confirmed and counted" in page
    assert "Initials and country" in page
    assert signed.receipt_id.hex()[:8] in page
    for told in ("Benhaddou</", NAME + "<p", ADDRESS, "Rahimzoda"):
        assert told not in page


def test_the_receipt_can_be_kept_and_holds_no_name(client, path, signed):
    answer = client.get(f"{path}/receipt.txt")
    assert signed.receipt_id.hex() in answer.text
    assert "attachment" in answer.headers["Content-Disposition"]
    assert NAME not in answer.text


def test_less_is_possible_at_once(client, path, signed):
    assert client.post(path, data={"visibility": "counted"}).status_code == 303
    db.session.refresh(signed)
    assert signed.visibility is Visibility.COUNTED


@pytest.mark.parametrize("typed", ["", "Somebody Else", "www.example.org"])
def test_more_needs_the_name_typed_again(client, path, signed, typed):
    answer = client.post(path, data={"visibility": "public", "name": typed})
    assert answer.status_code == 422
    assert f'value="{typed}"' in answer.text
    db.session.refresh(signed)
    assert signed.visibility is Visibility.INITIALS
    assert client.post(path, data={"visibility": "public", "name": NAME}).status_code == 303
    db.session.refresh(signed)
    assert signed.visibility is Visibility.PUBLIC


def test_more_is_warned_of_where_it_may_be_dangerous(client, path, signed):
    with unit_of_work():
        db.session.add(ListEntry(name=ListName.HIGH_RISK_COUNTRY, value="FR", added_at=now()))
    more = {"visibility": "public", "name": NAME}
    warned = client.post(path, data=more)
    assert warned.status_code == 422
    assert "may be at risk" in warned.text
    assert client.post(path, data=more | {"sure": "y"}).status_code == 303


@pytest.mark.parametrize("visibility", ["", "everybody", "\0"])
def test_a_choice_that_does_not_exist_is_refused(client, path, visibility):
    assert client.post(path, data={"visibility": visibility}).status_code == 422


def test_withdrawing_says_in_numbers_what_it_will_do_and_then_does_it(client, path, signed):
    before = client.get(f"{path}/withdraw").text
    assert "The count goes from 1 to 0." in before
    db.session.refresh(signed)
    assert signed.state is SignatureState.CONFIRMED
    answer = client.post(f"{path}/withdraw")
    assert client.get(answer.headers["Location"]).status_code == 200
    db.session.refresh(signed)
    assert signed.state is SignatureState.WITHDRAWN
    assert (signed.name_box, signed.email_box, signed.email_key, signed.receipt_id) == (None,) * 4


def test_after_withdrawing_the_link_says_that_it_is_over(client, path):
    client.post(f"{path}/withdraw")
    for answer in (client.get(path), client.post(f"{path}/withdraw"), client.get(f"{path}/receipt.txt")):
        assert answer.status_code == 410
        assert "free to sign again" in answer.text


def test_it_was_not_me_deletes_the_signature_and_stops_the_news(client, path, signed):
    client.get(f"{path}/not-me")
    client.post(f"{path}/not-me")
    db.session.refresh(signed)
    assert signed.state is SignatureState.REMOVED
    assert db.session.scalars(select(Subscription.state)).one() is SubscriptionState.ENDED


def test_the_answer_is_the_same_for_an_address_that_signed_and_one_that_did_not(client, signed):
    answers = []
    for address in (ADDRESS, "nobody@post.example"):
        stamp = stamp_of(client.get("/my-links"))
        answers.append(client.post("/my-links", data={"email": address, "stamp": stamp}))
    assert {(a.status_code, a.headers["Location"], a.data) for a in answers} == {
        (303, "/my-links/sent", answers[0].data)
    }
    assert db.session.scalars(select(Letter.kind).where(Letter.kind == "your-links")).all() == ["your-links"] * 2


def test_an_address_that_is_none_is_kept_to_be_corrected(client):
    answer = client.post("/my-links", data={"email": "leila@", "stamp": stamp_of(client.get("/my-links"))})
    assert answer.status_code == 422
    assert 'value="leila@"' in answer.text


def test_letters_stop_by_a_button_or_by_one_click_of_a_mail_program(client, make, signed):
    news = db.session.scalars(select(Subscription)).one()
    path = f"/unsubscribe/{make.links.token(Purpose.UNSUBSCRIBE, news.public_id, news.link_version)}"
    assert client.get(path).status_code == 200
    db.session.refresh(news)
    assert news.state is SubscriptionState.ACTIVE
    one_click = {"data": {"List-Unsubscribe": "One-Click"}, "headers": {"Origin": "https://mail.example"}}
    for _ in range(2):
        assert client.post(path, **one_click).status_code == 200
    db.session.refresh(news)
    assert (news.state, news.email_box) == (SubscriptionState.ENDED, None)
    assert db.session.get_one(Signature, signed.id).state is SignatureState.CONFIRMED
