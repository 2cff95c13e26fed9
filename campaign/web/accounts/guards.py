"""The guard of a signed-in audience: one for the whole blueprint, so that no route can forget it.

Nobody is told more than a page to sign in at. A changing request must carry the token of its own form.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import CSRFProtect

from campaign.collaborators import collaborators
from campaign.models.account import Account, RoleName
from campaign.web import plain
from campaign.web.accounts import sessions
from campaign.web.commits import CHANGING

csrf = CSRFProtect()


def account() -> Account:
    """Whoever is signed in, behind a guard."""
    return cast(Account, current_user._get_current_object())


def signed_in() -> Account | None:
    """The account of this session, if there is one that may be used here."""
    if not current_user.is_authenticated or not current_user.is_active or not sessions.is_ours():
        return None
    if current_user.is_demonstration and collaborators().settings.is_production:
        return None
    return account()


def guard(blueprint: Blueprint, *roles: RoleName, second_factor: bool = False) -> None:
    """Let in only accounts with one of these roles, or any account if none is named."""

    @blueprint.before_request
    def admit() -> ResponseReturnValue | None:
        check_form()
        who = signed_in()
        if who is None:
            came_for = request.full_path.rstrip("?") if request.method == "GET" else None
            return redirect(url_for("security.login", next=came_for), 303)
        if roles and not who.has_any_role(*roles):
            abort(403)
        if second_factor and not who.has_second_factor:
            abort(403, description=_("These pages need a second factor. Set one up under “Account” and come back."))
        plain.take_out_turning_signs()
        return None


def admins_only(view: Callable[..., Any]) -> Callable[..., Any]:
    """For a view of staff that only an admin may use; a test finds every such view by this mark."""

    @wraps(view)
    def guarded(*args: Any, **about: Any) -> Any:
        if not account().has_any_role(RoleName.ADMIN):
            abort(403, description=_("Only an admin may do this."))
        return view(*args, **about)

    guarded.admins_only = True  # type: ignore[attr-defined]
    return guarded


def check_form() -> None:
    """Refuse a form that is not ours. Raises CSRFError, a 400."""
    if request.method in CHANGING:
        csrf.protect()
