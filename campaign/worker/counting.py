"""Numbers and lists that follow what people do: the ledger, removals, names, people, floods, trends, gifts."""

import structlog

from campaign.collaborators import collaborators, now
from campaign.database import db, take_bells, unit_of_work
from campaign.domain import alerting
from campaign.domain.signatures import counting, grouping, invalidating, reviewing, trending, unveiling
from campaign.gateways import cashier
from campaign.models.petition import Petition

log = structlog.get_logger()


def count_signatures() -> int:
    """Bring every petition's ledger up to date; how many entries were appended."""
    appended = 0
    with unit_of_work():
        due = counting.due_petitions()
    for petition_id in due:
        while True:
            with unit_of_work():
                step = counting.count(petition_id, at=now())
            appended += step
            if step < counting.BATCH:
                break
    return appended


def invalidate() -> int:
    """Go on with what staff remove or put back in bulk; how many were brought to their end.

    Each batch is one commit, after which the counter may look: the public number follows on the way.
    """
    ended = 0
    while True:
        with unit_of_work():
            claimed = invalidating.claim(at=now())
        if claimed is None:
            return ended
        more = True
        while more:
            with unit_of_work():
                more = invalidating.step(claimed, at=now())
            for bell in take_bells():
                collaborators().ring(bell)
        ended += 1


def show_names() -> int:
    """Where the key of names is: look at names nobody has looked at, and fill the pages of names; boxes opened."""
    opener, opened = collaborators().names_opener, 0
    with unit_of_work():
        unveiling.put_away()
    if not opener.key_ids:
        return 0
    with unit_of_work():
        behind = reviewing.behind()
    for petition_id in behind:
        more = True
        while more:
            with unit_of_work():
                more = reviewing.look(db.session.get_one(Petition, petition_id), opener) == reviewing.BATCH
    with unit_of_work():
        shown = unveiling.petitions()
    for petition_id in shown:
        with unit_of_work():
            opened += unveiling.prepare(petition_id, opener)
    return opened


def group_people() -> int:
    """Where the keys are: prepare the common total of campaigns that got a second letter; how many totals began.

    What was matched stays matched, so a stop costs nothing but another look.
    """
    tools, begun = collaborators(), 0
    with unit_of_work():
        waiting = grouping.unready()
    passes = (grouping.match_addresses, tools.mail_opener), (grouping.match_names, tools.names_opener)
    for campaign_id in waiting:
        for match, opener in passes:
            after: int | None = 0
            while opener.key_ids and after is not None:
                with unit_of_work():
                    after = match(campaign_id, after, opener=opener, seal=tools.seal, at=now())
    if waiting:
        with unit_of_work():
            begun = grouping.begin_totals(at=now())
    return begun


def look_for_floods() -> int:
    """Write the alerts that the last hour calls for; how many. Staff see them, and the log says that there are some."""
    with unit_of_work():
        written = alerting.look(at=now(), seal=collaborators().seal)
    if written:
        log.warning("alerts for staff", alerts=written)
    return written


def look_at_trends() -> int:
    """See what is signed most now; how many places changed."""
    with unit_of_work():
        return trending.look(at=now())


def hear_of_gifts() -> int:
    """Book what the payment company reported (gateways/cashier.py); how many reports."""
    return cashier.hear(collaborators().till, collaborators().books(), ring=collaborators().ring, now=now)


def compare_books() -> bool:
    """Once a day compare our books of giving with the payment company's; whether it was done now."""
    return cashier.compare_if_due(collaborators().till, collaborators().books(), now=now)
