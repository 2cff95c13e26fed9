"""The figures of one campaign for those who write it: pictures, and beside each the table it was drawn from."""

from typing import Any

from flask import abort, render_template
from flask_babel import gettext as _

from campaign.collaborators import now
from campaign.domain.accounts import teaming
from campaign.domain.giving import accounting
from campaign.domain.giving.accounting import Sums
from campaign.domain.signatures import gauging
from campaign.domain.signatures.gauging import Gauge
from campaign.models.campaign import Campaign
from campaign.models.letter import LetterState
from campaign.web import charts, countries, languages
from campaign.web.accounts.guards import account
from campaign.web.campaigners import bp

MANY = 12  # countries drawn; the rest stand in a table


@bp.get("/campaigns/<slug>")
def campaign(slug: str) -> str:
    found, at = _campaign_or_404(slug), now()
    gauge = gauging.campaign(found, at=at)
    return render_template(
        "campaigners/campaign.html",
        campaign=found,
        gauge=gauge,
        at=at,
        growth=charts.growth(gauge.days, at.date().isoformat()),
        columns=charts.columns([(day.sent, day.confirmed) for day in gauge.forms]),
        letters=_letters(gauge),
        gifts=[(each, _drawn(each)) for each in accounting.sums(campaign_id=found.id)],
        monthly=accounting.monthly_gifts(campaign_id=found.id),
        **_countries(gauge),
    )


def _campaign_or_404(slug: str) -> Campaign:
    """The campaign, if this account may see its figures."""
    campaign = gauging.found(slug)
    if campaign is None or not teaming.may_see(account(), campaign):
        abort(404)
    return campaign


def of_own_team(slug: str) -> Campaign:
    """The campaign, if this account is in its team."""
    campaign = gauging.found(slug)
    if campaign is None or teaming.part_of(account(), campaign) is None:
        abort(404)
    return campaign


def _drawn(sums: Sums) -> charts.Columns:
    return charts.columns([(month.came, max(0, month.kept)) for month in sums.months])


def _countries(gauge: Gauge) -> dict[str, Any]:
    names = countries.names(languages.chosen())
    rows = [(names.get(code, code), n) for code, n in gauge.countries.shown]
    return {"drawn": rows[:MANY], "further": rows[MANY:]}


def _letters(gauge: Gauge) -> list[tuple[str, int]]:
    """Letters to signers by what became of them. Those that are on their way are one number."""
    found = gauge.letters
    return [
        (_("Sent"), found[LetterState.SENT]),
        (_("On their way"), found[LetterState.QUEUED] + found[LetterState.SENDING]),
        (_("Failed"), found[LetterState.FAILED]),
        (_("Not wanted any more when their turn came"), found[LetterState.NOT_WANTED]),
    ]
