import pytest

from campaign.database import db, unit_of_work
from campaign.domain.cases import casework, recording
from campaign.domain.cases.recording import Hand, Standing
from campaign.models.prisoner import (
    Answer,
    Conflict,
    Decision,
    Fact,
    Prisoner,
    Status,
    Topic,
)
from tests.make import NOON

YOROV = "Бузургмеҳр Ёров"


def fact(value, *, topic=Topic.JUDGMENT, happened="2016-10-06", **about):
    seen = {"as_of": "2017-06", "last_checked_on": NOON.date(), "last_checked_by": "Staff"}
    return Fact(topic=topic, happened=happened, value=value, **seen, **about)


def add(prisoner, *facts):
    with unit_of_work():
        db.session.get_one(Prisoner, prisoner.id).facts.extend(facts)


def page_of(client, make, prisoner):
    return client.get(f"/campaigns/{make.campaign(prisoners=[prisoner]).slug}")


@pytest.mark.feature(1, 4)
def test_a_case_has_a_readable_address_and_a_record_with_sources(client, make):
    campaign = make.campaign(prisoners=[make.prisoner(native=YOROV)])
    page = client.get(f"/campaigns/{campaign.slug}")
    assert campaign.slug.startswith("freedom-for-the-lawyers")
    assert f'<bdi class="name" lang="tg">{YOROV}</bdi>' in page.text
    for part in (
        "Detained",
        "Arrested at his office",
        "Three organisations</bdi> [1]",
        "as of June 2017",
        'id="source-1"',
    ):
        assert part in page.text


@pytest.mark.feature(2)
def test_what_happened_stands_in_the_order_of_its_days(client, make):
    prisoner = make.prisoner()
    add(
        prisoner,
        fact("A second sentence.", happened="2017-03-16"),
        fact("Sentenced."),
        fact("Threats.", happened="2017"),
    )
    page = page_of(client, make, prisoner).text
    timeline = page[page.index('class="timeline"') :]
    places = [timeline.index(said) for said in ("Arrested at", "Sentenced.", "A second sentence.", "Threats.")]
    assert places == sorted(places)
    assert "after 374 days" in timeline


def test_sources_that_differ_are_both_shown(client, make):
    prisoner = make.prisoner()
    conflict = Conflict(prisoner_id=prisoner.id, about="The length of the sentence", decision=Decision.BOTH)
    add(prisoner, fact("23 years.", conflict=conflict), fact("21 years.", conflict=conflict))
    page = page_of(client, make, prisoner).text
    for said in ("Sources differ", "The length of the sentence", "23 years.", "21 years."):
        assert said in page


def test_an_undecided_conflict_is_not_shown(client, make):
    prisoner = make.prisoner()
    conflict = Conflict(prisoner_id=prisoner.id, about="The length of the sentence")
    add(prisoner, fact("23 years.", conflict=conflict))
    page = page_of(client, make, prisoner)
    assert page.status_code == 200
    assert "23 years." not in page.text


def test_a_confidential_fact_is_nowhere(client, make):
    prisoner = make.prisoner()
    add(prisoner, fact("Held in wing four.", confidential=True))
    assert "wing four" not in page_of(client, make, prisoner).text


def test_health_is_not_told_without_consent(client, make):
    prisoner = make.prisoner()
    add(prisoner, fact("Has a heart condition.", topic=Topic.HEALTH))
    assert "heart" not in page_of(client, make, prisoner).text


@pytest.mark.parametrize("answer", [Answer.NO, Answer.UNKNOWN])
def test_a_person_who_was_not_asked_is_not_named(client, make, answer):
    prisoner = make.prisoner(native=YOROV, publish_name=answer)
    campaign = make.campaign(prisoners=[prisoner])
    for path in (f"/campaigns/{campaign.slug}", "/"):
        page = client.get(path).text
        assert YOROV not in page
        assert prisoner.name not in page


def test_days_in_detention_end_with_the_day_that_the_record_speaks_for(client, make):
    page = page_of(client, make, make.prisoner()).text
    assert "612</strong>" in page  # 28 September 2015 to 1 June 2017, the first day that "June 2017" may mean
    assert "days in detention by 1 June 2017" in page


@pytest.mark.parametrize("status", [Status.RELEASED, Status.DIED, Status.AT_LIBERTY, Status.UNKNOWN])
def test_no_days_are_counted_for_who_is_not_known_to_be_held(make, status):
    prisoner = make.prisoner()
    prisoner.status = status
    assert casework.held(prisoner) is None


@pytest.mark.parametrize("since", [None, "2015", "2015-09"])
def test_no_days_are_counted_from_a_day_that_is_not_known(make, since):
    prisoner = make.prisoner()
    prisoner.held_since = since
    assert casework.held(prisoner) is None


def test_a_joint_campaign_lists_its_people(client, make):
    people = [make.prisoner(), make.prisoner(), make.prisoner()]
    page = client.get(f"/campaigns/{make.campaign(prisoners=people).slug}").text
    assert "3 people" in page
    assert all(p.name in page for p in people)


def test_what_authors_write_cannot_carry_a_script(client, make):
    campaign = make.campaign(body="**Free** <script>alert(1)</script> [here](javascript:alert(1))")
    page = client.get(f"/campaigns/{campaign.slug}").text
    assert "<strong>Free</strong>" in page
    assert "<script>alert" not in page
    assert 'href="javascript' not in page


def test_home_finds_a_person_and_filters_by_country(client, make):
    campaign = make.campaign()
    path = f"/campaigns/{campaign.slug}"
    assert path in client.get("/?q=rahimzoda").text
    assert path in client.get("/?country=TJ").text
    assert path not in client.get("/?country=BY").text
    nothing = client.get("/?q=<script>nobody")
    assert "Nothing found" in nothing.text
    assert "<script>nobody" not in nothing.text


@pytest.mark.parametrize(
    "query", ["q=%00", "q=" + "a" * 5000, "q=%F0%9F%98%80%25_", "country=%00%00", "q[]=1&country=ZZZ"]
)
def test_home_answers_whatever_is_asked(client, query):
    assert client.get(f"/?{query}").status_code == 200


def test_a_death_says_nothing_of_how_old_the_facts_about_the_others_are(client, make):
    held, died = make.prisoner(), make.prisoner()
    campaign = make.campaign(prisoners=[held, died])
    with unit_of_work():
        row = db.session.get_one(Prisoner, died.id)
        recording.set_status(row, Standing(Status.DIED, "2016-06-12"), Hand(None, "Nora", NOON))
    page = client.get(f"/campaigns/{campaign.slug}").text
    assert "Facts as of June 2017" in page
    assert "612 days in detention by 1 June 2017" in page
    with unit_of_work():
        row = db.session.get_one(Prisoner, held.id)
        recording.set_status(row, Standing(Status.DETAINED, "2017-06-09"), Hand(None, "Nora", NOON))
    client.application.extensions["public_memory"].forget()
    page = client.get(f"/campaigns/{campaign.slug}").text
    assert "Facts as of 9 June 2017" in page
    assert "620 days in detention by 9 June 2017" in page
