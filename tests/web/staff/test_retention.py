"""How long names are kept: said to signers, decided by staff, done by the worker."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from campaign import worker
from campaign.collaborators import now
from campaign.database import db, unit_of_work
from campaign.domain import journalling
from campaign.domain.journalling import Asked
from campaign.domain.upkeep import retention
from campaign.models.campaign import State
from campaign.models.packet import Level, Packet, PacketState
from campaign.models.petition import Petition
from campaign.models.signature import Signature
from campaign.web.public.memory import memory
from tests.inspector import InspectedClient
from tests.make import NOON, Make
from tests.web.staff.people import Person

LONG_AGO = NOON - timedelta(days=700)


def close(petition: Petition) -> None:
    with unit_of_work():
        petition.state, petition.closed_at = State.CLOSED, LONG_AGO


@pytest.mark.feature(101)
def test_the_page_of_a_letter_says_its_day_and_the_page_about_names_the_rule(
    petition: Petition, client: InspectedClient
) -> None:
    assert "decide once a year" in client.get(f"/petitions/{petition.slug}").text
    with unit_of_work():
        petition.state, petition.closed_at = State.CLOSED, NOON
    memory().forget()
    due = retention.due(petition, at=NOON)
    assert due.on is not None
    assert f"deleted on {due.on.day} {due.on:%B %Y}" in client.get(f"/petitions/{petition.slug}").text
    rule = client.get("/privacy").text
    assert "21 months after it was closed" in rule
    assert "by hand" not in rule


def test_staff_decide_each_year_with_a_reason_in_the_journal(nora: Person, petition: Petition) -> None:
    page = f"/staff/petitions/{petition.slug}/names-kept"
    until = (now() + timedelta(days=200)).date()
    assert nora.send(page, page, until=until.isoformat(), reason="").status_code == 422
    too_far = nora.send(page, page, until=(now() + timedelta(days=400)).date().isoformat(), reason="in appeal")
    assert too_far.status_code == 422
    assert "within the next twelve months" in too_far.text
    assert "in appeal" in too_far.text
    assert nora.send(page, page, until=until.isoformat(), reason="in appeal").status_code == 303
    db.session.expire_all()
    assert petition.kept_until == until
    ((entry, _),) = journalling.search(Asked(act="names kept"))
    assert entry.details == {"until": until.isoformat(), "reason": "in appeal"}


def test_staff_are_told_at_the_start_that_a_year_is_over(nora: Person, petition: Petition) -> None:
    assert "Yearly decision about names due" not in nora.get("/staff").text
    with unit_of_work():
        petition.opened_at = LONG_AGO
    assert "Yearly decision about names due" in nora.get("/staff").text
    assert f"/staff/petitions/{petition.slug}/names-kept" in nora.get("/staff/petitions?names=due").text
    assert "That day has come" in nora.get(f"/staff/petitions/{petition.slug}/names-kept").text


@pytest.mark.feature(101)
def test_the_worker_forgets_and_one_petition_that_fails_stops_no_other(make: Make, client: InspectedClient) -> None:
    first, second = make.counted_petition(2), make.counted_petition(2)
    for petition in (first, second):
        close(petition)
    with unit_of_work():  # its files are nowhere a store can delete from
        db.session.add(
            Packet(
                reference="../outside",
                petition_id=first.id,
                addressee_id="sg",
                level=Level.FULL,
                state=PacketState.BUILT,
                created_at=NOON,
            )
        )
    worker.purge()
    db.session.expire_all()
    assert (first.purged_at, second.purged_at is None) == (None, False)
    assert first.hash_secret is None, "its names are gone all the same"
    assert not db.session.scalars(select(Signature).where(Signature.name_box.is_not(None))).all()
    told = client.get(f"/petitions/{second.slug}").text
    assert "were deleted on" in told
    assert ">2<" in told


def test_the_command_says_what_it_would_forget_and_then_forgets_it(make: Make) -> None:
    petition = make.counted_petition(2)
    close(petition)
    db.session.commit()
    from flask import current_app

    runner = current_app.test_cli_runner()
    said = runner.invoke(args=["forget", "--dry-run"])
    assert said.exit_code == 0, said.output
    assert f"{petition.slug}: 2 signature(s) would be emptied" in said.output
    db.session.expire_all()
    assert petition.purged_at is None
    assert runner.invoke(args=["forget"]).exit_code == 0
    db.session.expire_all()
    assert petition.purged_at is not None
