"""create_app: joins the rooms, and decides what this node serves at all."""

import getpass
import os
import sys
from pathlib import Path
from typing import Any

import structlog
from flask import Flask, request
from flask_mail import Mail
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix

from campaign import cli, collaborators, logs, models, worker
from campaign.database import db
from campaign.settings import ROOT, Settings, read
from campaign.web import accounts, commits, errors, filters, fingerprints, headers, languages, mailbox, throttle
from campaign.web.callbacks import bp as callbacks
from campaign.web.campaigners import bp as campaigners
from campaign.web.mailed import bp as mailed
from campaign.web.public import bp as public
from campaign.web.staff import bp as staff

log = structlog.get_logger()

FORM_BYTES = 64 * 1024  # a form is a few lines; uploads say so at their own route


class Site(Flask):
    def log_exception(self, exc_info: Any) -> None:
        """Name the route, never the filled-in path: paths hold tokens, and tokens are mailboxes."""
        log.error("request failed", route=str(request.url_rule), method=request.method, exc_info=exc_info)


def create_app(settings: Settings | None = None) -> Flask:
    """The site of these settings, by default those of the environment. Raises SettingsWrong."""
    settings = settings or read(os.environ, ask=_ask_for_passphrase)
    logs.configure(settings)
    app = Site("campaign", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    app.config.update(_config(settings))
    _join_database(app)
    huey = worker.open_queue(settings)
    bells = worker.Worker(app, huey)
    app.extensions.update(huey=huey, collaborators=collaborators.build(settings, bells.ring))
    Mail(app)  # what messages look up; the door itself is gateways/mailer.py
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    languages.init_app(app)
    commits.init_app(app)
    headers.init_app(app, settings)
    fingerprints.init_app(app)
    errors.init_app(app)
    filters.init_app(app)
    throttle.init_app(app, settings.limits_url)
    accounts.init_app(app, settings)
    _register_audiences(app, settings)
    cli.init_app(app)
    return app


def _ask_for_passphrase(path: Path) -> str | None:
    """Asked once, of whoever sits at the terminal; processes that this one starts are given it."""
    if not sys.stdin.isatty():
        return None
    given = os.environ["CAMPAIGN_KEY_PASSPHRASE"] = getpass.getpass(f"Passphrase of {path}: ")
    return given


def _config(settings: Settings) -> dict[str, Any]:
    settings.instance.mkdir(parents=True, exist_ok=True, mode=0o700)
    return {
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": _engine_options(settings),
        "MAX_CONTENT_LENGTH": FORM_BYTES,
        "MAX_FORM_MEMORY_SIZE": FORM_BYTES,
        "SESSION_COOKIE_SECURE": settings.site_url.startswith("https:"),
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_NAME": "session",
        "WTF_CSRF_TIME_LIMIT": None,
    }


def _engine_options(settings: Settings) -> dict[str, Any]:
    if settings.database_url.startswith("sqlite"):
        return {"hide_parameters": True, "connect_args": {"timeout": 20, "check_same_thread": False}}
    return {"hide_parameters": True, "pool_pre_ping": False, "pool_size": 5, "max_overflow": 5, "pool_recycle": 1800}


def _join_database(app: Flask) -> None:
    db.init_app(app)
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    assert models  # noqa: S101 - importing the package is what makes every table known


def _register_audiences(app: Flask, settings: Settings) -> None:
    if "public" in settings.roles:
        app.register_blueprint(public)
        app.register_blueprint(mailed)
        app.register_blueprint(callbacks)
    if "campaigners" in settings.roles:
        app.register_blueprint(campaigners)
    if "staff" in settings.roles:
        app.register_blueprint(staff)
    if settings.mail_url is None and not settings.is_production:
        app.register_blueprint(mailbox.bp)
