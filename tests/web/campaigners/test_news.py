import re
from datetime import timedelta

import pytest
from sqlalchemy import event

from campaign import worker
from campaign.database import db, unit_of_work
from campaign.domain.accounts import teaming
from campaign.domain.news import announcing
from campaign.models.campaign import Campaign
from campaign.models.update import Update
from campaign.web.public.memory import memory
from tests.fakes import words
from tests.make import NOON
from tests.news import BODY, scheduled, subscribers


@pytest.fixture
def campaign(make, leila):
    campaign = make.open_petition().campaign
    with unit_of_work():
        teaming.appoint(campaign, leila.account, by=leila.account, at=NOON)
    subscribers(make, campaign, 12)
    return campaign


def begun(person, campaign):
    page = f"/workspace/campaigns/{campaign.slug}/news"
    return person.send(page, page).headers["Location"]


def save(person, path, **typed):
    version = re.search(r'name="version" value="(\d+)"', person.get(path).text)[1]
    return person.send(path, path, **{"version": version, "title-en": "The court has met", "body-en": BODY} | typed)


@pytest.mark.feature(61, 67)
def test_a_team_writes_looks_tests_and_sends_an_update_which_staff_read_first(make, leila, nora, campaign, post_office):
    path = begun(leila, campaign)
    assert save(leila, path).status_code == 303
    look = leila.get(f"{path}/letter/en").text
    assert "The same words as text" in look
    assert "More is on the page of the court." in look
    html = leila.get(f"{path}/letter/en/html")
    assert "style-src 'unsafe-inline'" in html.headers["Content-Security-Policy"]
    assert leila.send(f"{path}/test", path, lang="en").status_code == 303
    db.session.commit()
    worker.send_letters()
    (test,) = post_office.to(leila.email)
    assert "The court has met" in words(test)
    assert (test["List-Unsubscribe"], len(post_office.letters)) == (None, 1), "to its author alone"
    assert leila.send(f"{path}/send", path).status_code == 303
    assert "With staff" in leila.get(path).text
    db.session.commit()
    worker.send_updates()
    assert len(post_office.letters) == 1, "nothing leaves before staff have read it"
    at_staff = path.replace("/workspace/", "/staff/")
    assert "The court has met" in nora.get("/staff/updates").text
    assert "12 people who asked for news" in nora.get(at_staff).text
    assert nora.send(f"{at_staff}/approve", at_staff).status_code == 303
    db.session.commit()
    worker.send_updates()
    assert len(post_office.letters) == 13
    done = leila.get(path).text
    assert "12 of 12 letters are settled" in done


def test_what_is_missing_stands_on_the_page_and_nothing_typed_is_lost(leila, campaign):
    path = begun(leila, campaign)
    save(leila, path, **{"body-en": "Dear {first_name}"})
    answer = leila.send(f"{path}/send", path)
    assert answer.status_code == 422
    assert "Not one letter was sent" in answer.text
    assert "nothing is known as {first_name}" in answer.text
    answer = leila.send(path, path, version="1", **{"title-en": "From an older window", "body-en": "x"})
    assert answer.status_code == 409
    assert "From an older window" in answer.text


def test_staff_give_it_back_with_a_reason_that_its_team_reads(leila, nora, campaign):
    path = begun(leila, campaign)
    save(leila, path)
    leila.send(f"{path}/send", path)
    at_staff = path.replace("/workspace/", "/staff/")
    assert nora.send(f"{at_staff}/give-back", at_staff).status_code == 422
    assert nora.send(f"{at_staff}/give-back", at_staff, reason="Name the court.").status_code == 303
    assert "Name the court." in leila.get(path).text
    assert nora.get(at_staff).status_code == 404


@pytest.mark.feature(66)
def test_on_its_way_it_is_watched_without_a_script_paused_and_ended(make, leila, campaign, post_office):
    update = scheduled(make, campaign, lang="en")
    db.session.commit()
    post_office.answer = lambda _: "451 later"
    worker.send_updates()
    path = f"/workspace/updates/{update.id}"
    page = leila.get(path).text
    assert "Look again every five seconds" in page
    assert leila.get(f"{path}?live=1").headers["Refresh"] == "5"
    assert "0 of 12 letters are settled" in page
    assert leila.send(f"{path}/pause", path).status_code == 303
    assert "Refresh" not in leila.get(f"{path}?live=1").headers
    assert leila.send(f"{path}/resume", path).status_code == 303
    assert leila.send(f"{path}/cancel", path).status_code == 303
    assert leila.send(f"{path}/resume", path).status_code == 409


def test_an_update_is_a_public_page_and_an_entry_of_the_feeds_once_it_has_begun(make, client, campaign, post_office):
    update = scheduled(make, campaign, body=BODY + "\n\nWe are {signatures}.")
    path = f"/news/{update.code}"
    assert client.get(path).status_code == 404
    db.session.commit()
    worker.send_updates()
    memory().forget()
    page = client.get(path).text
    assert 'href="https://court.example/rahimzoda"' in page, "the page leads where the letter does not"
    assert "We are 0." in page
    assert f'href="{path}"' in client.get(f"/campaigns/{campaign.slug}").text
    for feed in ("/feed.atom", f"/campaigns/{campaign.slug}/feed.atom"):
        answer = client.get(feed)
        assert (answer.mimetype, path in answer.text) == ("application/atom+xml", True)
    assert path in client.get("/sitemap.xml").text
    assert client.get(f"{path}/fr").status_code == 404
    assert db.session.get_one(Update, update.id).filled["signatures"] == "0"


def test_a_list_of_news_costs_the_same_however_long_it_is(make, campaign):
    campaign_id, slug = campaign.id, campaign.slug

    def publish(n):
        letter = scheduled(make, db.session.get_one(Campaign, campaign_id))
        with unit_of_work():
            letter.begun_at = NOON + timedelta(minutes=n)

    def listed():
        db.session.expunge_all()
        asked = []

        def listen(_connection, _cursor, statement, *_rest):
            asked.append(statement)

        event.listen(db.engine, "before_cursor_execute", listen)
        found = announcing.latest(slug)
        event.remove(db.engine, "before_cursor_execute", listen)
        return len(found), len(asked)

    publish(1)
    of_one = listed()
    for n in range(2, 5):
        publish(n)
    assert listed() == (4, of_one[1])
