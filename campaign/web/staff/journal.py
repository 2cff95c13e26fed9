"""The journal of acts: who did what, when; searched by act, thing, person and period."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import date

from flask import Response, render_template, request, stream_with_context

from campaign.database import db
from campaign.domain import journalling, names
from campaign.domain.journalling import Asked
from campaign.web.accounts.guards import admins_only
from campaign.web.staff import bp, record


@bp.get("/journal")
def journal() -> str:
    """One page of it; everything that is asked stands in the address, so that a page of it can be passed on."""
    asked = Asked(
        act=request.args.get("act", "")[:60],
        subject_kind=request.args.get("kind", "")[:40],
        subject_id=request.args.get("thing", "")[:80].strip(),
        account_id=request.args.get("account", type=int),
        who=request.args.get("who", "")[:100].strip(),
        since=_day("since"),
        until=_day("until"),
        before=request.args.get("before", type=int),
    )
    rows = journalling.search(asked)
    return render_template(
        "staff/journal.html",
        rows=rows,
        asked=asked,
        acts=journalling.acts(),
        kinds=journalling.kinds(),
        more=len(rows) == journalling.PAGE,
    )


def _day(name: str) -> date | None:
    """A day of the address; one that is none is not asked about."""
    try:
        return date.fromisoformat(request.args.get(name, "")[:10])
    except ValueError:
        return None


@bp.post("/journal/export")
@admins_only
def export_journal() -> Response:
    """The whole journal as CSV, for admins; that it was taken is its first row, committed before the first byte."""
    record("journal exported", "journal", "-")
    db.session.commit()
    headers = {"Content-Disposition": "attachment; filename=journal.csv"}
    return Response(stream_with_context(_table()), mimetype="text/csv", headers=headers)


def _table() -> Iterator[str]:
    yield _line(["id", "at", "account", "act", "kind", "thing", "details"])
    for entry, email in journalling.whole():
        at, details = entry.at.isoformat(), json.dumps(entry.details, ensure_ascii=False, sort_keys=True)
        yield _line([str(entry.id), at, email or "", entry.act, entry.subject_kind, entry.subject_id, details])
    db.session.rollback()


def _line(cells: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([names.formula_safe(cell) for cell in cells])
    return out.getvalue()
