"""One's own account: where to go after signing in, the second factor, all sessions ended at once.

Asking for a new password answers the same whether or not the address has an account here.
"""

from typing import cast

from flask import Blueprint, Flask, Response, abort, current_app, flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security.proxies import _datastore
from flask_security.utils import logout_user

from campaign.collaborators import now
from campaign.domain.accounts import joining, organising
from campaign.domain.journalling import note
from campaign.models.account import Account, RoleName
from campaign.web import languages, plain
from campaign.web.accounts.forms import ForgottenForm, OwnNameForm, SignUpForm
from campaign.web.accounts.guards import account, check_form, csrf, guard, signed_in
from campaign.web.accounts.limits import LINKS, SIGN_UPS
from campaign.web.throttle import limiter

bp = Blueprint("accounts", __name__, url_prefix="/account")
guard(bp)
door = Blueprint("door", __name__, url_prefix="/account")  # for those who are not signed in yet
door.before_request(check_form)
door.before_request(plain.take_out_turning_signs)


def init_app(app: Flask) -> None:
    csrf.init_app(app)
    app.register_blueprint(bp)
    app.register_blueprint(door)
    app.view_functions["security.forgot_password"] = forgotten
    app.before_request_funcs.setdefault("security", []).append(check_form)

    @app.context_processor
    def areas() -> dict[str, object]:
        return {"areas": app.blueprints.keys() & {"staff", "campaigners"}}


@bp.get("/start")
def start() -> ResponseReturnValue:
    """Where somebody who has just signed in works; staff without recovery codes make some first."""
    who = account()
    if who.has_second_factor and not who.is_demonstration and not who.mf_recovery_codes:
        return redirect(url_for("security.mf_recovery_codes"), 303)
    if "staff" in current_app.blueprints and who.has_any_role(RoleName.STAFF, RoleName.ADMIN):
        return redirect(url_for("staff.start"), 303)
    if "campaigners" in current_app.blueprints and who.has_any_role(RoleName.CAMPAIGNER):
        return redirect(url_for("campaigners.start"), 303)
    return redirect(url_for("accounts.home"), 303)


@bp.get("/")
def home() -> str:
    who = account()
    return render_template("security/account.html", account=who, form=OwnNameForm(obj=who))


@bp.post("/name")
def rename() -> ResponseReturnValue:
    """The name and title that certificates of packets print."""
    form = OwnNameForm()
    if not form.validate():
        return render_template("security/account.html", account=account(), form=form), 422
    organising.rename(account(), form.name.data or "", form.title.data or "", at=now())
    flash(_("Saved."), "success")
    return redirect(url_for("accounts.home"), 303)


@bp.post("/end-sessions")
def end_sessions() -> ResponseReturnValue:
    """End every session of this account, this one included."""
    who = account()
    _datastore.set_uniquifier(who)
    note("sessions ended", "account", str(who.id), account_id=who.id, at=now())
    logout_user()
    flash(_("Every session of this account is over. Sign in again."), "success")
    return redirect(url_for("security.login"), 303)


@door.get("/second-factor.svg")
def square() -> Response:
    """The square for the app that makes codes, from the secret that waits in this session."""
    secret, who = session.get("tf_totp_secret"), _whose_square()
    if not secret or who is None:
        abort(404)
    drawing = current_app.extensions["security"].totp_factory.drawing(who, secret)
    return Response(drawing, mimetype="image/svg+xml")


def _whose_square() -> Account | None:
    if session.get("tf_user_id"):
        return cast(Account | None, _datastore.find_user(fs_uniquifier=session["tf_user_id"]))
    return signed_in()


@limiter.limit(LINKS, methods=["POST"])
def forgotten() -> ResponseReturnValue:
    """Ask for a link to set a new password."""
    form = ForgottenForm()
    if form.is_submitted() and form.validate():
        organising.ask_for_link(form.email.address, at=now())
        return redirect(url_for("door.asked"), 303)
    page = render_template("security/forgot_password.html", form=form)
    return (page, 422) if form.errors else page


@door.get("/sign-up")
def sign_up_page() -> ResponseReturnValue:
    return _sign_up_page(SignUpForm(formdata=None))


@door.post("/sign-up")
@limiter.limit(SIGN_UPS)
def sign_up() -> ResponseReturnValue:
    """Ask for a campaigner's account; the answer is the same for every address."""
    form = SignUpForm()
    if joining.is_stopped():
        return _sign_up_page(form), 503
    if not form.validate():
        return _sign_up_page(form), 422
    address, why = form.email.address, (form.why.data or "").strip()
    joining.ask(address, form.name.data or "", why, lang=languages.chosen(), at=now())
    return redirect(url_for("door.signed_up"), 303)


@door.get("/sign-up/asked")
def signed_up() -> str:
    return render_template("security/signed_up.html")


def _sign_up_page(form: SignUpForm) -> str:
    return render_template("security/sign_up.html", form=form, is_stopped=joining.is_stopped())


@door.get("/password-asked")
def asked() -> str:
    return render_template("security/password_asked.html")
