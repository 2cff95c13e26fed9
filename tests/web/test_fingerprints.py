import re

from campaign.web.fingerprints import ONE_HOUR, ONE_YEAR


def test_a_style_is_kept_for_a_year_under_the_mark_of_its_content_and_for_an_hour_under_any_other(client):
    address = re.search(r'href="(/static/css/site\.css\?v=[0-9a-f]{10})"', client.get("/privacy").text).group(1)
    assert client.get(address).headers["Cache-Control"] == ONE_YEAR
    for other in ("/static/css/site.css", "/static/css/site.css?v=0123456789"):
        assert client.get(other).headers["Cache-Control"] == ONE_HOUR


def test_every_style_script_and_drawing_of_a_page_has_its_mark(client):
    page = client.get("/propose").text
    addresses = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    assert len(addresses) >= 3
    assert all("?v=" in address for address in addresses)
