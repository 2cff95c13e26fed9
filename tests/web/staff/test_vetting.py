"""What staff see and do in vetting: numbers and reasons, one name at a time, and all of it in the journal."""

import pytest

from campaign.database import db, unit_of_work
from campaign.domain import journalling
from campaign.domain.signatures import reviewing
from campaign.models.journal import JournalEntry
from campaign.models.petition import Petition
from campaign.models.signature import NameReview, Signature, SignatureState, Visibility
from tests.make import GIVEN_OUT, Make
from tests.suspects import held_signature, names_looked_at
from tests.web.staff.people import Person

ODD = "Leilа Benhaddou"  # the last letter of the first word is Cyrillic


def acts() -> list[tuple[str, str]]:
    rows = db.session.scalars(db.select(JournalEntry).order_by(JournalEntry.id))
    return [(row.act, row.subject_id) for row in rows]


def state(row: Signature) -> SignatureState:
    return db.session.get_one(Signature, row.id).state


@pytest.mark.feature(44)
def test_what_is_held_is_listed_by_number_day_country_and_reason_and_never_by_name(
    nora: Person, make: Make, petition: Petition
) -> None:
    signer = make.signer("Tarek Amrani", "tarek@robots.example", country="DE")
    row = held_signature(make, petition, signer)
    for page in (f"/staff/petitions/{petition.slug}/vetting", f"/staff/signatures/{row.id}", "/staff/vetting"):
        told = nora.get(page).text
        assert "Tarek" not in told
        assert "robots.example" not in told
    told = nora.get(f"/staff/petitions/{petition.slug}/vetting?reason=honeypot").text
    assert "Filled in a hidden field" in told
    assert "Germany" in told
    assert f'value="{row.id}"' in told
    assert f'value="{row.id}"' not in nora.get(f"/staff/petitions/{petition.slug}/vetting?reason=network_burst").text


@pytest.mark.feature(44)
def test_staff_let_one_count_remove_another_and_put_it_back(nora: Person, make: Make, petition: Petition) -> None:
    one, other = (held_signature(make, petition) for _ in range(2))
    page = f"/staff/signatures/{one.id}"
    assert nora.send(f"{page}/release", page).status_code == 303
    other_page = f"/staff/signatures/{other.id}"
    assert nora.send(f"{other_page}/remove", other_page, why="").status_code == 422
    assert nora.send(f"{other_page}/remove", other_page, why="robot").status_code == 303
    make.count(petition)
    assert (state(one), state(other), petition.signature_count) == (
        SignatureState.CONFIRMED,
        SignatureState.REMOVED,
        4,
    )
    assert "Made by a program" in nora.get(other_page).text
    assert nora.send(f"{other_page}/restore", other_page).status_code == 303
    assert state(other) is SignatureState.CONFIRMED
    assert acts()[-3:] == [
        ("signature released", str(one.id)),
        ("signature removed", str(other.id)),
        ("signature restored", str(other.id)),
    ]


def test_many_that_are_held_are_settled_by_ticking_them(nora: Person, make: Make, petition: Petition) -> None:
    rows = [held_signature(make, petition) for _ in range(3)]
    page = f"/staff/petitions/{petition.slug}/vetting"
    token = {"csrf_token": _token(nora, page)}
    ticked = {"row": [str(rows[0].id), str(rows[1].id)]}
    refused = nora.client.post(page, data={**token, **ticked, "act": "remove", "why": ""})
    assert refused.status_code == 422
    assert refused.text.count(" checked") == 2, "what was ticked stays ticked"
    assert nora.client.post(page, data={**token, **ticked, "act": "remove", "why": "robot"}).status_code == 303
    assert nora.client.post(page, data={**token, "row": [str(rows[2].id)], "act": "release"}).status_code == 303
    assert [state(row).value for row in rows] == ["removed", "removed", "confirmed"]


def _token(person: Person, page: str) -> str:
    from tests.web.staff.people import token_on

    return token_on(person.client, page)


def test_the_rows_of_another_petition_cannot_be_settled_here(nora: Person, make: Make, petition: Petition) -> None:
    elsewhere = held_signature(make, make.open_petition())
    page = f"/staff/petitions/{petition.slug}/vetting"
    nora.client.post(page, data={"csrf_token": _token(nora, page), "row": [str(elsewhere.id)], "act": "release"})
    assert state(elsewhere) is SignatureState.HELD


def test_a_signature_is_found_by_what_is_typed_whole_and_the_journal_keeps_none_of_it(
    nora: Person, make: Make, petition: Petition
) -> None:
    make.confirmed_signature(petition, make.signer("Tarek Amrani", "tarek@post.example"))
    make.count(petition)
    page = f"/staff/petitions/{petition.slug}"
    for field, typed, found in (
        ("name", "tarek amrani", 1),
        ("address", "Tarek@post.example", 1),
        ("name", "Tarek", 0),
    ):
        answer = nora.send(f"{page}/find", f"{page}/vetting", **{field: typed})
        assert answer.status_code == 200
        assert ("Number 4" in answer.text) == bool(found)
    entry = db.session.scalars(db.select(JournalEntry).order_by(JournalEntry.id.desc()).limit(1)).one()
    assert entry.details == {"by": "name", "found": 0}
    written = str([row.details for row in db.session.scalars(db.select(JournalEntry))])
    assert "arek" not in written
    refused = nora.send(f"{page}/find", f"{page}/vetting", name="<b>x</b>")
    assert refused.status_code == 422


def test_a_name_is_opened_with_a_reason_one_at_a_time_and_the_journal_says_so(
    nora: Person, make: Make, petition: Petition
) -> None:
    row = make.confirmed_signature(petition, make.signer("Tarek Amrani"))
    page = f"/staff/signatures/{row.id}"
    assert "Tarek" not in nora.get(page).text
    assert nora.send(f"{page}/name", page, reason="").status_code == 422
    assert acts()[-1:] != [("name opened", str(row.id))]
    opened = nora.send(f"{page}/name", page, reason="complaint")
    assert "Tarek Amrani" in opened.text
    assert "no-store" in opened.headers["Cache-Control"]
    assert acts()[-1] == ("name opened", str(row.id))
    assert "Tarek" not in nora.get("/staff/journal").text
    assert nora.client.get(f"{page}/name").status_code == 405, "a name leaves only by POST"


def test_the_journal_stands_even_if_the_name_then_cannot_be_opened(
    nora: Person, make: Make, petition: Petition
) -> None:
    row = make.confirmed_signature(petition)
    assert row.name_box is not None
    row.name_box = row.name_box[:-1] + bytes([row.name_box[-1] ^ 1])
    page = f"/staff/signatures/{row.id}"
    assert nora.send(f"{page}/name", page, reason="complaint").status_code == 409
    assert acts()[-1] == ("name opened", str(row.id))


def test_a_machine_without_the_key_of_names_opens_none_and_writes_nothing(
    nora: Person, make: Make, petition: Petition, app
) -> None:
    from dataclasses import replace

    from campaign.domain.sealing import Opener

    row = make.confirmed_signature(petition)
    page, before = f"/staff/signatures/{row.id}", acts()
    app.extensions["collaborators"] = replace(make.tools, names_opener=Opener([]))
    assert "holds no key" in nora.get(page).text
    assert nora.send(f"{page}/name", page, reason="complaint").status_code == 409
    names = f"/staff/petitions/{petition.slug}/names-waiting"
    assert nora.send(names, names).status_code == 409
    assert acts() == before


def test_an_unusual_name_is_listed_by_number_opened_and_accepted(nora: Person, make: Make, petition: Petition) -> None:
    GIVEN_OUT.add(ODD)
    row = make.confirmed_signature(petition, make.signer(ODD, visibility=Visibility.PUBLIC))
    make.count(petition)
    names = f"/staff/petitions/{petition.slug}/names-waiting"
    assert nora.send(names, names).status_code == 303
    told = nora.get(names).text
    assert "Number 4" in told
    assert "Benhaddou" not in told
    page = f"/staff/signatures/{row.id}"
    assert ODD in nora.send(f"{page}/name", page, reason="unusual").text
    assert nora.send(f"{page}/name/accepted", page).status_code == 303
    assert "Number 4" not in nora.get(names).text
    assert db.session.get_one(Signature, row.id).name_review is NameReview.ACCEPTED
    assert nora.send(f"{page}/name/shouted", page).status_code == 404


def test_names_are_looked_at_by_a_worker_that_holds_the_key(make: Make, petition: Petition) -> None:
    make.confirmed_signature(petition, make.signer(ODD, visibility=Visibility.PUBLIC))
    make.count(petition)
    names_looked_at(petition)
    assert reviewing.how_many_wait(petition) == 1
    assert [p.id for p in reviewing.with_waiting()] == [petition.id]


def test_a_form_nobody_confirmed_has_no_page(nora: Person, make: Make) -> None:
    row = make.pending_signature()
    assert nora.get(f"/staff/signatures/{row.id}").status_code == 404


@pytest.mark.feature(95)
def test_nobody_opens_all_names_one_by_one(nora: Person, samir: Person, make: Make, petition: Petition) -> None:
    row = make.confirmed_signature(petition, make.signer(visibility=Visibility.PUBLIC))
    page = f"/staff/signatures/{row.id}"
    with unit_of_work():
        for n in range(reviewing.OPENED_A_DAY):
            journalling.note("name opened", "signature", str(n), account_id=nora.account_id, at=make.now())
    answer = nora.send(f"{page}/name", page, reason="complaint")
    assert answer.status_code == 409
    assert "take two people" in answer.text
    assert samir.send(f"{page}/name", page, reason="complaint").status_code == 200
