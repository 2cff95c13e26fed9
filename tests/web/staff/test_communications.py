"""A case goes to the mandates: two people, one set of pages, a register that remembers."""

import io
import re
import zipfile

import pytest

from campaign.database import db, unit_of_work
from campaign.domain import journalling
from campaign.domain.communications import filing
from campaign.models.addressee import Addressee
from campaign.models.communication import Annex
from campaign.models.packet import PacketState
from campaign.models.petition import Petition
from campaign.models.prisoner import Question
from campaign.worker import build_packets
from tests.communications import WHY, consented, office, person
from tests.make import Make
from tests.web.staff.people import Person, packet, token_on


def opened(who: Person, petition: Petition, channel: str = "wgad", language: str = "en") -> str:
    """Open a draft by the form; its reference."""
    page = "/staff/communications/new"
    choice = {"prisoner": person(petition).slug, "petition": petition.slug, "channel": channel, "language": language}
    answer = who.send(page, page, **choice)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"].split("/")[3]


def wrote(who: Person, reference: str, **more: object) -> None:
    page = f"/staff/communications/{reference}/words"
    form = {
        "approach": "regular",
        "language": "en",
        "mandates": ["wgad"],
        "summary": "Arrested for what she wrote.",
        "on_II": "y",
        "why_II": WHY,
        "articles_II": ["UDHR 19", "ICCPR 19"],
        "requests": ["release"],
        "csrf_token": token_on(who.client, page),
    }
    assert who.client.post(page, data=form | more).status_code == 303


@pytest.mark.feature(120)
def test_two_people_take_a_case_from_the_record_to_the_register(
    make: Make, nora: Person, samir: Person, petition: Petition
) -> None:
    office(make)
    consented(person(petition))
    reference = opened(nora, petition)
    wrote(nora, reference)
    page = f"/staff/communications/{reference}"
    assert "Nothing blocks" in nora.get(page).text
    assert nora.get(f"{page}/preview.pdf").data.startswith(b"%PDF")
    assert nora.get(f"/staff/packets/{reference}").headers["Location"] == page
    assert nora.send(f"/staff/packets/{reference}/check", page).status_code == 409, "not by whoever drafted it"
    assert nora.send(f"{page}/seal", page).status_code == 409, "not before a second person read it"
    assert samir.send(f"/staff/packets/{reference}/check", page).status_code == 303
    assert samir.send(f"{page}/seal", page).status_code == 303
    assert build_packets() == 1
    assert packet(reference).state is PacketState.BUILT
    files = zipfile.ZipFile(io.BytesIO(nora.send(f"/staff/packets/{reference}/download", page).data))
    assert {f"{reference}/01-communication.pdf", f"{reference}/02-communication.docx"} <= set(files.namelist())
    shown = nora.get(f"{page}/blocks").text
    assert "Date of arrest: 28 September 2015 [1]" in shown
    assert WHY in shown, "part V is written out for whoever copies it"
    entry = {"body": "WGAD", "filed_on": "2020-01-02", "filed_by": "us", "reference": "A/2020", "result": ""}
    assert nora.send(f"{page}/filing", page, **entry).status_code == 303
    (row,) = filing.of(person(petition))
    assert (row.reference, row.packet_id) == ("A/2020", packet(reference).id)
    acts = [entry.act for entry, _ in reversed(journalling.of("packet", reference))]
    assert acts == [
        "packet drafted", "communication written", "packet checked", "packet sealed",
        "packet downloaded", "communication filed",
    ]  # fmt: skip
    assert nora.get(f"/packets/{reference}").status_code == 404, "nothing of it is public"


@pytest.mark.feature(120)
def test_each_hindrance_links_to_the_page_that_mends_it(make: Make, nora: Person, petition: Petition) -> None:
    mandate, slug = office(make), person(petition).slug
    with unit_of_work():
        mandate.last_confirmed_on = None
    reference = opened(nora, petition)
    page = nora.get(f"/staff/communications/{reference}").text
    links = [link.replace("&amp;", "&") for link in re.findall(r'<a href="([^"]+)">Mend it', page)]
    assert f"/staff/prisoners/{slug}?question=to_government&packet={reference}#consent" in links
    assert f"/staff/prisoners/{slug}?question=un_reports&packet={reference}#consent" in links
    assert f"/staff/addressees/wgad?packet={reference}" in links
    assert f"/staff/communications/{reference}/words#grounds" in links
    for link in links:
        assert nora.get(link.partition("#")[0]).status_code == 200
    record = f"/staff/prisoners/{slug}"
    for question in ("to_government", "un_reports"):
        answer = {"question": question, "answer": "yes", "given_by": "Zarina", "capacity": "relative"}
        form = {**answer, "given_on": "2020-01-01", "channel": "letter", "proof": "safe", "expires_on": ""}
        assert nora.send(f"{record}/consent", record, **form).status_code == 303
    assert {c.capacity.value for c in person(petition).consents if c.question is not Question.PUBLISH_NAME} == {  # type: ignore[union-attr]
        "relative"
    }
    assert nora.send("/staff/addressees/wgad/confirmed", "/staff/addressees/wgad").status_code == 303
    wrote(nora, reference)
    assert "Nothing blocks" in nora.get(f"/staff/communications/{reference}").text


def test_what_was_typed_is_kept_when_the_summary_is_too_long(make: Make, nora: Person, petition: Petition) -> None:
    office(make)
    page = f"/staff/communications/{opened(nora, petition)}/words"
    long = "unlawful " * 201
    answer = nora.send(page, page, approach="regular", language="en", mandates="wgad", summary=long, remedies="Appeal.")
    assert answer.status_code == 422
    assert "201 words; 200 are the most." in answer.text
    assert long.strip() in answer.text
    assert "Appeal." in answer.text


def test_a_picture_is_attached_without_its_maker_and_taken_away_again(
    make: Make, nora: Person, petition: Petition
) -> None:
    from PIL import Image

    office(make)
    page = f"/staff/communications/{opened(nora, petition)}"
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(out, "PNG")
    form = {"title": "Judgment", "csrf_token": token_on(nora.client, page)}
    junk = nora.client.post(f"{page}/annexes", data={**form, "file": (io.BytesIO(b"GIF89a"), "z.gif")})
    assert junk.status_code == 422
    assert "This cannot be attached" in junk.text
    sent = nora.client.post(f"{page}/annexes", data={**form, "file": (io.BytesIO(out.getvalue()), "zarina.png")})
    assert sent.status_code == 303
    assert "annex-01.jpg" in nora.get(page).text
    assert "zarina" not in nora.get(page).text
    annex = db.session.scalars(db.select(Annex)).one()
    assert nora.send(f"{page}/annexes/{annex.id}/remove", page).status_code == 303
    assert db.session.scalars(db.select(Annex)).all() == []


@pytest.mark.feature(120)
def test_the_register_warns_of_double_filing(make: Make, nora: Person, petition: Petition) -> None:
    page = f"/staff/prisoners/{person(petition).slug}/filings"
    first = {"channel": "wgad", "body": "", "filed_on": "2019", "filed_by": "the family", "result_on": ""}
    assert nora.send(page, page, **first).status_code == 303
    assert "Double filing" not in nora.get(page).text
    assert nora.send(page, page, **first | {"channel": "hrc_complaint"}).status_code == 303
    assert "Double filing" in nora.get(page).text
    ahead = nora.send(page, page, **first | {"filed_on": "2199"})
    assert ahead.status_code == 422
    assert "This day has not come yet." in ahead.text
    row = filing.of(person(petition))[0]
    assert (
        nora.send(f"{page}/{row.id}", page, **first | {"result": "Opinion 1/2020", "is_over": "y"}).status_code == 303
    )
    assert "Opinion 1/2020" in nora.get(page).text
    acts = [entry.act for entry, _ in journalling.of("prisoner", person(petition).slug)]
    assert acts == ["filing corrected", "filing entered", "filing entered"]


@pytest.mark.feature(110)
def test_an_addressee_is_corrected_with_a_source_and_its_past_stays_on_its_page(make: Make, nora: Person) -> None:
    office(make)
    page = "/staff/addressees/wgad/correct"
    form = {
        "title": "Working Group on Arbitrary Detention",
        "address_lines": "Palais des Nations",
        "channels": "wgad",
        "languages": "en",
        "email": "hrc-wg-ad@un.org",
        "email_is_verified": "y",
    }
    refused = nora.send(page, page, **form)
    assert refused.status_code == 422
    assert "Say where it was read" in refused.text
    assert nora.send(page, page, **form, source="https://www.ohchr.org/").status_code == 303
    row = db.session.get_one(Addressee, "wgad")
    assert (row.email, row.languages, row.last_confirmed_on) == ("hrc-wg-ad@un.org", ["en"], None)
    shown = nora.get("/staff/addressees/wgad").text
    assert "the office of wgad" in shown, "what stood there before"
    assert "https://www.ohchr.org/" in shown
    assert nora.send("/staff/addressees/wgad/confirmed", "/staff/addressees/wgad").status_code == 303
    acts = [entry.act for entry, _ in journalling.of("addressee", "wgad")]
    assert acts == ["addressee confirmed", "addressee corrected"]
    assert "wgad" in nora.get("/staff/addressees?channel=wgad").text
    assert "No addressee is like that." in nora.get("/staff/addressees?channel=upr").text


@pytest.mark.feature(120)
def test_the_record_is_told_in_french_beside_each_statement(make: Make, nora: Person, petition: Petition) -> None:
    office(make)
    reference = opened(nora, petition, "special_procedures", "fr")
    page = f"/staff/communications/{reference}/translation"
    assert f'href="{page}"' in nora.get(f"/staff/communications/{reference}").text
    (key,) = {f"fact-{fact.id}" for fact in person(petition).facts}
    assert nora.send(page, page, **{key: "Arrêtée à son bureau."}).status_code == 303
    assert "Arrêtée à son bureau." in nora.get(page).text
    assert "Arrêtée à son bureau. [1]" in nora.get(f"/staff/communications/{reference}/blocks").text
    english = opened(nora, petition)
    assert nora.get(f"/staff/communications/{english}/translation").status_code == 303
