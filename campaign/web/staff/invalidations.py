"""Removing many at once: conditions, how many it would be, why, a halt and a way back; and where they came from."""

from datetime import timedelta

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.collaborators import collaborators, now
from campaign.database import db
from campaign.domain.errors import Refused
from campaign.domain.names import NameRefused
from campaign.domain.signatures import clustering, invalidating, vetting
from campaign.domain.signatures.invalidating import Conditions, Typed
from campaign.models.invalidation import Invalidation
from campaign.models.petition import Petition
from campaign.models.signature import RemovalReason
from campaign.web import charts, countries, languages
from campaign.web.accounts.guards import account
from campaign.web.staff import bp, record
from campaign.web.staff.forms import ConditionsForm, InvalidationForm
from campaign.web.staff.petitions import petition_or_404

PERIODS = (2, 7, 30, 365)  # days


@bp.get("/petitions/<slug>/clusters")
def clusters(slug: str) -> str:
    petition, at = petition_or_404(slug), now()
    days = request.args.get("days", 7, type=int)
    days = days if days in PERIODS else 7
    since, seal = at - timedelta(days=days), collaborators().seal
    groups = {kind: clustering.largest(petition, kind, since=since, seal=seal) for kind in clustering.KINDS}
    per_day, per_hour = clustering.by_day(petition, since=since), clustering.by_hour(petition, at=at)
    return render_template(
        "staff/clusters.html",
        petition=petition,
        days=days,
        periods=PERIODS,
        groups=groups,
        different={kind: clustering.different(petition, kind, since=since) for kind in clustering.KINDS},
        stacks={kind: charts.stacks([_parts(c) for c in found]) for kind, found in groups.items()},
        per_day=per_day,
        per_hour=[span for span in per_hour if span.forms],
        day_chart=charts.columns([(span.forms, span.confirmed) for span in per_day]),
        hour_chart=charts.columns([(span.forms, span.confirmed) for span in per_hour]),
        hours=(per_hour[0].start, per_hour[-1].start),
    )


@bp.get("/petitions/<slug>/invalidations")
def invalidations(slug: str) -> str:
    """What was removed in bulk, and the form for more; clusters lead here with a condition filled in."""
    return _conditions_page(petition_or_404(slug), ConditionsForm(request.args))


@bp.post("/petitions/<slug>/invalidations")
def rehearse(slug: str) -> ResponseReturnValue:
    """Count what the conditions would take, and change nothing."""
    petition, form = petition_or_404(slug), ConditionsForm()
    if not form.validate():
        return _conditions_page(petition, form), 422
    try:
        row = invalidating.prepare(petition, _conditions(petition, form), by=account().printed_name, at=now())
    except NameRefused as fault:
        form.name.errors = [_(fault.message_key) % fault.message_values]
    except Refused as fault:
        form.domain.errors = [_(fault.sentence)]
    else:
        record(
            "invalidation rehearsed",
            "invalidation",
            str(row.id),
            petition=slug,
            matched=row.matched,
            waiting=row.waiting,
        )
        return redirect(url_for("staff.invalidation", id=row.id), 303)
    db.session.rollback()
    return _conditions_page(petition_or_404(slug), form), 422


@bp.get("/invalidations/<int:id>")
def invalidation(id: int) -> str:
    return _invalidation_page(_invalidation_or_404(id), InvalidationForm(formdata=None))


@bp.post("/invalidations/<int:id>/begin")
def begin(id: int) -> ResponseReturnValue:
    row, form = _invalidation_or_404(id), InvalidationForm()
    if not form.validate():
        return _invalidation_page(row, form), 422
    invalidating.begin(row, reason=form.reason.data or "", public_reason=RemovalReason(form.why.data))
    record(
        "invalidation begun", "invalidation", str(id), matched=row.matched, waiting=row.waiting, why=row.public_reason
    )
    return redirect(url_for("staff.invalidation", id=id), 303)


@bp.post("/invalidations/<int:id>/cancel")
def cancel(id: int) -> ResponseReturnValue:
    row = _invalidation_or_404(id)
    invalidating.cancel(row, at=now())
    record("invalidation cancelled", "invalidation", str(id), done=row.done)
    return redirect(url_for("staff.invalidation", id=id), 303)


@bp.post("/invalidations/<int:id>/undo")
def undo(id: int) -> ResponseReturnValue:
    row = _invalidation_or_404(id)
    invalidating.undo(row, at=now())
    record("invalidation undone", "invalidation", str(id), done=row.done)
    return redirect(url_for("staff.invalidation", id=id), 303)


def _conditions(petition: Petition, form: ConditionsForm) -> Conditions:
    typed = Typed(*((field.data or "").strip() for field in (form.domain, form.address, form.name)))
    clustered = {key: form[key].data or "" for key in ("domain_key", "network_key", "name_key")}
    return Conditions(
        **clustered | typed.keys(petition, seal=collaborators().seal),
        country=form.country.data or "",
        day_from=form.day_from.data.isoformat() if form.day_from.data else "",
        day_to=form.day_to.data.isoformat() if form.day_to.data else "",
        hour=form.hour.data,
        visibility=form.visibility.data or "",
        suspicion=form.suspicion.data or "",
        state=form.state.data or "",
        is_unproved=bool(form.unproved.data),
        is_bounced=bool(form.bounced.data),
    )


def _conditions_page(petition: Petition, form: ConditionsForm) -> str:
    return render_template(
        "staff/invalidations.html",
        petition=petition,
        form=form,
        rows=invalidating.of(petition),
        reasons=vetting.held_by_reason(petition),
        country_options=countries.options(languages.chosen(), form.country.data),
    )


def _invalidation_page(row: Invalidation, form: InvalidationForm) -> str:
    return render_template(
        "staff/invalidation.html",
        row=row,
        petition=row.petition,
        form=form,
        conditions=invalidating.conditions_of(row),
        may_undo=invalidating.may_be_undone(row, at=now()),
        undo_until=row.finished_at + invalidating.UNDO_LASTS if row.finished_at else None,
    )


def _parts(cluster: clustering.Cluster) -> tuple[int, ...]:
    return cluster.confirmed, cluster.held, cluster.removed, cluster.others


def _invalidation_or_404(id: int) -> Invalidation:
    return db.session.get(Invalidation, id) or abort(404)
