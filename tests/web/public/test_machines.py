from dataclasses import replace

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
    assert client.get(text.partition("Policy: http://127.0.0.1:8000")[2].splitlines()[0]).status_code == 200


@pytest.fixture
def real(app, tools):
    """The site of somebody who answers for it."""
    about = replace(
        tools.settings.about, name="Open Letters", legal_form="association, Bern, CHE-1", contact="us@letters.example",
        processors=("Server: Host, Iceland", "Letters: Post, Norway"), authority="The commissioner",
        security_contact="https://letters.example/holes", lawyer="Me Durand",
    )  # fmt: skip
    settings = replace(tools.settings, about=about, operator=about.name, onion_url="http://letters.onion")
    app.extensions["collaborators"] = replace(tools, settings=settings)
    return settings


def test_every_page_leads_to_who_answers_for_the_site_and_how_to_check_it(client, real):
    for path in ("/", "/privacy", "/my-links", "/nothing"):
        assert 'href="/operator"' in client.get(path).text
    page = client.get("/operator").text
    for said in (
        "association, Bern, CHE-1",
        "us@letters.example",
        "Host, Iceland",
        "Post, Norway",
        "http://letters.onion",
    ):
        assert said in page
    assert real.names_public_key.hex()[:8] in page
    assert "This is a demonstration" not in page
    assert "Durand" not in page, "whom we call is for staff"
    privacy = client.get("/privacy").text
    assert "Host, Iceland; Letters: Post, Norway" in privacy
    assert "The commissioner" in privacy
    assert "Contact: https://letters.example/holes" in client.get("/.well-known/security.txt").text


def test_the_demonstration_says_that_nobody_runs_it(client):
    assert "This is a demonstration.</strong> Nobody runs it" in client.get("/operator").text


@pytest.mark.parametrize("path", ["/", "/privacy", "/operator", "/my-links", "/nothing", "/robots.txt"])
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
