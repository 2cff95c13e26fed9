"""The one-time link that sets a password: signed, valid 24 hours, and over once the password is set.

Needs an app on which accounts are set up: a node that signs people in, or one that writes letters.
"""

from flask_security.recoverable import generate_reset_password_token

from campaign.models.account import Account


def password_link(site_url: str, account: Account) -> str:
    """Setting a password, or ending all sessions, gives the account a new mark, which ends this link too."""
    token = generate_reset_password_token(account)  # type: ignore[no-untyped-call]
    return f"{site_url}/account/password/{token}"
