"""Proposing a case without an account: one page, one letter to confirm the mailbox, and then staff see it."""

from collections.abc import Sequence

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import TooManyRequests

from campaign.collaborators import collaborators, now
from campaign.database import db
from campaign.domain.cases import proposal
from campaign.domain.cases.proposal import Content, Fault
from campaign.domain.drafts import completing, likening, proposing, sponsoring
from campaign.domain.drafts.drafting import Incomplete
from campaign.models.site import Switch
from campaign.web import languages, proposals, rules, throttle
from campaign.web.fields import MailedAddress, OpenForm
from campaign.web.public import bp


class ProposeForm(OpenForm):
    """The mailbox and the stamp; the case itself is read by web/proposals.py."""

    email = MailedAddress()


@bp.before_request
def _allow_long_texts() -> None:
    if request.endpoint == "public.propose":
        proposals.allow_long_texts(proposals.MOST_OF_A_STRANGER)


@bp.get("/propose")
def propose_page() -> str:
    return _page(Content(), ProposeForm(None))


@bp.post("/propose")
@throttle.links
def propose() -> ResponseReturnValue:
    if rules.is_stopped(Switch.CREATING):
        return _page(proposals.whole(request.form), ProposeForm(request.form), is_late=True), 503
    _refuse_doubled()
    form, content = ProposeForm(request.form), proposals.whole(request.form)
    faults = proposal.wrong(content)
    if not faults:
        faults = completing.missing_at_first(content)
    asks_again = not faults and bool(likening.campaigns(content)) and request.form.get("another") != "y"
    if not form.validate() or faults or asks_again:
        return _page(content, form, faults, asks_again=asks_again), 422
    if not throttle.may_mail_links(form.email.address):
        raise TooManyRequests(retry_after=throttle.HOUR)
    try:
        address, seal = form.email.address, collaborators().seal
        proposing.propose(content, address, lang=languages.chosen(), seal=seal, at=now())
    except Incomplete as fault:
        db.session.rollback()
        return _page(content, form, fault.faults), 422
    return redirect(url_for("public.proposed"), 303)


@bp.get("/propose/check-your-inbox")
def proposed() -> str:
    return render_template("public/proposed.html")


def _page(
    content: Content,
    form: ProposeForm,
    faults: Sequence[Fault] = (),
    *,
    asks_again: bool = False,
    is_late: bool = False,
) -> str:
    return render_template(
        "public/propose.html",
        form=form,
        asks_again=asks_again,
        is_late=is_late,
        is_stopped=rules.is_stopped(Switch.CREATING),
        wanted=rules.limit()[sponsoring.LIMIT],
        alike=likening.campaigns(content) if content.people and not proposal.wrong(content) else [],
        **proposals.shown(content, faults),
    )


def _refuse_doubled() -> None:
    """A field sent twice has no meaning that both sides would agree on; addressees are a list."""
    fields: MultiDict[str, str] = request.form
    if any(len(fields.getlist(name)) > 1 for name in fields if name != "addressees"):
        abort(400)
