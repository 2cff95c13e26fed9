"""Coming in: a password and a second factor, and nothing to learn for those who have neither."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask_security.utils import hash_password

from campaign.app import create_app
from campaign.collaborators import now
from campaign.database import db, unit_of_work
from campaign.domain import journalling, posting
from campaign.domain.accounts import organising
from campaign.models.account import RoleName
from campaign.models.letter import Letter
from campaign.settings import Settings
from campaign.worker import send_letters
from tests.fakes import PostOffice
from tests.web.staff.people import PASSWORD, Person

Open = Callable[..., Person]


def set_up_codes(person: Person) -> None:
    """Sign in for the first time, as a member of staff does."""
    assert person.sign_in().headers["Location"] == "/account/second-factor"
    page = person.send("/account/second-factor", "/account/second-factor", setup="authenticator")
    assert person.get("/account/second-factor.svg").mimetype == "image/svg+xml"
    assert "data:" not in page.text
    with person.client.session_transaction(path="/account/") as session:
        secret = session["tf_totp_secret"]
    code = person.client.application.extensions["security"].totp_factory.generate_totp_password(secret)
    answer = person.client.post("/account/code", data={"code": code, "csrf_token": _token(page.text)})
    assert answer.headers["Location"] == "/account/start"


def _token(html: str) -> str:
    return html.partition('name="csrf_token" value="')[2].partition('"')[0]


@pytest.mark.feature(96)
def test_staff_cannot_come_in_before_they_have_set_up_a_second_factor(opened: Open) -> None:
    nora = opened("nora@example.org")
    assert nora.sign_in().headers["Location"] == "/account/second-factor"
    assert nora.get("/staff").headers["Location"].startswith("/account/login")
    set_up_codes(nora)
    assert nora.get("/account/start").headers["Location"] == "/account/recovery-codes"
    assert nora.get("/staff").status_code == 200


@pytest.mark.feature(96)
def test_the_password_alone_opens_nothing_once_the_second_factor_is_on(opened: Open, app: Flask) -> None:
    nora = opened("nora@example.org")
    set_up_codes(nora)
    thief = Person(app.test_client(), nora.account_id, nora.email)  # type: ignore[arg-type]
    assert thief.sign_in().headers["Location"].startswith("/account/code")
    assert thief.get("/staff").status_code == 303
    assert thief.send("/account/code", "/account/code", code="000000").status_code == 422
    assert thief.get("/staff").status_code == 303


def test_a_code_works_once(opened: Open, app: Flask) -> None:
    nora = opened("nora@example.org")
    set_up_codes(nora)
    code = nora.code()
    again = Person(app.test_client(), nora.account_id, nora.email)  # type: ignore[arg-type]
    again.sign_in()
    used = again.send("/account/code", "/account/code", code=code)
    assert used.status_code == 422
    assert "was used already" in used.text


def test_a_recovery_code_lets_in_once(opened: Open, app: Flask) -> None:
    nora = opened("nora@example.org")
    set_up_codes(nora)
    made = nora.send("/account/recovery-codes", "/account/recovery-codes", generate_new_codes="y").text
    code = made.partition('<code translate="no">')[2].partition("<")[0]
    assert nora.account.mf_recovery_codes
    assert code not in nora.account.mf_recovery_codes, "kept encrypted"
    for status in (302, 422):
        lost = Person(app.test_client(), nora.account_id, nora.email)  # type: ignore[arg-type]
        lost.sign_in()
        assert lost.send("/account/recovery-code", "/account/recovery-code", code=code).status_code == status


def test_a_wrong_password_and_an_unknown_address_are_answered_alike_and_the_owner_can_read_of_it(
    opened: Open,
) -> None:
    nora = opened("nora@example.org")
    wrong = nora.sign_in("not this one, surely")
    assert wrong.status_code == 422
    nora.email = "stranger@example.org"
    unknown = nora.sign_in()
    assert unknown.status_code == 422
    assert "do not belong together" in wrong.text
    assert "do not belong together" in unknown.text
    acts = [entry.act for entry, _ in journalling.of("account", str(nora.account_id))]
    assert "sign-in refused" in acts, "refusals are written although nothing else of the request is"


def test_ending_all_sessions_ends_those_of_other_browsers(member: Open, app: Flask) -> None:
    nora = member("nora@example.org")
    elsewhere = Person(app.test_client(), nora.account_id, nora.email)  # type: ignore[arg-type]
    elsewhere.sign_in()
    assert elsewhere.get("/staff").status_code == 200
    assert nora.send("/account/end-sessions", "/account/").status_code == 303
    assert elsewhere.get("/staff").status_code == 303
    assert nora.get("/staff").status_code == 303


def test_a_session_ends_after_half_a_day_however_busy(member: Open) -> None:
    nora = member("nora@example.org")
    with nora.client.session_transaction(path="/account/") as session:
        session["began"] -= 12 * 3600 + 1
    assert nora.get("/staff").status_code == 303


def test_public_pages_neither_set_nor_read_the_cookie_of_those_who_signed_in(member: Open) -> None:
    nora = member("nora@example.org")
    answer = nora.get("/")
    assert "Set-Cookie" not in answer.headers
    assert "Vary" not in answer.headers
    assert "Sign out" not in answer.text


def test_a_form_without_its_token_is_refused(member: Open) -> None:
    nora = member("nora@example.org")
    assert nora.client.post("/account/end-sessions").status_code == 400
    assert nora.client.post("/account/logout").status_code == 400
    assert nora.get("/staff").status_code == 200


def test_a_forgotten_password_is_answered_alike_and_its_letter_holds_a_link_that_works_once(
    opened: Open, post_office: PostOffice
) -> None:
    nora = opened("nora@example.org", RoleName.CAMPAIGNER)
    answers = [nora.send("/account/password", "/account/password", email=who) for who in (nora.email, "x@example.org")]
    assert {(a.status_code, a.headers["Location"]) for a in answers} == {(303, "/account/password-asked")}
    kept = db.session.scalars(db.select(Letter)).one()
    assert kept.params == {}, "no token lies in the database"
    send_letters()
    link = (
        "/account/password/"
        + post_office.letters[-1].get_body(("plain",)).get_content().partition("/account/password/")[2].split()[0]
    )
    assert nora.send(link, link, password="short", password_confirm="short").status_code == 422
    changed = nora.send(link, link, password="another four words", password_confirm="another four words")
    assert changed.headers["Location"] == "/account/login"
    assert nora.get(link).headers["Location"] == "/account/password", "over once it was used"
    assert nora.sign_in().status_code == 422
    assert nora.sign_in("another four words").status_code == 302


def test_whoever_lost_the_second_factor_sets_up_a_new_one_and_is_written_to(opened: Open) -> None:
    nora = opened("nora@example.org")
    set_up_codes(nora)
    with unit_of_work():
        organising.forget_second_factor(nora.account, at=now())
    assert nora.get("/staff").status_code == 303, "the old session is over"
    assert nora.sign_in().headers["Location"] == "/account/second-factor"
    assert "account-factor-reset" in set(db.session.scalars(db.select(Letter.kind)))


def test_passwords_are_kept_as_argon2id(opened: Open, production: Settings) -> None:
    """And as dearly as the library has it: only the tests' own site is cheap (tests/databases.py)."""
    assert (opened("nora@example.org").account.password or "").startswith("$argon2id$")
    with create_app(production).app_context():
        assert hash_password(PASSWORD).startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_too_many_tries_have_to_wait(opened: Open) -> None:
    nora = opened("nora@example.org")
    answers = [nora.sign_in("guess").status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]
    assert posting.claim(1, at=now()) == []
    assert PASSWORD not in str(answers)


def test_the_accounts_of_the_demonstration_cannot_enter_in_production(member: Open, app: Flask) -> None:
    nora = member("nora@example.org")
    known = app.extensions["collaborators"]
    app.extensions["collaborators"] = replace(known, settings=replace(known.settings, env="production"))
    assert nora.get("/staff").status_code == 303, "nor stay, if they were in"
    again = Person(app.test_client(), nora.account_id, nora.email)  # type: ignore[arg-type]
    assert again.sign_in().status_code == 422


@pytest.mark.feature(96)
def test_whoever_had_only_the_password_sets_up_no_factor_once_the_owner_has_one(opened: Open, app: Flask) -> None:
    nora = opened("nora@example.org")
    thief = Person(app.test_client(), nora.account_id, nora.email)  # type: ignore[arg-type]
    assert thief.sign_in().headers["Location"] == "/account/second-factor"
    token = _token(thief.get("/account/second-factor").text)
    set_up_codes(nora)
    for path, form in (("second-factor", {"setup": "authenticator"}), ("first-passkey", {"name": "mine"})):
        answer = thief.client.post(f"/account/{path}", data={**form, "csrf_token": token})
        assert (answer.status_code, answer.headers["Location"]) == (303, "/account/login"), path
    assert nora.account.has_codes
    assert nora.account.webauthn == []
