"""Every refusal as a page that says what to do next."""

from math import ceil

from flask import Flask, Response, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from werkzeug.exceptions import HTTPException, InternalServerError, TooManyRequests

from campaign.domain.accounts.teaming import InvitationOver
from campaign.domain.errors import (
    LinkExpired,
    LinkUnknown,
    OwnerOnly,
    ReadingOnly,
    Refused,
    Resting,
    SignatureEnded,
    SignatureRemoved,
)
from campaign.domain.packets.entrusting import AccessClosed
from campaign.domain.signatures.proving import TooManyWaiting
from campaign.web import throttle

STATUS = {
    OwnerOnly: 403,
    ReadingOnly: 403,
    LinkUnknown: 404,
    Resting: 404,
    LinkExpired: 410,
    InvitationOver: 410,
    SignatureEnded: 410,
    SignatureRemoved: 410,
    AccessClosed: 410,
    TooManyWaiting: 429,
}

SENTENCES = {
    400: (lazy_gettext("This request could not be read"), lazy_gettext("Go back and send the form again.")),
    403: (lazy_gettext("This is not yours to open"), lazy_gettext("Sign in with an account that may, or go back.")),
    404: (
        lazy_gettext("There is no such page"),
        lazy_gettext("The address may be mistyped, or the page was taken away. The home page lists all campaigns."),
    ),
    405: (lazy_gettext("This address does not take that"), lazy_gettext("Go back and use the form on the page.")),
    413: (
        lazy_gettext("That is too much at once"),
        lazy_gettext("Send less at once. Go back: what you typed is still in your browser."),
    ),
    429: (
        lazy_gettext("Too many forms from your network"),
        lazy_gettext("Nothing is lost: wait a little and send the form again. Others may share your network."),
    ),
    500: (
        lazy_gettext("Something went wrong on our side"),
        lazy_gettext("Nothing of what you sent was recorded. Try again in a minute."),
    ),
    503: (lazy_gettext("The site is being mended"), lazy_gettext("Try again in a few minutes.")),
}


def init_app(app: Flask) -> None:
    app.register_error_handler(Refused, refuse)
    app.register_error_handler(HTTPException, explain)


def refuse(fault: Refused) -> tuple[str, int, dict[str, str]]:
    """A rule of the house was met: its docstring is what the visitor reads."""
    status = STATUS.get(type(fault), 409)
    titles = {
        403: _("This is not yours to do"),
        404: _("This link does not work"),
        410: _("This is over"),
        429: _("Too many forms at once"),
    }
    headers = {"Retry-After": str(ceil(fault.wait.total_seconds()))} if isinstance(fault, TooManyWaiting) else {}
    title = _("This page is paused") if isinstance(fault, Resting) else titles.get(status, _("That cannot be done"))
    return render_template("errors.html", title=title, sentence=_(fault.sentence), status=status), status, headers


def _wait(seconds: int) -> str:
    if seconds < 60:
        after = ngettext(
            "Nothing is lost: wait %(num)s second and try again.",
            "Nothing is lost: wait %(num)s seconds and try again.",
            seconds,
        )
    else:
        after = ngettext(
            "Nothing is lost: wait %(num)s minute and try again.",
            "Nothing is lost: wait %(num)s minutes and try again.",
            ceil(seconds / 60),
        )
    return f"{after} {_('Others may share your network.')}"


def explain(fault: HTTPException) -> Response | tuple[str, int, dict[str, str]]:
    if fault.response is not None:
        return fault.response
    status = fault.code or 500
    title, sentence = SENTENCES.get(status, SENTENCES[400 if status < 500 else 500])
    if status in {403, 409} and fault.description and fault.description != type(fault).description:
        sentence = fault.description
    headers: dict[str, str] = {}
    if isinstance(fault, TooManyRequests):
        seconds = int(fault.retry_after or throttle.wait())
        headers["Retry-After"] = str(seconds)
        sentence = _wait(seconds)
    if status == 413 and request.is_json:  # a machine's; to make a page, its body would be read again
        return "{}", status, {"Content-Type": "application/json"}
    if isinstance(fault, InternalServerError) and request.path.endswith(".json"):
        return "{}", status, {"Content-Type": "application/json"}
    return render_template("errors.html", title=title, sentence=sentence, status=status), status, headers
