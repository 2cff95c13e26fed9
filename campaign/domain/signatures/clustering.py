"""Clustering: where many forms came from at once, seen and not read.

Robots come from few mail domains, few networks, in few hours, or under few names. Each of these stands in a row only
as a keyed hash, so a page can say that two hundred forms share a domain without knowing which. The large mail
providers are known by trying their names; any other is known to whoever types it. Networks and hours can be told for
two days, as long as they are kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import case, func, select

from campaign.database import db
from campaign.domain import mailboxes, typos
from campaign.domain.sealing import Seal
from campaign.domain.signatures.forgetting import EXACT_TIMES_LAST
from campaign.models.petition import Petition
from campaign.models.signature import Signature, SignatureState

TOP = 12
_COLUMNS = {"domain": Signature.domain_key, "network": Signature.network_key, "name": Signature.name_key}
KINDS = tuple(_COLUMNS)


@dataclass(frozen=True)
class Cluster:
    """A group of forms that share a hash; `label` is a mail provider if it is a known one. `key` is in hex."""

    key: str
    label: str
    forms: int
    confirmed: int
    held: int
    removed: int

    @property
    def others(self) -> int:
        """Forms that wait, have expired or were withdrawn."""
        return self.forms - self.confirmed - self.held - self.removed


@dataclass(frozen=True)
class Span:
    """Forms of one day or one hour, and how many of them were confirmed. `start` is in UTC: 2017-06-09 or …T14."""

    start: str
    forms: int
    confirmed: int


def largest(petition: Petition, kind: str, *, since: datetime, seal: Seal, top: int = TOP) -> list[Cluster]:
    """The largest groups by domain, network or name among the forms since then; a name or network alone is none."""
    column = _COLUMNS[kind]
    forms = func.count()
    query = (
        select(column, forms, _in(SignatureState.CONFIRMED), _in(SignatureState.HELD), _in(SignatureState.REMOVED))
        .where(Signature.petition_id == petition.id, Signature.created_at >= since, column.is_not(None))
        .group_by(column)
        .having(forms > 1)
        .order_by(forms.desc(), column)
        .limit(top)
    )
    if kind == "name":
        query = query.where(Signature.has_name)
    known = _providers(petition, seal) if kind == "domain" else {}
    return [Cluster(row[0].hex(), known.get(row[0], ""), *row[1:]) for row in db.session.execute(query)]


def different(petition: Petition, kind: str, *, since: datetime) -> int:
    """How many different domains, networks or names there are among the forms since then."""
    column = _COLUMNS[kind]
    query = select(func.count(column.distinct())).where(
        Signature.petition_id == petition.id, Signature.created_at >= since
    )
    return db.session.scalar(query.where(Signature.has_name) if kind == "name" else query) or 0


def by_day(petition: Petition, *, since: datetime) -> list[Span]:
    """Forms made against those of them that were confirmed, per day in UTC."""
    return _spans(petition, "day", since)


def by_hour(petition: Petition, *, at: datetime) -> list[Span]:
    """The same per hour of the last two days, as long as exact times are kept."""
    start = (at - EXACT_TIMES_LAST).astimezone(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    known = {span.start: span for span in _spans(petition, "hour", start)}
    hours = [
        (start + timedelta(hours=n)).strftime("%Y-%m-%dT%H")
        for n in range(int(EXACT_TIMES_LAST.total_seconds()) // 3600)
    ]
    return [known.get(hour, Span(hour, 0, 0)) for hour in hours]


def _spans(petition: Petition, unit: str, since: datetime) -> list[Span]:
    start = _started(unit)
    query = (
        select(start, func.count(), func.count(Signature.confirmed_at))
        .where(Signature.petition_id == petition.id, Signature.created_at >= since)
        .group_by(start)
        .order_by(start)
    )
    rows: Sequence[Any] = db.session.execute(query).all()
    return [Span(*row) for row in rows]


def _started(unit: str) -> Any:
    if db.session.get_bind().dialect.name == "sqlite":
        return func.strftime("%Y-%m-%d" if unit == "day" else "%Y-%m-%dT%H", Signature.created_at)
    return func.to_char(
        func.timezone("UTC", Signature.created_at), "YYYY-MM-DD" if unit == "day" else 'YYYY-MM-DD"T"HH24'
    )


def _in(state: SignatureState) -> Any:
    return func.sum(case((Signature.state == state, 1), else_=0))


def _providers(petition: Petition, seal: Seal) -> dict[bytes, str]:
    """The keys of the mail domains that very many people use; empty once the petition's secret is deleted."""
    if petition.hash_secret is None:
        return {}
    shipped: Sequence[str] = [line.partition(":")[0] for line in mailboxes.SHIPPED]
    return {seal.domain_key(petition.hash_secret, domain): domain for domain in {*shipped, *typos.PROVIDERS}}
