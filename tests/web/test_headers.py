from dataclasses import replace

import pytest

from campaign.app import create_app
from campaign.collaborators import now
from campaign.database import db
from campaign.domain.links import Purpose
from campaign.web.headers import POLICY, PUBLIC_CACHE
from tests.web.filling import sign


def test_a_public_page_may_be_kept_for_ten_seconds_and_served_for_twenty_more(client, make):
    petition = make.open_petition()
    for path in ("/", f"/petitions/{petition.slug}", f"/campaigns/{petition.campaign.slug}", "/privacy"):
        assert client.get(path).headers["Cache-Control"] == PUBLIC_CACHE
    assert PUBLIC_CACHE == "public, max-age=10, stale-while-revalidate=20"


def test_whoever_has_a_page_already_is_not_sent_it_again(client, make):
    path = f"/petitions/{make.open_petition().slug}"
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Cache-Control"] == PUBLIC_CACHE


@pytest.mark.feature(55)
def test_the_number_may_be_kept_by_caches_and_served_while_it_is_renewed(client, make):
    cache = client.get(f"/petitions/{make.open_petition().slug}/count.json").headers["Cache-Control"]
    assert "public" in cache
    assert "stale-while-revalidate" in cache


def test_pages_behind_a_mailed_link_are_neither_kept_nor_indexed(client, make):
    token = make.token(Purpose.CONFIRM, make.pending_signature(at=now()))
    for path in (f"/confirm/{token}", "/my-links", "/signature/nothing"):
        headers = client.get(path).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Robots-Tag"] == "noindex, nofollow"


def test_answers_to_forms_and_faults_are_never_kept(client, make):
    petition = make.open_petition()
    assert sign(client, petition.slug, consent=None).headers["Cache-Control"] == "no-store"
    assert sign(client, petition.slug).headers["Cache-Control"] == "no-store"
    assert client.get("/petitions/nothing").headers["Cache-Control"] == "no-store"


def test_every_answer_is_closed_to_everything_from_elsewhere(client, make):
    for path in ("/", "/nothing", "/healthz", f"/petitions/{make.open_petition().slug}.json", "/static/css/site.css"):
        headers = client.get(path).headers
        assert headers["Content-Security-Policy"] == POLICY
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in POLICY
    assert "frame-ancestors 'none'" in POLICY
    assert "unsafe" not in POLICY


def test_the_address_of_the_onion_site_is_told_and_encryption_demanded(house, production, app):
    site = create_app(replace(production, onion_url="http://abcdef.onion/"))
    headers = site.test_client().get("/privacy", base_url="https://letters.example").headers
    with site.app_context():
        db.engine.dispose()
    assert headers["Onion-Location"] == "http://abcdef.onion/privacy"
    assert "max-age=31536000" in headers["Strict-Transport-Security"]


def test_an_address_in_any_signs_is_answered_where_there_is_an_onion_site_too(production, app):
    site = create_app(replace(production, onion_url="http://abcdef.onion"))
    answers = [site.test_client().get(path) for path in ("/nothing%0d%0aX-Own: yes", "/ничего", "/%ff")]
    with site.app_context():
        db.engine.dispose()
    assert [answer.status_code for answer in answers] == [404] * 3
    assert answers[0].headers["Onion-Location"] == "http://abcdef.onion/nothing%0D%0AX-Own%3A%20yes"


def test_no_onion_address_is_told_where_there_is_none(client):
    assert "Onion-Location" not in client.get("/privacy").headers
