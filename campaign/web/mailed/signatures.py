"""The signer's own page: the receipt, who may see the name, withdrawing, and "it was not me"."""

from flask import Response, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from campaign.collaborators import collaborators, now
from campaign.domain.cases import showing
from campaign.domain.errors import NameNeeded
from campaign.domain.links import Claim, Purpose
from campaign.domain.names import NameRefused
from campaign.domain.signatures import withdrawing
from campaign.domain.upkeep import subjects
from campaign.web.mailed import bp, tokens
from campaign.web.mailed.forms import VisibilityForm


@bp.get("/signature/<token>")
@tokens.limited
def signature(token: str) -> ResponseReturnValue:
    return _page(token, _claim(token), VisibilityForm(None))


@bp.post("/signature/<token>")
@tokens.limited
def change(token: str) -> ResponseReturnValue:
    claim, form = _claim(token), VisibilityForm.sent()
    own = withdrawing.show(claim)
    form.now, form.is_risky = own.visibility, own.country in showing.high_risk_countries()
    if not form.validate():
        return _page(token, claim, form), 422
    typed, seal = form.name.data or "", collaborators().seal
    try:
        withdrawing.change_visibility(claim, form.chosen, typed_name=typed, seal=seal)
    except NameRefused as fault:
        form.refuse_name(fault)
    except NameNeeded:
        form.need_name()
    else:
        return redirect(url_for("mailed.signature", token=token, _anchor="changed"), 303)
    return _page(token, claim, form), 422


@bp.get("/signature/<token>/receipt.txt")
@tokens.limited
def receipt(token: str) -> Response:
    own = withdrawing.show(_claim(token))
    body = render_template("mailed/receipt.txt", own=own, letter=showing.brief(own.petition_slug))
    name = f"attachment; filename=receipt-{own.number or 'pending'}.txt"
    return Response(body, mimetype="text/plain", headers={"Content-Disposition": name})


@bp.get("/signature/<token>/everything.json")
@tokens.limited
def everything(token: str) -> Response:
    """All that is held about this signature. What is sealed is named as sealed: this machine need not open it."""
    response = jsonify(subjects.everything(_claim(token)))
    response.headers["Content-Disposition"] = "attachment; filename=everything.json"
    return response


@bp.get("/signature/<token>/withdraw")
@tokens.limited
def withdraw_page(token: str) -> ResponseReturnValue:
    return _before_ending(token, not_me=False)


@bp.get("/signature/<token>/not-me")
@tokens.limited
def not_me_page(token: str) -> ResponseReturnValue:
    return _before_ending(token, not_me=True)


@bp.post("/signature/<token>/withdraw")
@tokens.limited
def withdraw(token: str) -> ResponseReturnValue:
    withdrawing.withdraw(_claim(token), at=now())
    return redirect(url_for("mailed.withdrawn"), 303)


@bp.post("/signature/<token>/not-me")
@tokens.limited
def not_me(token: str) -> ResponseReturnValue:
    withdrawing.withdraw(_claim(token), not_me=True, at=now())
    return redirect(url_for("mailed.withdrawn"), 303)


@bp.get("/signature/withdrawn")
def withdrawn() -> str:
    return render_template("mailed/withdrawn.html")


def _claim(token: str) -> Claim:
    return tokens.claim(Purpose.SIGNATURE, token)


def _page(token: str, claim: Claim, form: VisibilityForm) -> str:
    own = withdrawing.show(claim)
    letter = showing.brief(own.petition_slug)
    return render_template("mailed/signature.html", token=token, own=own, letter=letter, form=form)


def _before_ending(token: str, *, not_me: bool) -> str:
    own = withdrawing.show(_claim(token))
    letter = showing.brief(own.petition_slug)
    return render_template("mailed/withdraw.html", token=token, own=own, letter=letter, not_me=not_me)
