"""The queue: what waits for approval and for how long; each draft beside what is public, held by one at a time."""

from typing import Any

from flask import Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.collaborators import now
from campaign.database import db
from campaign.domain import journalling
from campaign.domain.accounts import teaming
from campaign.domain.cases import enclosing, proposal
from campaign.domain.drafts import (
    approving,
    attaching,
    comparing,
    drafting,
    likening,
    locking,
    reasoning,
    rebasing,
    sponsoring,
    wishing,
)
from campaign.domain.drafts.approving import ChecksMissing, Due, ReasonNeeded
from campaign.domain.drafts.sponsoring import WhyNeeded
from campaign.domain.drafts.wishing import AddresseeNeeded
from campaign.domain.errors import Refused
from campaign.models.draft import Draft, DraftState
from campaign.web import media, proposals
from campaign.web.accounts.guards import account
from campaign.web.staff import bp

LONGEST_WORDS = 4_000


@bp.get("/queue")
def queue() -> str:
    at, asked = now(), request.args.get("due", "")
    if asked == "decided":
        return render_template("staff/queue.html", at=at, asked=asked, decided=approving.decided(), **_around())
    if asked == "gathering":
        return render_template("staff/queue.html", at=at, asked=asked, seeking=True, **_around())
    mine = account().id if asked == "mine" else None
    waiting = approving.queue(asked=asked, held_by=mine, at=at)
    return render_template("staff/queue.html", at=at, asked=asked, waiting=waiting, **_around())


@bp.get("/queue/<int:id>")
def queued(id: int) -> str:
    return _page(_draft_or_404(id))


@bp.get("/queue/<int:id>/files/<name>/<end>")
def queued_file(id: int, name: str, end: str) -> Response:
    """An image or file of a draft that was sent: seen before anybody else may see it."""
    if not attaching.holds(_draft_or_404(id), name):
        abort(404)
    return media.answer(enclosing.of(name), end)


@bp.post("/queue/<int:id>/hold")
def hold_draft(id: int) -> ResponseReturnValue:
    over, seen = request.form.get("over") == "y", request.form.get("holder", type=int)
    locking.hold(_waiting_or_404(id), account(), over=over, seen=seen, at=now())
    return redirect(url_for("staff.queued", id=id), 303)


@bp.post("/queue/<int:id>/release")
def release_draft(id: int) -> ResponseReturnValue:
    locking.release(_waiting_or_404(id), account())
    return redirect(url_for("staff.queue"), 303)


@bp.post("/queue/<int:id>/approve")
def approve_draft(id: int) -> ResponseReturnValue:
    found, checks = _draft_or_404(id), request.form.getlist("checks")
    try:
        approving.approve(found, account(), checks, at=now())
    except ChecksMissing as fault:
        return _refused(id, fault, checks=checks)
    return redirect(url_for("staff.queued", id=id), 303)


@bp.post("/queue/<int:id>/reject")
def reject_draft(id: int) -> ResponseReturnValue:
    found, reason, words = _draft_or_404(id), request.form.get("reason", ""), request.form.get("words", "")
    try:
        approving.reject(found, account(), reason, words[:LONGEST_WORDS], at=now())
    except ReasonNeeded as fault:
        return _refused(id, fault, words=words)
    return redirect(url_for("staff.queued", id=id), 303)


@bp.post("/queue/<int:id>/waive")
def waive_cosponsors(id: int) -> ResponseReturnValue:
    """Let it in without the co-sponsors it looks for, for a reason that the journal keeps."""
    found, why = _draft_or_404(id), request.form.get("why", "")
    try:
        sponsoring.waive(found, account(), why, at=now())
    except WhyNeeded as fault:
        return _refused(id, fault)
    return redirect(url_for("staff.queued", id=id), 303)


@bp.post("/queue/<int:id>/wish")
def settle_wish(id: int) -> ResponseReturnValue:
    """Give the place of a wished-for addressee to one of the directory, or to nobody."""
    try:
        wishing.settle(_draft_or_404(id), account(), request.form.get("addressee", ""), at=now())
    except AddresseeNeeded as fault:
        return _refused(id, fault)
    return redirect(url_for("staff.queued", id=id), 303)


@bp.post("/queue/<int:id>/copy")
def copy_draft(id: int) -> ResponseReturnValue:
    """Go on with it oneself, as with a visitor's: then somebody else on the staff approves it."""
    draft = drafting.begin_copy(_draft_or_404(id), account(), at=now())
    return redirect(url_for("campaigners.step", id=draft.id, name="case"), 303)


def _draft_or_404(id: int) -> Draft:
    return approving.of(id) or abort(404)


def _waiting_or_404(id: int) -> Draft:
    found = _draft_or_404(id)
    if found.state != "submitted":
        abort(404)
    return found


def _around() -> dict[str, Any]:
    return {"counts": approving.counts(at=now()), "Due": Due, "account": account(), "gathering": sponsoring.gathering()}


def _refused(id: int, fault: Refused, **kept: Any) -> ResponseReturnValue:
    db.session.rollback()
    return _page(_draft_or_404(id), sentence=_(fault.sentence), kept=kept), 422


def _page(found: Draft, *, sentence: str = "", kept: dict[str, Any] | None = None) -> str:
    at, content = now(), proposal.read(found.content)
    holder = found.holder(at)
    return render_template(
        "staff/queued.html",
        draft=found,
        at=at,
        due=approving.due(found, at=at),
        rows=comparing.rows(found),
        moved=rebasing.moved(found) if rebasing.has_moved(found) else [],
        has_moved=rebasing.has_moved(found),
        reasons=reasoning.offered(),
        cosponsors=sponsoring.number(found) if found.cosponsors_needed else 0,
        seeks=found.state is DraftState.GATHERING,
        media=media.media(
            enclosing.told(content.files),
            lambda name, end: url_for("staff.queued_file", id=found.id, name=name, end=end),
        ),
        holder=holder,
        is_mine=holder is not None and holder.id == account().id,
        is_author=teaming.had_a_hand(account(), found),
        hands=teaming.hands(found),
        faults=proposals.problems(approving.faults(found)) if found.state == "submitted" else [],
        checks=proposals.CHECKS,
        sentence=sentence,
        kept=kept or {},
        alike=likening.campaigns(content, but=found.campaign_id),
        also_waiting=likening.waiting(found) if found.state == "submitted" else [],
        entries=journalling.of("draft", str(found.id)),
        **proposals.shown(content),
        **_around(),
    )
