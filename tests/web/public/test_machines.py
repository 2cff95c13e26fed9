import pytest

from campaign.collaborators import now
from campaign.database import db, unit_of_work
from campaign.domain import keeping
from campaign.models.site import RegisteredKey
from campaign.web.headers import POLICY


def test_the_process_says_that_it_is_up(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")


def test_a_site_whose_keys_nobody_registered_is_not_ready_and_does_not_say_why(client):
    with unit_of_work():
        db.session.query(RegisteredKey).delete()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"status": "not ready"})


def test_search_engines_are_kept_from_private_pages(client):
    lines = client.get("/robots.txt").text.splitlines()
    assert {"Disallow: /confirm/", "Disallow: /signature/", "Disallow: /unsubscribe/"} <= set(lines)


def test_the_map_of_the_site_lists_what_is_public(client, make):
    petition = make.open_petition()
    assert f"/petitions/{petition.slug}</loc>" in client.get("/sitemap.xml").text


def test_who_finds_a_hole_finds_whom_to_tell(client):
    text = client.get("/.well-known/security.txt").text
    assert "Contact: mailto:" in text
    assert "Expires: " in text


@pytest.mark.parametrize("path", ["/", "/privacy", "/my-links", "/nothing", "/robots.txt"])
def test_every_answer_carries_the_policy_and_no_cookie(client, path):
    answer = client.get(path)
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert "'unsafe" not in POLICY
    assert "Set-Cookie" not in answer.headers


def test_the_privacy_page_says_whether_this_machine_can_open_the_boxes(client, tools):
    assert tools.settings.mail_private_keys
    assert "the machine that shows these pages also holds the means to open them" in client.get("/privacy").text


def test_a_site_with_registered_keys_knows_them(client, tools):
    settings = tools.settings
    keys = {"mail": settings.mail_public_key, "names": settings.names_public_key}
    with unit_of_work():
        keeping.register_keys(**keys, at=now())
    assert keeping.unregistered(**keys) == []
