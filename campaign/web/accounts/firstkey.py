"""The first second factor may be a passkey: set up between the password and the first page, as codes can be.

The library registers passkeys only for those who are in already. Here somebody has shown the password and has no
second factor yet; whoever has one is sent back to the door, however old the session that says otherwise.
"""

import json
import secrets
from typing import Any, cast

import webauthn
from flask import current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security.proxies import _datastore
from flask_security.signals import wan_registered
from flask_security.tf_plugin import tf_check_state, tf_clean_session
from webauthn.helpers import options_to_json_dict, parse_registration_credential_json
from webauthn.helpers.exceptions import InvalidJSONStructure, InvalidRegistrationResponse

from campaign.collaborators import collaborators
from campaign.models.account import Account
from campaign.web.accounts.guards import signed_in
from campaign.web.accounts.views import door

SETTING_UP = ["setup_from_login", "validating_profile"]


def refuse_late_setup() -> ResponseReturnValue | None:
    """A second factor is set up at the door once. A session that began before it was ends here."""
    if session.get("tf_state") not in SETTING_UP or signed_in() is not None:
        return None
    who = _datastore.find_user(fs_uniquifier=session.get("tf_user_id", ""))
    if who is not None and not who.has_second_factor:
        return None
    tf_clean_session()  # type: ignore[no-untyped-call]
    return redirect(url_for("security.login"), 303)


@door.post("/first-passkey")
def first_passkey() -> ResponseReturnValue:
    """Ask the browser for a key."""
    who, name = _at_the_door(), request.form.get("name", "").strip()
    if who is None:
        return redirect(url_for("security.login"), 303)
    fault, name = _security().webauthn_util.name_svn(name or _("My passkey"))
    if fault:
        flash(fault, "error")
        return redirect(url_for("security.two_factor_setup"), 303)
    if not who.fs_webauthn_user_handle:
        _datastore.set_webauthn_user_handle(who)
    challenge = secrets.token_urlsafe()
    session["first_passkey"] = {"challenge": challenge, "name": name}
    options = webauthn.generate_registration_options(
        rp_id=_host(),
        rp_name=collaborators().settings.site_name,
        user_id=(who.fs_webauthn_user_handle or "").encode(),
        user_name=who.email,
        challenge=challenge.encode(),
        authenticator_selection=_security().webauthn_util.authenticator_selection(who, "secondary"),
    )
    return render_template("security/first_passkey.html", options=json.dumps(options_to_json_dict(options)))


@door.post("/first-passkey/made")
def first_passkey_made() -> ResponseReturnValue:
    """Keep the key, and let its owner in."""
    who, asked = _at_the_door(), session.pop("first_passkey", None)
    if who is None or asked is None:
        return redirect(url_for("security.login"), 303)
    try:
        credential = parse_registration_credential_json(request.form.get("credential", ""))
        made = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=asked["challenge"].encode(),
            expected_origin=_security().webauthn_util.origin(),
            expected_rp_id=_host(),
            require_user_verification=False,
        )
    except (InvalidJSONStructure, InvalidRegistrationResponse, ValueError, KeyError):
        made = None
    if made is None or _datastore.find_webauthn(credential_id=made.credential_id):
        flash(_("This passkey was not accepted. Try again, or use another way."), "error")
        return redirect(url_for("security.two_factor_setup"), 303)
    _datastore.create_webauthn(
        who,
        name=asked["name"],
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        backup_state=made.credential_backed_up,
        device_type=made.credential_device_type,
        transports=list(credential.response.transports or []),
        extensions=None,
        usage="secondary",
    )
    wan_registered.send(current_app._get_current_object(), user=who, name=asked["name"])  # type: ignore[attr-defined]
    _security().two_factor_plugins.tf_complete(who, True)
    return redirect(url_for("accounts.start"), 303)


def _at_the_door() -> Account | None:
    """Whoever has shown the password and has no second factor yet."""
    who = cast(Account | None, tf_check_state(SETTING_UP))
    return who if who is not None and not who.has_second_factor else None


def _security() -> Any:
    return current_app.extensions["security"]


def _host() -> str:
    return request.host.split(":")[0]
