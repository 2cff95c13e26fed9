"""What happens to an account is written to its owner, and what happens at its door into the journal.

Flask-Security hands over finished mails; here each becomes a row that the worker writes and sends. Rows hold no
link: the worker makes it, so that no valid token ever lies in the database.
"""

from typing import Any

from flask import Flask
from flask_security.mail_util import MailUtil
from flask_security.signals import (
    password_changed,
    password_reset,
    tf_disabled,
    tf_profile_changed,
    user_authenticated,
    user_failed_authn,
)

from campaign.collaborators import now
from campaign.database import db
from campaign.domain.accounts import organising
from campaign.domain.journalling import note
from campaign.models.account import Account

KINDS = {
    "reset_instructions": "account-reset-password",
    "reset_notice": "account-changed",
    "change_notice": "account-changed",
}


class PostedLetters(MailUtil):  # type: ignore[misc]
    def send_mail(self, template: str, *_args: Any, **context: Any) -> None:
        kind = KINDS[template.rpartition("/")[2]]
        organising.write_to(context["user"], kind, at=now())


def init_app(app: Flask) -> None:
    password_reset.connect(_password_set, app)
    password_changed.connect(_password_set, app)
    tf_profile_changed.connect(_factor_set, app)
    tf_disabled.connect(_factor_off, app)
    user_authenticated.connect(_came_in, app)
    user_failed_authn.connect(_refused, app)


def _note(act: str, user: Account, **details: str | int) -> None:
    note(act, "account", str(user.id), account_id=user.id, at=now(), **details)


def _password_set(_app: Flask, user: Account, **_about: Any) -> None:
    _note("password set", user)


def _factor_set(_app: Flask, user: Account, **_about: Any) -> None:
    _note("second factor set", user)
    organising.write_to(user, "account-changed", at=now())


def _factor_off(_app: Flask, user: Account, **_about: Any) -> None:
    _note("second factor off", user)
    organising.write_to(user, "account-changed", at=now())


def _came_in(_app: Flask, user: Account, **_about: Any) -> None:
    _note("signed in", user)


def _refused(_app: Flask, user: Account | None = None, **about: Any) -> None:
    """A refusal answers 422, which is rolled back, so its row is committed here and now."""
    if user is None:
        return
    account_id, tried = str(user.id), "code" if about.get("tfa") else "password"
    db.session.rollback()
    note("sign-in refused", "account", account_id, account_id=None, at=now(), tried=tried)
    db.session.commit()
