from datetime import timedelta

import pytest

from campaign.database import db, unit_of_work
from campaign.domain.cases.publishing import text_hash
from campaign.models.campaign import Campaign, State
from campaign.models.draft import Check, Draft, DraftState
from campaign.models.journal import JournalEntry
from campaign.models.letter import Letter
from campaign.models.petition import Petition
from campaign.models.prisoner import Answer, Decision, Prisoner, Question
from tests.web.campaigners.writing import draft, saved, submitted, token_on

CHECKS = [check.value for check in Check]


@pytest.fixture(autouse=True)
def office(make):
    make.addressee()


def queued(path: str) -> str:
    return path.replace("/workspace/drafts", "/staff/queue")


def send(person, address: str, **form):
    """With several values under one name where it is a list."""
    token = token_on(person.client, "/account/")
    return person.client.post(address, data={**form, "csrf_token": token})


def approved(person, path: str):
    page = queued(path)
    assert send(person, f"{page}/hold").status_code == 303
    return send(person, f"{page}/approve", checks=CHECKS)


def waits_since(path: str, days: float, make) -> None:
    db.session.rollback()
    with unit_of_work():
        row = db.session.get_one(Draft, int(path.rpartition("/")[2]))
        row.submitted_at = make.now() - timedelta(days=days)


@pytest.mark.feature(9, 109)
def test_what_a_second_person_approves_is_public_and_can_be_signed(leila, nora, client, make):
    path = submitted(leila)
    assert approved(nora, path).status_code == 303
    page = client.get("/campaigns/zarina-davlatova")
    assert page.status_code == 200
    assert "Зарина Давлатова" in page.text
    row = db.session.scalars(db.select(Petition)).one()
    assert row.state is State.OPEN
    assert row.campaign.state is State.OPEN
    assert [a.addressee_id for a in row.addressees] == ["sg"]
    assert row.text.sha256 == text_hash(row.text)
    assert "the Secretary-General" in row.text.consent
    assert row.hash_secret
    assert row.campaign.hash_secret
    assert row.goal == 500
    assert "She was imprisoned for it." in client.get(f"/petitions/{row.slug}").text
    make.confirmed_signature(row)
    make.count(row)
    assert db.session.get_one(Petition, row.id, populate_existing=True).signature_count == 1


@pytest.mark.feature(4)
def test_the_people_of_a_draft_become_case_records_with_their_sources(leila, nora):
    approved(nora, submitted(leila))
    person = db.session.scalars(db.select(Prisoner)).one()
    assert person.name == "Zarina Davlatova"
    assert person.variants == ["Zarina Davlatowa"]
    assert person.facts[0].sources[0].url == "https://news.example/letter"
    assert [(c.question, c.answer) for c in person.consents] == [(Question.PUBLISH_NAME, Answer.ALREADY_PUBLIC)]
    assert person.last_checked_by == "Nora"


@pytest.mark.feature(109)
def test_nobody_approves_what_they_wrote_themselves(nora, samir):
    path = submitted(nora)
    send(nora, f"{queued(path)}/hold")
    assert "somebody else decides" in nora.get(queued(path)).text
    assert send(nora, f"{queued(path)}/approve", checks=CHECKS).status_code == 409
    assert send(nora, f"{queued(path)}/reject", reason="unclear").status_code == 409
    assert send(samir, f"{queued(path)}/hold", over="y").status_code == 303
    assert send(samir, f"{queued(path)}/approve", checks=CHECKS).status_code == 303


@pytest.mark.feature(109)
@pytest.mark.parametrize("left_out", CHECKS)
def test_every_point_of_the_list_has_to_be_ticked(leila, nora, left_out):
    path = submitted(leila)
    send(nora, f"{queued(path)}/hold")
    answer = send(nora, f"{queued(path)}/approve", checks=[c for c in CHECKS if c != left_out])
    assert answer.status_code == 422
    assert "Tick every point" in answer.text
    assert draft(path).state is DraftState.SUBMITTED
    assert db.session.query(Campaign).count() == 0


@pytest.mark.feature(10)
def test_a_rejection_needs_a_reason_and_is_mailed_without_naming_anybody(leila, nora, tools, make):
    path = submitted(leila)
    send(nora, f"{queued(path)}/hold")
    assert send(nora, f"{queued(path)}/reject", words="Her brother").status_code == 422
    assert send(nora, f"{queued(path)}/reject", reason="made up").status_code == 422
    assert send(nora, f"{queued(path)}/reject", reason="too_risky", words="Her brother").status_code == 303
    letter = db.session.scalars(db.select(Letter)).one()
    message = tools.writer.write(letter, at=make.now())
    assert message.recipients == ["leila@example.org"]
    assert "could harm those named" in message.body
    assert '<p dir="auto"><strong>' in message.html, "staff write the list of reasons in any script"
    for part in (message.subject, message.body, message.html):
        assert "Davlatova" not in part
        assert "brother" not in part
    page = leila.get(f"{path}/send").text
    assert "could harm those named" in page
    assert "Her brother" in page


def test_an_approval_is_mailed_without_naming_anybody(leila, nora, tools, make):
    approved(nora, submitted(leila))
    letter = db.session.scalars(db.select(Letter)).one()
    message = tools.writer.write(letter, at=make.now())
    assert letter.kind == "draft-approved"
    for part in (message.subject, message.body, message.html):
        assert "avlatova" not in part


@pytest.mark.feature(11)
@pytest.mark.parametrize(
    ("days", "part", "word"), [(1, "new", "New"), (5.1, "near", "Nearly overdue"), (7.1, "over", "Overdue")]
)
def test_the_queue_says_what_is_new_nearly_overdue_and_overdue(leila, nora, make, days, part, word):
    path = submitted(leila)
    waits_since(path, days, make)
    for asked in ("new", "near", "over"):
        page = nora.get(f"/staff/queue?due={asked}").text
        assert ("Freedom for Zarina Davlatova" in page) is (asked == part)
    assert f">{word}</span>" in nora.get("/staff/queue").text


@pytest.mark.feature(14)
def test_two_people_cannot_decide_about_one_draft_at_once(leila, nora, samir, make):
    path = submitted(leila)
    page = queued(path)
    assert send(samir, f"{page}/approve", checks=CHECKS).status_code == 409
    assert send(nora, f"{page}/hold").status_code == 303
    assert "Nora, until" in samir.get(page).text
    assert send(samir, f"{page}/hold").status_code == 409
    assert send(samir, f"{page}/reject", reason="unclear").status_code == 409
    assert leila.send(f"{path}/take-back", f"{path}/send").status_code == 409
    assert send(samir, f"{page}/hold", over="y", holder=samir.account_id).status_code == 409, "another has it by now"
    assert send(samir, f"{page}/hold", over="y", holder=nora.account_id).status_code == 303
    assert send(nora, f"{page}/approve", checks=CHECKS).status_code == 409
    entry = db.session.scalars(db.select(JournalEntry).where(JournalEntry.act == "draft taken over")).one()
    assert (entry.account_id, entry.details) == (samir.account_id, {"from_account": nora.account_id})
    db.session.rollback()
    with unit_of_work():
        db.session.get_one(Draft, draft(path).id).held_until = make.now() - timedelta(minutes=1)
    assert send(nora, f"{page}/hold").status_code == 303


def test_staff_see_no_draft_before_it_is_sent_to_them(leila, nora):
    path = submitted(leila)
    assert nora.get(queued(path)).status_code == 200
    leila.send(f"{path}/take-back", f"{path}/send")
    assert nora.get(queued(path)).status_code == 404
    assert send(nora, f"{queued(path)}/approve", checks=CHECKS).status_code == 404


def test_campaigners_are_refused_every_page_of_the_queue(leila):
    path = submitted(leila)
    assert leila.get("/staff/queue").status_code == 403
    assert leila.get(queued(path)).status_code == 403
    for act in ("hold", "release", "approve", "reject", "copy"):
        assert send(leila, f"{queued(path)}/{act}", checks=CHECKS, reason="unclear").status_code == 403
    assert draft(path).state is DraftState.SUBMITTED


def test_staff_go_on_with_a_copy_that_somebody_else_approves(leila, nora, samir):
    path = submitted(leila)
    answer = send(nora, f"{queued(path)}/copy")
    copy = answer.headers["Location"].rpartition("/")[0]
    assert draft(copy).content["safety"]["risk"] == ""
    saved(nora, copy, "safety")
    saved(nora, copy, "campaign", slug="another-address")
    assert nora.send(f"{copy}/submit", f"{copy}/send").status_code == 303
    assert approved(samir, copy).status_code == 303


@pytest.mark.feature(13)
def test_staff_see_that_another_draft_waits_for_the_same_person(leila, omar, nora):
    first = submitted(leila)
    second = submitted(omar)
    assert queued(second) in nora.get(queued(first)).text
    assert approved(nora, first).status_code == 303
    assert "It cannot be approved as it is" in nora.get(queued(second)).text
    assert "Freedom for Zarina Davlatova" in nora.get(queued(second)).text


@pytest.mark.feature(108)
def test_what_sources_differ_about_needs_two_sides_and_is_shown_side_by_side(leila, nora, client):
    path = submitted(leila)
    leila.send(f"{path}/take-back", f"{path}/send")
    saved(leila, path, "case", **{"people-0-facts-0-point": "the place of arrest"})
    answer = leila.send(f"{path}/submit", f"{path}/send")
    assert answer.status_code == 422
    assert "A point needs two sides" in answer.text
    other = {"topic": "arrest", "value": "Arrested in Isfara.", "as_of": "2017", "source": "Ozodi"}
    other["point"] = "The place of arrest "
    other = {f"people-0-facts-1-{key}": value for key, value in other.items()}
    saved(leila, path, "case", **other, **{"people-0-facts-0-point": "the place of arrest"})
    assert leila.send(f"{path}/submit", f"{path}/send").status_code == 303
    assert approved(nora, path).status_code == 303
    conflict = db.session.scalars(db.select(Prisoner)).one().conflicts[0]
    assert (conflict.decision, conflict.decided_by) == (Decision.BOTH, "Nora")
    page = client.get("/campaigns/zarina-davlatova").text
    assert "Sources differ" in page
    sides = page[page.index('class="sides"') :]
    assert "Arrested in Khujand." in sides
    assert "Arrested in Isfara." in sides
