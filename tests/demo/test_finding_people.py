"""Any spelling finds the person; what is not published is not found."""

import pytest
from sqlalchemy import event, select

from campaign.database import db
from campaign.domain.cases import searching
from campaign.models.campaign import Campaign, State
from campaign.models.prisoner import Answer, Consent, Prisoner, Question

pytestmark = [pytest.mark.feature(7), pytest.mark.usefixtures("demonstration")]

SPELLINGS = {
    "mahmatali-hayit": [
        "Mahmatali Hayit", "Mahmadali Hayit", "Mahmadali Khait", "Muhammadali Hayit", "Muhammadali Khait",
        "Mahmatali Khait", "Махмадали Хаит", "Hayit", "khait", "Ҳаит", "HAYIT, Mahmadali",
    ],
    "zayd-saidov": ["Zayd Saidov", "Zaid Saidov", "Zaid Sayidov", "Zayd Sayidov", "saidov zayd", "Зайд Саидов"],
    "shukhrat-kudratov": ["Shukhrat Kudratov", "Shuhrat Qudratov", "Qudratov", "Шуҳрат Қудратов"],
    "fakhridin-zokirov": ["Fakhridin Zokirov", "Fakhriddin Zokirov", "Zokirov"],
    "buzurgmehr-yorov": [
        "Buzurgmehr Yorov", "Buzurgmekhr Yorov", "Buzurghmehr Yorov", "Бузургмеҳр Ёров", "Бузургмехр Ёров",
        "Buzurgmekhr", "buzurg",
    ],
    "nuriddin-makhkamov": ["Nuriddin Makhkamov", "Nuriddin Mahkamov", "Nouriddin Mahkamov", "Mahkamov"],
    "fayziniiso-vohidova": [
        "Fayziniiso Vohidova", "Fayziniso Vohidova", "Fayziniso Vokhidova", "Faisiniso Vohidova", "Vokhidova",
    ],
    "iskhok-tabarov": ["Iskhok Tabarov", "Ishoq Tabarov", "Исҳоқ Табаров"],
    "maksud-ibragimov": ["Maksud Ibragimov", "Maqsoud Ibrohimov", "Ibrohimov", "Максуд Ибрагимов"],
    "jamshed-yorov": ["Jamshed Yorov", "Jamshed"],
    "daler-tabarov": ["Daler Tabarov"],
    "firuz-tabarov": ["Firuz Tabarov"],
    "dilbar-dodojonova": ["Dilbar Dodojonova"],
}  # fmt: skip


@pytest.mark.parametrize("slug", SPELLINGS)
def test_every_spelling_finds_exactly_the_right_person(slug: str) -> None:
    for spelling in SPELLINGS[slug]:
        assert [person.slug for person in searching.find_people(spelling)] == [slug], spelling


def test_a_family_name_finds_everybody_who_bears_it() -> None:
    assert [p.slug for p in searching.find_people("Yorov")] == ["buzurgmehr-yorov", "jamshed-yorov"]
    assert [p.slug for p in searching.find_people("Tabarov")] == [
        "daler-tabarov",
        "firuz-tabarov",
        "iskhok-tabarov",
    ]


@pytest.mark.parametrize(
    "slug", ["mahmatali-hayit", "zayd-saidov", "buzurgmehr-yorov", "nuriddin-makhkamov", "maksud-ibragimov"]
)
def test_the_campaign_for_the_person_comes_first_under_every_spelling(slug: str) -> None:
    for spelling in SPELLINGS[slug]:
        found = [campaign.slug for campaign in searching.find_campaigns(spelling)]
        assert found[0] == slug, spelling
        assert "tajikistan-lawyers-and-opposition" in found, spelling


def test_somebody_without_a_campaign_of_their_own_is_found_in_the_joint_one() -> None:
    found = [campaign.slug for campaign in searching.find_campaigns("Qudratov")]
    assert found == ["tajikistan-lawyers-and-opposition"]


def test_words_of_the_page_and_of_the_role_find_the_campaign() -> None:
    assert [c.slug for c in searching.find_campaigns("COUP party")] == ["mahmatali-hayit"]
    assert [c.slug for c in searching.find_campaigns("businessman,")] == [
        "zayd-saidov",
        "tajikistan-lawyers-and-opposition",
    ]
    assert searching.find_campaigns("businessman lighthouse") == []


def test_an_empty_search_shows_the_home_page_with_the_joint_campaign_first() -> None:
    found = [campaign.slug for campaign in searching.find_campaigns()]
    assert len(found) == 6
    assert found[0] == "tajikistan-lawyers-and-opposition"


def test_the_country_narrows_the_list() -> None:
    assert len(searching.find_campaigns(country="tj")) == 6
    assert searching.find_campaigns("Yorov", country="BY") == []
    assert searching.find_campaigns(country="T\x00") == []


def test_signs_of_the_database_are_only_letters() -> None:
    for query in ("%", "_", "\\", "100%", "' OR 1=1 --", "\x00", "\ud800", "ъ", "(", "a" * 10_000):
        assert searching.find_campaigns(f"{query} nobody-bears-this") == []
        assert searching.find_people(query) == []


def test_a_campaign_that_is_not_public_is_not_found() -> None:
    for campaign in db.session.scalars(select(Campaign)):
        campaign.state = State.TAKEN_DOWN
    assert searching.find_campaigns("Yorov") == []
    assert searching.find_people("Yorov") == []


def test_a_name_that_may_not_be_published_leads_nowhere() -> None:
    person = db.session.scalars(select(Prisoner).where(Prisoner.slug == "shukhrat-kudratov")).one()
    answer = next(c for c in person.consents if c.question is Question.PUBLISH_NAME)
    answer.answer = Answer.UNKNOWN
    assert searching.find_people("Kudratov") == []
    assert searching.find_campaigns("Kudratov") == []
    assert db.session.get(Consent, answer.id) is answer


def test_a_long_list_costs_no_more_questions_to_the_database_than_a_short_one() -> None:
    def statements(query: str) -> int:
        db.session.expire_all()
        asked: list[str] = []
        listener = lambda *args: asked.append(args[2])  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", listener)
        try:
            for campaign in searching.find_campaigns(query):
                assert [person.name for person in campaign.prisoners]
                for petition in campaign.petitions:
                    assert petition.text.title
                    assert petition.addressees[0].addressee.title
        finally:
            event.remove(db.engine, "before_cursor_execute", listener)
        return sum(each.startswith("SELECT") for each in asked)

    assert statements("") == statements("Zokirov") <= 8
