"""What guards the site, changed while it runs: switches, limits, lists, alerts, and what each petition asks for."""

from collections.abc import Callable

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from campaign.collaborators import collaborators, now
from campaign.database import db
from campaign.domain import alerting, limits, switching
from campaign.domain.errors import Refused
from campaign.domain.signatures import lists, unveiling
from campaign.domain.signatures.lists import EntriesWrong
from campaign.models.petition import Petition
from campaign.models.site import ListName, Switch
from campaign.web.accounts.guards import account
from campaign.web.staff import bp, record
from campaign.web.staff.forms import LimitForm, ListForm, SwitchForm, WholeListForm
from campaign.web.staff.petitions import petition_or_404

_UNSAID = {ListName.BLOCKED_ADDRESS, ListName.BLOCKED_NETWORK, ListName.ALLOWED_NETWORK, ListName.TOR_EXIT}


@bp.get("/guards")
def guards() -> str:
    return _page()


@bp.post("/guards/switches/<name>/stop")
def stop(name: str) -> ResponseReturnValue:
    switch, form = _switch_or_404(name), SwitchForm()
    if not form.validate():
        return _page(stopping=(switch, form)), 422
    if switching.stop(switch, by=account().printed_name, reason=form.reason.data or "", at=now()):
        record("stopped", "switch", name, reason=form.reason.data or "")
    return _back("switches")


@bp.post("/guards/switches/<name>/start")
def start_again(name: str) -> ResponseReturnValue:
    if switching.start(_switch_or_404(name)):
        record("started", "switch", name)
    return _back("switches")


@bp.post("/guards/limits/<name>")
def limit(name: str) -> ResponseReturnValue:
    if name not in limits.LIMITS:
        abort(404)
    form = LimitForm()
    try:
        if not form.validate():
            raise limits.LimitWrong
        before = limits.change(name, form.value.data or 0, by=account().printed_name, at=now())
    except limits.LimitWrong as fault:
        form.value.errors = [_(fault.sentence)]
        return _page(limiting=(name, form)), 422
    record("limit changed", "limit", name, before=before, after=form.value.data or 0)
    return _back("limits")


@bp.post("/guards/alerts/<int:id>")
def alert_seen(id: int) -> ResponseReturnValue:
    alerting.seen(id, by=account().printed_name, at=now())
    record("alert seen", "alert", str(id))
    return _back("alerts")


@bp.get("/guards/lists/<name>")
def list_page(name: str) -> str:
    return _list_page(_list_or_404(name), ListForm(formdata=None))


@bp.post("/guards/lists/<name>")
def list_add(name: str) -> ResponseReturnValue:
    chosen, form = _list_or_404(name), ListForm()
    if not form.validate():
        return _list_page(chosen, form), 422
    try:
        kept = lists.add(chosen, form.value.data or "", note=form.note.data or "", at=now(), seal=collaborators().seal)
    except Refused as fault:
        form.value.errors = [_(fault.sentence)]
        return _list_page(chosen, form), 422
    record("list: added", "list", name, **_said(chosen, kept))
    return _back_to_list(name)


@bp.post("/guards/lists/<name>/remove")
def list_remove(name: str) -> ResponseReturnValue:
    chosen, value = _list_or_404(name), request.form.get("value", "")[:300]
    if lists.remove(chosen, value):
        record("list: removed", "list", name, **_said(chosen, value))
    return _back_to_list(name)


@bp.post("/guards/lists/<name>/all")
def list_replace(name: str) -> ResponseReturnValue:
    """The whole list as text, one value a line; a line that cannot be read changes nothing."""
    chosen, form = _list_or_404(name), WholeListForm()
    if not form.validate():
        return _list_page(chosen, ListForm(formdata=None), whole=form), 422
    try:
        came, went = lists.replace(chosen, form.text.data or "", at=now(), seal=collaborators().seal)
    except EntriesWrong as fault:
        lines = (_("Line %(number)s: %(fault)s", number=n, fault=_(f.sentence)) for n, f in fault.faults.items())
        form.text.errors = [" ".join(lines)]
        return _list_page(chosen, ListForm(formdata=None), whole=form), 422
    record("list: replaced", "list", name, added=came, removed=went)
    flash(_("%(came)s came, %(went)s went.", came=came, went=went), "success")
    return _back_to_list(name)


@bp.post("/petitions/<slug>/guards/<name>/<int:on>")
def petition_guard(slug: str, name: str, on: int) -> ResponseReturnValue:
    """The proof of work of one petition, or its page of names, which one person alone can only switch off."""
    petition, change = petition_or_404(slug), _PETITION_GUARDS.get((name, bool(on))) or abort(404)
    change(petition)
    record(f"{name} {'on' if on else 'off'}", "petition", slug)
    return redirect(url_for("staff.petition", slug=slug, _anchor="h-guards"), 303)


def _proof_on(petition: Petition) -> None:
    petition.asks_for_proof = True


def _proof_off(petition: Petition) -> None:
    petition.asks_for_proof = False


_PETITION_GUARDS: dict[tuple[str, bool], Callable[[Petition], None]] = {
    ("names-page", False): unveiling.switch_off,
    ("proof-of-work", True): _proof_on,
    ("proof-of-work", False): _proof_off,
}


def _page(*, stopping: tuple[Switch, SwitchForm] | None = None, limiting: tuple[str, LimitForm] | None = None) -> str:
    alerts = alerting.unseen()
    about = {alert.petition_id for alert in alerts if alert.petition_id is not None}
    return render_template(
        "staff/guards.html",
        switches=[(switch, switching.about(switch)) for switch in Switch],
        limits=[(each, limits.read()[each.name]) for each in limits.LIMITS.values()],
        lists=[(name, len(lists.entries(name))) for name in ListName],
        alerts=alerts,
        petitions={row.id: row for row in db.session.scalars(select(Petition).where(Petition.id.in_(about)))},
        stopping=stopping,
        limiting=limiting,
        empty=SwitchForm(formdata=None),
    )


def _list_page(name: ListName, form: ListForm, *, whole: WholeListForm | None = None) -> str:
    rows = lists.entries(name)
    if whole is None:
        whole = WholeListForm(formdata=None)
        whole.text.data = "\n".join(f"{row.value}  # {row.note}" if row.note else row.value for row in rows)
    return render_template("staff/list.html", name=name, rows=rows, form=form, whole=whole)


def _said(name: ListName, value: str) -> dict[str, str]:
    """What the journal, which lasts, may hold of a value: of an address not even its hash, and no network."""
    return {} if name in _UNSAID else {"value": value}


def _switch_or_404(name: str) -> Switch:
    return Switch(name) if name in set(Switch) else abort(404)


def _list_or_404(name: str) -> ListName:
    return ListName(name) if name in set(ListName) else abort(404)


def _back(anchor: str) -> ResponseReturnValue:
    return redirect(url_for("staff.guards", _anchor=anchor), 303)


def _back_to_list(name: str) -> ResponseReturnValue:
    return redirect(url_for("staff.list_page", name=name), 303)
