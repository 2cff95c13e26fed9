"""What becomes of a letter: paused, closed, answered, taken down with a tombstone, put back."""

from datetime import timedelta

import pytest

from campaign.collaborators import now
from campaign.database import db, unit_of_work
from campaign.domain import journalling
from campaign.domain.journalling import Asked
from campaign.models.campaign import State
from campaign.models.petition import Petition
from campaign.web.public.memory import memory
from tests.inspector import InspectedClient
from tests.make import Make
from tests.web.filling import sign
from tests.web.staff.people import Person


def page(petition: Petition) -> str:
    return f"/staff/petitions/{petition.slug}/ending"


def act(person: Person, petition: Petition, what: str, **form: str) -> int:
    status = person.send(f"/staff/petitions/{petition.slug}/{what}", page(petition), **form).status_code
    memory().forget()
    db.session.expire_all()
    return status


@pytest.mark.feature(16)
def test_what_is_taken_down_leaves_its_day_and_its_ground_and_nothing_of_its_words(
    nora: Person, petition: Petition, client: InspectedClient
) -> None:
    public, title = f"/petitions/{petition.slug}", petition.text.title
    assert title in client.get(public).text
    down = act(nora, petition, "take-down", scope="petition", ground="error", words="A date was wrong.")
    assert down == 303
    stone = client.get(public)
    assert stone.status_code == 410
    assert "It said something that is not true" in stone.text
    assert "A date was wrong." in stone.text
    assert petition.reference in stone.text
    assert title not in stone.text
    told = client.get(f"{public}.json")
    assert (told.status_code, told.json["data"]["attributes"]["state"]) == (410, "rejected")
    assert told.json["data"]["attributes"]["rejection"] == {"code": "error", "details": "A date was wrong."}
    ((entry, who),) = journalling.search(Asked(act="taken down"))
    assert (who, entry.subject_id, entry.details["ground"]) == (nora.email, petition.slug, "error")
    assert act(nora, petition, "restore", scope="petition") == 303
    assert title in client.get(public).text
    assert (petition.state, petition.closed_at) == (State.OPEN, None)


@pytest.mark.feature(16)
def test_a_campaign_is_taken_down_with_all_its_letters_and_put_back_with_them(
    nora: Person, petition: Petition, client: InspectedClient
) -> None:
    assert act(nora, petition, "take-down", scope="campaign", ground="law", words="An order of a court.") == 303
    for where in (f"/campaigns/{petition.campaign.slug}", f"/petitions/{petition.slug}"):
        assert client.get(where).status_code == 451, where
    assert petition.campaign.title not in client.get("/").text
    assert act(nora, petition, "restore", scope="campaign") == 303
    for where in (f"/campaigns/{petition.campaign.slug}", f"/petitions/{petition.slug}"):
        assert client.get(where).status_code == 200, where


def test_nobody_signs_what_was_taken_down_and_a_signer_can_still_withdraw(
    nora: Person, make: Make, client: InspectedClient
) -> None:
    from campaign.domain.links import Purpose

    petition = make.open_petition()
    row = make.confirmed_signature(petition)
    act(nora, petition, "take-down", scope="petition", ground="safety", words="At the family’s wish.")
    assert client.post(f"/petitions/{petition.slug}/sign", data={}).status_code == 410
    assert client.get(f"/signature/{make.token(Purpose.SIGNATURE, row)}").status_code == 200


def test_taking_down_needs_a_ground_of_the_list_and_words(nora: Person, petition: Petition) -> None:
    assert act(nora, petition, "take-down", scope="petition", ground="because", words="x") == 422
    assert act(nora, petition, "take-down", scope="petition", ground="error", words="") == 422
    assert petition.state is State.OPEN


def test_a_letter_is_paused_and_goes_on_and_is_closed_for_good(
    nora: Person, petition: Petition, client: InspectedClient
) -> None:
    told = nora.get(page(petition)).text
    assert "with 3 signatures" in told
    assert act(nora, petition, "pause") == 303
    assert "Signing is paused" in client.get(f"/petitions/{petition.slug}").text
    assert act(nora, petition, "pause") == 409
    assert act(nora, petition, "resume") == 303
    assert sign(client, petition.slug).status_code == 303
    assert act(nora, petition, "close") == 303
    assert petition.state is State.CLOSED
    assert petition.closed_at is not None
    assert "Signing ended" in client.get(f"/petitions/{petition.slug}").text
    assert act(nora, petition, "resume") == 409


@pytest.mark.feature(3)
def test_an_answer_stands_on_the_public_page_with_its_day_and_closes_the_letter_if_asked(
    nora: Person, petition: Petition, client: InspectedClient
) -> None:
    public, today = f"/petitions/{petition.slug}", now().date()
    answer = {"from_whom": "The Secretary-General", "text": "We have raised the case.", "source": ""}
    assert act(nora, petition, "answer", on=today.isoformat(), **answer) == 303
    told = client.get(public).text
    assert "We have raised the case." in told
    assert "Open for signature" in told
    assert (
        act(nora, petition, "answer", on=today.isoformat(), **(answer | {"text": "They are free."}), closes="y") == 303
    )
    told = client.get(public).text
    assert petition.state is State.ANSWERED
    assert "<strong>Answered</strong>" in told
    assert "They are free." in told
    assert client.get(f"{public}.json").json["data"]["attributes"]["state"] == "closed"


def test_an_answer_of_tomorrow_or_with_an_odd_source_is_refused_with_everything_kept(
    nora: Person, petition: Petition
) -> None:
    where = f"/staff/petitions/{petition.slug}/answer"
    tomorrow = (now() + timedelta(days=2)).date().isoformat()
    form = {"from_whom": "The office", "text": "Noted with thanks.", "source": ""}
    late = nora.send(where, page(petition), on=tomorrow, **form)
    odd = nora.send(where, page(petition), on=now().date().isoformat(), **(form | {"source": "somewhere"}))
    for refused in (late, odd):
        assert refused.status_code == 422
        assert "Noted with thanks." in refused.text


@pytest.mark.feature(3)
def test_a_closed_letter_becomes_answered_by_an_answer(nora: Person, petition: Petition) -> None:
    act(nora, petition, "close")
    day = now().date().isoformat()
    assert act(nora, petition, "answer", from_whom="The office", text="Noted.", source="", on=day) == 303
    assert petition.state is State.ANSWERED


def test_a_letter_whose_signers_are_forgotten_is_never_opened_again(nora: Person, petition: Petition) -> None:
    act(nora, petition, "take-down", scope="petition", ground="wish", words="The family asked.")
    with unit_of_work():
        petition.purge_begun_at = now()
    assert act(nora, petition, "restore", scope="petition") == 303
    assert petition.state is State.CLOSED
