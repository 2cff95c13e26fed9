"""What no careful person would type: taken well, or refused beside its field with everything still in the form."""

import time

import pytest

from campaign.domain.cases import proposal
from campaign.web.prose import markdown
from tests.inspector import read
from tests.web.campaigners.test_images_and_files import approved
from tests.web.campaigners.writing import CAMPAIGN, PEOPLE, SAFETY, begun, draft, saved


@pytest.fixture(autouse=True)
def office(make):
    make.addressee()


def facts(n):
    """That many events, each with a source of its own."""
    return {
        f"people-0-facts-{i}-{key}": value
        for i in range(n)
        for key, value in {
            "topic": "hearing",
            "value": f"Hearing number {i}. جلسهٔ دادگاه شماره",
            "happened": f"{1990 + i // 12}-{1 + i % 12:02}",
            "as_of": "2017-06",
            "source": f"Newspaper {i}",
            "url": f"https://news.example/{i}",
        }.items()
    }


def test_a_text_of_two_megabytes_is_refused_beside_its_field_and_comes_back_whole(leila):
    path = begun(leila)
    text = "ខ" * 700_000  # three bytes each
    answer = saved(leila, path, "campaign", body=text)
    assert answer.status_code == 422
    assert "This is too long" in answer.text
    (body,) = [t for t in read(answer.text).all("textarea") if t.attrs["name"] == "body"]
    assert body.text.strip() == text
    assert draft(path).content["campaign"]["body"] == ""


def test_the_worst_text_that_is_taken_is_read_in_no_time():
    worst = ("[" * 20_000, "> " * 10_000, "*a **b " * 2_800, "![](" * 5_000, "|a" * 10_000, "`" * 20_000, "- " * 10_000)
    started = time.process_time()
    for text in worst:
        markdown(text)
    assert time.process_time() - started < 10


def test_ten_thousand_fields_are_refused_before_they_are_looked_at(leila):
    path = begun(leila)
    heap = {f"people-{n % 999}-facts-{n // 999}-value": "x" for n in range(10_000)}
    assert saved(leila, path, "case", **heap).status_code == 413


def test_signs_that_are_no_letters_are_left_out_and_harm_no_address(leila):
    path = begun(leila)
    form = {**CAMPAIGN, "title": "Fr\0ee\x07 her", "version": "1"}
    assert leila.send(f"{path}/campaign", f"{path}/campaign", **form).status_code == 303
    assert proposal.read(draft(path).content).campaign.title == "Free her"
    token = leila.get(f"{path}/campaign").text.partition('csrf_token" value="')[2].partition('"')[0]
    raw = f"csrf_token={token}&version=2&title=half%ED%A0%80pair&summary=%ff".encode()
    answer = leila.client.post(f"{path}/campaign", data=raw, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 303
    assert proposal.read(draft(path).content).campaign.title == "half%ED%A0%80pair"
    assert leila.get(f"{path}/case?asked=%00").status_code == 200


def test_three_hundred_events_and_a_title_of_two_hundred_khmer_letters_go_the_whole_way(leila, nora, client):
    path = begun(leila)
    assert saved(leila, path, "letter").status_code == 303
    assert saved(leila, path, "case", **{**PEOPLE, **facts(300)}).status_code == 303
    assert saved(leila, path, "campaign", title="ក" * 200, slug="", body="## متن\n\nفارسی").status_code == 303
    saved(leila, path, "safety", **SAFETY)
    assert leila.send(f"{path}/submit", f"{path}/send").status_code == 303
    approved(path, nora)
    slug = draft(path).campaign.slug
    page = client.get(f"/campaigns/{slug}")
    assert (page.status_code, slug) == (200, "zarina-davlatova")
    assert "Hearing number 299" in page.text
    assert '<h2 dir="auto">متن</h2>' in page.text
    assert len(page.data) < 400_000
