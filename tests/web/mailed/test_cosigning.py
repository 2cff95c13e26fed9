"""Organisations sign a joint letter from their own mailboxes: exactly one text, until a day, in an order."""

import io
import json
import re
from datetime import datetime, timedelta

import pytest
from PIL import Image

from campaign.collaborators import Collaborators, now
from campaign.database import db, unit_of_work
from campaign.domain.cases import enclosing
from campaign.domain.errors import LinkUnknown
from campaign.domain.joint_letters import composing, cosigning
from campaign.domain.links import Purpose
from campaign.domain.packets import standing
from campaign.gateways.verifier import verify
from campaign.models.joint_letter import Approval, Invitation, JointLetter
from campaign.models.journal import JournalEntry
from campaign.models.letter import Letter
from campaign.models.packet import PacketState
from campaign.models.petition import Petition
from campaign.worker import build_packets, remind, send_letters
from tests.fakes import PostOffice
from tests.inspector import InspectedClient
from tests.make import GIVEN_OUT, Make
from tests.pdfs import pages, plain
from tests.web.staff.conftest import member, nora, opened, petition, samir  # noqa: F401 - fixtures of that room
from tests.web.staff.people import Person, draft, packet, sealed, token_on

ORGANISATIONS = {
    "Lake Watch": ("ana@lakewatch.example", "https://www.lakewatch.example"),
    "Open Courts": ("omar@mailpost.example", "https://opencourts.example"),
    "Free Pens": ("ines@freepens.example", ""),
}
PARTS = ("01-cover-letter.pdf", "02-joint-letter.pdf")


@pytest.fixture(autouse=True)
def _addresses() -> None:
    GIVEN_OUT.update(address for address, _ in ORGANISATIONS.values())


def in_days(days: int) -> str:
    return (now() + timedelta(days=days)).date().isoformat()


def composed(who: Person, petition: Petition, *names: str) -> str:  # noqa: F811
    """A letter with these organisations, put before them; its page."""
    form = "/staff/joint-letters/new"
    page = who.send(form, form, petition=petition.slug, addressee="sg").headers["Location"]
    for name in names:
        address, website = ORGANISATIONS[name]
        invited = who.send(f"{page}/invitations", page, organisation="", name=name, website=website, email=address)
        assert invited.status_code == 303, invited.text
    assert who.send(f"{page}/ask", page, on=in_days(10)).status_code == 303
    return page


def letter() -> JointLetter:
    return db.session.scalars(db.select(JointLetter)).one()


def row(name: str) -> Invitation:
    db.session.expire_all()
    return next(row for row in letter().invitations if row.organisation.name == name)


def link(tools: Collaborators, name: str) -> str:
    invitation = row(name)
    return f"/cosign/{tools.links.token(Purpose.COSIGN, invitation.public_id, invitation.link_version)}"


def sign(client: InspectedClient, where: str, **more: str) -> int:
    """Fill in the form that stands on the page."""
    sent = {"name": "Ana Lago", "title": "Executive Director", "authorised": "y"}
    found = re.search(r'name="text" value="([0-9a-f]{64})"', client.get(where).text)
    form = {**sent, "text": found[1] if found else "", **more}
    return client.post(f"{where}/approve", data=form).status_code


def written(who: Person, page: str, **more: object) -> None:
    """Change the draft by its form."""
    said = letter().words
    form = {
        **{key: said[key] for key in ("dated", "subject", "salutation", "asks_lead", "closing")},
        "paragraphs": "\n\n".join(said["paragraphs"]),
        "asks": "\n".join(said["asks"]),
        "people": [str(id) for id in letter().people],
        "csrf_token": token_on(who.client, f"{page}/words"),
    }
    assert who.client.post(f"{page}/words", data=form | more).status_code == 303


def _each_got_its_own_letter(post_office: PostOffice, petition: Petition) -> None:  # noqa: F811
    send_letters()
    letters = {message["To"]: message for message in post_office.wait_for(3)}
    assert set(letters) == {address for address, _ in ORGANISATIONS.values()}, "each its own, once"
    for message in letters.values():
        body = message.get_body(("plain",)).get_content()
        assert not any(p.name in body for p in petition.campaign.prisoners)
        assert "/cosign/" in body


def _printed(tools: Collaborators, reference: str) -> str:
    manifest = json.loads(tools.store.read(f"packets/{reference}/manifest.json"))
    assert {"01-joint-letter.pdf", "02-joint-letter.docx", "seal.json"} <= {file["name"] for file in manifest["files"]}
    return plain(" ".join(pages(tools.store.read(f"packets/{reference}/01-joint-letter.pdf"))))


@pytest.mark.feature(113, 121)
def test_three_organisations_are_asked_two_sign_and_those_two_are_printed_in_their_order(
    make: Make,
    tools: Collaborators,
    nora: Person,  # noqa: F811
    samir: Person,  # noqa: F811
    petition: Petition,  # noqa: F811
    client: InspectedClient,
    post_office: PostOffice,
) -> None:
    page = composed(nora, petition, *ORGANISATIONS)
    _each_got_its_own_letter(post_office, petition)
    before = nora.get(page).text
    assert not any(address in before for address, _ in ORGANISATIONS.values())
    assert before.count("not at the organisation’s own website") == 2
    lake, courts, pens = (link(tools, name) for name in ORGANISATIONS)
    shown = client.get(lake)
    assert "Open Courts" not in shown.text, "nobody learns who else is asked"
    assert all(f"<p>{each}</p>" in shown.text for each in letter().words["paragraphs"])
    assert shown.headers["Cache-Control"] == "no-store"
    assert row("Lake Watch").approval is Approval.WAITING, "looking changes nothing"
    assert client.post(f"{lake}/approve", data={"name": "Ana Lago", "title": "Director"}).status_code == 422
    assert sign(client, courts, name="Omar Haddad") == sign(client, lake) == 303
    assert sign(client, lake) == 303, "twice is once"
    assert "Approved so far by: Open Courts." in client.get(lake).text

    checked = samir.send(f"/staff/packets/{page.rpartition('/')[2]}/check", page)
    assert checked.status_code == 303
    refused = samir.send(f"{page}/seal", page)
    assert refused.status_code == 409
    assert "Free Pens was asked to sign the joint letter and has not decided yet" in refused.text
    assert f'href="{page}#organisations"' in refused.text
    other = draft(nora, petition)
    assert "Free Pens was asked to sign" in nora.get(f"/staff/packets/{other}").text, "its packet waits, too"
    assert client.post(f"{pens}/decline", data={"reason": "Not in our field."}).status_code == 303
    assert "Not in our field." in nora.get(page).text

    assert nora.send(f"{page}/invitations/{row('Open Courts').id}/up", page).status_code == 303
    assert samir.send(f"/staff/packets/{page.rpartition('/')[2]}/check", page).status_code == 303
    assert samir.send(f"{page}/seal", page).status_code == 303
    assert build_packets() == 1
    done = packet(page.rpartition("/")[2])
    assert done.state is PacketState.BUILT
    said = _printed(tools, done.reference)
    assert said.index("OpenCourts") < said.index("LakeWatch")
    assert "OmarHaddadExecutiveDirectorOpenCourts" in said
    assert "FreePens" not in said
    assert "Notinourfield" not in said
    assert sign(client, pens) == 409, "sealed is sealed"
    told = " ".join(f"{entry.details}" for entry in db.session.scalars(db.select(JournalEntry)))
    assert not any(address in told for address, _ in ORGANISATIONS.values())


@pytest.mark.feature(113)
def test_a_changed_letter_ends_every_approval_of_another_text_and_asks_anew(
    tools: Collaborators,
    nora: Person,  # noqa: F811
    petition: Petition,  # noqa: F811
    client: InspectedClient,
) -> None:
    page = composed(nora, petition, "Lake Watch", "Open Courts")
    lake, courts = link(tools, "Lake Watch"), link(tools, "Open Courts")
    old = re.search(r'name="text" value="([0-9a-f]{64})"', client.get(courts).text)[1]  # type: ignore[index]
    assert sign(client, lake) == 303
    written(nora, page, closing="In hope,")
    assert "The letter is not what the organisations were shown any more" in nora.get(page).text
    assert row("Lake Watch").approval is Approval.APPROVED, "until they are asked anew it stands for the old words"
    assert "In hope," not in client.get(lake).text
    composing.freeze(letter(), by="Nora", at=now())
    assert standing.approvals(letter()) == [], "whoever approved another version is not counted for this one"
    db.session.rollback()
    assert nora.send(f"{page}/ask", page, on=in_days(10)).status_code == 303
    assert row("Lake Watch").approval is Approval.WAITING
    assert standing.approvals(letter()) == []
    assert sign(client, courts, text=old) == 409, "what was read is not what would be signed"
    assert row("Open Courts").approval is Approval.WAITING
    kinds = db.session.scalars(db.select(Letter.kind).where(Letter.kind.like("cosign-%")).order_by(Letter.id)).all()
    assert kinds == ["cosign-asked", "cosign-asked", "cosign-changed", "cosign-changed"]
    assert sign(client, courts) == 303
    assert [each.organisation.name for each in standing.approvals(letter())] == ["Open Courts"]
    with unit_of_work():
        petition.campaign.prisoners[0].status_as_of = "2017-07"
    assert "is not what the organisations were shown any more" in nora.get(page).text
    with unit_of_work():
        petition.campaign.prisoners[0].paused_at = now()
    assert client.get(courts).status_code == 404, "nothing of a paused person is shown here either"


@pytest.mark.feature(113)
def test_who_has_not_decided_is_reminded_once_and_the_deadline_ends_it(
    tools: Collaborators,
    nora: Person,  # noqa: F811
    samir: Person,  # noqa: F811
    petition: Petition,  # noqa: F811
    client: InspectedClient,
) -> None:
    page = composed(nora, petition, "Lake Watch", "Open Courts")
    assert sign(client, link(tools, "Open Courts")) == 303
    assert remind() == 0, "ten days before"
    end = letter().deadline
    assert end is not None
    with unit_of_work():
        assert cosigning.remind(at=end - timedelta(hours=47)) == 1
        assert cosigning.remind(at=end - timedelta(hours=46)) == 0
    reminder = db.session.scalars(db.select(Letter).where(Letter.kind == "cosign-reminder")).one()
    message = tools.writer.write(reminder, at=end - timedelta(hours=46))
    assert message is not None
    assert message.recipients == ["ana@lakewatch.example"]
    assert tools.writer.write(reminder, at=end) is None, "after the deadline nothing is left to ask"
    assert [f.code.value for f in standing.waiting_for(letter(), at=end)] == []
    with unit_of_work():
        letter().deadline = now() - timedelta(minutes=1)
    assert sign(client, link(tools, "Lake Watch")) == 409
    assert client.post(f"{link(tools, 'Open Courts')}/decline", data={"reason": ""}).status_code == 303
    assert standing.approvals(letter()) == [], "stepping back is possible until the seal"
    with unit_of_work():
        assert cosigning.forget(at=now() + timedelta(days=29)) == 0
        assert cosigning.forget(at=now() + timedelta(days=31)) == 2
    taken_back, gone = row("Lake Watch").id, link(tools, "Lake Watch")
    assert nora.send(f"{page}/invitations/{taken_back}/remove", page).status_code == 303
    assert client.get(gone).status_code == 404
    with pytest.raises(LinkUnknown):
        cosigning.found(tools.links.claim(Purpose.COSIGN, gone.rpartition("/")[2]))


@pytest.mark.feature(113)
def test_a_logo_is_written_anew_shown_to_its_organisation_and_asks_who_approved_without_it(
    tools: Collaborators,
    nora: Person,  # noqa: F811
    petition: Petition,  # noqa: F811
    client: InspectedClient,
) -> None:
    page = composed(nora, petition, "Lake Watch")
    lake = link(tools, "Lake Watch")
    assert sign(client, lake) == 303
    where = f"{page}/invitations/{row('Lake Watch').id}/logo"

    def put(content: bytes) -> int:
        form = {"csrf_token": token_on(nora.client, page), "file": (io.BytesIO(content), "logo.png")}
        return nora.client.post(where, data=form, content_type="multipart/form-data").status_code

    drawn, exif = io.BytesIO(), Image.Exif()
    exif[0x013B] = "Ana of the print shop"
    Image.new("RGB", (300, 120), "#204060").save(drawn, "PNG", exif=exif)
    assert put(b"%PDF-1.4 no logo") == 422
    assert put(drawn.getvalue()) == 303
    assert row("Lake Watch").approval is Approval.WAITING
    with unit_of_work():
        assert enclosing.sweep_unused(store=tools.store) == 0, "a logo is in use"
    logo = client.get(f"{lake}/logo.jpg")
    assert logo.status_code == 200
    assert b"print shop" not in logo.data
    assert sign(client, lake) == 303
    with unit_of_work():
        made = composing.seal(_checked(), tools.desk(), tools.store, by="Samir", at=now())
    assert not any(f.blocks for f in made)
    build_packets()
    pdf = tools.store.read(f"packets/{letter().packet.reference}/01-joint-letter.pdf")
    assert b"/DCTDecode" in pdf


def _checked() -> JointLetter:
    found = letter()
    found.packet.state, found.packet.checked_by, found.packet.checked_at = PacketState.CHECKED, "Samir", _at()
    return found


def _at() -> datetime:
    return now()


@pytest.mark.feature(113, 121)
@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_a_packet_of_signatures_encloses_the_sealed_letter_and_prints_no_organisation_under_another_page(
    tools: Collaborators,
    nora: Person,  # noqa: F811
    samir: Person,  # noqa: F811
    petition: Petition,  # noqa: F811
    client: InspectedClient,
) -> None:
    composed(nora, petition, "Lake Watch")
    assert sign(client, link(tools, "Lake Watch")) == 303
    with unit_of_work():
        composing.seal(_checked(), tools.desk(), tools.store, by="Samir", at=now())
    reference = sealed(nora, samir, petition)
    assert reference.endswith("-A1"), "the letter has a number of its own kind"
    assert build_packets() == 2
    enclosed = packet(reference)
    for built in (reference, letter().packet.reference):
        assert nora.get(f"/staff/packets/{built}").status_code == 200
        assert verify(tools.settings.store / "packets" / built).faults == []
    read = {name: plain(" ".join(pages(tools.store.read(f"packets/{reference}/{name}")))) for name in PARTS}
    assert "LakeWatch" not in read["01-cover-letter.pdf"]
    assert "Jointletter" in read["01-cover-letter.pdf"]
    assert "AnaLagoExecutiveDirectorLakeWatch" in read["02-joint-letter.pdf"]
    assert letter().packet.reference in read["02-joint-letter.pdf"]
    assert enclosed.contents is not None
    assert enclosed.contents["joint"]["text_sha256"] == letter().text.sha256  # type: ignore[union-attr]
