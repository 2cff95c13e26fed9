"""The demonstration's own pages: light enough for a slow line, and no day beside a word that it would falsify."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from campaign.database import db
from campaign.models.campaign import Campaign
from campaign.models.petition import Petition

pytestmark = pytest.mark.usefixtures("demonstration")
WITH_IT = ("/static/css/site.css", "/static/js/site.js", "/static/img/favicon.svg")


@pytest.mark.feature(58)
def test_every_page_of_the_reference_case_weighs_less_than_sixty_kilobytes(client: FlaskClient) -> None:
    slugs = db.session.scalars(select(Campaign.slug)), db.session.scalars(select(Petition.slug))
    paths = ["/", "/privacy", *(f"/campaigns/{s}" for s in slugs[0]), *(f"/petitions/{s}" for s in slugs[1])]
    shared = sum(len(client.get(path).data) for path in WITH_IT)
    weights = {path: len(client.get(path).data) + shared for path in paths}
    assert {path: weight for path, weight in weights.items() if weight >= 60_000} == {}


def test_the_joint_page_tells_in_short_whose_whole_case_stands_on_a_page_of_their_own(client: FlaskClient) -> None:
    page = client.get("/campaigns/tajikistan-lawyers-and-opposition").text
    assert 'href="/campaigns/buzurgmehr-yorov"' in page
    assert "23 years in prison" not in page
    assert "13 and a half years in prison" in page  # Firuz Tabarov has no other page
    for number in range(1, page.count('<li id="source-') + 1):
        assert f'href="#source-{number}"' in page  # and no source is listed that nothing here was read in
    assert "23 years in prison" in client.get("/campaigns/buzurgmehr-yorov").text


def test_a_death_stands_with_its_own_date(client: FlaskClient) -> None:
    page = client.get("/campaigns/tajikistan-lawyers-and-opposition").text
    assert "Died 12 June 2016" in page
    assert "Died, as of" not in page
