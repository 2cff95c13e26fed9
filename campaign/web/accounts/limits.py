"""How often one network may try passwords and codes. Wrong and right tries count alike, so nothing can be learnt."""

from flask import Flask
from flask_security import recovery_codes, tf_plugin, webauthn
from flask_security import views as theirs

from campaign.web.throttle import limiter

PASSWORDS = "10 per minute; 60 per hour"
CODES = "10 per minute; 30 per hour"
LINKS = "5 per minute; 20 per hour"  # letters asked for by typing an address

SIGN_UPS = "10 per minute; 30 per hour"  # no letter leaves by one, and a form may need a second try

_login = limiter.limit(PASSWORDS, methods=["POST"])(theirs.login)
_verify = limiter.limit(PASSWORDS, methods=["POST"])(theirs.verify)
_code = limiter.limit(CODES, methods=["POST"])(theirs.two_factor_token_validation)
_recovery = limiter.limit(CODES, methods=["POST"])(recovery_codes.mf_recovery)
_passkey = limiter.limit(CODES)(webauthn.webauthn_signin_response)
_which = limiter.limit(CODES, methods=["POST"])(tf_plugin.tf_select)


def init_app(app: Flask) -> None:
    app.view_functions["security.login"] = _login
    app.view_functions["security.verify"] = _verify
    app.view_functions["security.two_factor_token_validation"] = _code
    app.view_functions["security.mf_recovery"] = _recovery
    app.view_functions["security.wan_signin_response"] = _passkey
    app.view_functions["security.tf_select"] = _which
