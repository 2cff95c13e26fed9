"""Recounting: compare the ledger with the signatures it stands for, mend the difference, and say so.

Four things must agree for each petition: the sum of the ledger, the rows marked as counted, the number the
public reads, and the tallies by country and day. What people confirmed is the truth: where the ledger is
off, a `correction` entry brings it back, and the report is the alert. Paper is compared by itself, its entries with
the lines of its sheets, and corrected by an entry of its own kind, so that neither part can hide a fault of the other.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, func, insert, select

from campaign.database import db
from campaign.domain.signatures import grouping
from campaign.domain.signatures.counting import leaf
from campaign.models.campaign import Campaign
from campaign.models.ledger import EntryKind, LedgerEntry
from campaign.models.paper import PaperLine
from campaign.models.petition import Petition
from campaign.models.signature import CountryCount, DayCount, Signature


@dataclass
class Recount:
    """What was found and mended for one petition. `faults` names each difference with both figures."""

    slug: str
    count: int
    faults: list[str] = field(default_factory=list)


def recount(petition: Petition, *, at: datetime) -> Recount:
    """Compare, mend and report one petition. What waits to be counted is not drift and is left to the counter."""
    db.session.refresh(petition, with_for_update={"key_share": True})
    report = Recount(petition.slug, petition.signature_count)
    standing = db.session.scalar(_how_many(petition).where(Signature.counted)) or 0
    paper = _lines_on_paper(petition)
    _mend_paper(petition, report, truth=paper, at=at)
    _mend_ledger(petition, report, truth=standing + paper, at=at)
    _mend_number(petition, report, truth=standing + paper)
    _mend_countries(petition, report)
    _mend_days(petition, report)
    _mend_last_number(petition, report)
    _mend_people(petition.campaign, report)
    report.count = petition.signature_count
    db.session.flush()
    return report


def _how_many(petition: Petition) -> Any:
    return select(func.count()).select_from(Signature).where(Signature.petition_id == petition.id)


def _ledger_sum(petition: Petition, kind: EntryKind | None = None) -> int:
    query = select(func.coalesce(func.sum(LedgerEntry.delta), 0)).where(LedgerEntry.petition_id == petition.id)
    if kind is not None:
        query = query.where(LedgerEntry.kind == kind)
    return db.session.scalar(query) or 0


def _mend_ledger(petition: Petition, report: Recount, *, truth: int, at: datetime) -> None:
    size, last = db.session.execute(
        select(func.count(), func.coalesce(func.max(LedgerEntry.seq), 0)).where(LedgerEntry.petition_id == petition.id)
    ).one()
    if size != last:
        report.faults.append(f"ledger has {size} entries but its last is number {last}")
    if petition.ledger_size != last:
        report.faults.append(f"ledger size was kept as {petition.ledger_size}, is {last}")
        petition.ledger_size = last
    total = _ledger_sum(petition)
    if total == truth:
        return
    report.faults.append(f"ledger adds up to {total}, signatures to {truth}: corrected by {truth - total:+d}")
    _append(petition, EntryKind.CORRECTION, truth - total, at=at)


def _lines_on_paper(petition: Petition) -> int:
    return (
        db.session.scalar(
            select(func.count()).select_from(PaperLine).where(PaperLine.petition_id == petition.id, PaperLine.counted)
        )
        or 0
    )


def _mend_paper(petition: Petition, report: Recount, *, truth: int, at: datetime) -> None:
    """The entries of paper, and the part of the public number that is on paper."""
    total = _ledger_sum(petition, EntryKind.PAPER)
    if total != truth:
        report.faults.append(f"entries of paper add up to {total}, lines to {truth}: corrected by {truth - total:+d}")
        _append(petition, EntryKind.PAPER, truth - total, at=at)
    if petition.paper_count != truth:
        report.faults.append(f"the number on paper was kept as {petition.paper_count}, is {truth}")
        petition.paper_count = truth


def _append(petition: Petition, kind: EntryKind, delta: int, *, at: datetime) -> None:
    last = db.session.scalar(select(func.max(LedgerEntry.seq)).where(LedgerEntry.petition_id == petition.id)) or 0
    day = at.astimezone(UTC).date().isoformat()
    entry: dict[str, Any] = {"seq": last + 1, "kind": kind, "delta": delta, "day": day, "number": None}
    entry["leaf"] = leaf(**entry, receipt_id=None)
    db.session.execute(insert(LedgerEntry), {"petition_id": petition.id, **entry})
    petition.ledger_size = last + 1


def _mend_number(petition: Petition, report: Recount, *, truth: int) -> None:
    if petition.signature_count != truth:
        report.faults.append(f"the public number was {petition.signature_count}, is {truth}")
        petition.signature_count = truth


def _mend_last_number(petition: Petition, report: Recount) -> None:
    """A number given twice would be refused by the database, and counting would stand still."""
    highest = db.session.scalar(select(func.max(Signature.number)).where(Signature.petition_id == petition.id)) or 0
    if petition.last_number < highest:
        report.faults.append(f"the last number given was kept as {petition.last_number}, is {highest}")
        petition.last_number = highest


def _mend_people(campaign: Campaign, report: Recount) -> None:
    """The people behind several letters of one campaign, each counted once, where that total is kept."""
    if not grouping.is_kept(campaign):
        return
    db.session.refresh(campaign, with_for_update={"key_share": True})
    truth = grouping.tally(campaign)
    if campaign.people_since is None or truth == (campaign.people_count, campaign.people_unmatched):
        return
    report.faults.append(
        "people of the campaign and signatures nobody can match were kept as "
        f"{campaign.people_count} and {campaign.people_unmatched}, are {truth[0]} and {truth[1]}"
    )
    campaign.people_count, campaign.people_unmatched = truth


def _mend_countries(petition: Petition, report: Recount) -> None:
    rows = db.session.execute(
        select(Signature.country, func.count())
        .where(Signature.petition_id == petition.id, Signature.counted)
        .group_by(Signature.country)
    ).all()
    _replace(petition, report, CountryCount, "country", {country: n for country, n in rows})


def _mend_days(petition: Petition, report: Recount) -> None:
    rows = db.session.execute(
        select(LedgerEntry.day, func.sum(LedgerEntry.delta))
        .where(LedgerEntry.petition_id == petition.id, LedgerEntry.kind.not_in([EntryKind.PAPER]))
        .group_by(LedgerEntry.day)
    ).all()
    _replace(petition, report, DayCount, "day", {day: n for day, n in rows})


def _replace(petition: Petition, report: Recount, model: Any, column: str, truth: dict[str, int]) -> None:
    rows: list[Any] = list(db.session.scalars(select(model).where(model.petition_id == petition.id)))
    kept = {getattr(row, column): row.signatures for row in rows}
    if {k: n for k, n in kept.items() if n} == {k: n for k, n in truth.items() if n}:
        return
    report.faults.append(f"counts by {column} were off in {len(set(kept.items()) ^ set(truth.items()))} places")
    db.session.execute(delete(model).where(model.petition_id == petition.id))
    db.session.expire_all()
    if truth:
        db.session.execute(
            insert(model), [{"petition_id": petition.id, column: k, "signatures": n} for k, n in truth.items()]
        )
