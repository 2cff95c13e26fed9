"""Asking again: staff are told on the day they set; the addressee hears only what staff send to a sure address."""

from datetime import date, timedelta

import pytest

from campaign.collaborators import now
from campaign.database import db, unit_of_work
from campaign.domain.packets import delivering
from campaign.models.delivery import Outcome, Reminder, ReminderState
from campaign.models.letter import Letter
from campaign.models.petition import Petition
from campaign.worker import build_packets, remind, send_letters
from tests.fakes import PostOffice
from tests.web.staff.people import Person, packet, sealed


@pytest.fixture
def reference(nora: Person, samir: Person, petition: Petition) -> str:
    reference = sealed(nora, samir, petition)
    build_packets()
    page = f"/staff/packets/{reference}/delivery"
    nora.send(f"{page}/printed", page, place="")
    nora.send(f"{page}/hand-over", page, outcome="left", on=now().date().isoformat(), place="", words="")
    return reference


def set_for(person: Person, reference: str, day: date) -> int:
    page = f"/staff/packets/{reference}/reminders"
    return person.send(page, page, on=day.isoformat(), note="Ask the registry").status_code


@pytest.mark.feature(79)
def test_staff_are_told_once_on_the_day_they_set_and_may_postpone_or_settle_it(nora: Person, reference: str) -> None:
    today = now().date()
    assert set_for(nora, reference, today - timedelta(days=1)) == 422
    assert set_for(nora, reference, today + timedelta(days=30)) == 303
    assert remind() == 0
    assert "the day you set has come" not in nora.get("/staff").text
    _due_today()
    assert (remind(), remind()) == (1, 0)
    kinds = [letter.kind for letter in db.session.scalars(db.select(Letter))]
    assert kinds.count("reminder-due") == 1
    assert "the day you set has come" in nora.get("/staff").text
    page = f"/staff/packets/{reference}/reminders"
    later = (today + timedelta(days=7)).isoformat()
    assert nora.send(f"/staff/reminders/{_reminder().id}/postpone", page, on="2001-01-01").status_code == 422
    assert nora.send(f"/staff/reminders/{_reminder().id}/postpone", page, on=later).status_code == 303
    assert "the day you set has come" not in nora.get("/staff").text
    nora.send(f"/staff/reminders/{_reminder().id}/done", page)
    _due_today()
    assert remind() == 0


@pytest.mark.feature(79)
def test_the_addressee_is_written_to_only_by_staff_and_only_at_a_confirmed_address(
    nora: Person, reference: str, post_office: PostOffice
) -> None:
    page, found = f"/staff/packets/{reference}/reminders", packet(reference)
    set_for(nora, reference, now().date())
    words = nora.get(page).text
    assert (found.seal or "") in words
    assert "It cannot be mailed from here" in words
    assert nora.send(f"/staff/reminders/{_reminder().id}/send", page).status_code == 409
    with unit_of_work():
        found.addressee.email, found.addressee.email_is_verified = "registry@office.example", True
        found.addressee.last_confirmed_on = now().date()
    assert nora.send(f"/staff/reminders/{_reminder().id}/send", page).status_code == 303
    assert nora.send(f"/staff/reminders/{_reminder().id}/send", page).status_code == 409
    send_letters()
    letter = post_office.wait_for(1)[0]
    assert letter["To"] == "registry@office.example"
    body = letter.get_body(("plain",)).get_content()
    assert reference in body
    assert (found.manifest_sha256 or "") in body
    assert "release them" not in body.lower()
    delivery = delivering.of(found)
    assert delivery is not None
    assert delivery.custody[-1].what == "reminded"


@pytest.mark.parametrize("outcome", ["refused", "posted"])
def test_the_letter_never_says_of_a_refused_or_posted_packet_that_it_was_handed_over(
    nora: Person, reference: str, outcome: str
) -> None:
    with unit_of_work():
        delivery = delivering.of(packet(reference))
        assert delivery is not None
        delivery.outcome = Outcome(outcome)
    told = nora.get(f"/staff/packets/{reference}/reminders").text
    assert {"refused": "where it was not accepted", "posted": "was sent to your office"}[outcome] in told
    assert "was handed over to your office" not in told


def test_an_answer_that_came_meanwhile_settles_the_reminder(nora: Person, reference: str) -> None:
    set_for(nora, reference, now().date())
    page = f"/staff/packets/{reference}/delivery"
    nora.send(f"{page}/answer", page, on=now().date().isoformat(), words="Noted.")
    assert remind() == 0
    assert _reminder().state is ReminderState.DONE
    told = nora.get(f"/staff/packets/{reference}/reminders").text
    assert "Remind me" not in told
    assert "nothing to remind of" in told


def _reminder() -> Reminder:
    return db.session.scalars(db.select(Reminder)).one()


def _due_today() -> None:
    with unit_of_work():
        _reminder().due_on = now().date()
