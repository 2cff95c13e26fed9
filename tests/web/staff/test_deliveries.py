"""After the packet is built: printed, handed over, receipted, answered, and what the public may read of it."""

import hashlib
import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image

from campaign.collaborators import now
from campaign.database import db, unit_of_work
from campaign.domain import days, journalling
from campaign.domain.packets import receipting
from campaign.models.delivery import ReceiptScan
from campaign.models.petition import Petition
from campaign.models.update import Update
from campaign.web.public.memory import memory
from campaign.worker import build_packets, send_updates, sweep_files
from tests.fakes import PostOffice, words
from tests.inspector import InspectedClient
from tests.make import Make
from tests.news import subscribers
from tests.web.staff.people import Person, packet, sealed, token_on


@pytest.mark.feature(77, 78)
def test_a_delivery_is_recorded_step_by_step_and_its_page_is_public(
    nora: Person, samir: Person, petition: Petition, client: InspectedClient
) -> None:
    reference = sealed(nora, samir, petition)
    build_packets()
    page = f"/staff/packets/{reference}/delivery"
    public = f"/packets/{reference}"
    today = now().date().isoformat()
    nora.send(f"{page}/printed", page, place="office, two copies")
    nora.send(f"{page}/pass-on", page, what="to the courier Yusuf")
    assert client.get(public).status_code == 404, "not before it was handed over"
    done = nora.send(f"{page}/hand-over", page, outcome="accepted_no_meeting", on=today, place="hall B", words="")
    assert done.status_code == 303
    told = client.get(public).text
    assert "Accepted without a meeting" in told
    assert "No answer is recorded yet" in told
    for kept_inside in ("Yusuf", "hall B", "office", "Nora", "Samir"):
        assert kept_inside not in told
    nora.send(f"{page}/receipt", page, reference="SG/2026/77")
    nora.send(f"{page}/answer", page, on=today, words="We have taken note.")
    told = _fresh(client, public)
    assert "SG/2026/77" in told
    assert "We have taken note." in told
    staff_page = nora.get(page).text
    assert staff_page.index("to the courier Yusuf") < staff_page.index("Handed over")


@pytest.mark.feature(106)
def test_the_public_page_shows_totals_that_add_up_with_seal_and_manifest(
    nora: Person, samir: Person, petition: Petition, client: InspectedClient
) -> None:
    reference = sealed(nora, samir, petition, level="initials")
    build_packets()
    page = f"/staff/packets/{reference}/delivery"
    nora.send(f"{page}/printed", page, place="")
    nora.send(f"{page}/hand-over", page, outcome="left", on=now().date().isoformat(), place="", words="")
    told = client.get(f"/packets/{reference}").text
    found = packet(reference)
    totals = (found.frozen or {})["totals"]
    assert totals["counted"] == sum(totals[k] for k in ("printed_names", "printed_initials", "withheld", "paper")) == 3
    assert "with 3 signatures" in told
    for value in (found.seal or "", found.manifest_sha256 or ""):
        assert all(f"<span>{value[i : i + 8]}</span>" in told for i in range(0, 64, 8))


def test_a_specimen_gets_no_delivery_and_no_public_page(
    nora: Person, samir: Person, petition: Petition, client: InspectedClient
) -> None:
    with unit_of_work():
        petition.campaign.is_demonstration = True
    reference = sealed(nora, samir, petition)
    build_packets()
    page = f"/staff/packets/{reference}/delivery"
    assert "This is a specimen" in nora.get(page).text
    refused = nora.send(f"{page}/printed", place="")
    assert refused.status_code == 409
    assert "specimen" in refused.text
    assert client.get(f"/packets/{reference}").status_code == 404


def test_a_day_that_cannot_be_is_said_beside_its_field_with_everything_kept(
    nora: Person, samir: Person, petition: Petition
) -> None:
    reference = sealed(nora, samir, petition)
    build_packets()
    page = f"/staff/packets/{reference}/delivery"
    nora.send(f"{page}/printed", page, place="")
    for on in ("2999-01-01", "12 June", ""):
        answer = nora.send(f"{page}/hand-over", page, outcome="left", on=on, place="the gate house", words="")
        assert answer.status_code == 422
        assert "the gate house" in answer.text
    unsaid = nora.send(f"{page}/hand-over", page, outcome="refused", on=now().date().isoformat(), place="", words="")
    assert unsaid.status_code == 422
    assert "who refused it" in unsaid.text


def test_no_step_is_taken_out_of_order(nora: Person, samir: Person, petition: Petition) -> None:
    reference = sealed(nora, samir, petition)
    page = f"/staff/packets/{reference}/delivery"
    assert nora.send(f"{page}/printed", place="").status_code == 409, "not built yet"
    build_packets()
    assert nora.send(f"{page}/receipt", reference="X").status_code == 404, "nothing was handed over"
    nora.send(f"{page}/printed", page, place="")
    assert nora.send(f"{page}/receipt", reference="X").status_code == 409
    assert nora.send(f"{page}/close").status_code == 409
    assert nora.send(f"{page}/printed", place="").status_code == 409, "printed once"


def _fresh(client: InspectedClient, where: str) -> str:
    """The page, once what the process remembered of it for a second is over."""
    memory().forget()
    return client.get(where).text


@pytest.mark.feature(111)
def test_the_signed_receipt_is_kept_for_staff_alone_with_its_hash_in_the_log(
    nora: Person, samir: Person, petition: Petition, client: InspectedClient
) -> None:
    reference = sealed(nora, samir, petition)
    build_packets()
    page = f"/staff/packets/{reference}/delivery"
    nora.send(f"{page}/printed", page, copies="2", place="")
    today = now().date().isoformat()
    nora.send(f"{page}/hand-over", page, outcome="posted", on=today, place="", words="RR 123 456 789 CH")
    picture = io.BytesIO()
    Image.new("RGB", (200, 300), "white").save(picture, "PNG")
    for content, status in ((b"not a scan", 422), (picture.getvalue(), 303)):
        form = {"csrf_token": token_on(nora.client, page), "file": (io.BytesIO(content), "receipt.png")}
        answer = nora.client.post(f"{page}/scan", data=form, content_type="multipart/form-data")
        assert answer.status_code == status
    told = nora.get(page).text
    assert "Signed receipt kept" in told
    assert "RR 123 456 789 CH" in told
    out = re.findall(r"/delivery/scan/\d+", told)[0].removeprefix("/delivery")
    taken = nora.send(f"{page}{out}", page)
    assert taken.mimetype == "image/jpeg"
    assert hashlib.sha256(taken.data).hexdigest() in told
    assert journalling.who_did("receipt looked at", "packet", reference) == nora.account_id
    public = client.get(f"/packets/{reference}").text
    assert "RR 123" not in public
    assert "receipt.png" not in public
    assert client.post(f"{page}{out}").status_code in {303, 400}


@pytest.mark.feature(101, 111)
def test_a_receipt_goes_ninety_days_after_the_answer_and_its_hash_stays(
    nora: Person, samir: Person, petition: Petition
) -> None:
    reference, store = sealed(nora, samir, petition), nora.client.application.extensions["collaborators"].store
    build_packets()
    page, today = f"/staff/packets/{reference}/delivery", now().date()
    nora.send(f"{page}/printed", page, copies="1", place="")
    nora.send(f"{page}/hand-over", page, outcome="accepted", on=today.isoformat(), place="", words="")
    picture = io.BytesIO()
    Image.new("RGB", (20, 30), "white").save(picture, "PNG")
    form = {"csrf_token": token_on(nora.client, page), "file": (io.BytesIO(picture.getvalue()), "receipt.png")}
    nora.client.post(f"{page}/scan", data=form, content_type="multipart/form-data")
    scan = db.session.scalars(db.select(ReceiptScan)).one()
    assert receipting.until(scan) == days.months_after(today, 21), "nothing was answered yet"
    nora.send(f"{page}/answer", page, on=today.isoformat(), words="We have taken note.")
    ends = today + timedelta(days=90)
    assert f"deleted on {ends:%-d %B %Y}" in nora.get(page).text
    taken, mark = f"{page}/scan/{scan.id}", scan.kept_sha256
    for day, left in ((ends - timedelta(days=1), 1), (ends, 0)):
        with unit_of_work():
            receipting.forget(at=datetime(day.year, day.month, day.day, 12, tzinfo=UTC))
        assert (nora.send(taken, page).status_code == 200) is bool(left), "not even before the file is gone"
        sweep_files()
        assert len(store.names("receipts")) == left
    told = nora.get(page).text
    assert "Receipts kept" not in told
    assert mark in told


@pytest.mark.feature(80)
def test_an_answer_stands_on_the_page_and_goes_to_everybody_who_asked_for_news_once(
    make: Make, nora: Person, samir: Person, petition: Petition, client: InspectedClient, post_office: PostOffice
) -> None:
    subscribers(make, petition.campaign, 3)
    reference = sealed(nora, samir, petition)
    build_packets()
    page, today = f"/staff/packets/{reference}/delivery", now().date().isoformat()
    nora.send(f"{page}/printed", page, place="")
    assert nora.send(f"{page}/tell", page).status_code == 409, "nothing has happened yet"
    nora.send(f"{page}/hand-over", page, outcome="accepted_no_meeting", on=today, place="", words="")
    nora.send(f"{page}/answer", page, on=today, words="We have taken note, see https://un.example/rahimzoda.\nRegards")
    assert f"not told yet what became of {reference}" in nora.get("/staff").text
    assert nora.send(f"{page}/tell", page).status_code == 303
    assert "not told yet" not in nora.get("/staff").text
    assert nora.send(f"{page}/tell", page).status_code == 409, "once"
    db.session.commit()
    send_updates()
    assert len({str(letter["To"]) for letter in post_office.letters}) == len(post_office.letters) == 3
    said = words(post_office.letters[0])
    assert post_office.letters[0]["Auto-Submitted"] == "auto-generated", "nobody wrote it"
    assert "> We have taken note, see link" in said
    assert "rahimzoda" not in said + str(post_office.letters[0]["Subject"]), "no address from elsewhere is in a letter"
    assert "We have taken note" in _fresh(client, f"/packets/{reference}")
    news = db.session.scalars(db.select(Update)).one()
    assert "un.example/rahimzoda" in _fresh(client, f"/news/{news.code}")
