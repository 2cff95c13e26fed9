import pytest

from campaign.database import db, unit_of_work
from campaign.domain import switching
from campaign.domain.drafts import proposing
from campaign.domain.links import Purpose
from campaign.models.campaign import Campaign
from campaign.models.draft import Draft, DraftState
from campaign.models.letter import Letter
from campaign.models.site import Switch
from campaign.web.throttle import limiter
from tests.inspector import read
from tests.make import GIVEN_OUT
from tests.web.campaigners.writing import CAMPAIGN, LETTER, PEOPLE, SAFETY
from tests.web.filling import stamp_of
from tests.web.staff.conftest import member, nora, opened

__all__ = ["member", "nora", "opened"]

ADDRESS = "ines@post.example"


@pytest.fixture(autouse=True)
def office(make):
    make.addressee()
    GIVEN_OUT.add(ADDRESS)


def proposed(client, **changed):
    form = {**PEOPLE, **CAMPAIGN, **LETTER, **SAFETY, "email": ADDRESS, **changed}
    return client.post("/propose", data={"stamp": stamp_of(client.get("/propose")), **form})


def only() -> Draft:
    db.session.rollback()
    return db.session.scalars(db.select(Draft)).one()


def link(tools) -> str:
    draft = only()
    return f"/proposal/{tools.links.token(Purpose.PROPOSAL, draft.public_id, draft.link_version)}"


@pytest.mark.feature(8)
def test_a_visitor_without_an_account_proposes_a_case_that_staff_see_once_the_mailbox_is_confirmed(
    client, nora, tools, make
):
    answer = proposed(client)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/propose/check-your-inbox")
    assert "Davlatova" not in nora.get("/staff/queue").text
    assert nora.get(f"/staff/queue/{only().id}").status_code == 404
    message = tools.writer.write(db.session.scalars(db.select(Letter)).one(), at=make.now())
    assert message.recipients == [ADDRESS]
    assert link(tools) in message.body
    assert "avlatova" not in message.body + message.subject + message.html
    assert only().state is DraftState.WRITING
    assert "Nobody has seen it yet" in client.get(link(tools)).text
    for _ in range(2):
        assert client.post(link(tools)).status_code == 303
    page = client.get(link(tools)).text
    assert "It is with our staff" in page
    assert "avlatova" not in page
    assert "a visitor" in nora.get("/staff/queue").text
    assert "Freedom for Zarina Davlatova" in nora.get(f"/staff/queue/{only().id}").text
    assert db.session.query(Campaign).count() == 0


@pytest.mark.feature(10)
def test_a_visitor_learns_why_a_proposal_was_rejected(client, nora, tools, make):
    proposed(client)
    client.post(link(tools))
    page = f"/staff/queue/{only().id}"
    nora.send(f"{page}/hold")
    assert nora.send(f"{page}/reject", reason="sources_missing", words="Which newspaper?").status_code == 303
    letter = db.session.scalars(db.select(Letter).order_by(Letter.id.desc())).first()
    message = tools.writer.write(letter, at=make.now())
    assert message.recipients == [ADDRESS]
    assert "no source that others can read" in message.body
    assert "newspaper" not in message.body
    assert "Which newspaper?" in client.get(link(tools)).text


def test_the_address_of_a_proposal_is_sealed(client, tools):
    proposed(client)
    draft = only()
    assert ADDRESS.encode() not in draft.email_box
    assert tools.mail_opener.open(draft.email_box, draft.public_id) == ADDRESS
    assert ADDRESS not in str(draft.content)


def test_what_is_missing_is_said_with_everything_kept_and_nothing_stored(client):
    answer = proposed(client, email="ines", title="", **{"people-0-facts-0-source": "", "people-0-facts-0-url": ""})
    assert answer.status_code == 422
    typed = {t.attrs.get("name"): t.attrs.get("value") for t in read(answer.text).all("input")}
    assert typed["email"] == "ines"
    assert typed["people-0-native"] == "Зарина Давлатова"
    assert "Say where this can be read" in answer.text
    assert "It looks like name@example.org" in answer.text
    assert db.session.query(Draft).count() == 0


@pytest.mark.feature(8)
def test_six_answers_are_enough_to_propose_and_never_enough_to_be_published(client, nora, tools):
    answers = {
        "people-0-native": "Зарина Давлатова",
        "country": "TJ",
        "people-0-facts-0-value": "Arrested in Khujand.",
        "people-0-facts-0-url": "https://news.example/letter",
        "basis": "unknown",
        "risk": "I do not know.",
    }
    stamp = stamp_of(client.get("/propose"))
    for left_out in answers:
        fewer = {key: said for key, said in answers.items() if key != left_out}
        answer = client.post("/propose", data={"stamp": stamp, "email": ADDRESS, **fewer})
        assert answer.status_code == 422, left_out
        limiter.reset()
    assert client.post("/propose", data={"stamp": stamp, "email": ADDRESS, **answers}).status_code == 303
    client.post(link(tools))
    page = f"/staff/queue/{only().id}"
    nora.send(f"{page}/hold", page)
    shown = nora.get(page).text
    assert "Зарина Давлатова" in shown
    assert "It cannot be approved as it is" in shown
    assert "Approve, and publish now" not in shown


def test_everything_typed_into_any_fold_is_still_there_and_in_sight_when_the_form_comes_back(client):
    sent = {**PEOPLE, **CAMPAIGN, **LETTER, **SAFETY, "people-1-name": "Omar", "people-0-facts-1-value": "Moved."}
    sent |= {"given_by": "Her brother", "occasion": "A visit", "risk": ""}
    answer = client.post("/propose", data={"stamp": stamp_of(client.get("/propose")), "email": "ines", **sent})
    page = read(answer.text)
    typed = {t.attrs.get("name"): t.attrs.get("value", "") for t in page.all("input")}
    typed |= {t.attrs.get("name"): t.text.strip("\n") for t in page.all("textarea")}
    lists = {"people-0-status", "people-0-facts-0-topic", "country", "basis", "addressees"}
    assert {key: typed.get(key) for key in sent if key not in lists} == {
        k: v for k, v in sent.items() if k not in lists
    }
    assert [t for t in page.all("details") if "open" not in t.attrs] == []


@pytest.mark.feature(13)
def test_a_visitor_is_shown_the_campaign_that_is_there_and_asked_once(client, make):
    known = make.prisoner("zarina")
    known.names[0].text, known.names[0].key = "Zarina Davlatova", "zarina davlatava"
    make.campaign(prisoners=[known], title="She must be freed")
    answer = proposed(client, **{"people-0-name": "Zarina Dawlatowa"})
    assert answer.status_code == 422
    assert "She must be freed" in answer.text
    assert proposed(client, another="y").status_code == 303


def test_a_proposal_can_be_taken_back_and_is_then_deleted(client, nora, tools):
    proposed(client)
    client.post(link(tools))
    address, number = link(tools), only().id
    for _ in range(2):
        assert client.post(f"{address}/take-back").status_code == 303
    assert (only().content, only().email_box, only().state) == ({}, None, DraftState.WITHDRAWN)
    assert nora.get(f"/staff/queue/{number}").status_code == 404


@pytest.mark.feature(103)
def test_while_staff_have_stopped_creating_what_was_typed_is_kept_in_the_form(client, make):
    db.session.rollback()
    with unit_of_work():
        switching.stop(Switch.CREATING, by="Nora", reason="a flood", at=make.now())
    answer = proposed(client)
    assert answer.status_code == 503
    assert "Freedom for Zarina Davlatova" in answer.text
    assert db.session.query(Draft).count() == 0


def test_what_nobody_confirms_is_deleted_after_seven_days(client, tools, make):
    proposed(client)
    late = make.now() + proposing.LASTS
    address = link(tools)
    db.session.rollback()
    with unit_of_work():
        assert proposing.forget_unconfirmed(at=make.now()) == 0
        assert proposing.forget_unconfirmed(at=late) == 1
    assert only().email_box is None
    assert "Davlatova" not in str(only().content)
    assert "It was taken back" in client.get(address).text


def test_one_network_sends_a_few_proposals_and_then_waits(client):
    codes = [proposed(client, email=f"ines{n}@post.example").status_code for n in range(8)]
    assert codes[0] == 303
    assert codes[-1] == 429
