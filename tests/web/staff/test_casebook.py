"""Staff keep a case: names, facts, sources, status, contradictions, consent; each change can be read again."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from campaign.database import db, unit_of_work
from campaign.models.journal import JournalEntry
from campaign.models.prisoner import Answer, Conflict, Consent, NameKind, Prisoner, Question, Status
from campaign.models.revision import Revision
from tests.make import Make
from tests.web.staff.people import Person

CASE = "/staff/prisoners/firdavs"
FACT = {
    "topic": "judgment",
    "value": "Sentenced to 23 years.",
    "happened": "2016-10",
    "as_of": "2017-06",
    "confidence": "reported",
    "source_title": "A report",
    "source_url": "https://news.example/report",
}


def send(person: Person, path: str, expect: int = 303, **form: str) -> str:
    answer = person.send(path, CASE if path.startswith(CASE) else "/staff/prisoners/new", **form)
    assert answer.status_code == expect, answer.text
    return answer.text


def firdavs() -> Prisoner:
    return db.session.scalars(select(Prisoner).where(Prisoner.slug == "firdavs")).one()


def entry(act: str) -> JournalEntry:
    return db.session.scalars(
        select(JournalEntry).where(JournalEntry.act == act).order_by(JournalEntry.id.desc()).limit(1)
    ).one()


def test_staff_open_a_record_from_nothing(nora: Person) -> None:
    new = {"name": "Buzurgmehr Yorov", "role": "Lawyer", "country": "TJ", "name_order": "given-first"}
    kept = send(nora, "/staff/prisoners/new", 422, **new, status="detained", as_of="2999")
    assert "This day has not come yet." in kept
    assert 'value="Buzurgmehr Yorov"' in kept
    send(nora, "/staff/prisoners/new", **new, status="detained", as_of="2017-06")
    found = db.session.scalars(select(Prisoner)).one()
    assert (found.slug, found.name, found.status) == ("buzurgmehr-yorov", "Buzurgmehr Yorov", Status.DETAINED)
    assert "Buzurgmehr Yorov" in nora.get("/staff/prisoners").text


def test_a_new_chosen_form_keeps_the_old_one_as_a_variant(nora: Person, make: Make) -> None:
    old = make.prisoner("firdavs").name
    send(nora, f"{CASE}/names", text="Firdaws Rahimzoda", kind="chosen")
    send(nora, f"{CASE}/names", text="Фирдавс Раҳимзода", kind="native", lang="tg", source="The family")
    found = firdavs()
    assert found.name == "Firdaws Rahimzoda"
    assert found.variants == [old]
    assert found.native is not None
    again = send(nora, f"{CASE}/names", 422, text="Firdaws Rahimzoda", kind="variant")
    assert "stands in the record already" in again
    chosen = next(n for n in found.names if n.kind is NameKind.CHOSEN)
    send(nora, f"{CASE}/names/{chosen.id}/remove", 409)
    assert "has to be printed" in send(nora, f"{CASE}/names/{chosen.id}", 422, text="Firdaws R", kind="variant")


@pytest.mark.feature(108)
def test_a_fact_needs_a_source_a_day_it_holds_for_and_is_dated_to_whoever_wrote_it(nora: Person, make: Make) -> None:
    make.prisoner("firdavs")
    refused = send(nora, f"{CASE}/facts", 422, **FACT | {"source_title": "", "as_of": "2017-13"})
    assert "at least one source" in refused
    assert "only as exactly as it is known" in refused
    assert "Sentenced to 23 years." in refused
    send(nora, f"{CASE}/facts", **FACT)
    fact = firdavs().facts[-1]
    assert (fact.value, fact.happened, fact.as_of) == ("Sentenced to 23 years.", "2016-10", "2017-06")
    assert [s.title for s in fact.sources] == ["A report"]
    assert (fact.last_checked_by, fact.last_checked_on) == ("Nora", make.now().date())


@pytest.mark.feature(97)
def test_every_change_is_in_the_journal_by_id_and_its_words_in_a_revision(nora: Person, make: Make) -> None:
    make.prisoner("firdavs")
    fact = firdavs().facts[0]
    send(nora, f"{CASE}/facts/{fact.id}", **FACT | {"value": "Arrested at home.", "topic": "arrest"})
    told = entry("fact written")
    assert told.account_id == nora.account_id
    assert set(told.details) == {"revision", "fact"}
    kept = db.session.get_one(Revision, told.details["revision"])
    assert kept.was["value"] == "Arrested at his office in the capital."
    assert kept.now["value"] == "Arrested at home."
    for path, form in (("status", {"status": "released", "as_of": "2018"}), ("about", {"role": "Poet"})):
        send(nora, f"{CASE}/{path}", **{"country": "TJ", "name_order": "given-first"} | form)
    assert entry("status changed").details.keys() == {"revision"}
    assert entry("person changed").details.keys() == {"revision"}


def test_checking_one_fact_dates_that_fact_alone(nora: Person, make: Make) -> None:
    make.prisoner("firdavs")
    send(nora, f"{CASE}/facts", **FACT)
    with unit_of_work():
        for fact in firdavs().facts:
            fact.last_checked_on = make.now().date() - timedelta(days=200)
    first, second = firdavs().facts
    send(nora, f"{CASE}/facts/{first.id}/checked")
    db.session.expire_all()
    assert first.last_checked_on == make.now().date()
    assert second.last_checked_on < make.now().date()


@pytest.mark.feature(108)
def test_facts_that_contradict_each_other_are_put_side_by_side_and_decided(nora: Person, make: Make) -> None:
    make.prisoner("firdavs")
    for years in ("23", "28"):
        send(nora, f"{CASE}/facts", **FACT | {"value": f"Sentenced to {years} years."})
    _arrest, one, other = firdavs().facts
    refused = send(nora, f"{CASE}/conflicts", 422, facts=str(one.id), about="the years")
    assert "Choose at least two." in refused
    page = nora.get(CASE).text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    both = {"facts": [str(one.id), str(other.id)], "about": "the years", "csrf_token": token}
    assert nora.client.post(f"{CASE}/conflicts", data=both).status_code == 303
    conflict = db.session.scalars(select(Conflict)).one()
    assert {f.id for f in conflict.facts} == {one.id, other.id}
    assert "Open: blocks sealing" in nora.get(CASE).text
    send(nora, f"{CASE}/conflicts/{conflict.id}", decision=f"one:{other.id}", reason="The court said so.")
    assert [f.is_printable for f in (one, other)] == [False, True]


def test_taking_a_fact_back_ends_a_contradiction_of_which_one_side_is_left(nora: Person, make: Make) -> None:
    test_facts_that_contradict_each_other_are_put_side_by_side_and_decided(nora, make)
    one, other = firdavs().facts[1:]
    send(nora, f"{CASE}/facts/{one.id}/remove")
    db.session.expire_all()
    assert other.conflict_id is None
    assert other.is_printable
    assert db.session.scalars(select(Conflict)).all() == []


@pytest.mark.feature(109)
def test_consent_is_kept_for_each_question_with_who_how_proof_and_end(nora: Person, make: Make) -> None:
    make.prisoner("firdavs")
    given = {"given_by": "his sister", "given_on": "2018-01-02", "channel": "a letter", "proof": "in the safe"}
    for question in Question:
        send(nora, f"{CASE}/consent", question=question, answer="yes", expires_on="2019-01-02", **given)
    rows = {c.question: c for c in db.session.scalars(select(Consent))}
    assert set(rows) == set(Question)
    assert {(c.answer, c.given_by, str(c.expires_on)) for c in rows.values()} == {
        (Answer.YES, "his sister", "2019-01-02")
    }
    assert "Expired on 2 January 2019" in nora.get(f"{CASE}?question=photo").text
    assert entry("consent recorded").details == {"question": "un_reports", "was": "unknown", "answer": "yes"}


def test_stale_records_stand_alone_when_asked_for(nora: Person, make: Make) -> None:
    fresh, old = make.prisoner(), make.prisoner()
    with unit_of_work():
        db.session.get_one(Prisoner, old.id).last_checked_on = make.now().date() - timedelta(days=91)
        db.session.get_one(Prisoner, fresh.id).last_checked_on = make.now().date() - timedelta(days=90)
    assert "1 stale record" in nora.get("/staff/prisoners").text
    alone = nora.get("/staff/prisoners?stale=1").text
    assert old.name in alone
    assert f">{fresh.name}<" not in alone


def test_a_source_is_changed_wherever_it_is_named(nora: Person, make: Make) -> None:
    make.prisoner("firdavs")
    source = firdavs().facts[0].sources[0]
    bad = send(nora, f"{CASE}/sources/{source.id}", 422, title="A letter", url="letters.example")
    assert "beginning with https://" in bad
    send(nora, f"{CASE}/sources/{source.id}", title="A letter", url="https://letters.example/1")
    assert "A letter" in nora.get(CASE).text
