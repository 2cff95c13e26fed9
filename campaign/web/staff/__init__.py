"""Staff: who approves, packs and delivers. One guard for all of it: role and second factor, nothing kept by caches."""

from flask import Blueprint

from campaign.collaborators import now
from campaign.domain.journalling import note
from campaign.models.account import RoleName
from campaign.web.accounts.guards import account, guard

bp = Blueprint("staff", __name__, url_prefix="/staff")
guard(bp, RoleName.STAFF, RoleName.ADMIN, second_factor=True)


def record(act: str, subject_kind: str, subject_id: str, **details: str | int) -> None:
    """Write into the journal what the signed-in member of staff does."""
    note(act, subject_kind, subject_id, account_id=account().id, at=now(), **details)


from campaign.web.staff import (  # noqa: E402, F401 - they hang routes on `bp`
    accounts,
    addenda,
    addressees,
    assents,
    campaigns,
    casebook,
    communications,
    deliveries,
    downloads,
    emergency,
    endings,
    exports,
    filings,
    giving,
    guards,
    invalidations,
    joint_letters,
    journal,
    keying,
    keys,
    kits,
    packets,
    people,
    petitions,
    photographs,
    prisoners,
    queue,
    reasons,
    releases,
    reminders,
    reports,
    retention,
    runbook,
    sheets,
    signups,
    start,
    updates,
    vetting,
    weeding,
)
