"""Passkeys as a second factor, beside codes or instead of them; never instead of the password.

The library does the arithmetic of WebAuthn; what is asked of a browser, what is refused and the sentences are ours.
The only script is static/js/passkeys.js, as no browser makes or shows a passkey without one; codes need none.
"""

from datetime import UTC, datetime
from typing import Any, cast

from flask import Flask
from flask_babel import lazy_gettext as _
from flask_login import current_user
from flask_security.signals import wan_deleted, wan_registered
from flask_security.webauthn import WebAuthnDeleteForm
from flask_security.webauthn_util import WebauthnUtil
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from campaign.collaborators import now
from campaign.domain.accounts import organising
from campaign.domain.journalling import note
from campaign.models.account import Account
from campaign.settings import Settings


class SecondFactor(WebauthnUtil):  # type: ignore[misc]
    """The password was typed before, so the key need not know who its owner is, nor ask for a PIN of its own."""

    def authenticator_selection(self, user: Any, usage: str) -> AuthenticatorSelectionCriteria:
        return AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED,
            user_verification=UserVerificationRequirement.DISCOURAGED,
        )


class DeleteForm(WebAuthnDeleteForm):  # type: ignore[misc]
    def validate(self, **about: Any) -> bool:
        """Staff keep a second factor: the last passkey goes only after codes are set up."""
        if not super().validate(**about):
            return False
        who = cast(Account, current_user)
        if who.needs_second_factor and not who.has_codes and len(who.webauthn) == 1:
            self.name.errors.append(_("This is your only second factor. Set up another one first."))
            return False
        return True


def config(settings: Settings) -> dict[str, Any]:
    return {
        "SECURITY_WEBAUTHN": True,
        "SECURITY_WAN_ALLOW_AS_FIRST_FACTOR": False,
        "SECURITY_WAN_ALLOW_AS_MULTI_FACTOR": False,
        "SECURITY_WAN_ALLOW_AS_VERIFY": [],  # "your password once more" stays the password
        "SECURITY_WAN_RP_NAME": settings.site_name,
        "SECURITY_WAN_REGISTER_URL": "/passkeys",
        "SECURITY_WAN_SIGNIN_URL": "/passkey",
        "SECURITY_WAN_DELETE_URL": "/passkey-delete",
        "SECURITY_WAN_POST_REGISTER_VIEW": "security.wan_register",
        "SECURITY_DATETIME_FACTORY": lambda: datetime.now(UTC),
        **_messages(),
    }


def init_app(app: Flask) -> None:
    wan_registered.connect(_registered, app)
    wan_deleted.connect(_deleted, app)


def _registered(_app: Flask, user: Account, **_about: Any) -> None:
    _changed("passkey added", user)


def _deleted(_app: Flask, user: Account, **_about: Any) -> None:
    _changed("passkey deleted", user)


def _changed(act: str, user: Account) -> None:
    note(act, "account", str(user.id), account_id=user.id, at=now())
    organising.write_to(user, "account-changed", at=now())


def _messages() -> dict[str, Any]:
    wrong = (_("This passkey was not accepted. Try again, or use another way."), "error")
    return {
        "SECURITY_MSG_WEBAUTHN_EXPIRED": (_("That took too long. Begin again."), "error"),
        "SECURITY_MSG_WEBAUTHN_NAME_REQUIRED": (_("Give it a name, so that you know it again."), "error"),
        "SECURITY_MSG_WEBAUTHN_NAME_INUSE": (_("You have a passkey of that name already."), "error"),
        "SECURITY_MSG_WEBAUTHN_NAME_NOT_FOUND": (_("There is no passkey of that name."), "error"),
        "SECURITY_MSG_WEBAUTHN_NAME_DISALLOWED_CHARACTERS": (_("Use letters, numbers and spaces."), "error"),
        "SECURITY_MSG_WEBAUTHN_CREDENTIAL_DELETED": (_("The passkey is deleted."), "success"),
        "SECURITY_MSG_WEBAUTHN_REGISTER_SUCCESSFUL": (_("The passkey works from now on."), "success"),
        "SECURITY_MSG_WEBAUTHN_CREDENTIAL_ID_INUSE": (_("This passkey is known already."), "error"),
        "SECURITY_MSG_WEBAUTHN_UNKNOWN_CREDENTIAL_ID": wrong,
        "SECURITY_MSG_WEBAUTHN_ORPHAN_CREDENTIAL_ID": wrong,
        "SECURITY_MSG_WEBAUTHN_NO_VERIFY": wrong,
        "SECURITY_MSG_WEBAUTHN_CREDENTIAL_WRONG_USAGE": wrong,
        "SECURITY_MSG_WEBAUTHN_MISMATCH_USER_HANDLE": wrong,
        "SECURITY_MSG_API_ERROR": wrong,
    }
