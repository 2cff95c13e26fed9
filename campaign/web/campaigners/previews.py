"""The preview: the draft as the public would see it, by the very pages of the public.

It is written into the tables inside a transaction that is always rolled back, and read from there by what the public
pages read with: so there is no second way of showing a case that could differ from the first. Nothing is committed.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from flask import Response, abort, current_app, make_response, render_template, request, url_for
from flask_babel import gettext as _
from wtforms import StringField

from campaign.collaborators import now
from campaign.database import db, writing
from campaign.domain.accounts import teaming
from campaign.domain.cases import picturing, proposal, showing, telling
from campaign.domain.cases.proposal import SafetyProposed
from campaign.domain.cases.showing import PetitionShown
from campaign.domain.cases.telling import CampaignTold, CaseTold
from campaign.domain.drafts import approving, drafting
from campaign.domain.drafts.applying import apply
from campaign.models.account import Account
from campaign.models.campaign import Campaign
from campaign.models.draft import Draft
from campaign.models.petition import Petition
from campaign.models.prisoner import Answer
from campaign.web import charts, countries, headers, languages, media
from campaign.web.accounts.guards import account
from campaign.web.campaigners import bp
from campaign.web.fields import Address, OpenForm, Tick
from campaign.web.tongues import Tongue
from campaign.web.tongues import tongues as tongues_of

T = TypeVar("T")
POLICY = headers.POLICY.replace("form-action 'self'", "form-action 'none'").replace(
    "frame-ancestors 'none'", "frame-ancestors 'self'"
)
NAMED = SafetyProposed(basis=Answer.ALREADY_PUBLIC, proof="–")  # as it will be if approved: with the new names shown


class FormShown(OpenForm):
    """The sign form as it will stand below the letter. It cannot be sent: the page's own policy forbids it."""

    name = StringField()
    email = Address()
    country = StringField()
    visibility = StringField()
    consent = Tick()
    updates = Tick()
    silent = Tick()
    young = Tick()
    asks_if_sure = asks_if_email_is_right = is_late = False

    def problems(self) -> list[str]:
        return []


@bp.get("/drafts/<int:id>/preview/campaign")
def preview_campaign(id: int) -> Response:
    def told(campaign: Campaign, _petition: Petition | None) -> CampaignTold | None:
        return telling.campaign(campaign.slug)

    page = _looked_at(id, told)
    return _answer(
        "campaigners/preview_campaign.html",
        id,
        campaign=page,
        photos=picturing.shown([case.person.slug for case in page.cases], now().date()),
        elsewhere=dict(page.elsewhere),
        weeks={case.person.slug: _weeks(case) for case in page.cases},
        media=media.media(page.files, lambda name, end: url_for("campaigners.draft_file", id=id, name=name, end=end)),
        sources={source.number: source for source in page.sources},
        is_demonstration=page.is_demonstration,
    )


@bp.get("/drafts/<int:id>/preview/letter")
@bp.get("/drafts/<int:id>/preview/letter/<lang>")
def preview_letter(id: int, lang: str = "") -> Response:
    def shown(_campaign: Campaign, petition: Petition | None) -> PetitionShown | None:
        return showing.petition(petition.slug) if petition else None

    letter = _looked_at(id, shown)
    letter = (letter.in_language(lang) if lang else letter) or abort(404)
    if not letter.consent:
        letter = replace(letter, consent=_("The sentence to tick names those addressed. Choose them first."))
    return _answer(
        "campaigners/preview_letter.html",
        id,
        petition=letter,
        is_demonstration=letter.is_demonstration,
        form=FormShown(None),
        is_open=True,
        is_stopped=False,
        asks_for_proof=False,
        words="",
        tongues=_tongues(id, letter),
        canonical="",
        unproved={},
        names_kept={},
        growth=None,
        shown=[],
        country_options=countries.options(languages.chosen()),
    )


def _tongues(id: int, letter: PetitionShown) -> list[Tongue]:
    """The languages as the public page offers them, each leading to its preview."""
    page = "campaigners.preview_letter"
    return [replace(each, path=url_for(page, id=id, lang=each.lang)) for each in tongues_of(letter)]


def _looked_at(id: int, look: Callable[[Campaign, Petition | None], T | None]) -> T:
    """What `look` sees of the draft once it is applied; afterwards nothing of it is there."""
    if "public" not in current_app.blueprints:
        abort(404)
    who = account().id
    db.session.rollback()
    with writing():
        try:
            draft = _visible(id, db.session.get_one(Account, who)) or abort(404)
            content = replace(proposal.read(draft.content), safety=NAMED)
            seen = look(*apply(draft, content, by="–", at=now()))
        finally:
            db.session.rollback()
    return seen or abort(404)


def _visible(id: int, who: Account) -> Draft | None:
    """Of one's own teams; staff see every draft that was sent to them."""
    own = drafting.readable(id, who)
    if own is None and teaming.is_staff(who):
        return approving.of(id)
    return own


@bp.get("/drafts/<int:id>/look/<what>/<how>")
def look(id: int, what: str, how: str) -> Response:
    """The preview as wide as a telephone, as a desk's screen, or as it is printed: the same page in a frame."""
    draft = visible_or_404(id)
    if what not in {"campaign", "letter"} or how not in {"phone", "desktop", "paper"}:
        abort(404)
    response = make_response(render_template("campaigners/look.html", draft=draft, what=what, how=how))
    response.headers["Content-Security-Policy"] = f"{headers.POLICY}; frame-src 'self'"
    return response


@bp.get("/print.css")
def print_style() -> Response:
    """What the site's style says for paper, as a style for the screen: read from it, so that the two cannot differ."""
    style = (Path(current_app.static_folder or "") / "css" / "site.css").read_text("utf-8")
    rules = style[style.index("@media print {") :].replace("@media print", "@media all", 1)
    return Response(rules, mimetype="text/css")


def visible_or_404(id: int) -> Draft:
    return _visible(id, account()) or abort(404)


def _answer(template: str, id: int, **shown: object) -> Response:
    how = request.args.get("as")  # in which of the frames of `look`, if in one
    page = render_template(template, draft_id=id, framed=bool(how), on_paper=how == "paper", **shown)
    response = make_response(page)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Content-Security-Policy"] = POLICY
    return response


def _weeks(case: CaseTold) -> charts.Weeks | None:
    if case.held is None:
        return None
    marked = [fact.days_held for fact in case.timeline if fact.days_held is not None]
    return charts.weeks(case.held.days, [day for day in marked if day <= case.held.days])
