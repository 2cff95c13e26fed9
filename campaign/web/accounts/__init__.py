"""Accounts: Flask-Security, kept to what this house needs of it.

Passwords are argon2id. Whoever is staff or admin signs in with a second factor (a time code, a passkey, or a recovery
code used once); only the accounts of the demonstration do without, and they cannot sign in in production at all.
There are cookie sessions and nothing else: no tokens, no "remember me". Second factors and recovery codes are
encrypted under keys derived from `SECRET_KEY`, so a new one asks everybody to set theirs up again.

A node without signed-in areas registers no route of this; one that only works in the background keeps what it
takes to make the links of letters.
"""

import hmac
from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import Any

from flask import Flask, Request
from flask_babel import lazy_gettext as _
from flask_security.core import Security
from flask_security.datastore import SQLAlchemyUserDatastore
from flask_security.utils import hash_password

from campaign.database import db
from campaign.models.account import Account, Passkey, Role
from campaign.settings import Settings
from campaign.web.accounts import answers, firstkey, forms, letters, limits, passkeys, sessions, views
from campaign.web.accounts.codes import OneTimeCodes

__all__ = ["hash_password", "init_app"]

SIGNED_IN = {"campaigners", "staff"}
LEAST_PASSWORD = 12  # characters
LINK_LASTS = timedelta(hours=24)


def init_app(app: Flask, settings: Settings) -> None:
    """Set up accounts on a node that signs people in, or that writes letters to them."""
    serves = bool(settings.roles & SIGNED_IN)
    if not serves and "worker" not in settings.roles:
        return
    app.config.update(_config(settings))
    security = Security(
        app,
        SQLAlchemyUserDatastore(db, Account, Role, Passkey),
        register_blueprint=serves,
        mail_util_cls=letters.PostedLetters,
        totp_cls=OneTimeCodes,
        login_form=forms.SignInForm,
        wan_delete_form=passkeys.DeleteForm,
        webauthn_util_cls=passkeys.SecondFactor,
        render_template=answers.render,
    )
    security.want_json(_never)
    if serves:
        sessions.init_app(app)
        views.init_app(app)
        app.before_request_funcs.setdefault("security", []).append(firstkey.refuse_late_setup)
        limits.init_app(app)
        letters.init_app(app)
        passkeys.init_app(app)


def _never(_request: Request) -> bool:
    return False


def _config(settings: Settings) -> dict[str, Any]:
    return {
        "PERMANENT_SESSION_LIFETIME": sessions.IDLE,
        "WTF_CSRF_CHECK_DEFAULT": False,  # asked for by the guard of each signed-in audience
        "SECURITY_URL_PREFIX": "/account",
        "SECURITY_STATIC_FOLDER": None,
        "SECURITY_CLI_USERS_NAME": None,
        "SECURITY_CLI_ROLES_NAME": None,
        "SECURITY_API_ENABLED_METHODS": ["session"],
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
        "SECURITY_EMAIL_PLAINTEXT": False,  # letters are rows; the worker writes them
        "SECURITY_EMAIL_HTML": False,
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_FRESHNESS": timedelta(minutes=15),
        "SECURITY_FRESHNESS_GRACE_PERIOD": timedelta(minutes=15),
        "SECURITY_POST_LOGIN_VIEW": "accounts.start",
        "SECURITY_POST_LOGOUT_VIEW": "security.login",
        "SECURITY_POST_CHANGE_VIEW": "accounts.home",
        "SECURITY_POST_VERIFY_VIEW": "accounts.home",
        **_passwords(),
        **_second_factor(settings),
        **passkeys.config(settings),
        **_messages(),
    }


def _passwords() -> dict[str, Any]:
    return {
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_PASSWORD_SINGLE_HASH": True,
        "SECURITY_PASSWORD_LENGTH_MIN": LEAST_PASSWORD,
        "SECURITY_RECOVERABLE": True,
        "SECURITY_RESET_URL": "/password",
        "SECURITY_RESET_PASSWORD_WITHIN": LINK_LASTS,
        "SECURITY_CHANGEABLE": True,
        "SECURITY_CHANGE_URL": "/change-password",
    }


def _second_factor(settings: Settings) -> dict[str, Any]:
    key = hmac.digest(settings.secret_key, b"second factor", "sha256")
    codes = hmac.digest(settings.secret_key, b"recovery codes", "sha256")
    return {
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        "SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY": 30,  # seconds a clock may be off
        "SECURITY_TWO_FACTOR_SETUP_URL": "/second-factor",
        "SECURITY_TWO_FACTOR_TOKEN_VALIDATION_URL": "/code",
        "SECURITY_TWO_FACTOR_POST_SETUP_VIEW": "security.mf_recovery_codes",
        "SECURITY_TOTP_SECRETS": {"1": key.hex()},
        "SECURITY_TOTP_ISSUER": settings.site_name,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_N": 8,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS": [urlsafe_b64encode(codes)],
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_URL": "/recovery-codes",
        "SECURITY_MULTI_FACTOR_RECOVERY_URL": "/recovery-code",
    }


def _messages() -> dict[str, Any]:
    """Sentences of the house in place of the library's."""
    return {
        "SECURITY_MSG_GENERIC_AUTHN_FAILED": (_("Address and password do not belong together."), "error"),
        "SECURITY_MSG_UNAUTHENTICATED": (_("Sign in to go on."), "error"),
        "SECURITY_MSG_LOGIN": (_("You are signed in."), "success"),
        "SECURITY_MSG_INVALID_PASSWORD": (_("This is not the password of this account."), "error"),
        "SECURITY_MSG_INVALID_RESET_PASSWORD_TOKEN": (
            _("This link was used already, is not complete, or is over. Ask for a new one."),
            "error",
        ),
        "SECURITY_MSG_PASSWORD_RESET_EXPIRED": (_("This link is over. Ask for a new one."), "error"),
        "SECURITY_MSG_PASSWORD_RESET_NO_LOGIN": (_("The password is set. Sign in with it."), "success"),
        "SECURITY_MSG_PASSWORD_CHANGE": (_("The password is changed, and every other session is over."), "success"),
        "SECURITY_MSG_PASSWORD_INVALID_LENGTH": (_("Use at least %(length)s characters."), "error"),
        "SECURITY_MSG_RETYPE_PASSWORD_MISMATCH": (_("The two passwords differ."), "error"),
        "SECURITY_MSG_REAUTHENTICATION_REQUIRED": (_("Type your password once more to go on."), "error"),
        "SECURITY_MSG_TWO_FACTOR_INVALID_TOKEN": (
            _("This code is wrong, over, or was used already. Wait for the next one."),
            "error",
        ),
        "SECURITY_MSG_TWO_FACTOR_LOGIN_SUCCESSFUL": (_("You are signed in."), "success"),
        "SECURITY_MSG_TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": (
            _("The second factor works. Now make recovery codes, for the day the telephone is lost."),
            "success",
        ),
        "SECURITY_MSG_TWO_FACTOR_DISABLED": (_("The second factor is off."), "success"),
        "SECURITY_MSG_TWO_FACTOR_PERMISSION_DENIED": (_("Begin again with address and password."), "error"),
        "SECURITY_MSG_INVALID_RECOVERY_CODE": (_("This recovery code is wrong or was used already."), "error"),
        "SECURITY_MSG_NO_RECOVERY_CODES_SETUP": (_("There are no recovery codes yet."), "error"),
    }
