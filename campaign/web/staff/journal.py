"""The journal of acts: who did what, when; searched by act, thing and account."""

from flask import render_template, request

from campaign.domain import journalling
from campaign.domain.journalling import Asked
from campaign.web.staff import bp


@bp.get("/journal")
def journal() -> str:
    asked = Asked(
        act=request.args.get("act", "")[:60],
        subject_kind=request.args.get("kind", "")[:40],
        subject_id=request.args.get("thing", "")[:80].strip(),
        account_id=request.args.get("account", type=int),
        before=request.args.get("before", type=int),
    )
    rows = journalling.search(asked)
    return render_template(
        "staff/journal.html", rows=rows, asked=asked, acts=journalling.acts(), more=len(rows) == journalling.PAGE
    )
