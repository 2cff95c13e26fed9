"""Standing behind a draft: the link that its author passes on, and each co-sponsor's own from the letter.

Whoever holds the first reads the title and the letter, of a case proposed without them its name and first event, and
nothing else of the draft; the second shows nothing of it.
"""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from campaign.collaborators import collaborators, now
from campaign.domain.cases import proposal
from campaign.domain.drafts import sponsoring
from campaign.domain.links import Purpose
from campaign.models.draft import Cosponsor
from campaign.web import languages, throttle
from campaign.web.mailed import bp, tokens
from campaign.web.mailed.forms import LinksForm


@bp.get("/cosponsor/<token>")
@tokens.limited
def cosponsor(token: str) -> str:
    return _page(token, LinksForm(None))


@bp.post("/cosponsor/<token>")
@throttle.links
@tokens.limited
def ask_to_cosponsor(token: str) -> ResponseReturnValue:
    draft, form = sponsoring.offered(tokens.claim(Purpose.COSPONSOR, token)), LinksForm.sent()
    if not form.validate():
        return _page(token, form), 422
    if throttle.may_mail_links(form.email.address):
        tools = collaborators()
        sponsoring.ask(draft, form.email.address, lang=languages.chosen(), seal=tools.seal, at=now())
    return redirect(url_for("mailed.cosponsor_asked"), 303)


@bp.get("/cosponsor/check-your-inbox")
def cosponsor_asked() -> str:
    return render_template("mailed/cosponsor-asked.html")


@bp.get("/cosponsoring/<token>")
@tokens.limited
def cosponsoring(token: str) -> str:
    return render_template("mailed/cosponsoring.html", row=_own(token), token=token)


@bp.post("/cosponsoring/<token>")
@tokens.limited
def confirm_cosponsoring(token: str) -> ResponseReturnValue:
    sponsoring.confirm(_own(token), at=now())
    return redirect(url_for("mailed.cosponsoring", token=token), 303)


@bp.post("/cosponsoring/<token>/leave")
@tokens.limited
def leave_cosponsoring(token: str) -> ResponseReturnValue:
    sponsoring.leave(_own(token))
    return redirect(url_for("mailed.cosponsoring_left"), 303)


@bp.get("/cosponsoring/left")
def cosponsoring_left() -> str:
    return render_template("mailed/cosponsoring-left.html")


def _own(token: str) -> Cosponsor:
    return sponsoring.found(tokens.claim(Purpose.COSPONSORING, token), at=now())


def _page(token: str, form: LinksForm) -> str:
    draft = sponsoring.offered(tokens.claim(Purpose.COSPONSOR, token))
    content = proposal.read(draft.content)
    return render_template("mailed/cosponsor.html", form=form, token=token, draft=draft, content=content)
