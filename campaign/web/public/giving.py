"""Giving to a campaign: one page with a form, and from there to the payment company's own page.

Nothing of whoever asks is kept here, and nothing is written for an attempt. The page is made anew for everybody and
kept by nobody, as its form is good for one attempt: sent twice, it leads to the same page of payment.
"""

import secrets
from typing import Any

import structlog
from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import HiddenField, StringField
from wtforms.validators import Length, StopValidation

from campaign.collaborators import collaborators
from campaign.database import db
from campaign.domain.cases.telling import CampaignTold
from campaign.domain.errors import Refused
from campaign.domain.giving import donating, funding, money
from campaign.domain.giving.donating import Wish
from campaign.domain.giving.money import Currency
from campaign.domain.giving.paying import GivingOff, Order, TillDown, TillRefused
from campaign.domain.links import Purpose
from campaign.models.campaign import Campaign
from campaign.models.site import Switch
from campaign.web import fields, headers, languages, rules, throttle
from campaign.web.fields import OpenForm
from campaign.web.public import bp
from campaign.web.public.memory import campaign_or_404, giving_told

log = structlog.get_logger()
OTHER = "other"


class GiveForm(OpenForm):
    """`amount` is one of those offered, in smallest units, or `other`, which is then written out."""

    currency = HiddenField(validators=[Length(max=3)])
    amount = StringField(validators=[Length(max=20)])
    other = StringField(validators=[Length(max=40)])
    interval = StringField()
    once = HiddenField(validators=[Length(max=32)])

    def validate_amount(self, field: StringField) -> None:
        if not field.data and not (self.other.data or "").strip():
            raise StopValidation(_("Choose an amount."))

    def validate_interval(self, field: StringField) -> None:
        if field.data not in {"once", "month"}:
            raise StopValidation(_("Choose whether you give once or every month."))

    def wish(self) -> Wish:
        """Raises the errors of domain/giving/money.py, FormWorn."""
        of = money.currency(self.currency.data or "")
        typed = (self.other.data or "").strip()
        is_other = self.amount.data in {OTHER, ""} or not (self.amount.data or "").isdigit()
        amount = money.parse(typed, of) if is_other or typed else money.judged(int(self.amount.data or "0"), of)
        return Wish(amount, of, self.interval.data == "month", self.once.data or "")


@bp.get("/campaigns/<slug:slug>/give")
def give(slug: str) -> ResponseReturnValue:
    told, form = campaign_or_404(slug), GiveForm(None)
    return _page(told, form, _chosen(request.args.get("currency", "")))


@bp.post("/campaigns/<slug:slug>/give")
@throttle.giving
def begin_to_give(slug: str) -> ResponseReturnValue:
    told = campaign_or_404(slug)
    fields.refuse_doubled_fields()
    form = GiveForm()
    chosen = _chosen(form.currency.data or "")
    _refuse_if_off(slug)
    if not form.validate():
        return _page(told, form, chosen, 422)
    try:
        wish = form.wish()
        if wish.currency not in _offered():
            raise money.CurrencyUnknown
    except Refused as fault:
        form.other.errors = [_(fault.sentence)]
        return _page(told, form, chosen, 422)
    return _to_the_till(told, form, wish)


def _to_the_till(told: CampaignTold, form: GiveForm, wish: Wish) -> ResponseReturnValue:
    """To the page of payment. If the company cannot be reached nobody was charged: cards are asked for there alone."""
    if not throttle.everybody_gives():
        log.warning("giving is busy")
        raise GivingOff
    order = _order(told.slug, wish)
    db.session.commit()  # nothing is held open while the company is asked
    till = collaborators().till
    try:
        if till is None:
            raise GivingOff
        return redirect(till.begin(order), 303)
    except (TillDown, TillRefused) as fault:
        log.warning("no page of payment", fault=type(fault).__name__, code=str(fault)[:60])
        form.form_errors = [
            _(
                "The page of payment could not be opened. Nothing was charged: no card was asked for. Everything you "
                "typed is kept; send it again in a minute."
            )
        ]
        form.once.data = ""  # another attempt: the company may keep its failure under the first one
        return _page(told, form, wish.currency, 503)


def _order(slug: str, wish: Wish) -> Order:
    tools = collaborators()
    row = db.session.scalars(db.select(Campaign.id).where(Campaign.slug == slug)).one()
    fund = funding.open_fund(row)
    reference = wish.reference(tools.settings.hash_key, fund.code)
    token = tools.links.token(Purpose.GIFT, bytes.fromhex(reference), 1)
    thanks = tools.settings.site_url + url_for("mailed.gift", token=token)
    lang = languages.chosen()
    return Order(
        key=donating.idempotency_key(reference, lang, thanks),
        amount=wish.amount,
        currency=wish.currency.code,
        monthly=wish.monthly,
        code=fund.code,
        reference=reference,
        lang=lang,
        thanks_url=thanks,
        stopped_url=tools.settings.site_url + url_for("mailed.gift_stopped", token=token),
    )


def _refuse_if_off(slug: str) -> None:
    if collaborators().till is None or rules.is_stopped(Switch.GIVING) or not funding.shown(slug).is_open:
        raise GivingOff


def _offered() -> list[Currency]:
    return donating.offered(collaborators().settings.giving.currencies)


def _chosen(code: str) -> Currency:
    """The currency asked for, or the first that is offered."""
    offered = _offered() or [money.CURRENCIES["EUR"]]
    return next((each for each in offered if each.code == code.upper()), offered[0])


def _page(told: CampaignTold, form: GiveForm, chosen: Currency, status: int = 200) -> Response:
    giving, known = collaborators().settings.giving, giving_told(told.slug)
    is_off = collaborators().till is None or rules.is_stopped(Switch.GIVING)
    said: dict[str, Any] = {
        "campaign": told,
        "form": form,
        "chosen": chosen,
        "offered": _offered(),
        "once": form.once.data if donating.is_once(form.once.data) else secrets.token_hex(16),
        "is_off": is_off,
        "is_open": known.is_open,
        "progress": known.progress,
        "is_test": giving.is_test,
        "bank": giving.bank,
        "is_demonstration": told.is_demonstration,
    }
    response = make_response(render_template("public/give.html", **said), status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = headers.policy(giving.pages)
    return response
