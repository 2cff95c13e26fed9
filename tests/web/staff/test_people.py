"""What is held about one person: told to its owner by link, found and erased by staff from a whole address."""

from dataclasses import replace

import pytest
from flask import Flask

from campaign.collaborators import Collaborators
from campaign.database import db, unit_of_work
from campaign.domain import journalling
from campaign.domain.journalling import Asked
from campaign.domain.links import Purpose
from campaign.domain.sealing import Opener
from campaign.models.draft import Draft, DraftState
from campaign.models.signature import Signature, SignatureState
from campaign.models.supporter import Subscription, SubscriptionState
from tests.inspector import InspectedClient
from tests.make import NOON, Make
from tests.web.staff.people import Person

LEILA = "leila.who.asks@post.example"


@pytest.fixture
def rows(make: Make) -> list[Signature]:
    """Two letters of two campaigns signed by Leila, one of them with news, and somebody else beside her."""
    found = [
        make.confirmed_signature(make.open_petition(), make.signer("Leila", LEILA, wants_updates=news))
        for news in (True, False)
    ]
    make.confirmed_signature()
    return found


@pytest.mark.feature(102)
def test_a_signer_takes_home_all_that_is_held_and_what_is_sealed_is_named_as_sealed(
    make: Make, client: InspectedClient, rows: list[Signature]
) -> None:
    told = client.get(f"/signature/{make.token(Purpose.SIGNATURE, rows[0])}/everything.json")
    assert told.headers["Content-Disposition"] == "attachment; filename=everything.json"
    assert told.headers["Cache-Control"] == "no-store"
    assert told.json["country"] == "FR"
    assert told.json["sealed"] == {"name": "kept in a sealed box", "address": "kept in a sealed box"}
    assert set(told.json["keyed_hashes"]) >= {"email_key", "name_key", "subscription_key"}
    assert told.json["news"]["state"] == "active"
    assert LEILA not in told.text


@pytest.mark.feature(102)
def test_staff_see_numbers_for_a_whole_address_and_erase_all_of_it(nora: Person, rows: list[Signature]) -> None:
    seen = nora.send("/staff/people", "/staff/people", email=LEILA.upper())
    assert seen.status_code == 200
    for row in rows:
        assert db.session.get_one(Signature, row.id).name_box is not None
    assert seen.text.count("release-them-") == 2
    gone = nora.send("/staff/people/erase", "/staff/people", email=LEILA, wish="asked")
    assert gone.status_code == 303
    db.session.expire_all()
    for row in rows:
        left = [getattr(row, kept) for kept in ("name_box", "email_box", "email_key", "name_key", "person_key")]
        assert (row.state, left) == (SignatureState.WITHDRAWN, [None] * 5)
    other = db.session.scalars(db.select(Signature).order_by(Signature.id.desc())).first()
    assert other is not None
    assert other.name_box is not None
    assert db.session.scalars(db.select(Subscription)).one().state is SubscriptionState.ENDED
    again = nora.send("/staff/people", "/staff/people", email=LEILA)
    assert "Nothing is held" in again.text


@pytest.mark.feature(102)
def test_the_journal_says_that_somebody_was_looked_for_and_erased_and_never_who(
    nora: Person, rows: list[Signature]
) -> None:
    nora.send("/staff/people", "/staff/people", email=LEILA)
    nora.send("/staff/people/erase", "/staff/people", email=LEILA, wish="law")
    entries = [entry for entry, _ in journalling.search(Asked(subject_kind="person"))]
    assert [e.act for e in entries] == ["person erased", "person looked for"]
    assert entries[0].details == {"wish": "law", "signatures": 2, "subscriptions": 1, "proposals": 0}
    assert "leila" not in str([(e.subject_id, e.details) for e in entries]).lower()


@pytest.mark.feature(102)
def test_what_a_visitor_proposed_is_found_by_the_whole_address_and_taken_back(
    app: Flask, nora: Person, tools: Collaborators
) -> None:
    with unit_of_work():
        waiting, decided = (
            Draft(
                public_id=state.value.encode().ljust(16), state=state, content={"campaign": {"title": "Zarina"}},
                created_at=NOON, saved_at=NOON,
            )
            for state in (DraftState.SUBMITTED, DraftState.REJECTED)
        )  # fmt: skip
        for draft in (waiting, decided):
            draft.email_box = tools.seal.address_box(LEILA, draft.public_id)
        db.session.add_all([waiting, decided])
    assert "Proposed as a visitor" in nora.send("/staff/people", "/staff/people", email=LEILA).text
    app.extensions["collaborators"] = replace(tools, mail_opener=Opener([]))
    assert "cannot be looked through on this machine" in nora.get("/staff/people").text
    assert "Nothing is held" in nora.send("/staff/people", "/staff/people", email=LEILA).text
    app.extensions["collaborators"] = tools
    assert nora.send("/staff/people/erase", "/staff/people", email=LEILA, wish="asked").status_code == 303
    db.session.expire_all()
    assert [d.email_box for d in (waiting, decided)] == [None, None]
    assert (waiting.state, waiting.content, decided.state) == (DraftState.WITHDRAWN, {}, DraftState.REJECTED)


def test_half_an_address_finds_nobody(nora: Person, rows: list[Signature]) -> None:
    for half in ("leila", "@post.example extra", ""):
        assert nora.send("/staff/people", "/staff/people", email=half).status_code == 422
    assert "Nothing is held" in nora.send("/staff/people", "/staff/people", email="eila.who.asks@post.example").text


@pytest.mark.feature(102)
def test_the_command_erases_as_well(app: Flask, rows: list[Signature]) -> None:
    db.session.commit()
    done = app.test_cli_runner().invoke(args=["signatures", "person", "--erase", "asked"], input=f"{LEILA}\n")
    assert done.exit_code == 0, done.output
    assert done.output.count("1 signature(s)") == 2
    assert LEILA not in done.output
    db.session.expire_all()
    assert all(row.name_box is None for row in rows)
