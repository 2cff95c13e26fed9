"""What waits for somebody, as numbers that lead to their lists; and the two lists that have no other page."""

from typing import Any

from flask import render_template, url_for
from flask_babel import ngettext

from campaign.collaborators import now
from campaign.domain import assenting
from campaign.domain.accounts import joining
from campaign.domain.news import heralding
from campaign.domain.packets import releasing, reminding
from campaign.domain.upkeep import awaiting, overseeing
from campaign.domain.upkeep.awaiting import Item, What
from campaign.models.account import RoleName
from campaign.models.assent import AssentKind
from campaign.web import rules
from campaign.web.accounts.guards import account
from campaign.web.staff import bp
from campaign.web.staff.assents import KINDS

# Where the list behind each number is: endpoint and what its address says.
LISTS: dict[What, tuple[str, dict[str, Any]]] = {
    What.REPORTS: ("staff.reports", {}),
    What.STOPPED: ("staff.guards", {"_anchor": "switches"}),
    What.ALERTS: ("staff.guards", {"_anchor": "alerts"}),
    What.OVERDUE: ("staff.queue", {"due": "over"}),
    What.WORKER: ("staff.start", {"_anchor": "h-worker"}),
    What.LETTERS: ("staff.letters", {}),
    What.BUILDS: ("staff.packets", {"state": "sealed"}),
    What.CONSENTS_OVER: ("staff.consents", {}),
    What.NEARLY: ("staff.queue", {"due": "near"}),
    What.HELD: ("staff.vetting_start", {}),
    What.NAMES: ("staff.vetting_start", {}),
    What.RETENTION: ("staff.petitions", {"names": "due"}),
    What.CONSENTS: ("staff.consents", {}),
    What.NEW: ("staff.queue", {"due": "new"}),
    What.UPDATES: ("staff.updates", {}),
    What.GATHERING: ("staff.queue", {"due": "gathering"}),
    What.STALE: ("staff.prisoners", {"stale": 1}),
    What.RECEIPTS: ("staff.packets", {"receipt": "none"}),
}


@bp.get("")
def start() -> str:
    at, is_admin = now(), account().has_any_role(RoleName.ADMIN)
    items = [(item, _words(item), _list(item)) for item in awaiting.everything(at=at)]
    return render_template(
        "staff/start.html",
        at=at,
        account=account(),
        items=[each for each in items if each[0].number],
        nothing=[each for each in items if not each[0].number],
        second_person=len(assenting.waiting(*KINDS, at=at)),
        sign_ups=len(joining.waiting()),
        resets=len(assenting.waiting(AssentKind.RESET_FACTOR, at=at)) if is_admin else 0,
        reminders=reminding.due(at=at),
        untold=heralding.untold(at=at),
        releases=releasing.waiting(at=at),
        waiting=overseeing.waiting(at=at),
        petitions=overseeing.petitions(limit=10),
        packets=overseeing.under_way(),
    )


@bp.get("/consents")
def consents() -> str:
    """What was agreed to until a day that has come, or comes within thirty days."""
    today = now().date()
    return render_template("staff/consents.html", rows=awaiting.consents(today), today=today)


@bp.get("/letters")
def letters() -> str:
    """Letters by state, and those that were given up; never to whom."""
    return render_template(
        "staff/letters.html",
        letters=overseeing.letters(),
        faults=overseeing.faults_of_letters(),
        faults_of_news=overseeing.faults_of_news(),
        takes_any_script=rules.takes_any_script(),
        failed=awaiting.failed_letters(),
    )


def _list(item: Item) -> str:
    endpoint, values = LISTS[item.what]
    return url_for(endpoint, **values)


def _words(item: Item) -> str:
    n = item.number
    words = {
        What.REPORTS: ngettext("report of a visitor", "reports of visitors", n),
        What.STOPPED: ngettext("switch stopped", "switches stopped", n),
        What.ALERTS: ngettext("alert nobody has looked at", "alerts nobody has looked at", n),
        What.OVERDUE: ngettext("draft overdue", "drafts overdue", n),
        What.WORKER: ngettext("kind of work the worker is late with", "kinds of work the worker is late with", n),
        What.LETTERS: ngettext("letter failed", "letters failed", n),
        What.BUILDS: ngettext("packet whose build stopped", "packets whose build stopped", n),
        What.CONSENTS_OVER: ngettext("consent expired", "consents expired", n),
        What.NEARLY: ngettext("draft nearly overdue", "drafts nearly overdue", n),
        What.HELD: ngettext("signature held", "signatures held", n),
        What.NAMES: ngettext("unusual name to look at", "unusual names to look at", n),
        What.RETENTION: ngettext("yearly decision about names due", "yearly decisions about names due", n),
        What.CONSENTS: ngettext("consent ends within 30 days", "consents end within 30 days", n),
        What.NEW: ngettext("new draft", "new drafts", n),
        What.UPDATES: ngettext("letter to supporters", "letters to supporters", n),
        What.GATHERING: ngettext("draft seeks co-sponsors", "drafts seek co-sponsors", n),
        What.STALE: ngettext("stale record", "stale records", n),
        What.RECEIPTS: ngettext("packet without a receipt", "packets without a receipt", n),
    }
    return words[item.what]
