"""A photograph is put by staff and seen by the public only while somebody said yes."""

import io
from datetime import date

import pytest
from sqlalchemy import select

from campaign.database import db, unit_of_work
from campaign.models.picture import Picture
from campaign.models.prisoner import Answer, Consent, Prisoner, Question
from tests.gateways.test_darkroom import SVG, photo, with_place
from tests.inspector import InspectedClient
from tests.make import NOON, Make
from tests.web.staff.people import Person, token_on

PAGE = "/staff/prisoners/firdavs/photograph"


def put(nora: Person, upload: bytes, alt: str = "A man in a suit, smiling.") -> tuple[int, str]:
    fields = {"csrf_token": token_on(nora.client, PAGE), "alt": alt}
    parts = [f'--edge\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'.encode() for n, v in fields.items()]
    head = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="photo.jpg"\r\n\r\n'
    body = b"".join([*parts, head, upload, b"\r\n--edge--\r\n"])
    answer = nora.client.post(PAGE, data=body, content_type="multipart/form-data; boundary=edge")
    return answer.status_code, answer.text


def consents(answer: Answer, expires_on: date | None = None) -> None:
    with unit_of_work():
        prisoner = db.session.scalars(select(Prisoner)).one()
        prisoner.consents = [c for c in prisoner.consents if c.question is not Question.PHOTO]
        db.session.flush()
        prisoner.consents.append(Consent(question=Question.PHOTO, answer=answer, expires_on=expires_on))


def paths() -> list[str]:
    name = db.session.scalars(select(Picture.name)).one()
    return [f"/pictures/{name}/{end}" for end in ("large.webp", "large.jpg", "small.webp", "small.jpg")]


@pytest.mark.feature(109)
def test_a_photograph_is_public_only_while_its_consent_is_a_yes_that_runs(
    nora: Person, client: InspectedClient, make: Make
) -> None:
    prisoner = make.prisoner("firdavs")
    campaign = make.campaign(prisoners=[prisoner])
    assert put(nora, with_place())[0] == 303
    assert nora.get(f"{PAGE}.jpg").status_code == 200
    for answer, expires, seen in (
        (Answer.UNKNOWN, None, False),
        (Answer.NO, None, False),
        (Answer.YES, NOON.date(), False),
        (Answer.YES, date(2999, 1, 1), True),
        (Answer.YES, None, True),
    ):
        consents(answer, expires)
        assert {client.get(path).status_code for path in paths()} == {200 if seen else 404}
        client.application.extensions["public_memory"].forget()
        page = client.get(f"/campaigns/{campaign.slug}").text
        assert ("A man in a suit, smiling." in page) is seen
    got = client.get(paths()[1])
    assert (got.mimetype, got.headers["Cache-Control"]) == ("image/jpeg", "public, max-age=30, no-transform")
    assert b"SECRETDEVICE" not in got.data
    with unit_of_work():
        db.session.get_one(Prisoner, prisoner.id).paused_at = NOON
    assert client.get(paths()[0]).status_code == 404


def test_what_is_no_photograph_is_refused_with_a_reason(nora: Person, make: Make) -> None:
    make.prisoner("firdavs")
    for upload, reason in (
        (SVG, "no JPEG, PNG or WebP"),
        (b"", "no JPEG, PNG or WebP"),
        (photo() + b"PK\x03\x04", "holds something else"),
        (photo() + b"\0" * 15 * 1024 * 1024, "larger than 15 megabytes"),
    ):
        status, text = put(nora, upload)
        assert (status, reason in text) == (422, True), reason
    assert put(nora, photo(), alt=" ")[0] == 422
    assert db.session.scalars(select(Picture)).all() == []


def test_a_new_photograph_takes_the_place_of_the_old_one_and_its_files_go(nora: Person, make: Make) -> None:
    make.prisoner("firdavs")
    put(nora, photo())
    store = nora.client.application.extensions["collaborators"].store
    old = db.session.scalars(select(Picture.name)).one()
    put(nora, photo("PNG"))
    new = db.session.scalars(select(Picture.name)).one()
    assert store.names(f"pictures/{old}") == []
    assert len(store.names(f"pictures/{new}")) == 4
    assert nora.send(f"{PAGE}/remove", PAGE).status_code == 303
    assert store.names(f"pictures/{new}") == []
    assert nora.get(f"{PAGE}.jpg").status_code == 404


def test_nobody_who_is_not_signed_in_sends_more_than_a_form(client: InspectedClient, make: Make) -> None:
    make.prisoner("firdavs")
    data = {"csrf_token": "x", "file": (io.BytesIO(b"\0" * 200_000), "photo.jpg")}
    assert client.post(PAGE, data=data, content_type="multipart/form-data").status_code in {400, 413}
