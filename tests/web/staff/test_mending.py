"""Records that a packet needs in order: facts looked at, consent, addressee, count. And the journal of it all."""

from html import unescape

import pytest

from campaign.database import db, unit_of_work
from campaign.demo import reading
from campaign.models.addressee import Addressee
from campaign.models.journal import JournalEntry
from campaign.models.petition import Petition
from campaign.models.prisoner import Answer, Consent, Prisoner
from tests.make import NOON, Make
from tests.web.staff.people import Person


def test_confirming_an_addressee_dates_it_with_a_name(nora: Person, make: Make) -> None:
    with unit_of_work():
        make.addressee().last_confirmed_on = None
    assert "Nobody has confirmed it yet" in nora.get("/staff/addressees/sg").text
    assert nora.send("/staff/addressees/sg/confirmed", "/staff/addressees/sg").status_code == 303
    assert db.session.get_one(Addressee, "sg").last_confirmed_by == "Nora"
    assert "Last confirmed by Nora" in nora.get("/staff/addressees/sg").text


def test_a_yes_without_a_giver_is_not_recorded_and_keeps_what_was_typed(nora: Person, make: Make) -> None:
    prisoner = make.prisoner("firdavs", publish_name=Answer.UNKNOWN)
    page = f"/staff/prisoners/{prisoner.slug}"
    form = {"answer": "yes", "given_by": "", "given_on": "", "channel": "", "proof": "in the safe", "expires_on": ""}
    refused = nora.send(f"{page}/consent", page, **form)
    assert refused.status_code == 422
    assert "in the safe" in refused.text
    assert db.session.scalars(db.select(Consent.answer)).one() is Answer.UNKNOWN
    kept = nora.send(f"{page}/consent", page, **form | {"given_by": "his sister", "channel": "a letter"})
    assert kept.status_code == 303
    assert db.session.scalars(db.select(Consent.answer)).one() is Answer.YES


def test_looking_at_a_record_dates_all_of_its_facts(nora: Person, make: Make) -> None:
    prisoner = make.prisoner("firdavs")
    nora.send("/staff/prisoners/firdavs/checked", "/staff/prisoners/firdavs")
    found = db.session.scalars(db.select(Prisoner).where(Prisoner.id == prisoner.id)).one()
    assert {found.last_checked_by, *(fact.last_checked_by for fact in found.facts)} == {"Nora"}


def test_a_recount_says_what_it_mended_and_who_asked(nora: Person, petition: Petition) -> None:
    page = f"/staff/petitions/{petition.slug}"
    with unit_of_work():
        petition.signature_count = 7
    nora.send(f"{page}/recount", page)
    told = nora.get(page).text
    assert "the public number was 7, is 3" in told
    assert "recounted" in nora.get("/staff/journal", query_string={"thing": petition.slug}).text


def test_no_page_of_staff_shows_a_signer(nora: Person, make: Make) -> None:
    petition = make.open_petition()
    signer = make.signer()
    make.confirmed_signature(petition, signer)
    make.count(petition)
    for page in ("/staff", "/staff/petitions", f"/staff/petitions/{petition.slug}", "/staff/journal"):
        told = nora.get(page).text
        assert signer.name not in told
        assert signer.email not in told


def test_tables_are_sorted_and_filtered_by_their_address(nora: Person, make: Make) -> None:
    few, many = make.counted_petition(1), make.counted_petition(2)
    up = nora.get("/staff/petitions?sort=count").text
    assert up.index(few.slug) < up.index(many.slug)
    down = nora.get("/staff/petitions?sort=-count").text
    assert down.index(many.slug) < down.index(few.slug)
    assert many.slug not in nora.get("/staff/petitions", query_string={"q": few.slug}).text
    assert few.slug not in nora.get("/staff/petitions?q=%25_%25").text, "what is typed is no pattern"


@pytest.mark.feature(9)
def test_one_button_fills_the_directory_and_leaves_what_staff_have_written(nora: Person, make: Make) -> None:
    shipped = reading.addressees().addressees
    make.addressee(shipped[0].id, "the office as staff wrote it")
    assert "/staff/addressees/directory" in nora.get("/staff/addressees").text
    assert nora.send("/staff/addressees/directory", "/staff/addressees").status_code == 303
    rows = {row.id: row for row in db.session.scalars(db.select(Addressee))}
    assert set(rows) == {each.id for each in shipped}
    assert rows[shipped[0].id].title == "the office as staff wrote it"
    assert not any(row.is_confirmed(NOON.date()) for id, row in rows.items() if id != shipped[0].id)
    page = nora.get("/staff/addressees").text
    assert shipped[1].title in unescape(page)
    assert "/staff/addressees/directory" not in page
    details = [e.details for e in db.session.scalars(db.select(JournalEntry)) if e.act.startswith("directory")]
    assert details == [{"added": len(shipped) - 1}]
