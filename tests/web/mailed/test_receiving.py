"""A named recipient fetches a packet with a link and a code that came by two ways; the receipt closes the access."""

import io
import re
import zipfile
from datetime import timedelta

import pyrage
import pytest

from campaign.collaborators import now
from campaign.database import db, unit_of_work
from campaign.domain import journalling
from campaign.domain.packets import delivering
from campaign.models.delivery import DeliveryState, Outcome
from campaign.models.petition import Petition
from campaign.models.release import RecipientKey, Release
from campaign.worker import build_packets, forget, send_letters
from tests.fakes import PostOffice, link
from tests.inspector import InspectedClient
from tests.web.staff.conftest import member, nora, opened, petition, samir  # noqa: F401 - fixtures of that room
from tests.web.staff.people import Person, packet, sealed

OFFICE = pyrage.x25519.Identity.generate()
MAILBOX = "registry@office.example"


def name(person: Person, reference: str, key: str = "", **more: str) -> str:
    page = f"/staff/packets/{reference}/copies"
    form = {"organisation": "The registry", "email": MAILBOX, "key": key, "why": "They asked for it."}
    assert person.send(f"{page.removesuffix('/copies')}/recipients", page, **form, **more).status_code == 303
    return page


def code_on(person: Person, page: str) -> str:
    return re.findall(r"<strong>([A-Z2-7]{5}-[A-Z2-7]{5})</strong>", person.get(page).text)[0]


def row() -> Release:
    return db.session.scalars(db.select(Release)).one()


@pytest.mark.feature(75, 76)
def test_a_packet_with_names_is_fetched_encrypted_with_link_and_code_until_its_receipt(
    nora: Person,  # noqa: F811
    samir: Person,  # noqa: F811
    petition: Petition,  # noqa: F811
    client: InspectedClient,
    post_office: PostOffice,
) -> None:
    reference = sealed(nora, samir, petition, level="full")
    build_packets()
    nora.send("/staff/keys", "/staff/keys", key=str(OFFICE.to_public()), holder="The registry", addressee="sg")
    key = db.session.scalars(db.select(RecipientKey.id)).one()
    samir.send(f"/staff/keys/{key}/compared", "/staff/keys", how="read by telephone")
    page = name(nora, reference, str(key), is_addressee="y")
    assert MAILBOX not in nora.get(page).text
    assert "<strong>" not in nora.get(page).text, "no code before a second person approved"
    assert samir.send(f"/staff/releases/{row().id}/approve", page).status_code == 303
    send_letters()
    letters = [letter for letter in post_office.wait_for(1) if letter["To"] == MAILBOX]
    own, code = link(letters[0], "recipient"), code_on(nora, page)
    assert code not in letters[0].as_string()
    shown = client.get(own)
    assert "Nothing has happened yet" in shown.text
    assert "I have received it" not in shown.text
    assert client.post(f"{own}/fetch", data={"code": "AAAAA-AAAAA"}).status_code == 422
    assert "Fetch the packet first" in client.post(f"{own}/received", data={"code": code}).text
    for _ in range(2):
        answer = client.post(f"{own}/fetch", data={"code": code.lower()})
        assert answer.headers["Content-Disposition"].endswith(f'"{reference}-copy-1.zip.age"')
    files = zipfile.ZipFile(io.BytesIO(pyrage.decrypt(answer.data, [OFFICE])))
    assert f"{reference}-copy-1/copy.json" in files.namelist()
    assert client.post(f"{own}/received", data={"code": code}).status_code == 303
    assert "This access is closed" in client.get(own).text
    assert client.post(f"{own}/fetch", data={"code": code}).status_code == 410
    delivery = delivering.of(packet(reference))
    assert delivery is not None
    assert (delivery.state, delivery.outcome) == (DeliveryState.RECEIPTED, Outcome.EMAILED)
    assert [e.what for e in delivery.custody][1:] == [
        "copy_out",
        "received_by_recipient",
        "handed_over",
        "receipted",
    ]
    acts = [entry.act for entry, _ in journalling.of("packet", reference)]
    assert acts[:4] == ["packet received", "packet downloaded", "packet downloaded", "release: wrong code"]
    assert row().email_box is None


@pytest.mark.feature(76)
def test_five_wrong_codes_or_fourteen_days_close_the_access(
    nora: Person,  # noqa: F811
    samir: Person,  # noqa: F811
    petition: Petition,  # noqa: F811
    client: InspectedClient,
    post_office: PostOffice,
) -> None:
    reference = sealed(nora, samir, petition, level="totals")
    build_packets()
    page = name(nora, reference)
    send_letters()
    own = link(next(n for n in post_office.wait_for(1) if n["To"] == MAILBOX), "recipient")
    code = code_on(nora, page)
    assert client.post(f"{own}/fetch", data={"code": code}).mimetype == "application/zip", "totals need no key"
    with unit_of_work():
        row().approved_at = now() - timedelta(days=15)
    assert client.post(f"{own}/fetch", data={"code": code}).status_code == 410
    with unit_of_work():
        row().approved_at = now()
    for _ in range(5):
        assert client.post(f"{own}/fetch", data={"code": "WRONG-WRONG"}).status_code == 422
    assert client.post(f"{own}/fetch", data={"code": code}).status_code == 410
    assert client.get(own[:-3] + "AAA").status_code == 404


def test_a_packet_with_names_has_no_recipient_without_a_key_and_no_address_stays_for_long(
    nora: Person,  # noqa: F811
    samir: Person,  # noqa: F811
    petition: Petition,  # noqa: F811
) -> None:
    reference = sealed(nora, samir, petition, level="initials")
    build_packets()
    page = f"/staff/packets/{reference}/copies"
    form = {"organisation": "X", "email": MAILBOX, "key": "", "why": "x"}
    assert nora.send(f"/staff/packets/{reference}/recipients", page, **form).status_code == 422
    assert db.session.scalars(db.select(Release)).all() == []
    other = sealed(nora, samir, petition, level="totals")
    build_packets()
    name(nora, other)
    forget()
    assert row().email_box is not None
    with unit_of_work():
        row().asked_at = now() - timedelta(days=16)
    forget()
    assert row().email_box is None
