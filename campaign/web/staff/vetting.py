"""Vetting: the quarantine, one signature, and unusual names. Numbers and reasons; a name is opened one at a time."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from campaign.collaborators import collaborators, now
from campaign.database import db
from campaign.domain.names import NameRefused
from campaign.domain.signatures import reviewing, vetting
from campaign.domain.signatures.vetting import Asked
from campaign.models.petition import Petition
from campaign.models.signature import NameReview, RemovalReason, Signature, SignatureState
from campaign.web import countries, languages
from campaign.web.accounts.guards import account
from campaign.web.staff import bp, record
from campaign.web.staff.forms import FindForm, OpeningForm, RemovalForm
from campaign.web.staff.petitions import petition_or_404


@bp.get("/vetting")
def vetting_start() -> str:
    """Where something waits for a person."""
    held = dict(vetting.waiting())
    names = {petition: reviewing.how_many_wait(petition) for petition in reviewing.with_waiting()}
    rows = [(petition, held.get(petition, 0), names.get(petition, 0)) for petition in {**held, **names}]
    return render_template("staff/vetting.html", rows=rows)


@bp.get("/petitions/<slug>/vetting")
def quarantine(slug: str) -> str:
    return _quarantine(petition_or_404(slug), FindForm(formdata=None))


@bp.post("/petitions/<slug>/vetting")
def settle_held(slug: str) -> ResponseReturnValue:
    """Release or remove the rows that were ticked."""
    petition = petition_or_404(slug)
    rows = vetting.list_of(request.form.getlist("row", type=int)[: vetting.PAGE], petition)
    act = request.form.get("act", "")
    form = RemovalForm()
    if act not in {"release", "remove"} or (act == "remove" and not form.validate()):
        flash(_("Choose what to do with them, and why."), "error")
        return _quarantine(petition, FindForm(formdata=None), chosen={row.id for row in rows}), 422
    for row in rows:
        if act == "release":
            vetting.release(row)
        else:
            vetting.remove(row, RemovalReason(form.why.data), at=now())
    if rows:
        why = {"why": str(form.why.data)} if act == "remove" else {}
        record(f"held signatures {act}d", "petition", slug, number=len(rows), **why)
    flash(ngettext("%(num)s signature settled.", "%(num)s signatures settled.", len(rows)), "success")
    return redirect(url_for("staff.quarantine", slug=slug, reason=request.args.get("reason") or None), 303)


@bp.post("/petitions/<slug>/find")
def find(slug: str) -> ResponseReturnValue:
    """Found by what is known of it. By POST, so that what was typed stands in no address and in no log."""
    petition, form = petition_or_404(slug), FindForm()
    if not form.validate():
        return _quarantine(petition, form), 422
    asked = Asked(
        number=form.number.data,
        day=form.day.data,
        country=form.country.data or "",
        name=(form.name.data or "").strip(),
        address=(form.address.data or "").strip(),
    )
    try:
        found = vetting.find(petition, asked, seal=collaborators().seal)
    except NameRefused as fault:
        form.name.errors = [_(fault.message_key) % fault.message_values]
        return _quarantine(petition, form), 422
    by = [name for name in ("number", "day", "country", "name", "address") if getattr(asked, name)]
    record("signatures looked for", "petition", slug, by=" ".join(by), found=len(found))
    return _quarantine(petition, form, found=found)


@bp.get("/signatures/<int:id>")
def signature(id: int) -> str:
    return _signature_page(_signature_or_404(id), RemovalForm(formdata=None), OpeningForm(formdata=None))


@bp.post("/signatures/<int:id>/release")
def release(id: int) -> ResponseReturnValue:
    row = _signature_or_404(id)
    vetting.release(row)
    record("signature released", "signature", str(id))
    return redirect(url_for("staff.signature", id=id), 303)


@bp.post("/signatures/<int:id>/remove")
def remove(id: int) -> ResponseReturnValue:
    row, form = _signature_or_404(id), RemovalForm()
    if not form.validate():
        return _signature_page(row, form, OpeningForm(formdata=None)), 422
    vetting.remove(row, RemovalReason(form.why.data), at=now())
    record("signature removed", "signature", str(id), why=str(form.why.data))
    return redirect(url_for("staff.signature", id=id), 303)


@bp.post("/signatures/<int:id>/restore")
def restore(id: int) -> ResponseReturnValue:
    row = _signature_or_404(id)
    vetting.restore(row)
    record("signature restored", "signature", str(id))
    return redirect(url_for("staff.signature", id=id), 303)


@bp.post("/signatures/<int:id>/name")
def open_name(id: int) -> ResponseReturnValue:
    """One name, its reason written down first: the journal stands before the first byte leaves."""
    row, form = _signature_or_404(id), OpeningForm()
    if not form.validate():
        return _signature_page(row, RemovalForm(formdata=None), form), 422
    opener = collaborators().names_opener
    reviewing.may_open(row, opener)
    reviewing.refuse_many(account().id, at=now())
    record("name opened", "signature", str(id), reason=form.reason.data or "")
    db.session.commit()
    return _signature_page(row, RemovalForm(formdata=None), form, name=reviewing.open_one(row, opener))


@bp.post("/signatures/<int:id>/name/<decision>")
def decide_name(id: int, decision: str) -> ResponseReturnValue:
    """Accept the name for print and pages, or refuse it; then on to the next that waits."""
    row = _signature_or_404(id)
    if decision not in set(NameReview):
        abort(404)
    reviewing.decide(row, NameReview(decision))
    record(f"name {decision}", "signature", str(id))
    petition = db.session.get_one(Petition, row.petition_id)
    return redirect(url_for("staff.names_waiting", slug=petition.slug), 303)


@bp.get("/petitions/<slug>/names-waiting")
def names_waiting(slug: str) -> str:
    petition = petition_or_404(slug)
    return render_template(
        "staff/names_waiting.html",
        petition=petition,
        rows=reviewing.waiting(petition),
        has_key=bool(collaborators().names_opener.key_ids),
    )


@bp.post("/petitions/<slug>/names-waiting")
def look_at_names(slug: str) -> ResponseReturnValue:
    """Look through the names nobody has looked at, here and now, where no worker with the key does it."""
    petition = petition_or_404(slug)
    passed = reviewing.look(petition, collaborators().names_opener)
    record("names looked through", "petition", slug, numbers=passed)
    flash(ngettext("%(num)s number looked through.", "%(num)s numbers looked through.", passed), "success")
    return redirect(url_for("staff.names_waiting", slug=slug), 303)


def _quarantine(
    petition: Petition, form: FindForm, *, found: list[Signature] | None = None, chosen: set[int] | None = None
) -> str:
    reason, after = request.args.get("reason", "")[:40], request.args.get("after", 0, type=int)
    rows = vetting.held(petition, reason=reason, after=after)
    return render_template(
        "staff/quarantine.html",
        petition=petition,
        rows=rows,
        more=len(rows) == vetting.PAGE,
        reason=reason,
        reasons=vetting.held_by_reason(petition).most_common(),
        removed=vetting.removed_by_reason(petition),
        chosen=chosen or set(),
        form=form,
        found=found,
        why=RemovalForm(formdata=None).why,
        country_options=countries.options(languages.chosen(), form.country.data),
    )


def _signature_page(row: Signature, removal: RemovalForm, opening: OpeningForm, *, name: str | None = None) -> str:
    return render_template(
        "staff/signature.html",
        row=row,
        petition=db.session.get_one(Petition, row.petition_id),
        around=vetting.around(row),
        removing=removal,
        opening=opening,
        name=name,
        may_restore=row.state is SignatureState.REMOVED and row.email_key is not None,
        has_key=bool(collaborators().names_opener.key_ids),
    )


def _signature_or_404(id: int) -> Signature:
    row = db.session.get(Signature, id)
    if row is None or row.state is SignatureState.PENDING:
        abort(404)
    return row
