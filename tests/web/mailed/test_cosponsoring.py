"""Standing behind a draft before staff look at it, from the link its author passes on to the queue."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from campaign.database import Base, db, unit_of_work
from campaign.domain import limits
from campaign.domain.cases.proposal import Content, FactProposed, PersonProposed, SafetyProposed
from campaign.domain.drafts import proposing, sponsoring
from campaign.domain.links import Purpose
from campaign.models.draft import Cosponsor, CosponsorState, Draft, DraftState
from campaign.models.journal import JournalEntry
from campaign.models.letter import Letter
from tests.make import GIVEN_OUT
from tests.web.campaigners.conftest import leila as leila
from tests.web.campaigners.conftest import member as member
from tests.web.campaigners.conftest import nora as nora
from tests.web.campaigners.conftest import opened as opened
from tests.web.campaigners.conftest import samir as samir
from tests.web.campaigners.writing import draft, submitted

ANA, OMAR = "ana@lakepost.example", "omar@seapost.example"


@pytest.fixture(autouse=True)
def two_are_needed(make):
    make.addressee()
    GIVEN_OUT.update({ANA, OMAR})
    with unit_of_work():
        limits.change(sponsoring.LIMIT, 2, by="Admin", at=make.now())


def passed_on(person, path: str) -> str:
    """The link that the author's own page shows."""
    return re.search(r"https?://[^/]+(/cosponsor/[\w-]+)", person.get(f"{path}/send").text)[1]


def asked(client, tools, link: str, address: str, make):
    stamp = tools.links.stamp(make.now())
    return client.post(link, data={"email": address, "stamp": stamp})


def own_link(tools, make) -> str | None:
    """The link in the latest letter; None where the letter is not wanted any more."""
    db.session.rollback()
    letter = db.session.scalars(
        select(Letter).where(Letter.kind == "cosponsor-confirm").order_by(Letter.id.desc())
    ).first()
    message = tools.writer.write(letter, at=make.now())
    return re.search(r"/cosponsoring/[\w-]+", message.body)[0] if message else None


def confirmed(client, tools, link: str, address: str, make) -> str:
    assert asked(client, tools, link, address, make).status_code == 303
    own = own_link(tools, make)
    assert client.post(own, data={"stamp": tools.links.stamp(make.now())}).status_code == 303
    return own


@pytest.mark.feature(12)
def test_a_draft_enters_the_queue_once_enough_people_stand_behind_it(leila, nora, client, tools, make):
    path = submitted(leila)
    assert draft(path).state is DraftState.GATHERING
    assert "All 0" in nora.get("/staff/queue").text
    link = passed_on(leila, path)
    page = client.get(link).text
    assert '<p dir="auto">She was imprisoned for it.</p>' in page, "each paragraph finds its own direction"
    for hidden in ("brother", "Khujand", "Davlatowa", "leila@example.org"):
        assert hidden not in page, "the title and the letter, and nothing else of the draft"
    own = confirmed(client, tools, link, ANA, make)
    assert "1 of 2 stand behind it" in leila.get(f"{path}/send").text
    assert confirmed(client, tools, link, OMAR, make) != own
    assert draft(path).state is DraftState.SUBMITTED
    assert "Freedom for Zarina Davlatova" in nora.get("/staff/queue").text
    assert client.get(link).status_code == 409, "from then on nobody reads it by that link"
    submitted_entry = db.session.scalars(select(JournalEntry).where(JournalEntry.act == "draft submitted")).one()
    assert submitted_entry.details == {"cosponsors": 2}


@pytest.mark.feature(12)
def test_one_mailbox_counts_once_and_the_answer_is_the_same_for_everybody(leila, client, tools, make):
    path = submitted(leila)
    link = passed_on(leila, path)
    own = confirmed(client, tools, link, ANA, make)
    first = asked(client, tools, link, OMAR, make)
    for address in (ANA.upper(), "leila@example.org", OMAR):
        again = asked(client, tools, link, address, make)
        assert (again.status_code, again.headers["Location"]) == (303, first.headers["Location"])
        assert (own_link(tools, make) is None) is (address != OMAR), "only who has not confirmed gets a letter"
    client.post(own, data={"stamp": tools.links.stamp(make.now())})
    assert sponsoring.number(draft(path)) == 1
    assert client.get(own).status_code == 200
    row = db.session.scalars(select(Cosponsor).where(Cosponsor.state == CosponsorState.CONFIRMED)).one()
    assert row.email_box is None, "the address is deleted once its mailbox is confirmed"
    for table in Base.metadata.sorted_tables:
        said = str(db.session.execute(select(table)).all())
        assert "lakepost" not in said, table.name
        assert "seapost" not in said, table.name


@pytest.mark.feature(12)
def test_opening_the_link_changes_nothing_and_who_leaves_is_deleted(leila, client, tools, make):
    link = passed_on(leila, submitted(leila))
    asked(client, tools, link, ANA, make)
    own = own_link(tools, make)
    assert client.get(own).status_code == 200
    assert db.session.scalars(select(Cosponsor)).one().state is CosponsorState.ASKED
    client.post(own, data={"stamp": tools.links.stamp(make.now())})
    assert client.post(f"{own}/leave", data={"stamp": tools.links.stamp(make.now())}).status_code == 303
    db.session.rollback()
    assert db.session.scalar(select(func.count(Cosponsor.id))) == 0
    assert client.get(own).status_code == 404


@pytest.mark.feature(12)
def test_co_sponsors_are_forgotten_when_the_draft_is_taken_back_or_decided(leila, nora, client, tools, make):
    path = submitted(leila)
    link = passed_on(leila, path)
    confirmed(client, tools, link, ANA, make)
    assert leila.send(f"{path}/take-back", f"{path}/send").status_code == 303
    db.session.rollback()
    assert db.session.scalar(select(func.count(Cosponsor.id))) == 0
    leila.send(f"{path}/submit", f"{path}/send")
    assert client.get(link).status_code == 404, "the link that was passed on spoke of other words"
    link = passed_on(leila, path)
    for address in (ANA, OMAR):
        confirmed(client, tools, link, address, make)
    page = path.replace("/workspace/drafts", "/staff/queue")
    nora.send(f"{page}/hold")
    assert nora.send(f"{page}/reject", reason="unclear").status_code == 303
    assert draft(path).cosponsor_secret is None
    assert db.session.scalar(select(func.count(Cosponsor.id))) == 0


@pytest.mark.feature(12)
def test_staff_may_let_it_in_without_co_sponsors_for_a_reason_and_never_their_own(leila, nora, samir):
    path = submitted(leila)
    page = path.replace("/workspace/drafts", "/staff/queue")
    assert nora.send(f"{page}/waive").status_code == 422
    assert nora.send(f"{page}/approve").status_code == 409
    assert nora.send(f"{page}/waive", why="Her trial is tomorrow.").status_code == 303
    assert draft(path).state is DraftState.SUBMITTED
    entry = db.session.scalars(select(JournalEntry).where(JournalEntry.act == "co-sponsors waived")).one()
    assert entry.details == {"had": 0, "reason": "Her trial is tomorrow."}
    own = submitted(nora).replace("/workspace/drafts", "/staff/queue")
    assert nora.send(f"{own}/waive", why="I know it.").status_code == 409
    assert samir.send(f"{own}/waive", why="I have read it.").status_code == 303


@pytest.mark.feature(12)
def test_what_finds_too_few_goes_back_to_a_campaigner_and_is_deleted_where_a_visitor_wrote_it(leila, tools, make):
    mine = submitted(leila)
    at = make.now()
    with unit_of_work():
        limits.change(sponsoring.LIMIT, 1, by="Admin", at=at)
        row = Draft(public_id=b"v" * 16, content=Content().as_json(), created_at=at, saved_at=at)
        row.email_box = tools.seal.address_box(OMAR, row.public_id)
        db.session.add(row)
        sponsoring.leave_out_author(row, OMAR, seal=tools.seal, at=at)
        proposing.confirm(row, at=at)
        sponsoring.ask(row, OMAR, lang="en", seal=tools.seal, at=at)
        sponsoring.ask(row, ANA, lang="en", seal=tools.seal, at=at)
    states = db.session.scalars(select(Cosponsor.state).order_by(Cosponsor.id)).all()
    assert states == [CosponsorState.AUTHOR, CosponsorState.ASKED], "a visitor is no co-sponsor of her own"
    with unit_of_work():
        sponsoring.forget(at=at + timedelta(days=8))
    assert db.session.scalars(select(Cosponsor.state)).all() == [CosponsorState.AUTHOR]
    with unit_of_work():
        sponsoring.forget(at=at + timedelta(days=61))
    db.session.expire_all()
    assert draft(mine).state is DraftState.WRITING
    assert (row.state, row.email_box) == (DraftState.WITHDRAWN, None)
    assert db.session.scalar(select(func.count(Cosponsor.id))) == 0


@pytest.mark.feature(12)
def test_a_case_proposed_with_six_answers_says_whom_it_is_about_to_who_is_asked_to_stand_behind_it(client, tools, make):
    told = PersonProposed(name="Zarina Davlatova", facts=(FactProposed(value="Arrested in Khujand."),))
    with unit_of_work():
        content = Content(people=(told,), safety=SafetyProposed(risk="Her brother is not named."))
        row = Draft(public_id=b"v" * 16, content=content.as_json(), created_at=make.now(), saved_at=make.now())
        row.email_box = tools.seal.address_box(OMAR, row.public_id)
        db.session.add(row)
        sponsoring.leave_out_author(row, OMAR, seal=tools.seal, at=make.now())
        proposing.confirm(row, at=make.now())
        token = tools.links.token(Purpose.COSPONSOR, row.public_id, row.link_version)
    page = client.get(f"/cosponsor/{token}").text
    assert "Zarina Davlatova" in page
    assert "Arrested in Khujand." in page
    assert "brother" not in page


@pytest.mark.feature(12)
def test_a_link_of_another_purpose_opens_nothing(leila, client, tools, make):
    row = draft(submitted(leila))
    for purpose, path in (
        (Purpose.PROPOSAL, "cosponsor"),
        (Purpose.COSPONSOR, "cosponsoring"),
        (Purpose.COSPONSOR, "proposal"),
    ):
        assert client.get(f"/{path}/{tools.links.token(purpose, row.public_id, 1)}").status_code == 404
