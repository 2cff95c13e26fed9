"""Drafts of one's own teams: begun, written step by step, looked at, sent to staff, taken back.

Each saving sends the whole step, by hand or by a script in the background, so a lost network loses nothing.
"""

from dataclasses import replace

from flask import abort, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.collaborators import now
from campaign.domain.accounts import teaming
from campaign.domain.cases import enclosing, proposal, searching, translating
from campaign.domain.cases.proposal import Content, Fault, PersonProposed, Step
from campaign.domain.drafts import drafting, likening, rebasing
from campaign.domain.drafts.drafting import Incomplete, SavedElsewhere
from campaign.domain.drafts.rebasing import PublicTextMoved
from campaign.models.campaign import State
from campaign.models.draft import Draft
from campaign.web import filters, languages, media, proposals
from campaign.web.accounts.guards import account
from campaign.web.campaigners import bp

WRITTEN = (Step.CASE, Step.CAMPAIGN, Step.LETTER, Step.TRANSLATIONS, Step.FILES, Step.SAFETY)
IN_BACKGROUND = "X-Saved-In-Background"


@bp.post("/drafts")
def begin() -> ResponseReturnValue:
    """Empty; or `on` a campaign, to change it; or `also`, for one more letter under it; or `like` one, as an example;
    or from a draft of one's team."""
    form, who, at = request.form, account(), now()
    if form.get("on") or form.get("like"):
        campaign = drafting.public_campaign(form.get("on") or form.get("like") or "") or abort(404)
        letters = [p for p in campaign.petitions if p.texts and (p.state.is_public or p.state is State.PAUSED)]
        letter = next((p for p in letters if p.slug == form.get("letter")), letters[0] if letters else None)
        make = drafting.begin_on if form.get("on") else drafting.begin_like
        draft = make(campaign, letter, who, at=at)
    elif form.get("also"):
        campaign = drafting.public_campaign(form["also"]) or abort(404)
        draft = drafting.begin_on(campaign, None, who, at=at)
    elif form.get("again", "").isdecimal():
        draft = drafting.begin_copy(drafting.own(int(form["again"]), who) or abort(404), who, at=at)
    else:
        draft = drafting.begin(who, lang=languages.chosen(), at=at)
    return redirect(url_for("campaigners.step", id=draft.id, name=Step.CASE), 303)


@bp.get("/drafts/<int:id>")
def draft(id: int) -> ResponseReturnValue:
    return redirect(url_for("campaigners.step", id=readable_or_404(id).id, name=Step.CASE), 303)


@bp.get("/drafts/<int:id>/<name>")
def step(id: int, name: str) -> ResponseReturnValue:
    found, at = readable_or_404(id), _step_or_404(name)
    content = proposal.read(found.content)
    if at is Step.SEND or found.state != "writing" or not teaming.may_write(account(), found):
        return send_page(found)
    faults = drafting.lacking(found) if request.args.get("check") else []
    return _page(found, at, content, faults)


@bp.post("/drafts/<int:id>/<name>")
def save(id: int, name: str) -> ResponseReturnValue:
    found, at = own_or_404(id), _step_or_404(name)
    if at is Step.SEND:
        abort(405)
    content = proposals.merged(at, proposal.read(found.content), request.form)
    faults = [fault for fault in [*proposal.wrong(content), *translating.wrong(content)] if fault.step is at]
    if faults:
        return refused(found, at, content, faults)
    try:
        drafting.save(found, content, version=request.form.get("version", 0, int), by=account(), at=now())
    except SavedElsewhere as fault:
        return saved_elsewhere(found, at, content, _(fault.sentence))
    return saved(found, at)


def saved(found: Draft, at: Step) -> ResponseReturnValue:
    """To the script, the version that is stored now; to a person, this step or the next."""
    if IN_BACKGROUND in request.headers:
        return jsonify(version=found.version, saved=filters.moment(found.saved_at))
    go_on = request.form.get("go") == "on"
    return redirect(url_for("campaigners.step", id=found.id, name=_next(at) if go_on else at), 303)


def refused(
    found: Draft, at: Step, content: Content, faults: list[Fault], *, refused_file: str = ""
) -> ResponseReturnValue:
    """What cannot be kept as it is typed: said beside its field, with everything still in the form."""
    if IN_BACKGROUND in request.headers:
        first = next(iter(proposals.problems(faults)), None)
        return jsonify(what=f"{first.label}: {first.text}" if first else ""), 422
    return _page(found, at, content, faults, refused_file=refused_file), 422


def saved_elsewhere(found: Draft, at: Step, content: Content, sentence: str) -> ResponseReturnValue:
    silent = IN_BACKGROUND in request.headers
    return (jsonify(elsewhere=True) if silent else _page(found, at, content, [], sentence)), 409


@bp.post("/drafts/<int:id>/people")
def use_record(id: int) -> ResponseReturnValue:
    """Put a public record in the place of somebody written here: it is the same person."""
    found, n = own_or_404(id), request.form.get("n", -1, int)
    content, slug = proposal.read(found.content), request.form.get("slug", "")
    if not 0 <= n < len(content.people) or slug not in {like.slug for like in likening.people(content)}:
        abort(404)
    people = [PersonProposed(slug=slug) if at == n else person for at, person in enumerate(content.people)]
    content = replace(content, people=tuple(dict.fromkeys(people)))
    drafting.save(found, content, version=request.form.get("version", 0, int), by=account(), at=now())
    return redirect(url_for("campaigners.step", id=id, name=Step.CASE), 303)


@bp.post("/drafts/<int:id>/add-person")
def add_record(id: int) -> ResponseReturnValue:
    """Add somebody who has a public record already."""
    found, slug = own_or_404(id), request.form.get("slug", "")
    content = proposal.read(found.content)
    if slug not in {p.slug for p in searching.find_people(request.form.get("asked", ""))}:
        abort(404)
    people = tuple(dict.fromkeys([*content.people, PersonProposed(slug=slug)]))
    drafting.save(
        found, replace(content, people=people), version=request.form.get("version", 0, int), by=account(), at=now()
    )
    return redirect(url_for("campaigners.step", id=id, name=Step.CASE), 303)


@bp.post("/drafts/<int:id>/submit")
def submit(id: int) -> ResponseReturnValue:
    found = own_or_404(id)
    try:
        rebasing.refuse_moved(found)
        drafting.submit(found, by=account(), at=now())
    except PublicTextMoved:
        return send_page(found), 409
    except Incomplete:
        return send_page(found, tried=True), 422
    return redirect(url_for("campaigners.step", id=id, name=Step.SEND), 303)


@bp.post("/drafts/<int:id>/rebase")
def rebase(id: int) -> ResponseReturnValue:
    """What is public was changed meanwhile: take it, or keep one's own."""
    found, choice = own_or_404(id), request.form.get("choice")
    if choice not in {"take", "keep"}:
        abort(400)
    rebasing.decide(found, take=choice == "take", saw=request.form.get("saw", ""), at=now())
    return redirect(url_for("campaigners.step", id=id, name=Step.SEND), 303)


@bp.post("/drafts/<int:id>/take-back")
def take_back(id: int) -> ResponseReturnValue:
    drafting.take_back(own_or_404(id), by=account(), at=now())
    return redirect(url_for("campaigners.step", id=id, name=Step.SEND), 303)


def readable_or_404(id: int) -> Draft:
    return drafting.readable(id, account()) or abort(404)


def own_or_404(id: int) -> Draft:
    return drafting.own(id, account()) or abort(404)


def _step_or_404(name: str) -> Step:
    return Step(name) if name in set(Step) else abort(404)


def _next(at: Step) -> Step:
    steps = list(Step)
    return steps[steps.index(at) + 1]


def address_of(found: Draft) -> media.Address:
    """Where its team gets the images and files of a draft."""
    return lambda name, end: url_for("campaigners.draft_file", id=found.id, name=name, end=end)


def _page(
    found: Draft, at: Step, content: Content, faults: list[Fault], elsewhere: str = "", refused_file: str = ""
) -> str:
    asked = proposal.cleaned(request.args.get("asked", ""))[:100] if at is Step.CASE else ""
    mine = [fault for fault in faults if fault.step is at]
    return render_template(
        "campaigners/step.html",
        draft=found,
        at=at,
        steps=proposals.STEPS,
        has_moved=rebasing.has_moved(found),
        elsewhere=elsewhere,
        refused_file=refused_file,
        media=media.media(enclosing.told(content.files), address_of(found)),
        checked=bool(request.args.get("check")),
        asked=asked,
        people_found=searching.find_people(asked) if asked else [],
        people_like=likening.people(content) if at is Step.CASE and not mine else [],
        campaigns_like=likening.campaigns(content, but=found.campaign_id) if at in WRITTEN[:3] and not mine else [],
        language_choices=proposals.language_choices() if at is Step.TRANSLATIONS else [],
        **proposals.shown(content, mine),
    )


def send_page(found: Draft, *, tried: bool = False, unsure: bool = False) -> str:
    content = proposal.read(found.content)
    faults = drafting.lacking(found) if found.state == "writing" else []
    return render_template(
        "campaigners/send.html",
        draft=found,
        **proposals.cosponsoring(found),
        at=Step.SEND,
        steps=proposals.STEPS,
        moved=rebasing.moved(found) if rebasing.has_moved(found) else [],
        has_moved=rebasing.has_moved(found),
        saw=rebasing.seen(found),
        tried=tried,
        unsure=unsure,
        may_write=teaming.may_write(account(), found),
        may_discard=drafting.may_discard(found, account()),
        campaigns_like=likening.campaigns(content, but=found.campaign_id),
        **proposals.shown(content, faults),
    )
