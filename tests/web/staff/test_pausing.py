"""One switch takes everything about a person out of sight, and one puts it back."""

from collections.abc import Sequence

import pytest
from flask import Flask
from sqlalchemy import select

from campaign.database import db, unit_of_work
from campaign.domain import posting
from campaign.domain.cases import searching
from campaign.domain.errors import PetitionClosed
from campaign.domain.packets import preflight
from campaign.domain.packets.preflight import Code
from campaign.domain.signatures import confirming
from campaign.models.journal import JournalEntry
from campaign.models.packet import Level, Packet
from campaign.models.petition import Petition
from campaign.models.prisoner import Prisoner
from tests.inspector import InspectedClient
from tests.make import NOON, Make
from tests.web.staff.people import Person

LONGEST = 30  # seconds


def switch(nora: Person, prisoner: Prisoner, way: str, **form: str) -> None:
    page = f"/staff/prisoners/{prisoner.slug}"
    assert nora.send(f"{page}/{way}", page, **form).status_code == 303
    nora.client.application.extensions["public_memory"].forget()


def addresses(petition: Petition) -> list[str]:
    campaign = f"/campaigns/{petition.campaign.slug}"
    letter = f"/petitions/{petition.slug}"
    ends = ("", ".json", "/count.json", "/check-your-inbox", "/thank-you")
    return [campaign, f"{campaign}/corrections", *(letter + end for end in ends)]


def findings(petition: Petition) -> Sequence[Code]:
    packet = Packet(petition=petition, addressee=petition.addressees[0].addressee, level=Level.TOTALS)
    with db.session.no_autoflush:
        found = [f.code for f in preflight.records(packet, at=NOON) if f.blocks]
    db.session.rollback()
    return found


@pytest.mark.feature(109)
def test_pausing_hides_every_page_of_a_person_and_ending_it_brings_all_of_them_back(
    nora: Person, client: InspectedClient, make: Make
) -> None:
    prisoner = make.prisoner("firdavs")
    petition = make.open_petition(campaign=make.campaign(prisoners=[prisoner]))
    before = {path: client.get(path) for path in addresses(petition)}
    assert {answer.status_code for answer in before.values()} == {200}
    switch(nora, prisoner, "pause", why="The family asks for silence.")
    for path in before:
        answer = client.get(path)
        assert answer.status_code == 404, path
        assert "paused at present" in answer.text
        assert answer.headers["Cache-Control"] == "no-store"
        assert prisoner.name not in answer.text
        assert "silence" not in answer.text
    for path in ("/", f"/?q={prisoner.name}", "/sitemap.xml"):
        text = client.get(path).text
        assert petition.campaign.slug not in text, path
        assert petition.slug not in text
    assert searching.find_people(prisoner.name) == []
    assert client.get("/campaigns/never-was").status_code == 404
    assert "paused at present" not in client.get("/campaigns/never-was").text
    switch(nora, prisoner, "resume")
    assert {client.get(path).status_code for path in before} == {200}
    assert [p.slug for p in searching.find_people(prisoner.name)] == ["firdavs"]


def test_a_page_that_was_public_is_kept_by_caches_for_half_a_minute_at_most(
    client: InspectedClient, make: Make
) -> None:
    petition = make.open_petition()
    for path in addresses(petition):
        parts = client.get(path).headers["Cache-Control"].replace(" ", "").split(",")
        kept = sum(int(p.partition("=")[2]) for p in parts if p.startswith(("max-age=", "stale-while-revalidate=")))
        assert kept <= LONGEST, path


@pytest.mark.feature(109)
def test_a_joint_campaign_goes_on_without_the_paused_person(nora: Person, client: InspectedClient, make: Make) -> None:
    paused, other = make.prisoner("firdavs"), make.prisoner("shukhrat")
    petition = make.open_petition(campaign=make.campaign(prisoners=[paused, other]))
    switch(nora, paused, "pause", why="A negotiation.")
    for path in (*addresses(petition)[:2], "/", addresses(petition)[2]):
        answer = client.get(path)
        assert answer.status_code == 200
        assert paused.name + "<" not in answer.text
    assert other.name in client.get(f"/campaigns/{petition.campaign.slug}").text


def test_staff_are_told_where_the_name_still_stands_in_words_of_a_joint_campaign(nora: Person, make: Make) -> None:
    paused, other = make.prisoner("firdavs"), make.prisoner("shukhrat")
    named = make.campaign(prisoners=[paused, other], title="Two lawyers", body="They hold Rahimzoda.")
    silent = make.campaign(prisoners=[paused, other], title="Two more lawyers")
    switch(nora, paused, "pause", why="A negotiation.")
    told = nora.get("/staff/prisoners/firdavs").text
    assert f"/campaigns/{named.slug}" in told
    assert f"/campaigns/{silent.slug}" not in told


def test_staff_are_told_where_a_campaign_for_others_names_the_paused_person(nora: Person, make: Make) -> None:
    prisoner, other = make.prisoner(), make.prisoner()
    words = f"Sentenced on the same day as {prisoner.name}."
    named = make.campaign(prisoners=[other], title="For a colleague", body=words)
    make.campaign(prisoners=[make.prisoner()], title="For somebody else")
    page = f"/staff/prisoners/{prisoner.slug}"
    switch(nora, prisoner, "pause", why="The family asks.")
    told = nora.get(page).text
    assert f"/campaigns/{named.slug}" in told
    assert "For a colleague" in told
    assert "For somebody else" not in told


def test_no_packet_is_sealed_while_somebody_in_it_is_paused(nora: Person, make: Make) -> None:
    prisoner, other = make.prisoner("firdavs"), make.prisoner()
    petition = make.open_petition(campaign=make.campaign(prisoners=[prisoner, other]))
    assert Code.PERSON_PAUSED not in findings(petition)
    switch(nora, prisoner, "pause", why="A negotiation.")
    assert Code.PERSON_PAUSED in findings(petition)
    assert Code.CONSENT_MISSING not in findings(petition)


def test_letters_about_a_paused_person_wait_and_leave_afterwards(nora: Person, make: Make) -> None:
    prisoner = make.prisoner("firdavs")
    petition = make.open_petition(campaign=make.campaign(prisoners=[prisoner]))
    signature = make.pending_signature(petition)
    other = make.pending_signature()
    switch(nora, prisoner, "pause", why="A negotiation.")
    with unit_of_work():
        claimed = posting.claim(10, at=NOON)
    assert len(claimed) == 1
    with pytest.raises(PetitionClosed):
        confirming.confirm(make.claim(signature), at=NOON)
    db.session.rollback()
    make.confirm(other)
    switch(nora, prisoner, "resume")
    with unit_of_work():
        assert len(posting.claim(10, at=NOON)) == 1
    make.confirm(signature)


def test_nobody_signs_while_the_person_is_paused(nora: Person, client: InspectedClient, make: Make) -> None:
    prisoner = make.prisoner("firdavs")
    petition = make.open_petition(campaign=make.campaign(prisoners=[prisoner]))
    switch(nora, prisoner, "pause", why="A negotiation.")
    assert client.post(f"/petitions/{petition.slug}/sign", data={}).status_code == 404


def test_a_pause_needs_its_reason_which_stays_out_of_the_journal(nora: Person, app: Flask, make: Make) -> None:
    prisoner = make.prisoner("firdavs")
    page = f"/staff/prisoners/{prisoner.slug}"
    assert nora.send(f"{page}/pause", page, why=" ").status_code == 422
    switch(nora, prisoner, "pause", why="The family asks for silence.")
    assert "The family asks for silence." in nora.get(page).text
    assert "Paused" in nora.get("/staff/prisoners").text
    rows = list(db.session.scalars(select(JournalEntry).where(JournalEntry.subject_id == "firdavs")))
    assert [(r.act, r.details, r.account_id) for r in rows] == [("person paused", {}, nora.account_id)]
