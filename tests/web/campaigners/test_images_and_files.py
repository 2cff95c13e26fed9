"""Images and files: nobody's but the author's, then staff's, then everybody's, and gone again within seconds."""

import io
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from PIL import Image

from campaign import worker
from campaign.collaborators import now
from campaign.database import db, unit_of_work
from campaign.domain import pausing
from campaign.domain.cases import concluding, proposal
from campaign.models.attachment import Attachment
from campaign.models.campaign import Campaign
from campaign.models.draft import Check, DraftState
from campaign.models.ending import Ground
from campaign.models.prisoner import Prisoner
from campaign.web.remembering import memory
from tests.gateways import papers
from tests.gateways.test_darkroom import SVG, photo, with_place
from tests.inspector import InspectedClient, read
from tests.make import NOON
from tests.web.campaigners.writing import begun, draft, saved, token_on, written
from tests.web.staff.people import Person

WORDS = {"alt": "A mine in the mountains.", "caption": "The mine", "credit": "Nobody named", "rights": "CC BY 4.0"}


@pytest.fixture(autouse=True)
def office(make):
    make.addressee()


def added(person: Person, path: str, content: bytes, filename: str = "photo.jpg", **fields: str) -> Any:
    """Send the step with a file chosen, as a browser does."""
    form = {"csrf_token": token_on(person.client, f"{path}/files"), "version": str(draft(path).version), **fields}
    parts = [f'--edge\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'.encode() for n, v in form.items()]
    head = f'--edge\r\nContent-Disposition: form-data; name="upload"; filename="{filename}"\r\n\r\n'.encode()
    body = b"".join([*parts, head, content, b"\r\n--edge--\r\n"])
    return person.client.post(f"{path}/files", data=body, content_type="multipart/form-data; boundary=edge")


def described(path: str, **more: str) -> dict[str, str]:
    """The words for everything that is in the draft."""
    fields: dict[str, str] = {}
    for n, file in enumerate(proposal.read(draft(path).content).files):
        words = WORDS if file.kind == "image" else {"title": "The judgment"}
        fields |= {f"files-{n}-name": file.name, **{f"files-{n}-{key}": said for key, said in words.items()}}
    return fields | more


def with_both(person: Person) -> str:
    path = written(person)
    assert added(person, path, with_place()).status_code == 303
    assert added(person, path, papers.pdf(), "judgment.pdf", **described(path)).status_code == 303
    assert person.send(f"{path}/files", f"{path}/files", version=str(draft(path).version), **described(path))
    body = "![](image-1)\n\n[Read it](file-1). ![far](https://tracker.example/x.png)"
    assert saved(person, path, "campaign", body=body).status_code == 303
    return path


def approved(path: str, nora: Person) -> None:
    queued = f"/staff/queue/{draft(path).id}"
    nora.send(f"{queued}/hold", queued)
    form = {"checks": [check.value for check in Check], "csrf_token": token_on(nora.client, queued)}
    assert nora.client.post(f"{queued}/approve", data=form).status_code == 303
    memory().forget()


def sources(html: str) -> list[str]:
    """Every address from which the page shows an image or lets one save a file."""
    page = read(html)
    found = [t.attrs.get("src") or t.attrs.get("srcset", "") for t in page.all("img", "source")]
    return [*found, *(t.attrs["href"] for t in page.all("a") if "download" in t.attrs)]


@pytest.mark.feature(6)
def test_an_image_and_a_document_go_from_the_author_through_staff_to_the_public_and_a_take_down_reaches_them(
    leila: Person, omar: Person, nora: Person, client: InspectedClient, make
) -> None:
    path = with_both(leila)
    names = [file.name for file in proposal.read(draft(path).content).files]
    public = [f"/attachments/{names[0]}/{end}" for end in ("large.jpg", "large.webp", "small.jpg", "small.webp")]
    public.append(f"/attachments/{names[1]}/file.pdf")
    preview = leila.get(f"{path}/preview/campaign").text
    own = sources(preview)
    assert {address.split("/")[1] for address in own} == {"workspace"}
    assert "tracker.example" not in preview
    assert "far" in preview
    for address in own:
        assert leila.get(address).status_code == 200
        assert omar.get(address).status_code == nora.get(address).status_code == 404
        assert client.get(address).status_code == 303
    assert {client.get(address).status_code for address in public} == {404}
    assert omar.get(f"{begun(omar)}/files/{names[0]}/large.jpg").status_code == 404, "a name alone opens nothing"

    assert leila.send(f"{path}/submit", f"{path}/send").status_code == 303
    for address in sources(nora.get(f"/staff/queue/{draft(path).id}").text):
        assert nora.get(address).status_code == 200
        assert client.get(address).status_code == 303
    assert {client.get(address).status_code for address in public} == {404}

    approved(path, nora)
    page = client.get("/campaigns/zarina-davlatova").text
    assert set(sources(page)) <= set(public)
    for said in ("A mine in the mountains.", "CC BY 4.0", "The judgment"):
        assert said in page
    image, document = client.get(public[0]), client.get(public[-1])
    assert image.headers["Cache-Control"] == document.headers["Cache-Control"] == "public, max-age=30, no-transform"
    assert b"SECRETDEVICE" not in image.data
    assert document.headers["Content-Disposition"].startswith("attachment;")
    assert "sandbox" in document.headers["Content-Security-Policy"]
    digest = sha256(document.data).hexdigest()
    assert {digest[:8] in page, digest[8:16] in page} == {True}
    again = client.get(public[0], headers={"If-None-Match": image.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")

    with unit_of_work():
        pausing.pause(db.session.scalars(db.select(Prisoner)).one(), reason="asked", by="N", account_id=None, at=NOON)
    assert {client.get(address).status_code for address in public} == {404}
    with unit_of_work():
        pausing.resume(db.session.scalars(db.select(Prisoner)).one(), account_id=None, at=NOON)
    assert {client.get(address).status_code for address in public} == {200}
    with unit_of_work():
        campaign = db.session.scalars(db.select(Campaign)).one()
        concluding.take_down(campaign, next(iter(Ground)), "", by="N", at=NOON)
    assert {client.get(address).status_code for address in public} == {404}


@pytest.mark.feature(6)
def test_an_image_without_words_or_rights_does_not_reach_staff(leila: Person) -> None:
    path = written(leila)
    added(leila, path, photo())
    answer = leila.send(f"{path}/submit", f"{path}/send")
    assert answer.status_code == 422
    assert f"{path}/files?check=1#f-files-0-alt" in answer.text
    assert f"{path}/files?check=1#f-files-0-rights" in answer.text


@pytest.mark.feature(6)
def test_what_is_taken_out_or_discarded_is_deleted_and_what_a_copy_holds_is_not(leila: Person) -> None:
    path = with_both(leila)
    store = leila.client.application.extensions["collaborators"].store
    image, document = (file.name for file in proposal.read(draft(path).content).files)
    copy = begun(leila, again=path.rpartition("/")[2])
    form = described(path, **{"files-0-drop": "y"})
    assert leila.send(f"{path}/files", f"{path}/files", version=str(draft(path).version), **form).status_code == 303
    assert len(store.names(f"attachments/{image}")) == 4, "the copy holds it"
    assert leila.send(f"{path}/discard", f"{path}/send", sure="y").status_code == 303
    assert len(store.names(f"attachments/{document}")) == 1
    assert leila.send(f"{copy}/discard", f"{copy}/send", sure="y").status_code == 303
    assert store.names(f"attachments/{image}") == store.names(f"attachments/{document}") == []
    assert db.session.query(Attachment).count() == 0


@pytest.mark.feature(6)
def test_what_only_an_old_refused_draft_held_is_deleted_once_its_words_are(leila: Person) -> None:
    path = with_both(leila)
    store = leila.client.application.extensions["collaborators"].store
    image, document = (file.name for file in proposal.read(draft(path).content).files)
    copy = begun(leila, again=path.rpartition("/")[2])
    form = described(copy, **{"files-1-drop": "y"})
    assert leila.send(f"{copy}/files", f"{copy}/files", version=str(draft(copy).version), **form).status_code == 303
    with unit_of_work():
        old = draft(path)
        old.state, old.decided_at = DraftState.REJECTED, now() - timedelta(days=89)
    worker.forget()
    assert len(store.names(f"attachments/{document}")) == 1
    with unit_of_work():
        draft(path).decided_at = now() - timedelta(days=91)
    worker.forget()
    assert store.names(f"attachments/{document}") == []
    assert len(store.names(f"attachments/{image}")) == 4, "the copy holds it"
    assert db.session.scalars(db.select(Attachment.name)).all() == [image]


@pytest.mark.feature(6)
def test_two_drafts_that_each_add_an_image_keep_both_and_each_text_shows_its_own(leila: Person, nora: Person) -> None:
    first = with_both(leila)
    assert leila.send(f"{first}/submit", f"{first}/send").status_code == 303
    approved(first, nora)
    mine, other = (begun(leila, on="zarina-davlatova") for _ in range(2))
    for path in (mine, other):
        assert added(leila, path, photo(), **described(path)).status_code == 303
        form = described(path, version=str(draft(path).version))
        assert leila.send(f"{path}/files", f"{path}/files", **form).status_code == 303
        assert saved(leila, path, "safety").status_code == 303
    assert saved(leila, mine, "campaign", body="![](image-1) and ![](image-2)").status_code == 303
    (own,) = (file.name for file in proposal.read(draft(mine).content).files if file.mark == "image-2")
    (others,) = (file.name for file in proposal.read(draft(other).content).files if file.mark == "image-2")
    assert leila.send(f"{other}/submit", f"{other}/send").status_code == 303
    approved(other, nora)
    page = read(leila.get(f"{mine}/send").text)
    (saw,) = {t.attrs["value"] for t in page.all("input") if t.attrs.get("name") == "saw"}
    assert leila.send(f"{mine}/rebase", f"{mine}/send", choice="take", saw=saw).status_code == 303
    content = proposal.read(draft(mine).content)
    marks = {file.name: file.mark for file in content.files}
    assert (len(marks), marks[others], marks[own]) == (4, "image-2", "image-3")
    assert content.campaign.body == "![](image-1) and ![](image-3)"


def moving(format: str) -> bytes:
    out = io.BytesIO()
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    frames[0].save(out, format, save_all=True, append_images=frames[1:])
    return out.getvalue()


@pytest.mark.feature(6)
def test_what_is_no_image_or_document_is_refused_beside_its_field_with_the_words_kept(leila: Person) -> None:
    path = begun(leila)
    added(leila, path, photo())
    words = described(path, **{"files-0-alt": "Only these words"})
    taken = "Images are taken as JPEG, PNG or WebP"
    for filename, content, reason in (
        ("drawing.svg", SVG, taken),
        ("drawing.txt", SVG, taken),
        ("moving.gif", moving("GIF"), taken),
        ("moving.png", moving("PNG"), "This picture moves"),
        ("moving.webp", moving("WEBP"), "This picture moves"),
        ("page.jpg", b"<html><script>alert(1)</script>", taken),
        ("both.jpg", photo() + b"<script>alert(1)</script>", "holds something else"),
        ("half.jpg", photo()[:3000], "no JPEG, PNG or WebP"),
        ("letter.docx", b"PK\x03\x04", taken),
        ("sound.txt", b"\0\1\2", taken),
        ("acts.pdf", papers.pdf(papers.with_a_script), "runs scripts"),
        ("none.pdf", b"", "nothing in this file"),
        ("heavy.jpg", photo() + b"\0" * (15 << 20), "larger than 15 megabytes"),
    ):
        answer = added(leila, path, content, filename, **words)
        assert (answer.status_code, reason in answer.text) == (422, True), filename
        assert "Only these words" in answer.text
        assert len(draft(path).content["files"]) == 1
    for filename, content in (("wrong-end.png", photo()), ("note.txt", "Фарҳод, ខ្មែរ, فارسی".encode("utf-16"))):
        assert added(leila, path, content, filename, **words).status_code == 303
    kept = db.session.scalars(db.select(Attachment).order_by(Attachment.id.desc())).first()
    got = leila.get(f"{path}/files/{kept.name}/file.txt")
    assert got.text == "Фарҳод, ខ្មែរ, فارسی"
    assert got.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_a_name_that_was_not_given_is_no_address_and_asks_no_database(leila: Person, client: InspectedClient) -> None:
    path = begun(leila)
    for name in ("x", "%00", "0" * 32, "..%2f..%2fsecrets"):
        assert client.get(f"/attachments/{name}/large.jpg").status_code == 404
        assert client.get(f"/pictures/{name}/large.jpg").status_code == 404
        assert leila.get(f"{path}/files/{name}/large.jpg").status_code == 404
