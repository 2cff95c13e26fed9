"""Giving, for those who answer for it: totals, what each campaign sets, who issues receipts, and the books as a table.

No page here shows who gave. The one way to a name is the receipt, which its donor has.
"""

import csv
import io
from collections.abc import Iterable
from typing import Any

from flask import Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import select
from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import Length, Regexp, StopValidation

from campaign.collaborators import collaborators, now
from campaign.database import db
from campaign.domain import switching
from campaign.domain.errors import Refused
from campaign.domain.giving import accounting, acknowledging, funding, halting, hearing, money, reconciling
from campaign.domain.giving.accounting import Sums
from campaign.domain.giving.funding import CodeTaken
from campaign.models.campaign import Campaign
from campaign.models.donation import Fund, Issuer
from campaign.models.site import Switch
from campaign.web import charts
from campaign.web.accounts.guards import admins_only
from campaign.web.staff import bp, record
from campaign.web.staff.forms import LINE, NEEDED, TEXT


class FundForm(FlaskForm):
    is_open = BooleanField()
    issuer = StringField(validators=[Length(max=12)])
    shows_progress = BooleanField()
    goal = StringField(validators=[Length(max=40)])
    goal_currency = StringField(validators=[Length(max=3)])

    def validate_goal(self, field: StringField) -> None:
        """A goal is no gift, so it may be larger than one."""
        if not (field.data or "").strip():
            self.goal_amount = 0
            return
        try:
            of = money.currency(self.goal_currency.data or "")
            self.goal_amount = money.parse(field.data or "", money.Currency(of.code, of.digits, 0, 2_000_000_000, ()))
        except Refused as fault:
            raise StopValidation(_(fault.sentence)) from fault


class IssuerForm(FlaskForm):
    code = StringField(validators=[NEEDED, Regexp("^[A-Z0-9]{1,12}$", message=_l("Capital letters and figures."))])
    name = StringField(validators=[NEEDED, LINE])
    address = TextAreaField(validators=[TEXT])
    tax_line = StringField(validators=[Length(max=500)])
    wording = TextAreaField(validators=[TEXT])


@bp.get("/giving")
def giving() -> str:
    sums = accounting.sums()
    return render_template(
        "staff/giving.html",
        sums=sums,
        drawings=drawings(together(sums)),
        monthly=accounting.monthly_gifts(),
        left_running=halting.left_running(),
        campaigns=db.session.scalars(select(Campaign).order_by(Campaign.title, Campaign.id)).all(),
        funds={fund.campaign_id: fund for fund in db.session.scalars(select(Fund))},
        issuers=[(issuer, acknowledging.count(issuer), acknowledging.gaps(issuer)) for issuer in funding.issuers()],
        stopped=switching.about(Switch.GIVING),
        on=collaborators().settings.giving,
        waiting=hearing.waiting(at=now()),
        given_up=reconciling.given_up(),
        compared=reconciling.latest(),
        years=accounting.years(),
    )


@bp.get("/giving/campaigns/<slug>")
def giving_campaign(slug: str) -> str:
    found = _campaign_or_404(slug)
    return _page(found, _filled(funding.of(found.id)))


@bp.post("/giving/campaigns/<slug>")
def set_giving(slug: str) -> ResponseReturnValue:
    found, form = _campaign_or_404(slug), FundForm()
    issuer = db.session.scalar(select(Issuer).where(Issuer.code == (form.issuer.data or "")))
    if not form.validate() or (form.issuer.data and issuer is None):
        return _page(found, form), 422
    fund = funding.open_fund(found.id)
    funding.set_fund(
        fund,
        is_open=bool(form.is_open.data),
        issuer=issuer,
        shows_progress=bool(form.shows_progress.data),
        goal_amount=form.goal_amount,
        goal_currency=form.goal_currency.data or "EUR",
    )
    record("giving set", "campaign", slug, open=int(fund.is_open), issuer=issuer.code if issuer else "")
    return redirect(url_for("staff.giving_campaign", slug=slug), 303)


@bp.post("/giving/campaigns/<slug>/stop-monthly")
@admins_only
def stop_monthly_gifts(slug: str) -> ResponseReturnValue:
    """The worker ends them at the payment company, one by one; each donor gets a letter without a reason."""
    found = _campaign_or_404(slug)
    if request.form.get("sure") != "y":
        return _page(found, _filled(funding.of(found.id)), _("Say first that they shall all end.")), 422
    record("monthly gifts stopped", "campaign", slug, count=halting.stop_all(found.id, at=now()))
    return redirect(url_for("staff.giving_campaign", slug=slug, _anchor="monthly"), 303)


@bp.get("/giving/issuers/new")
@admins_only
def new_issuer() -> str:
    return render_template("staff/issuer.html", issuer=None, form=IssuerForm(formdata=None))


@bp.post("/giving/issuers/new")
@admins_only
def add_issuer() -> ResponseReturnValue:
    return _write_issuer(None)


@bp.get("/giving/issuers/<int:id>")
@admins_only
def issuer(id: int) -> str:
    found = db.session.get(Issuer, id) or abort(404)
    return render_template("staff/issuer.html", issuer=found, form=IssuerForm(formdata=None, obj=found))


@bp.post("/giving/issuers/<int:id>")
@admins_only
def change_issuer(id: int) -> ResponseReturnValue:
    return _write_issuer(db.session.get(Issuer, id) or abort(404))


@bp.post("/giving/export")
def export_books() -> ResponseReturnValue:
    """The movements of one year as CSV; no person is in it, and it is journalled before the first byte all the same."""
    year = request.form.get("year", 0, int)
    if year not in accounting.years():
        abort(404)
    record("books exported", "giving", str(year))
    db.session.commit()
    headers = {"Content-Disposition": f'attachment; filename="giving-{year}.csv"', "Cache-Control": "no-store"}
    return Response(_csv(accounting.table(year)), mimetype="text/csv", headers=headers)


def _csv(rows: Iterable[Iterable[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


def together(sums: list[Sums]) -> list[Sums]:
    """All campaigns of one currency as one."""
    found: dict[str, dict[str, accounting.Month]] = {}
    for each in sums:
        months = found.setdefault(each.currency, {})
        for month in each.months:
            was = months.get(month.month)
            months[month.month] = accounting.added(was, month) if was else month
    return [Sums("", "", currency, tuple(m for _, m in sorted(months.items()))) for currency, months in found.items()]


def drawings(sums: list[Sums]) -> list[tuple[Sums, charts.Columns]]:
    """Columns by month: what came, and in front what is kept of it."""
    return [(each, charts.columns([(month.came, max(0, month.kept)) for month in each.months])) for each in sums]


def _write_issuer(found: Issuer | None) -> ResponseReturnValue:
    form = IssuerForm()
    if not form.validate():
        return render_template("staff/issuer.html", issuer=found, form=form), 422
    said: dict[str, Any] = {field.name: (field.data or "").strip() for field in form if field.name != "csrf_token"}
    try:
        kept = funding.write_issuer(found, **said)
    except CodeTaken as fault:
        form.code.errors = [_(fault.sentence)]
        return render_template("staff/issuer.html", issuer=found, form=form), 422
    record("issuer changed" if found else "issuer added", "issuer", kept.code, name=kept.name)
    return redirect(url_for("staff.giving", _anchor="issuers"), 303)


def _filled(fund: Fund | None) -> FundForm:
    form = FundForm(formdata=None)
    form.is_open.data = fund.is_open if fund else True
    form.issuer.data = fund.issuer.code if fund and fund.issuer else ""
    form.shows_progress.data = bool(fund and fund.shows_progress)
    form.goal_currency.data = fund.goal_currency if fund else "EUR"
    form.goal.data = money.plain(fund.goal_amount, fund.goal_currency) if fund and fund.goal_amount else ""
    return form


def _page(found: Campaign, form: FundForm, fault: str = "") -> str:
    fund, sums = funding.of(found.id), accounting.sums(campaign_id=found.id)
    return render_template(
        "staff/giving_campaign.html",
        campaign=found,
        fund=fund,
        form=form,
        issuers=funding.issuers(),
        currencies=[(code, code) for code in sorted(money.CURRENCIES)],
        drawings=drawings(sums),
        monthly=accounting.monthly_gifts(campaign_id=found.id),
        running=halting.running(found.id),
        is_over=any(campaign.id == found.id for campaign, _number in halting.left_running()),
        fault=fault,
        progress=funding.progress(fund) if fund and fund.goal_amount else None,
    )


def _campaign_or_404(slug: str) -> Campaign:
    return db.session.scalar(select(Campaign).where(Campaign.slug == slug)) or abort(404)
