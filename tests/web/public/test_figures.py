from datetime import timedelta

import pytest
from sqlalchemy import event

from campaign.collaborators import now
from campaign.database import db
from campaign.domain.signatures import tallying
from tests.web.filling import sign


@pytest.fixture
def queries(app):
    """The statements sent to the database, in order."""
    seen = []

    def note(_connection, _cursor, statement, *_rest):
        seen.append(statement.lower())

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)


@pytest.mark.feature(60)
def test_a_petition_is_published_in_the_shape_of_the_uk_parliament(client, make):
    petition = make.counted_petition(2)
    answer = client.get(f"/petitions/{petition.slug}.json")
    data = answer.json["data"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert data["type"] == "petition"
    assert data["attributes"]["state"] == "open"
    assert data["attributes"]["signature_count"] == 2
    assert data["attributes"]["opened_at"].endswith("Z")
    assert data["attributes"]["closed_at"] is None
    assert set(data["attributes"]) >= {"action", "background", "created_at", "updated_at", "signatures_by_country"}


@pytest.mark.feature(58)
def test_countries_are_shown_once_nobody_stands_alone(client, make):
    petition = make.open_petition()
    for country, n in (("FR", 10), ("NO", 9), ("TJ", 1)):
        for _ in range(n):
            make.confirmed_signature(petition, make.signer(country=country))
    make.count(petition)
    attributes = client.get(f"/petitions/{petition.slug}.json").json["data"]["attributes"]
    assert attributes["signatures_by_country"] == [{"name": "France", "code": "FR", "signature_count": 10}]
    assert attributes["signatures_in_other_countries"] == 10
    page = client.get(f"/petitions/{petition.slug}").text
    table = page[page.index('class="bars"') :]
    assert "France" in table
    assert "Other countries" in table
    assert "Norway" not in table
    assert "Tajikistan" not in table


def test_the_count_may_be_kept_by_everybody_for_seconds(client, make):
    petition = make.counted_petition(1)
    answer = client.get(f"/petitions/{petition.slug}/count.json")
    assert answer.json["signature_count"] == 1
    assert answer.json["counted_at"].endswith("Z")
    assert answer.headers["Cache-Control"] == "public, max-age=5, stale-while-revalidate=20"


@pytest.mark.feature(50)
def test_a_page_view_counts_no_signatures(client, make, queries):
    petition = make.counted_petition(3)
    queries.clear()
    client.get(f"/petitions/{petition.slug}")
    assert [q for q in queries if "petition" in q]
    assert [q for q in queries if "count(" in q or "from signature" in q or "sum(" in q] == []


def test_a_second_view_within_the_second_asks_the_database_nothing(client, make, queries):
    path = f"/petitions/{make.counted_petition(1).slug}"
    first = client.get(path)
    queries.clear()
    assert client.get(path).data == first.data
    assert client.get(f"{path}/count.json").json["signature_count"] == 1
    assert [q for q in queries if "select" in q] == []


@pytest.mark.parametrize("path", ["/", "/petitions/{}", "/petitions/{}.json", "/petitions/{}/count.json"])
def test_who_has_the_page_already_is_told_so(client, make, path):
    path = path.format(make.open_petition().slug)
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_public_pages_may_be_kept_for_ten_seconds_and_forms_never(client, make):
    petition = make.open_petition()
    page = client.get(f"/petitions/{petition.slug}")
    assert page.headers["Cache-Control"] == "public, max-age=10, stale-while-revalidate=20"
    assert sign(client, petition.slug).headers["Cache-Control"] == "no-store"
    assert sign(client, petition.slug, email="").headers["Cache-Control"] == "no-store"


def test_a_page_with_its_stylesheet_and_script_weighs_less_than_sixty_kilobytes(client, make):
    petition = make.counted_petition(12)
    paths = [f"/petitions/{petition.slug}", "/static/css/site.css", "/static/js/site.js", "/static/img/favicon.svg"]
    assert sum(len(client.get(path).data) for path in paths) < 60_000


def test_the_goal_rises_by_itself():
    assert [tallying.next_goal(n, 1000) for n in (0, 999, 1000, 1999, 2000, 12_406)] == [
        1000,
        1000,
        2000,
        2000,
        5000,
        20_000,
    ]


def test_days_of_signing_are_drawn_and_written(client, make):
    petition = make.open_petition()
    for days_ago in (3, 2):
        at = now().replace(hour=1) - timedelta(days=days_ago)
        make.confirmed_signature(petition, at=at)
        make.count(petition, at=at)
    page = client.get(f"/petitions/{petition.slug}").text
    assert "The same as a table" in page
    assert "<polyline" in page
