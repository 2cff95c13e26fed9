"""A donor's own page: what was given, receipts mailed again, stopping a monthly gift, changing a card, being erased."""

import structlog
from flask import Response, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.collaborators import collaborators, now
from campaign.database import db
from campaign.domain.giving import attending
from campaign.domain.giving.attending import FormOld, StillGiving
from campaign.domain.giving.paying import GivingOff, TillDown, TillRefused
from campaign.domain.links import Purpose
from campaign.models.donation import Donor
from campaign.web import headers, languages, throttle
from campaign.web.fields import OpenForm
from campaign.web.mailed import bp, tokens

log = structlog.get_logger()


@bp.get("/giving/<token>")
@tokens.limited
def donor(token: str) -> ResponseReturnValue:
    return _page(token, _donor(token))


@bp.get("/giving/<token>/stop/<int:plan>")
@tokens.limited
def stop_page(token: str, plan: int) -> ResponseReturnValue:
    row = _donor(token)
    return render_template("mailed/donor-stop.html", token=token, plan=attending.plan_of(row, plan), fault="")


@bp.post("/giving/<token>/stop/<int:plan>")
@tokens.limited
@throttle.links
def stop_giving(token: str, plan: int) -> ResponseReturnValue:
    row = _stamped(token)
    till = collaborators().till
    if till is None:
        raise GivingOff
    subscription = attending.to_stop(row, plan)
    db.session.commit()  # nothing is held open while the company is asked
    try:
        till.stop(subscription)
        attending.stopped(plan, at=now())
    except (TillDown, TillRefused) as fault:
        log.warning("monthly gift not stopped", fault=type(fault).__name__)
        said = _(
            "Stripe did not answer, so we do not know yet whether it is stopped. Send this again in a minute: to stop "
            "twice does no harm. When it is stopped you get a letter."
        )
        found = attending.plan_of(_donor(token), plan)
        return render_template("mailed/donor-stop.html", token=token, plan=found, fault=said), 503
    return redirect(url_for("mailed.donor", token=token), 303)


@bp.post("/giving/<token>/card/<int:plan>")
@tokens.limited
@throttle.links
def change_card(token: str, plan: int) -> ResponseReturnValue:
    """To the company's own page for that, and back."""
    customer, tools = attending.plan_of(_stamped(token), plan).customer, collaborators()
    db.session.commit()
    back = tools.settings.site_url + url_for("mailed.donor", token=token)
    try:
        if tools.till is None:
            raise GivingOff
        return redirect(tools.till.portal(customer, back=back, lang=languages.chosen()), 303)
    except (TillDown, TillRefused) as fault:
        log.warning("no page for the card", fault=type(fault).__name__)
        said = _("Stripe did not answer. Nothing was changed; try again in a minute.")
        return _page(token, _donor(token), said, 503)


@bp.post("/giving/<token>/receipts/<int:receipt>")
@tokens.limited
@throttle.links
def mail_receipt(token: str, receipt: int) -> ResponseReturnValue:
    attending.send_again(_stamped(token), receipt, at=now())
    return redirect(url_for("mailed.donor", token=token, _anchor="mailed"), 303)


@bp.post("/giving/<token>/years/<int:year>")
@tokens.limited
@throttle.links
def mail_year(token: str, year: int) -> ResponseReturnValue:
    row = _stamped(token)
    if year in attending.years(row):
        attending.send_year(row, year, at=now())
    return redirect(url_for("mailed.donor", token=token, _anchor="mailed"), 303)


@bp.get("/giving/<token>/erase")
@tokens.limited
def erase_page(token: str) -> ResponseReturnValue:
    return _erasing(token, _donor(token))


@bp.post("/giving/<token>/erase")
@tokens.limited
@throttle.links
def erase_donor(token: str) -> ResponseReturnValue:
    row = _stamped(token)
    try:
        attending.erase(row, at=now())
    except StillGiving as fault:
        return _erasing(token, row, _(fault.sentence)), 409
    return redirect(url_for("mailed.donor_erased"), 303)


@bp.get("/giving/erased")
def donor_erased() -> str:
    return render_template("mailed/donor-erased.html")


def _donor(token: str) -> Donor:
    return attending.donor(tokens.claim(Purpose.DONOR, token))


def _stamped(token: str) -> Donor:
    """The donor, if this site served the form. Raises FormOld for a form that lay open for more than a day."""
    row = _donor(token)
    if not OpenForm().validate():
        raise FormOld
    return row


def _page(token: str, row: Donor, fault: str = "", status: int = 200) -> Response:
    page = render_template("mailed/donor.html", token=token, donor=row, years=attending.years(row), fault=fault)
    response = make_response(page, status)
    response.headers["Content-Security-Policy"] = headers.policy(collaborators().settings.giving.pages)
    return response


def _erasing(token: str, row: Donor, fault: str = "") -> str:
    years = attending.ACCOUNTS_YEARS
    return render_template("mailed/donor-erase.html", token=token, donor=row, years=years, fault=fault)
