"""What the demonstration says about people, and what it must not say."""

import json
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from campaign.database import Base, db
from campaign.demo import loading
from campaign.domain.cases import casework, publishing
from campaign.models.account import Account
from campaign.models.addressee import Addressee
from campaign.models.campaign import Campaign, State
from campaign.models.organisation import Cosigner
from campaign.models.petition import Petition
from campaign.models.prisoner import (
    Answer,
    Conflict,
    Decision,
    Fact,
    NameKind,
    Prisoner,
    PrisonerName,
    Question,
    Source,
    Status,
    Topic,
)

pytestmark = pytest.mark.usefixtures("demonstration")
THE_DAY = date(2017, 6, 9)


def every(model: Any) -> list[Any]:
    return list(db.session.scalars(select(model)))


def person(slug: str) -> Prisoner:
    return db.session.scalars(select(Prisoner).where(Prisoner.slug == slug)).one()


def joint() -> Petition:
    return db.session.scalars(select(Petition).where(Petition.slug == "tajikistan-2017")).one()


def everything() -> list[str]:
    """Each row of each table, as text."""
    return [
        f"{table.name} {row!r}"
        for table in Base.metadata.sorted_tables
        for row in db.session.execute(table.select().order_by(*table.primary_key.columns))
    ]


@pytest.mark.feature(4)
@pytest.mark.feature(108)
def test_no_fact_stands_without_source_date_and_checker() -> None:
    for fact in every(Fact):
        assert fact.sources, fact.value
        assert re.fullmatch(r"\d{4}(-\d\d){0,2}", fact.as_of)
        assert casework.first_day(fact.as_of) <= THE_DAY
        assert fact.last_checked_on == date(2026, 11, 23)
        assert fact.last_checked_by


def test_nothing_after_9_june_2017_is_shown() -> None:
    for fact in every(Fact):
        assert fact.happened is None or casework.first_day(fact.happened) <= THE_DAY
        assert fact.topic not in {Topic.FINDING, Topic.HEALTH}
    for prisoner in every(Prisoner):
        assert casework.first_day(prisoner.status_as_of) <= THE_DAY
        told = " ".join([prisoner.summary, prisoner.status_note, *(f.value for f in prisoner.facts)])
        assert not re.search(r"\b20(1[89]|2\d)\b", told), told


@pytest.mark.feature(108)
def test_every_contradiction_is_shown_from_both_sides_with_who_decided_so() -> None:
    conflicts = every(Conflict)
    assert sorted(c.prisoner.slug for c in conflicts) == [
        "buzurgmehr-yorov",
        "daler-tabarov",
        "firuz-tabarov",
        "jamshed-yorov",
        "maksud-ibragimov",
        "nuriddin-makhkamov",
        "shukhrat-kudratov",
        "zayd-saidov",
    ]
    for conflict in conflicts:
        assert conflict.decision is Decision.BOTH
        assert conflict.decided_by
        assert conflict.decided_on
        assert conflict.reason
        assert len(conflict.facts) >= 2
        assert len({source.id for fact in conflict.facts for source in fact.sources}) >= 2 or (
            conflict.prisoner.slug == "shukhrat-kudratov"
        )
        assert all(fact.is_printable for fact in conflict.facts)


def test_each_judgment_is_a_fact_of_its_own_and_terms_are_never_added_up() -> None:
    dated = [f for f in person("buzurgmehr-yorov").facts if f.happened and f.topic is Topic.JUDGMENT]
    assert [(f.happened, f.value) for f in dated] == [
        ("2016-10-06", "23 years in prison (first judgment)."),
        ("2017-03-16", "Two years more (second judgment)."),
    ]
    dated = [f for f in person("zayd-saidov").facts if f.happened and f.topic is Topic.JUDGMENT]
    assert [f.happened for f in dated] == ["2013-12-25", "2015-08"]
    for prisoner in every(Prisoner):
        said = " ".join(f.value for f in prisoner.facts if f.conflict is None)
        assert not re.search(r"\b(25|28|29) years", said)


@pytest.mark.parametrize(
    ("slug", "status"),
    [
        ("daler-tabarov", Status.UNKNOWN),
        ("dilbar-dodojonova", Status.UNKNOWN),
        ("jamshed-yorov", Status.EXILED),
        ("iskhok-tabarov", Status.DIED),
        ("fakhridin-zokirov", Status.RELEASED),
        ("fayziniiso-vohidova", Status.AT_LIBERTY),
    ],
)
def test_nobody_is_said_to_be_held_whose_custody_that_day_is_not_shown(slug: str, status: Status) -> None:
    prisoner = person(slug)
    assert prisoner.status is status
    assert prisoner.held_since is None
    assert casework.held(prisoner) is None


@pytest.mark.parametrize(
    ("slug", "days"),
    [
        ("buzurgmehr-yorov", 620),
        ("mahmatali-hayit", 632),
        ("zayd-saidov", 1482),
        ("nuriddin-makhkamov", 596),
        ("maksud-ibragimov", 871),
    ],
)
def test_days_in_detention_are_counted_to_9_june_2017_and_no_further(slug: str, days: int) -> None:
    held = casework.held(person(slug))
    assert held is not None
    assert (held.days, held.until) == (days, THE_DAY)


def test_a_detention_known_to_the_month_states_no_days() -> None:
    assert person("shukhrat-kudratov").held_since == "2014-07"
    assert casework.held(person("shukhrat-kudratov")) is None


def test_no_consent_is_invented() -> None:
    for prisoner in every(Prisoner):
        answers = {consent.question: consent for consent in prisoner.consents}
        assert set(answers) == set(Question)
        for question, consent in answers.items():
            published = question is Question.PUBLISH_NAME
            assert consent.answer is (Answer.ALREADY_PUBLIC if published else Answer.UNKNOWN)
            assert (consent.given_by, consent.given_on, consent.channel) == ("", None, "")
            assert ("joint letter of 9 June 2017" in consent.proof) is published


def test_names_stand_in_their_own_script_only_where_a_source_has_them() -> None:
    natives = {n.prisoner.slug: n.text for n in every(PrisonerName) if n.kind is NameKind.NATIVE}
    assert natives == {
        "buzurgmehr-yorov": "Бузургмеҳр Ёров",
        "mahmatali-hayit": "Махмадали Хаит",
        "maksud-ibragimov": "Максуд Мухидинович Ибрагимов",
        "iskhok-tabarov": "Исҳоқ Табаров",
    }
    for prisoner in every(Prisoner):
        assert [n.kind for n in prisoner.names].count(NameKind.CHOSEN) == 1
        assert "joint letter" in prisoner.spelling_chosen_by
        assert all(name.key and name.source for name in prisoner.names)


def test_thirteen_people_of_the_letter_have_a_record_and_the_president_has_none() -> None:
    people = every(Prisoner)
    assert len(people) == 13
    assert not [p for p in people if "Rahmon" in p.name]


def test_the_petition_puts_the_four_asks_and_says_with_whom_each_asks() -> None:
    petition = joint()
    assert [(ask.position, ask.asked_of) for ask in petition.asks] == [
        (1, "the Secretary-General"),
        (2, "the Secretary-General"),
        (3, "the Government of Tajikistan"),
        (4, "the Secretary-General"),
    ]
    assert petition.text.asks == [{"text": ask.text, "to": ask.asked_of} for ask in petition.asks]
    words = [ask.text for ask in petition.asks]
    for found, ask in zip(["concern", "release", "lawyers", "commitments"], words, strict=True):
        assert found in ask


def test_the_joint_petition_goes_to_the_secretary_general_and_its_consent_names_that_office() -> None:
    petition = joint()
    assert [each.addressee_id for each in petition.addressees] == ["sg"]
    assert petition.text.addressee_ids == ["sg"]
    assert "the Secretary-General of the United Nations" in petition.text.consent
    assert petition.campaign.slug == "tajikistan-lawyers-and-opposition"
    assert (petition.state, petition.closes_at) == (State.OPEN, None)


def test_three_organisations_stand_under_the_letter_and_no_signatory_is_invented() -> None:
    cosigners = every(Cosigner)
    assert [c.organisation.name for c in cosigners] == [
        "Civil Rights Defenders",
        "Freedom Now",
        "Norwegian Helsinki Committee",
    ]
    for cosigner in cosigners:
        assert cosigner.petition_id == joint().id
        assert cosigner.basis == "signed the joint letter of 9 June 2017"
        assert (cosigner.signatory, cosigner.signatory_title) == ("", "")


def test_every_campaign_is_marked_as_a_demonstration_of_june_2017() -> None:
    campaigns = every(Campaign)
    assert len(campaigns) == 6
    assert sum(len(c.prisoners) == 1 for c in campaigns) >= 3
    for campaign in campaigns:
        assert campaign.is_demonstration
        assert campaign.facts_as_of == "2017-06-09"
        assert campaign.state is State.OPEN
        assert re.fullmatch(r"TJ-2017-\d{3}", campaign.reference)
    assert min(campaigns, key=lambda c: c.position).slug == "tajikistan-lawyers-and-opposition"


def test_forty_seven_addressees_are_dated_and_say_what_was_verified() -> None:
    addressees = every(Addressee)
    assert len(addressees) == 47
    for addressee in addressees:
        assert addressee.as_of == date(2026, 11, 23)
        assert addressee.what_is_verified
        assert addressee.last_confirmed_on is None
    verified = {a.email for a in addressees if a.email_is_verified}
    assert verified == {"hrc-wg-ad@un.org", "hrc-wg-eid@un.org", "hrc-sr-defenders@un.org"}
    assert not [a for a in addressees if "Tajikistan" in a.title]


def test_every_source_is_used_and_can_be_looked_up() -> None:
    cited = {source.id for fact in every(Fact) for source in fact.sources}
    named = {name.source for name in every(PrisonerName)}
    for source in every(Source):
        assert source.id in cited or source.title in named
        assert source.url.startswith("http") or source.publisher == "Joint letter"


def test_loading_twice_changes_nothing(load: Callable[[datetime], loading.Loaded], noon: datetime) -> None:
    before = everything()
    assert not load(noon + timedelta(days=3)).anything
    assert everything() == before


def test_what_staff_corrected_stays_corrected(load: Callable[[datetime], loading.Loaded], noon: datetime) -> None:
    person("zayd-saidov").summary = "Corrected by staff."
    db.session.commit()
    load(noon)
    assert person("zayd-saidov").summary == "Corrected by staff."


def test_the_demonstration_accounts_say_what_they_are() -> None:
    accounts = {a.email: [role.name for role in a.roles] for a in every(Account)}
    assert accounts == {
        "campaigner@example.org": ["campaigner"],
        "staff@example.org": ["staff"],
        "admin@example.org": ["admin"],
    }
    assert all(a.is_demonstration and a.password and loading.DEMO_PASSWORD not in a.password for a in every(Account))


def test_the_hash_of_the_words_changes_with_any_of_them() -> None:
    text = joint().text
    assert text.sha256 == publishing.text_hash(text)
    seen = {text.sha256}
    for field in ("title", "occasion", "salutation", "asks_lead", "closing", "consent", "lang"):
        setattr(text, field, getattr(text, field) + "x")
        seen.add(publishing.text_hash(text))
    text.paragraphs = [*text.paragraphs, "more"]
    seen.add(publishing.text_hash(text))
    text.asks = text.asks[:3]
    seen.add(publishing.text_hash(text))
    text.addressee_ids = ["sg", "hchr"]
    seen.add(publishing.text_hash(text))
    assert len(seen) == 11


def test_the_consent_names_every_addressee() -> None:
    said = publishing.consent_sentence(["Human Rights Committee", "Committee against Torture", "The Hague office"])
    assert "the Human Rights Committee, the Committee against Torture and The Hague office" in said
    with pytest.raises(ValueError, match="nobody"):
        publishing.consent_sentence([])


def test_the_data_files_can_be_read_by_people() -> None:
    for path in sorted(loading.reading.FOLDER.glob("*.json")):
        text = path.read_text(encoding="utf-8")
        json.loads(text)
        assert "\\u" not in text
