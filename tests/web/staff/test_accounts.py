"""Accounts: opened by a letter, asked for by a form, disabled, and a lost second factor reset by two."""

import re

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from campaign.database import db, unit_of_work
from campaign.domain import journalling, switching
from campaign.domain.accounts import joining, organising
from campaign.domain.journalling import Asked
from campaign.models.account import Account, Passkey, RoleName, SignUp
from campaign.models.assent import Assent, AssentKind
from campaign.models.journal import JournalEntry
from campaign.models.letter import Letter
from campaign.models.site import Switch
from campaign.worker import send_letters
from tests.fakes import PostOffice, words
from tests.make import GIVEN_OUT, Make
from tests.web.staff.conftest import Open
from tests.web.staff.people import PASSWORD, Person

SIGN_UP = {"name": "Amina", "email": "Amina@Lakepost.example", "why": "I know the family."}


@pytest.fixture
def ines(member: Open) -> Person:
    """A second admin."""
    return member("ines@example.org", RoleName.ADMIN)


def journal() -> str:
    return " ".join(f"{row.act} {row.subject_id} {row.details}" for row in db.session.scalars(db.select(JournalEntry)))


def link_in(letter: object) -> str:
    found = re.search(r"/account/password/\S+", words(letter))  # type: ignore[arg-type]
    assert found
    return found.group()


@pytest.mark.feature(96)
def test_an_admin_invites_by_a_letter_whose_link_sets_the_password_once(
    samir: Person, app: Flask, post_office: PostOffice
) -> None:
    page = "/staff/accounts"
    form = {"email": "Mira@Lakepost.example", "name": "Mira K", "role": "staff"}
    assert samir.send(page, page, **{**form, "role": "queen"}).status_code == 422
    assert samir.send(page, page, **form).status_code == 303
    again = samir.send(page, page, **form)
    assert again.status_code == 422
    assert "already an account" in again.text
    send_letters()
    (letter,) = post_office.letters
    assert "Mira" not in str(letter.get_body(("plain",)))
    link = link_in(letter)
    mira = Person(app.test_client(), organising.found("mira@lakepost.example").id, "mira@lakepost.example")  # type: ignore[arg-type]
    assert mira.send(link, link, password=PASSWORD, password_confirm=PASSWORD).status_code == 302
    assert mira.get(link).status_code == 302, "the link is over"
    assert mira.sign_in().headers["Location"] == "/account/second-factor"
    assert "lakepost" not in journal().lower()
    ((entry, email),) = journalling.search(Asked(act="account opened", account_id=samir.account_id))
    assert (email, entry.details) == (samir.email, {"role": "staff"})


def test_asking_for_an_account_is_answered_alike_for_everybody(app: Flask, nora: Person, opened: Open) -> None:
    stranger = opened("known@example.org", RoleName.CAMPAIGNER)
    page = "/account/sign-up"
    answers = [
        stranger.send(page, page, **{**SIGN_UP, "email": email})
        for email in ("new@example.org", "KNOWN@example.org", "new@example.org")
    ]
    assert {(a.status_code, a.headers["Location"]) for a in answers} == {(303, "/account/sign-up/asked")}
    assert [row.email for row in db.session.scalars(db.select(SignUp))] == ["new@example.org"]
    assert db.session.scalars(db.select(Letter)).all() == []
    wrong = stranger.send(page, page, **{**SIGN_UP, "email": "nowhere"})
    assert wrong.status_code == 422
    assert "I know the family." in wrong.text, "nothing typed is lost"
    assert stranger.send(page, page, **{**SIGN_UP, "why": ""}).status_code == 422
    assert stranger.send(page, page, **{**SIGN_UP, "name": "http://spam.example"}).status_code == 422


def test_staff_open_the_account_that_was_asked_for_or_do_not_and_nothing_typed_is_kept(
    nora: Person, opened: Open, post_office: PostOffice
) -> None:
    GIVEN_OUT.update({"Amina", "lakepost"})
    stranger = opened("stranger@example.org")
    for email in ("amina@lakepost.example", "other@lakepost.example"):
        stranger.send("/account/sign-up", "/account/sign-up", **{**SIGN_UP, "email": email})
    assert "I know the family." in nora.get("/staff/sign-ups").text
    first, second = db.session.scalars(db.select(SignUp.id).order_by(SignUp.id))
    assert nora.send(f"/staff/sign-ups/{first}/approve", "/staff/sign-ups").status_code == 303
    assert nora.send(f"/staff/sign-ups/{first}/approve").status_code == 409
    assert nora.send(f"/staff/sign-ups/{second}/refuse", "/staff/sign-ups").status_code == 303
    account = organising.found("amina@lakepost.example")
    assert [role.name for role in account.roles] == ["campaigner"]
    send_letters()
    assert [str(m["To"]) for m in post_office.letters] == ["amina@lakepost.example"]
    assert "/account/password/" in link_in(post_office.letters[0])
    rows = db.session.scalars(db.select(SignUp).execution_options(populate_existing=True)).all()
    assert [(row.email, row.name, row.why) for row in rows] == [(None, "", "")] * 2
    assert "lakepost" not in journal()
    assert organising.find("other@lakepost.example") is None


def test_no_account_is_asked_for_while_staff_take_nothing_new_and_after_a_month_it_is_forgotten(
    opened: Open, make: Make
) -> None:
    stranger = opened("stranger@example.org")
    stranger.send("/account/sign-up", "/account/sign-up", **SIGN_UP)
    with unit_of_work():
        switching.stop(Switch.CREATING, by="Nora", reason="a flood", at=make.now())
    late = stranger.send("/account/sign-up", "/account/sign-up", **{**SIGN_UP, "email": "b@example.org"})
    assert late.status_code == 503
    assert "not taken at the moment" in late.text
    with unit_of_work():
        assert joining.forget(at=make.now()) == 0
        assert joining.forget(at=make.now() + joining.KEPT) == 1
    assert joining.waiting() == []


@pytest.mark.feature(96)
def test_two_admins_together_reset_a_lost_second_factor_and_the_owner_is_written_to(
    nora: Person, samir: Person, ines: Person, make: Make
) -> None:
    page = f"/staff/accounts/{nora.account_id}/factor"
    with unit_of_work():
        who = nora.account
        who.tf_primary_method, who.tf_totp_secret, who.mf_recovery_codes = "authenticator", "secret", ["code"]
        who.webauthn = [_key(make)]
    assert samir.send(page, "/staff/accounts", reason="").status_code == 422
    assert samir.send(page, "/staff/accounts", reason="She called from a number I know").status_code == 303
    assert samir.send(page, "/staff/accounts", reason="again").status_code == 409
    number = db.session.scalars(db.select(Assent.id)).one()
    agree = f"/staff/accounts/factors/{number}/agree"
    assert samir.send(agree).status_code == 409, "not by whoever asked"
    assert nora.send(agree).status_code == 403, "not by staff"
    assert nora.get("/staff").status_code == 200
    assert "She called" in ines.get("/staff/accounts").text
    assert ines.send(agree, "/staff/accounts").status_code == 303
    assert ines.send(agree).status_code == 409, "once"
    assert nora.get("/staff").status_code == 303, "every session is over"
    who = db.session.get_one(Account, nora.account_id, populate_existing=True)
    assert (who.tf_totp_secret, who.mf_recovery_codes, who.webauthn) == (None, None, [])
    assert db.session.scalars(db.select(Letter.kind)).all() == ["account-factor-reset"]
    ((entry, email),) = journalling.search(Asked(act="second factor forgotten"))
    assert (email, entry.details) == (ines.email, {"asked_by": samir.account_id})


@pytest.mark.feature(96)
def test_nobody_has_a_hand_in_resetting_their_own_second_factor(samir: Person, ines: Person, make: Make) -> None:
    assert samir.send(f"/staff/accounts/{samir.account_id}/factor", reason="mine").status_code == 409
    assert ines.send(f"/staff/accounts/{samir.account_id}/factor", reason="his").status_code == 303
    number = db.session.scalars(db.select(Assent.id)).one()
    assert samir.send(f"/staff/accounts/factors/{number}/agree").status_code == 409
    for agreed_by in (samir.account_id, ines.account_id):
        with pytest.raises(IntegrityError), unit_of_work():
            db.session.get_one(Assent, number).agreed_by_id = agreed_by
    with pytest.raises(IntegrityError), unit_of_work():
        db.session.add(Assent(kind=AssentKind.RESET_FACTOR, account_id=ines.account_id, reason="x",
                              asked_by_id=ines.account_id, asked_at=make.now()))  # fmt: skip


def test_on_the_command_line_a_second_factor_is_reset_with_a_reason(app: Flask, nora: Person) -> None:
    db.session.commit()
    done = app.test_cli_runner().invoke(args=["accounts", "reset-factor", nora.email, "--reason", "lost at sea"])
    assert done.exit_code == 0, done.output
    assert nora.get("/staff").status_code == 303
    ((entry, email),) = journalling.search(Asked(act="second factor forgotten"))
    assert (email, entry.details) == (None, {"reason": "lost at sea"})
    assert db.session.scalars(db.select(Letter.kind)).all() == ["account-factor-reset"]


def test_an_admin_disables_an_account_which_is_out_at_once_but_never_their_own(nora: Person, samir: Person) -> None:
    page = f"/staff/accounts/{nora.account_id}/active"
    assert samir.send(page, "/staff/accounts", on="0").status_code == 303
    assert nora.get("/staff").status_code == 303
    assert samir.send(page, "/staff/accounts", on="1").status_code == 303
    assert nora.sign_in().status_code == 302
    assert samir.send(f"/staff/accounts/{samir.account_id}/active", on="0").status_code == 409


def test_a_passkey_alone_counts_as_a_second_factor(opened: Open, make: Make) -> None:
    nora = opened("nora@example.org")
    assert not nora.account.has_second_factor
    with unit_of_work():
        nora.account.webauthn = [_key(make)]
    assert nora.account.has_second_factor
    assert not nora.account.check_tf_required_setup()
    assert nora.sign_in().headers["Location"].startswith("/account/passkey")
    assert nora.get("/staff").status_code == 303, "the password alone opens nothing"
    assert nora.get("/account/passkey").status_code == 200


def _key(make: Make) -> Passkey:
    return Passkey(credential_id=b"id", public_key=b"key", name="blue", usage="secondary", backup_state=False,
                   device_type="single_device", create_datetime=make.now(), lastuse_datetime=make.now())  # fmt: skip
